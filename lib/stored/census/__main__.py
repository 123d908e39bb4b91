"""`make census`: settings chosen on seeds of their own, then the count.

    make census                               two workers here
    make census SCHEDULER=tcp://127.0.0.1:8786 those of a Dask scheduler

Interrupted, it goes on where it was: results lie in _build/census.
"""

import argparse
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from lib.stored import FOLDER, save_run
from lib.stored.census.methods import HIDDEN, METHODS, TARGETS
from lib.stored.census.training import BATCH, MEMORY, SAMPLES, count
from lib.stored.study import (
    Best,
    Done,
    Study,
    chosen,
    done,
    parts,
    save_samples,
    settings,
)


def main() -> None:
    """Both phases, and two stored runs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    scheduler = parser.parse_args().scheduler or None
    tried = done(STUDY, STUDY.trials(), scheduler, "choosing settings")
    best = chosen(STUDY, tried)
    counted = done(STUDY, STUDY.counts(best), scheduler, "counting modes")
    for target in TARGETS:
        keep(target, tried, best, counted)


def score(target: str, result: Mapping[str, Any]) -> float:
    """Share of the modes times share of good samples, mean over seeds."""
    if "diverged" in result:
        return 0.0
    modes = len(TARGETS[target]().centres)
    both = zip(result["modes"], result["quality"], strict=True)
    return sum(m / modes * good for m, good in both) / len(result["modes"])


STUDY = Study(
    name="census",
    measure=count,
    score=score,
    methods=METHODS,
    targets=[*TARGETS],
    sources=[
        *("distributions.py", "evaluation.py", "networks.py"),
        *("gans/*.py", "training/*.py"),
        *("stored/census/methods.py", "stored/census/training.py"),
    ],
    steps=3000,
    shown=[100, 300, 1000, 2000, 3000],
    trial_steps=1500,
    trial_seeds=[100, 101, 102, 103],
    seeds=[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]],
)


FIXED = {
    "batch": BATCH,
    "hidden": HIDDEN,
    "memory": MEMORY,
    "samples": SAMPLES,
}


def keep(target: str, tried: Done, best: Best, counted: Done) -> None:
    """The numbers of all methods, and the samples of a few runs."""
    results, samples = {}, []
    for name in METHODS:
        groups = list(parts(STUDY, target, name, counted))
        for key in ("modes", "quality", "imbalance"):
            results[f"{name}: {key}"] = [x for g in groups for x in g[key]]
        results[f"{name}: seconds"] = [
            g["seconds"] / len(g["modes"]) for g in groups for _ in g["modes"]
        ]
        samples.append(groups[0]["samples"])
    save_samples(FOLDER / f"census_{target}.npz", samples, STUDY.shown)
    spent = [results[f"{name}: seconds"] for name in METHODS]
    save_run(
        f"census_{target}",
        command="make census",
        packages=["torch"],
        settings=settings(STUDY, target, tried, best) | FIXED,
        seeds=list(itertools.chain(*STUDY.seeds)),
        results=results,
        seconds=np.sum(spent, 0).tolist(),
    )


if __name__ == "__main__":
    main()
