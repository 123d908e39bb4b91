"""One job of the table, in small."""

import numpy as np
import pytest
import torch

from lib.stored.census.methods import TARGETS
from lib.stored.variants.methods import METHODS
from lib.stored.variants.training import (
    BATCH,
    COMPARED,
    exact_w1,
    measure,
    models,
    true_samples,
)
from lib.transport import wasserstein_1d
from tests.seeds import seeded

JOB = {
    "target": "grid",
    "method": "sliced",
    "learning_rate": 4e-3,
    "strength": 16.0,
    "steps": 3,
    "seeds": [3, 4],
    "shown": [1],
}


@pytest.mark.parametrize("name", METHODS)
def test_a_job_measures_each_seed_at_the_steps_asked_for(name, monkeypatch):
    monkeypatch.setattr(
        "lib.stored.variants.training.exact_w1", lambda x, y: 1.5
    )
    rate, strength = METHODS[name].trials[0]
    job = JOB | {"method": name, "learning_rate": rate, "strength": strength}
    found = measure(**job)
    for key in ("w1", "modes", "quality"):
        assert np.shape(found[key]) == (2, 2)
    assert found["w1"] == [[1.5, 1.5]] * 2
    assert np.shape(found["samples"]) == (2, 2, 200, 2)
    first, last = found["seconds"]
    assert 0 < first < last
    again = measure(**job)
    assert again | {"seconds": 0} == found | {"seconds": 0}


def test_seconds_do_not_count_the_comparing(monkeypatch):
    def slow(x, y):
        total = sum(range(3_000_000))
        return float(total > 0)

    monkeypatch.setattr("lib.stored.variants.training.exact_w1", slow)
    found = measure(**JOB | {"shown": [1, 2]})
    first, _, last = found["seconds"]
    assert last - first < 0.1


def test_a_run_that_leaves_the_numbers_is_told_by_its_step():
    wild = {"method": "clipping", "learning_rate": 1e30, "strength": 1e30}
    found = measure(**JOB | wild | {"steps": 4, "shown": []})
    assert found.keys() == {"diverged"}
    assert 1 <= found["diverged"] <= 4


def test_models_without_a_critic_draw_batches_of_their_own_size():
    seen = []

    class Law:
        def sample(self, *shape, generator):
            seen.append(shape)
            return torch.zeros(*shape, 2)

    loop = models(
        METHODS["Sinkhorn"],
        Law(),
        *(1e-3, 1.0),
        steps=2,
        runs=3,
        generator=seeded(),
    )
    assert len([*loop]) == 2
    assert seen == [(3, BATCH)] * 2


def test_the_exact_distance_is_that_of_the_line_for_points_on_a_line():
    x, y = torch.randn(2, COMPARED + 5, generator=seeded())
    flat = [torch.stack([part, 0 * part], -1) for part in (x, 3 * y + 1)]
    wanted = wasserstein_1d(x[:COMPARED], 3 * y[:COMPARED] + 1)
    assert exact_w1(*flat) == pytest.approx(float(wanted), rel=1e-6)


def test_true_samples_are_the_same_at_each_call():
    law = TARGETS["grid"]()
    assert torch.equal(true_samples(law), true_samples(law))
    assert not torch.equal(true_samples(law), true_samples(law, 1))
    assert true_samples(law).shape == (COMPARED, 2)
