"""The script of the stored critics, in small."""

import numpy as np
import pytest
import torch
from torch import nn

from lib.stored import critics, load_run
from lib.stored.critics import LEASHES, MEASURES, Digits, course, measures


@pytest.fixture
def small(save_in, monkeypatch):
    """The same run, of three steps and few pictures."""
    monkeypatch.setattr(critics, "SEEDS", range(2))
    monkeypatch.setattr(critics, "STEPS", 3)
    monkeypatch.setattr(critics, "SHOWN", [1, 3])
    monkeypatch.setattr(critics, "FAKES", 60)
    monkeypatch.setattr(critics, "EXACT", 20)
    monkeypatch.setitem(critics.JUDGE, "steps", 3)
    return save_in(critics)


def test_all_leashes_are_stored_with_all_that_led_to_them(small, capsys):
    critics.main()
    assert "critics.json" in capsys.readouterr().out
    run = load_run("critics", folder=small)
    assert run.command == "make stored-critics"
    assert run.settings["leashes"]["one step"]["critic_steps"] == 1
    names = {
        f"{name}: {measure} after {step}"
        for name in LEASHES
        for measure in MEASURES
        for step in (1, 3)
    }
    assert run.results.keys() == names


def test_a_seed_gives_the_same_course_twice(small):
    digits = critics.load_digits()
    leash = LEASHES["penalty"]
    one, two = (list(course(leash, 1, digits)) for _ in range(2))
    assert one == two
    assert one != list(course(leash, 2, digits))


@pytest.mark.parametrize("name", LEASHES)
def test_a_critic_is_held_as_its_leash_says(name):
    leash = LEASHES[name]
    critic = nn.Linear(4, 1)
    with torch.no_grad():
        critic.weight.copy_(torch.tensor([[3.0, 0, 4, 0]]))  # slope 5
    more = critics.held(leash, torch.Generator().manual_seed(0))
    if leash.clip:
        more["after_discriminator"](critic)
        assert critic.weight.abs().max().item() == pytest.approx(leash.clip)
    else:
        x = torch.randn(8, 4)
        penalty = more["penalty"](critic, x, x + 1)
        assert penalty.item() == pytest.approx(leash.penalty * 16)


def test_measures_of_a_critic_that_is_known(monkeypatch):
    """Pictures that are c everywhere, a critic of slope 2 along them."""
    monkeypatch.setattr(critics, "FAKES", 10)
    monkeypatch.setattr(critics, "EXACT", 5)
    net, critic = nn.Linear(critics.CODE, 784), nn.Linear(784, 1)
    with torch.no_grad():
        net.weight.zero_()
        net.bias.fill_(0.25)
        critic.weight.fill_(2 / 28)
    fresh = torch.full((10, 784), 0.75)
    judge = nn.Linear(784, 3).requires_grad_(False)
    digits = Digits(fresh, fresh, judge, judge(torch.rand(50, 784)))
    estimate, slope, frechet, exact = measures(net, critic, digits)
    assert exact == pytest.approx(28 * 0.5, rel=1e-5)
    assert slope == pytest.approx(2, rel=1e-5)
    assert estimate == pytest.approx(slope * exact, rel=1e-4)
    assert np.isfinite(frechet)
