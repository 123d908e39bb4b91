"""The script of the stored clouds, in small."""

import functools

import pytest
import torch
from torch import nn

from lib.cyclegan import Translators
from lib.stored import cycle_clouds, load_run
from lib.stored.cycle_clouds import (
    CYCLE_PLANS,
    WEIGHTS,
    CyclePlan,
    PairedUp,
    Skipped,
    centres,
    cycle_optimizers,
    paired_up,
    play_clouds,
    points_of,
    slow_down,
)
from tests.seeds import seeded


class Turn(nn.Module):
    """Points turned by some degrees, as a network of two runs."""

    def __init__(self, degrees):
        super().__init__()
        angle = torch.tensor(degrees).deg2rad()
        self.mask = torch.ones(2, 1, 1)
        self.matrix = torch.stack(
            [
                torch.stack([angle.cos(), angle.sin()]),
                torch.stack([-angle.sin(), angle.cos()]),
            ]
        )

    def forward(self, x):
        return x @ self.matrix


def test_all_plans_are_stored_with_all_that_led_to_them(
    save_in, monkeypatch, capsys
):
    folder = save_in(cycle_clouds)
    monkeypatch.setattr(cycle_clouds, "SEEDS", range(2))
    play = functools.partial(play_clouds, steps=2)
    monkeypatch.setattr(cycle_clouds, "play_clouds", play)
    cycle_clouds.main()
    assert "cycle_clouds.json" in capsys.readouterr().out
    run = load_run("cycle_clouds", folder=folder)
    assert run.command == "make stored-cyclegan"
    assert run.results.keys() == {
        f"{degrees}, {name}: {what}"
        for degrees in (30, 108)
        for name in CYCLE_PLANS
        for what in ("right", "one_to_one", "cycle", "miss")
    }


def test_the_weights_are_of_a_law_and_no_two_are_alike():
    assert WEIGHTS.sum() == pytest.approx(1)
    assert len(set(WEIGHTS.tolist())) == 5


def test_points_of_y_are_points_of_x_turned():
    x, y = (points_of(t, 40, 9, generator=seeded(3)) for t in (0, 108))
    assert x.shape == (40, 9, 2)
    # the noise is round but not turned: bells agree, points nearly
    assert (Turn(108.0)(x) - y).norm(dim=-1).max() < 10 * 0.15
    near = torch.cdist(points_of(0, 20_000, generator=seeded()), centres())
    shares = near.argmin(-1).bincount() / 20_000
    assert torch.allclose(shares, WEIGHTS, atol=0.02)


@pytest.mark.parametrize(
    ("turn", "home"), [(30.0, [0, 1, 2, 3, 4]), (102.0, [1, 2, 3, 4, 0])]
)
def test_the_true_turn_is_right_and_one_bell_further_is_not(turn, home):
    nets = Translators(Turn(turn), Turn(-turn), None, None)
    found = paired_up(nets, 30)
    assert found.home.tolist() == [home, home]
    assert found.right.tolist() == [turn == 30] * 2
    assert found.one_to_one.all()
    assert (found.cycle < 1e-5).all()
    assert (found.miss < 0.3).all()


def test_two_bells_to_one_is_not_one_to_one():
    homes = torch.tensor([[0, 1, 2, 3, 3], [4, 3, 2, 1, 0]])
    found = PairedUp(homes, torch.zeros(2), torch.zeros(2))
    assert found.one_to_one.tolist() == [False, True]
    assert not found.right.any()


def test_a_skip_is_where_the_mask_says():
    net = Skipped(nn.Linear(2, 2), torch.tensor([0.0, 1.0])[:, None, None])
    x = torch.randn(2, 3, 2)
    assert torch.allclose(net(x)[0], net.net(x)[0])
    assert torch.allclose(net(x)[1], net.net(x)[1] + x[1])


def test_the_rate_stays_and_then_falls_to_nothing():
    nets = Translators(*(nn.Linear(1, 1) for _ in range(4)))
    both = cycle_optimizers(nets, 0.1)
    rates = []
    for done in (0.2, 0.5, 0.75, 1.0):
        slow_down(both, 0.1, done)
        rates.append(both.discriminator.param_groups[0]["lr"])
    assert rates == pytest.approx([0.1, 0.1, 0.05, 0.0])
    held = [len(o.param_groups[0]["params"]) for o in both]
    assert held == [4, 4]


def test_same_seeds_same_clouds():
    def last():
        plans = [CyclePlan(1.0), CyclePlan(0.0, 1.0, True)]
        *_, nets = play_clouds(plans, 30, steps=3, generator=seeded(2))
        return torch.cat([p.detach().flatten() for p in nets[0].parameters()])

    assert torch.equal(last(), last())
