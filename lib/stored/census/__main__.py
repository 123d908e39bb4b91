"""`make census`: settings chosen on seeds of their own, then the count.

    make census                               two workers here
    make census SCHEDULER=tcp://127.0.0.1:8786 those of a Dask scheduler

Interrupted, it goes on where it was: results lie in _build/census.
"""

import argparse
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from lib.stored import FOLDER, save_run
from lib.stored.census.methods import HIDDEN, METHODS, TARGETS
from lib.stored.census.training import BATCH, MEMORY, SAMPLES, count
from lib.stored.jobs import run_jobs

STEPS, SHOWN = 3000, [100, 300, 1000, 2000, 3000]
TRIAL_STEPS, TRIAL_SEEDS = 1500, [100, 101, 102, 103]
SEEDS = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]  # side by side
RUNS_SHOWN = 3
PLACE = Path("_build") / "census"
SOURCES = [
    *("distributions.py", "evaluation.py", "networks.py"),
    *("gans/*.py", "training/*.py"),
    *("stored/census/methods.py", "stored/census/training.py"),
]
Jobs = dict[tuple, dict[str, Any]]
Done = Mapping[tuple, Mapping[str, Any]]
Best = dict[tuple, tuple[float, float]]


def main() -> None:
    """Both phases, and two stored runs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    scheduler = parser.parse_args().scheduler or None
    tried = done(trials(), scheduler, "choosing settings")
    best = chosen(tried)
    counted = done(census(best), scheduler, "counting modes")
    for target in TARGETS:
        keep(target, tried, best, counted)


def trials() -> Jobs:
    """A few runs of every setting that is tried."""
    return {
        (target, name, *setting): job(
            target, name, setting, TRIAL_STEPS, TRIAL_SEEDS, []
        )
        for target in TARGETS
        for name, method in METHODS.items()
        for setting in method.trials
    }


def census(best: Best) -> Jobs:
    """All seeds of every method, by its best setting."""
    return {
        (target, name, seeds[0]): job(
            target, name, best[target, name], STEPS, seeds, SHOWN
        )
        for target in TARGETS
        for name in METHODS
        for seeds in SEEDS
    }


def job(
    target: str,
    name: str,
    setting: tuple[float, float],
    steps: int,
    seeds: list[int],
    shown: list[int],
) -> dict[str, Any]:
    """The arguments of `count`."""
    return {
        "target": target,
        "method": name,
        "learning_rate": setting[0],
        "strength": setting[1],
        "steps": steps,
        "seeds": seeds,
        "shown": shown,
    }


def done(jobs: Jobs, scheduler: str | None, name: str) -> dict[tuple, Any]:
    """The results of all jobs, by their names."""
    results = run_jobs(
        count, jobs, PLACE, version=version(), scheduler=scheduler
    )
    return dict(tqdm(results, total=len(jobs), desc=name))


def version(lib: Path = FOLDER.parent) -> str:
    """One for all the code that a count depends on, and for torch."""
    text = b"".join(
        path.read_bytes()
        for pattern in SOURCES
        for path in sorted(lib.glob(pattern))
    )
    return f"{hashlib.sha256(text).hexdigest()} {torch.__version__}"


def score(target: str, result: Mapping[str, Any]) -> float:
    """Share of the modes times share of good samples, mean over seeds."""
    if "diverged" in result:
        return 0.0
    modes = len(TARGETS[target]().centres)
    both = zip(result["modes"], result["quality"], strict=True)
    return sum(m / modes * good for m, good in both) / len(result["modes"])


def chosen(tried: Done) -> Best:
    """The setting of the best score, by target and method."""

    def best(target: str, name: str) -> tuple[float, float]:
        return max(
            METHODS[name].trials,
            key=lambda setting: score(target, tried[target, name, *setting]),
        )

    return {
        (target, name): best(target, name)
        for target in TARGETS
        for name in METHODS
    }


def parts(
    target: str, name: str, counted: Done
) -> Iterator[Mapping[str, Any]]:
    """The results of a method's groups of seeds."""
    for seeds in SEEDS:
        result = counted[target, name, seeds[0]]
        if "diverged" in result:
            raise FloatingPointError(f"{target}, {name}, {seeds}: {result}")
        yield result


def keep(target: str, tried: Done, best: Best, counted: Done) -> None:
    """The numbers of all methods, and the samples of a few runs."""
    results, samples = {}, []
    for name in METHODS:
        groups = list(parts(target, name, counted))
        for key in ("modes", "quality", "imbalance"):
            results[f"{name}: {key}"] = [x for g in groups for x in g[key]]
        results[f"{name}: seconds"] = [
            g["seconds"] / len(g["modes"]) for g in groups for _ in g["modes"]
        ]
        samples.append(np.array(groups[0]["samples"])[:, :RUNS_SHOWN])
    np.savez_compressed(
        FOLDER / f"census_{target}.npz",
        samples=np.array(samples).astype(np.int16),
        steps=SHOWN,
    )
    spent = [results[f"{name}: seconds"] for name in METHODS]
    save_run(
        f"census_{target}",
        command="make census",
        packages=["torch"],
        settings=settings(target, tried, best),
        seeds=[seed for group in SEEDS for seed in group],
        results=results,
        seconds=np.sum(spent, 0).tolist(),
    )


def settings(target: str, tried: Done, best: Best) -> dict[str, Any]:
    """All that led to the numbers, the scores of all that was tried too."""
    return {
        "steps": STEPS,
        "batch": BATCH,
        "hidden": HIDDEN,
        "memory": MEMORY,
        "samples": SAMPLES,
        "side by side": SEEDS,
        "trial": {"steps": TRIAL_STEPS, "seeds": TRIAL_SEEDS},
        "tried": [
            [*key[1:], score(target, result)]
            for key, result in sorted(tried.items())
            if key[0] == target
        ],
        "chosen": {name: best[target, name] for name in METHODS},
    }


if __name__ == "__main__":
    main()
