"""One job of the census, in small."""

import pytest
import torch

from lib.stored.census.methods import METHODS, TARGETS
from lib.stored.census.training import averages, count, drawn
from tests.seeds import seeded

JOB = {
    "target": "ring",
    "method": "non-saturating",
    "learning_rate": 1e-3,
    "strength": 0.0,
    "steps": 4,
    "seeds": [3, 4, 5],
    "shown": [1, 4],
}


def on_the_ring(method, rate, *, steps, runs, seed=0):
    """The averages of a method of no strength, after each step."""
    return averages(
        method,
        TARGETS["ring"](),
        *(rate, 0.0),
        steps=steps,
        runs=runs,
        generator=seeded(seed),
    )


@pytest.mark.parametrize("name", METHODS)
def test_a_job_counts_each_seed_and_keeps_samples(name):
    rate, strength = METHODS[name].trials[0]
    job = JOB | {"method": name, "learning_rate": rate, "strength": strength}
    found = count(**job)
    for key in ("modes", "quality", "imbalance"):
        assert len(found[key]) == 3
    assert torch.tensor(found["samples"]).shape == (2, 3, 200, 2)
    assert found["seconds"] > 0
    again = count(**job)
    assert again | {"seconds": 0} == found | {"seconds": 0}
    other = count(**job | {"seeds": [4, 5, 6]})
    assert other["samples"] != found["samples"]


def test_samples_are_kept_in_thousandths_after_the_steps_asked_for():
    found = count(**JOB)
    method = METHODS["non-saturating"]
    models = on_the_ring(method, 1e-3, steps=4, runs=3, seed=3)
    for step, model in enumerate(models, 1):
        if step in (1, 4):
            points = torch.tensor(found["samples"][step > 1]) / 1000
            assert torch.allclose(drawn(model, 200, 3), points, atol=6e-4)


def test_the_rates_of_both_players_fall_on_a_line_to_zero():
    made = []

    def optimizer(weights, rate):
        made.append(torch.optim.SGD(weights, rate))
        return made[-1]

    method = METHODS["minimax"]._replace(optimizer=optimizer)
    models = on_the_ring(method, 0.02, steps=4, runs=1)
    rates = [[one.param_groups[0]["lr"] for one in made] for _ in models]
    assert torch.allclose(
        torch.tensor(rates).T, torch.tensor([0.015, 0.01, 0.005, 0.0])
    )


def test_a_generator_is_judged_by_the_average_of_its_weights():
    made, seen = [], []

    def optimizer(weights, rate):
        made.append([*weights])
        return torch.optim.SGD(made[-1], rate)

    method = METHODS["minimax"]._replace(optimizer=optimizer)
    models = on_the_ring(method, 0.5, steps=3, runs=2)
    for model in models:
        seen.append((made[0][0].clone(), next(model.parameters()).clone()))
    (first, mean_1), (second, mean_2), (third, mean_3) = seen
    assert torch.equal(mean_1, first)
    assert torch.allclose(mean_2, 0.99 * first + 0.01 * second)
    assert torch.allclose(mean_3, 0.99 * mean_2 + 0.01 * third)
    assert not torch.allclose(first, third)


def test_a_run_that_leaves_the_numbers_is_told_by_its_step():
    job = JOB | {"method": "clipping", "learning_rate": 1e30, "strength": 1e30}
    found = count(**job | {"shown": []})
    assert found.keys() == {"diverged"}
    assert 1 <= found["diverged"] <= 4


def test_a_gan_held_by_r1_finds_the_ring():
    job = JOB | {"method": "R1", "learning_rate": 8e-3, "strength": 0.5}
    found = count(**job | {"steps": 400, "seeds": [0, 1], "shown": []})
    assert sum(found["modes"]) >= 12
