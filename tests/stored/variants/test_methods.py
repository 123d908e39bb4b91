"""What the table compares differs in what it says it differs in."""

import numpy as np
import pytest
import torch
from torch import nn

from lib.gans import NON_SATURATING, WASSERSTEIN
from lib.matching import sinkhorn_loss, sliced_loss
from lib.stored import FOLDER, load_run
from lib.stored.census.methods import Method, SideBySide, discriminator_of
from lib.stored.variants.methods import CRITIC_STEPS, METHODS, Matching
from tests.seeds import seeded

CRITICS = [n for n, method in METHODS.items() if isinstance(method, Method)]
PENALTIES = {
    # of a plane of slope 5, at the weight 0.5
    "gradient penalty": 0.5 * 16,
    "one-sided": 0.5 * 16,
    "R1": 0.5 * 25 / 2,
    "R2": 0.5 * 25 / 2,
    "WGAN-div": 0.5 * 5**6,
    "consistency": 16,
}


def test_all_critics_have_the_same_steps_and_all_but_two_mean_scores():
    assert len(METHODS) == 10
    assert len(CRITICS) == 8
    for name in CRITICS:
        method = METHODS[name]
        assert method.discriminator_steps == CRITIC_STEPS
        wanted = NON_SATURATING if name in {"R1", "R2"} else WASSERSTEIN
        assert method.losses is wanted


@pytest.mark.parametrize("name", PENALTIES)
def test_strengths_reach_the_penalties(name):
    net = nn.Linear(2, 1)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[3.0, 4.0]]))
    real, fake = torch.randn(2, 8, 2, generator=seeded())
    paid = METHODS[name].more(0.5)["penalty"](net, real, fake)
    assert paid.item() == pytest.approx(PENALTIES[name], rel=1e-5)


def test_one_sided_is_free_below_and_r1_and_r2_look_at_their_own_samples():
    net = nn.Linear(2, 1)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[0.3, 0.4]]))
    real, fake = torch.randn(2, 8, 2, generator=seeded())
    assert METHODS["one-sided"].more(1.0)["penalty"](net, real, fake) == 0

    def bowl(x):
        return x.square().sum(-1) / 2

    for name, seen in (("R1", real), ("R2", fake)):
        paid = METHODS[name].more(1.0)["penalty"](bowl, real, fake)
        assert torch.isclose(paid, seen.square().sum(1).mean() / 2)


def test_the_critic_of_the_consistency_term_drops_units():
    method = METHODS["consistency"]
    net = discriminator_of(method, 1.0, 2, seeded())
    shares = [m.p for m in net.modules() if isinstance(m, nn.Dropout)]
    assert shares == [0.1] * 3
    x = torch.randn(2, 16, 2, generator=seeded())
    assert not torch.equal(net(x), net(x))
    few, many = (
        method.more(strength)["penalty"](net, x, x.flip(1))
        for strength in (0.0, 1e6)
    )
    assert (many > 100 * few).all()
    spectral = discriminator_of(METHODS["spectral norm"], 1.0, 2, seeded())
    assert isinstance(spectral, SideBySide)


def test_losses_without_a_critic_are_those_of_the_library():
    x, y = torch.randn(2, 3, 16, 2, generator=seeded())
    sinkhorn = METHODS["Sinkhorn"].loss(0.5, seeded())(x, y)
    assert torch.allclose(sinkhorn, sinkhorn_loss(x, y, 0.5, 10))
    one, other = (METHODS["sliced"].loss(16.0, seeded(1)) for _ in "ab")
    first = one(x, y)
    assert torch.equal(first, other(x, y))
    assert not torch.equal(first, one(x, y))  # fresh directions
    along = torch.randn(3, 16, 2, generator=seeded(1))
    along = nn.functional.normalize(along, dim=-1)
    assert torch.allclose(first, sliced_loss(x, y, along))


@pytest.mark.parametrize("name", METHODS)
def test_each_method_tries_two_to_four_settings(name):
    trials = METHODS[name].trials
    assert 2 <= len(set(trials)) == len(trials) <= 4
    assert isinstance(METHODS[name], Method | Matching)


def test_the_stored_table_is_of_these_methods():
    run = load_run("variants")
    assert run.settings["chosen"].keys() == METHODS.keys()
    assert len(set(run.seeds)) == len(run.seeds) == 10
    for name, method in METHODS.items():
        assert tuple(run.settings["chosen"][name]) in method.trials
        last = run.settings["steps"]
        assert min(run.results[f"{name}: w1 after {last}"]) > 0
        assert max(run.results[f"{name}: modes after {last}"]) <= 25
    kept = np.load(FOLDER / "variants.npz")
    assert kept["samples"].shape == (10, len(kept["steps"]), 3, 200, 2)
    assert kept["steps"][-1] == run.settings["steps"]
