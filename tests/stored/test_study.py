"""Settings are chosen by score, and other code is another version."""

from types import SimpleNamespace

import pytest

from lib import stored
from lib.stored import study as module
from lib.stored.study import Study, chosen, done, parts, settings, version

SETTINGS = ((0.1, 1.0), (0.2, 1.0), (0.2, 3.0))


def measure(**job):
    """Best at the larger rate and strength, and worst where it diverges."""
    if job["strength"] == 1.0 and job["learning_rate"] == 0.1:
        return {"diverged": 3}
    return {"value": job["learning_rate"] * job["strength"] * job["steps"]}


STUDY = Study(
    name="small",
    measure=measure,
    score=lambda target, result: result.get("value", -1.0),
    methods={
        "a": SimpleNamespace(trials=SETTINGS),
        "b": SimpleNamespace(trials=SETTINGS[:2]),
    },
    targets=["ring"],
    sources=["gans/*.py", "networks.py"],
    steps=20,
    shown=[10, 20],
    trial_steps=10,
    trial_seeds=[100, 101],
    seeds=[[0, 1], [2, 3]],
    workers=1,
)


@pytest.fixture
def tried():
    return {key: measure(**job) for key, job in STUDY.trials().items()}


def test_trials_run_every_setting_and_counts_the_best_alone(tried):
    trials = STUDY.trials()
    assert [*trials] == [
        *(("ring", "a", *setting) for setting in SETTINGS),
        *(("ring", "b", *setting) for setting in SETTINGS[:2]),
    ]
    assert all(
        job["steps"] == 10 and job["seeds"] == [100, 101]
        for job in trials.values()
    )
    best = chosen(STUDY, tried)
    assert best == {("ring", "a"): (0.2, 3.0), ("ring", "b"): (0.2, 1.0)}
    counts = STUDY.counts(best)
    assert [*counts] == [
        *(("ring", "a", 0), ("ring", "a", 2)),
        *(("ring", "b", 0), ("ring", "b", 2)),
    ]
    assert counts["ring", "a", 2] == {
        "target": "ring",
        "method": "a",
        "learning_rate": 0.2,
        "strength": 3.0,
        "steps": 20,
        "seeds": [2, 3],
        "shown": [10, 20],
    }


def test_settings_hold_the_score_of_all_that_was_tried(tried):
    best = chosen(STUDY, tried)
    said = settings(STUDY, "ring", tried, best)
    assert said["chosen"] == {"a": (0.2, 3.0), "b": (0.2, 1.0)}
    assert said["trial"] == {"steps": 10, "seeds": [100, 101]}
    assert ["a", 0.1, 1.0, -1.0] in said["tried"]
    assert len(said["tried"]) == 5
    assert (
        settings(
            STUDY,
            "grid",
            tried,
            best | {("grid", "a"): (0.1, 1.0), ("grid", "b"): (0.1, 1.0)},
        )["tried"]
        == []
    )


def test_parts_stop_at_a_run_that_diverged():
    counted = {("ring", "a", 0): {"value": 1.0}, ("ring", "a", 2): {}}
    assert [*parts(STUDY, "ring", "a", counted)] == [{"value": 1.0}, {}]
    counted["ring", "a", 2] = {"diverged": 5}
    with pytest.raises(FloatingPointError, match=r"ring, a, \[2, 3\]"):
        list(parts(STUDY, "ring", "a", counted))


def test_jobs_are_done_by_as_many_workers_as_the_study_has(monkeypatch):
    asked = {}

    def run_jobs(function, jobs, folder, **more):
        asked.update(more, folder=folder.as_posix())
        yield from ((name, function(**job)) for name, job in jobs.items())

    monkeypatch.setattr(module, "run_jobs", run_jobs)
    results = done(STUDY, STUDY.trials(), None, "trying")
    assert results["ring", "a", 0.2, 3.0] == {"value": pytest.approx(6.0)}
    assert asked == {
        "folder": "_build/small",
        "version": version(STUDY),
        "scheduler": None,
        "workers": 1,
    }


@pytest.mark.parametrize("changed", ["gans/penalties.py", "networks.py"])
def test_results_of_other_code_are_not_taken_up_again(tmp_path, changed):
    lib = stored.FOLDER.parent
    for pattern in STUDY.sources:
        assert [*lib.glob(pattern)]
        for path in lib.glob(pattern):
            copy = tmp_path / path.relative_to(lib)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    assert version(STUDY, tmp_path) == version(STUDY)
    with (tmp_path / changed).open("a") as file:
        file.write("# another\n")
    assert version(STUDY, tmp_path) != version(STUDY)
