"""Three ways to train one trunk, in small."""

import pytest
import torch

from lib.progressive import Level, pyramid, unstacked
from lib.stored.growing.judging import STAGES, ScaledDigits, framed
from lib.stored.growing.training import (
    BATCH,
    BUDGET,
    EVERY,
    GAMMA,
    METHODS,
    MOMENTS,
    adversaries,
    lazy,
    levels,
    moments,
    price,
    rate,
    real_batches,
    recipe,
)
from tests.seeds import seeded


def few():
    x = torch.rand(64, 1, 28, 28, generator=seeded())
    return ScaledDigits(pyramid(framed(x), STAGES), None, None, None)


@pytest.mark.parametrize("name", METHODS)
def test_every_way_costs_the_budget(name):
    spent = sum(price(name, level) for level in levels(name))
    assert spent == pytest.approx(BUDGET, rel=1e-3)


def test_only_growing_has_levels():
    for name in ("plain", "multi-scale"):
        assert set(levels(name)) == {Level(3, 1.0)}
    grown = levels("growing")
    assert {level.stage for level in grown} == {0, 1, 2, 3}
    assert grown[0] == Level(0, 1.0)
    assert grown[-1] == Level(3, 1.0)


@pytest.mark.parametrize("name", METHODS)
def test_a_seed_gives_the_same_networks_twice(name):
    runs = [[*moments(name, 1, few(), budget=14)] for _ in range(2)]
    assert [m.step for m in runs[0]] == [m.step for m in runs[1]]
    assert len(runs[0]) <= MOMENTS
    assert runs[0][-1].step == len(levels(name, 14))
    one, two = (run[-1].network.state_dict() for run in runs)
    assert all(torch.equal(one[k], two[k]) for k in one)
    other = [*moments(name, 2, few(), budget=14)][-1].network.state_dict()
    assert not torch.equal(
        one["start.1.layer.weight"], other["start.1.layer.weight"]
    )


def test_the_rate_is_level_and_then_falls_to_nothing():
    assert rate(0) == rate(0.4) == rate(0) > rate(0.7) > rate(1) > 0
    assert rate(0.75) == pytest.approx(rate(0) / 2, rel=0.01)
    assert rate(1) < rate(0) / 500


def test_the_penalty_is_taken_in_one_step_of_eight():
    held = lazy(lambda judge, real: torch.tensor(2.0))
    found = [held(None, None, None).item() for _ in range(2 * EVERY)]
    assert found == pytest.approx(
        ([2 * GAMMA * EVERY] + [0.0] * (EVERY - 1)) * 2
    )


def test_real_batches_are_as_blurred_as_the_level():
    digits = few()
    _, judge = adversaries("growing", seeded())
    real = real_batches(judge, digits.scales, seeded())
    for level in (Level(0, 1.0), Level(2, 0.0), Level(3, 1.0)):
        judge.grow(*level)
        side = 4 * 2**level.stage
        x = next(real)
        assert x.shape == (BATCH, 1, side, side)
        if level.alpha == 0:
            assert torch.equal(x[..., ::2], x[..., 1::2])
    _, judge = adversaries("multi-scale", seeded())
    flat = next(real_batches(judge, digits.scales, seeded()))
    assert [p.shape[-1] for p in unstacked(flat, STAGES)] == [4, 8, 16, 32]


def test_the_recipe_holds_all_that_was_set():
    assert recipe()["budget"] == BUDGET
    assert recipe()["r1"] == GAMMA
