"""Settings are chosen on seeds of their own, then every seed is counted."""

import sys

import numpy as np
import pytest

from lib.stored import load_run, study
from lib.stored.census import __main__ as census
from lib.stored.census.methods import METHODS, TARGETS
from lib.stored.study import RUNS_SHOWN
from tests.stored.sources import unlisted

BARE = ("__init__.py", "stored/__init__.py", "stored/census/__init__.py")


def outcome(method, learning_rate, strength, seeds, shown, **_):
    """A count whose quality is best at the second setting that is tried."""
    place = METHODS[method].trials.index((learning_rate, strength))
    if place == 0:
        return {"diverged": 7}
    good = 0.9 if place == 1 else 0.1
    return {
        "modes": [8] * len(seeds),
        "quality": [good + seed / 1000 for seed in seeds],
        "imbalance": [0.0] * len(seeds),
        "samples": np.full((len(shown), len(seeds), 200, 2), 1500).tolist(),
        "seconds": 2.0 * len(seeds),
    }


@pytest.fixture
def small(save_in, monkeypatch):
    """The driver, with jobs that are made up, and its calls."""
    asked = []

    def run_jobs(function, jobs, folder, *, version, scheduler, workers):
        asked.append((list(jobs.values()), scheduler))
        assert function is census.count
        yield from ((name, outcome(**job)) for name, job in jobs.items())

    monkeypatch.setattr(study, "run_jobs", run_jobs)
    folder = save_in(census)
    monkeypatch.setattr(census, "FOLDER", folder)
    monkeypatch.setattr(sys, "argv", ["census", "--scheduler", "tcp://a:1"])
    return folder, asked


def test_every_method_is_counted_on_seeds_that_chose_nothing(small):
    folder, asked = small
    census.main()
    (tried, first), (counted, second) = asked
    assert first == second == "tcp://a:1"
    assert {seed for job in tried for seed in job["seeds"]}.isdisjoint(
        seed for job in counted for seed in job["seeds"]
    )
    for target in TARGETS:
        run = load_run(f"census_{target}", folder=folder)
        assert len(run.seeds) == len(set(run.seeds)) >= 10
        for name, method in METHODS.items():
            best = method.trials[1]
            assert run.settings["chosen"][name] == list(best)
            quality = run.results[f"{name}: quality"]
            assert quality == [0.9 + seed / 1000 for seed in run.seeds]
            own = [row[1:3] for row in run.settings["tried"] if row[0] == name]
            assert sorted(own) == sorted(map(list, method.trials))
        assert run.seconds == [2.0 * len(METHODS)] * len(run.seeds)
        kept = np.load(folder / f"census_{target}.npz")
        assert kept["samples"].shape == (
            *(len(METHODS), len(census.STUDY.shown), RUNS_SHOWN),
            *(200, 2),
        )
        assert kept["samples"].dtype == np.int16


def test_a_score_is_the_share_of_modes_times_the_share_of_good_samples():
    result = {"modes": [8, 4], "quality": [0.5, 1.0]}
    assert census.score("ring", result) == pytest.approx((0.5 + 0.5) / 2)
    assert census.score("ring", {"diverged": 3}) == 0.0


def test_a_method_that_diverges_in_the_count_stops_it(small, monkeypatch):
    monkeypatch.setattr(
        census,
        "chosen",
        lambda study, tried: {
            (target, name): method.trials[0]
            for target in TARGETS
            for name, method in METHODS.items()
        },
    )
    with pytest.raises(FloatingPointError, match="ring, minimax"):
        census.main()


def test_no_scheduler_is_none(small, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["census", "--scheduler", ""])
    census.main()
    assert [scheduler for _, scheduler in small[1]] == [None, None]


def test_all_code_that_a_count_runs_decides_what_is_taken_up():
    # of packages that only gather, and of the reading of stored runs
    found = unlisted(census.STUDY, "stored/census/training.py")
    assert found == set(BARE)
