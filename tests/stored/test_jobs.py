"""Jobs on several processes: none lost, none counted twice."""

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path
from threading import Event

import pytest
from dask.distributed import LocalCluster

from lib.stored.jobs import run_jobs

SEVERAL = {f"job {k}": {"k": k} for k in range(8)}


def square(k: int, log: str, seconds: float = 0.2) -> dict:
    """k^2 and who computed it; a line when it begins and when it ends."""
    note(log, f"begin {k} {os.getpid()}")
    Event().wait(seconds)
    note(log, f"end {k} {os.getpid()}")
    return {"square": k * k, "worker": os.getpid()}


def note(log: str, line: str) -> None:
    with open(log, "a") as file:
        file.write(line + "\n")


def of(log: Path, **more) -> dict:
    return {
        name: {**arguments, "log": str(log), **more}
        for name, arguments in SEVERAL.items()
    }


def lines(log: Path, what: str) -> list[list[int]]:
    """The job and the worker of each line that says so."""
    found = [line.split() for line in log.read_text("utf8").splitlines()]
    return [[int(k), int(pid)] for word, k, pid in found if word == what]


def calls(log: Path) -> Counter:
    """How often each job was brought to its end."""
    return Counter(k for k, _ in lines(log, "end"))


def in_hands(log: Path, worker: int) -> set[int]:
    """What a worker has begun and not ended."""
    begun, ended = (
        {k for k, pid in lines(log, what) if pid == worker}
        for what in ("begin", "end")
    )
    return begun - ended


def test_a_worker_killed_midway_loses_nothing_and_counts_nothing_twice(
    tmp_path,
):
    jobs, found = of(tmp_path / "log", seconds=0.5), []
    results = run_jobs(square, jobs, tmp_path / "kept", version="1")
    found.append(next(results))
    victim, log = found[0][1]["worker"], tmp_path / "log"
    deadline = time.monotonic() + 20
    while len(held := in_hands(log, victim)) == 0:
        assert time.monotonic() < deadline
    os.kill(victim, signal.SIGKILL)
    found += results
    assert sorted(name for name, _ in found) == sorted(jobs)
    assert {name: result["square"] for name, result in found} == {
        f"job {k}": k * k for k in range(8)
    }
    # what it had in its hands was begun again by another
    again = {k for k, pid in lines(log, "begin") if pid != victim}
    assert held <= again
    assert calls(log) == Counter(range(8))
    kept = [json.loads(p.read_text()) for p in (tmp_path / "kept").iterdir()]
    assert sorted(result["square"] for result in kept) == [
        k * k for k in range(8)
    ]


def test_what_was_interrupted_goes_on_where_it_was(tmp_path):
    jobs = of(tmp_path / "log")
    results = run_jobs(square, jobs, tmp_path / "kept", version="1")
    done = {next(results)[0] for _ in range(3)}
    results.close()
    before = calls(tmp_path / "log")
    again = list(
        run_jobs(square, jobs, tmp_path / "kept", version="1", workers=1)
    )
    assert sorted(name for name, _ in again) == sorted(jobs)
    after = calls(tmp_path / "log")
    assert all(after[jobs[name]["k"]] == 1 for name in done)
    assert after.keys() == set(range(8))
    assert before.total() < 8 <= after.total()


def test_all_that_is_there_needs_no_worker_and_another_version_does(
    tmp_path, monkeypatch
):
    jobs = dict(list(of(tmp_path / "log", seconds=0.0).items())[:2])
    list(run_jobs(square, jobs, tmp_path, version="1", workers=1))
    (tmp_path / "half.123").write_text("{")  # of a machine that stopped
    monkeypatch.setattr("lib.stored.jobs._client", None)
    again = dict(run_jobs(square, jobs, tmp_path, version="1"))
    assert [again[f"job {k}"]["square"] for k in range(2)] == [0, 1]
    with pytest.raises(TypeError, match="NoneType"):
        list(run_jobs(square, jobs, tmp_path, version="2"))


def test_workers_of_another_scheduler_do_the_jobs(tmp_path):
    jobs = dict(list(of(tmp_path / "log", seconds=0.0).items())[:2])
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0"
    ) as cluster:
        found = dict(
            run_jobs(
                square,
                jobs,
                tmp_path / "kept",
                version="1",
                scheduler=cluster.scheduler_address,
            )
        )
        (worker,) = cluster.workers.values()
        theirs = worker.pid
    assert {result["square"] for result in found.values()} == {0, 1}
    assert {result["worker"] for result in found.values()} == {theirs}


def broken(k: int, log: str) -> dict:
    """Fails for one of the jobs."""
    if k == 1:
        raise ArithmeticError("no square for 1")
    return square(k, log, 0.0)


def test_the_error_of_a_job_is_told_and_what_was_done_is_kept(tmp_path):
    jobs = dict(list(of(tmp_path / "log").items())[:2])
    with pytest.raises(ArithmeticError, match="no square for 1"):
        list(run_jobs(broken, jobs, tmp_path / "kept", version="1", workers=1))
    kept = [json.loads(p.read_text()) for p in (tmp_path / "kept").iterdir()]
    assert [result["square"] for result in kept] in ([0], [])


def test_less_than_one_worker_is_refused(tmp_path):
    with pytest.raises(ValueError, match="workers must be 1 or more"):
        run_jobs(square, SEVERAL, tmp_path, version="1", workers=0)
