"""Settings are chosen by distance, then every seed is measured."""

import sys

import numpy as np
import pytest

from lib.stored import load_run, study
from lib.stored.variants import __main__ as variants
from lib.stored.variants.methods import METHODS
from tests.stored.sources import unlisted

BARE = (
    *("__init__.py", "stored/__init__.py", "stored/census/__init__.py"),
    "stored/variants/__init__.py",
)


def outcome(method, learning_rate, strength, seeds, shown, steps, **_):
    """A distance that is least at the second setting that is tried."""
    place = METHODS[method].trials.index((learning_rate, strength))
    if place == 0:
        return {"diverged": 7}
    count, runs = len({*shown, steps}), len(seeds)
    return {
        "w1": [[place + k / 10 for _ in seeds] for k in range(count)],
        "modes": [[25] * runs] * count,
        "quality": [[0.5] * runs] * count,
        "samples": np.full((count, runs, 200, 2), 1500).tolist(),
        "seconds": [2.0 * runs * (k + 1) for k in range(count)],
    }


@pytest.fixture
def small(save_in, monkeypatch):
    """The driver, with jobs that are made up, and its calls."""
    asked = []

    def run_jobs(function, jobs, folder, *, version, scheduler, workers):
        asked.append((list(jobs.values()), scheduler, workers))
        assert function is variants.measure
        yield from ((name, outcome(**job)) for name, job in jobs.items())

    monkeypatch.setattr(study, "run_jobs", run_jobs)
    folder = save_in(variants)
    monkeypatch.setattr(variants, "FOLDER", folder)
    monkeypatch.setattr(variants, "exact_w1", lambda x, y: 0.25)
    monkeypatch.setattr(
        sys, "argv", ["variants", "--scheduler", "tcp://a:1", "--workers", "1"]
    )
    return folder, asked


def test_every_method_is_measured_on_seeds_that_chose_nothing(small):
    folder, asked = small
    variants.main()
    (tried, *first), (measured, *second) = asked
    assert first == second == ["tcp://a:1", 1]
    assert {seed for job in tried for seed in job["seeds"]}.isdisjoint(
        seed for job in measured for seed in job["seeds"]
    )
    run = load_run("variants", folder=folder)
    shown = variants.STUDY.shown
    assert len(run.seeds) == len(set(run.seeds)) == 10
    assert run.results["data: w1"] == [0.25] * 10
    for name, method in METHODS.items():
        assert run.settings["chosen"][name] == list(method.trials[1])
        for k, step in enumerate(shown):
            row = run.results[f"{name}: w1 after {step}"]
            assert row == [1 + k / 10] * 10
            spent = run.results[f"{name}: seconds after {step}"]
            assert spent == [2.0 * (k + 1)] * 10
        row = [row for row in run.settings["tried"] if row[0] == name]
        assert len(row) == len(method.trials)
    assert run.seconds == [2.0 * len(shown) * len(METHODS)] * 10
    kept = np.load(folder / "variants.npz")
    assert kept["samples"].shape == (10, len(shown), 3, 200, 2)
    assert kept["samples"].dtype == np.int16


def test_the_score_is_minus_the_distance_after_the_last_step():
    result = {"w1": [[9.0, 9.0], [1.0, 2.0]]}
    assert variants.nearness("grid", result) == -1.5
    assert variants.nearness("grid", {"diverged": 3}) < -100


def test_the_distance_of_data_from_data_is_not_zero(monkeypatch):
    seen = []

    def distance(x, y):
        seen.append((x, y))
        return 1.0

    monkeypatch.setattr(variants, "exact_w1", distance)
    assert variants.floor(2) == [1.0, 1.0]
    (first, truth), (second, same) = seen
    assert truth.equal(same)
    assert not first.equal(second)
    assert not first.equal(truth)


def test_all_code_that_a_measure_runs_decides_what_is_taken_up():
    found = unlisted(variants.STUDY, "stored/variants/training.py")
    assert found == set(BARE)
