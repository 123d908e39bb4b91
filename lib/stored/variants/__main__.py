"""`make variants`: settings chosen on seeds of their own, then the table.

Interrupted, it goes on where it was: results lie in _build/variants.
"""

import argparse
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from lib.stored import FOLDER, save_run
from lib.stored.census.methods import HIDDEN, TARGETS
from lib.stored.census.training import MEMORY, SAMPLES
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
from lib.stored.variants.methods import CRITIC_STEPS, METHODS, ROUNDS
from lib.stored.variants.training import (
    BATCH,
    COMPARED,
    exact_w1,
    measure,
    true_samples,
)

TARGET = "grid"
LOST = 1e3  # the distance of what diverged: further than any target is wide


def nearness(target: str, result: Mapping[str, Any]) -> float:
    """Minus the distance after the last step, mean over seeds."""
    return -LOST if "diverged" in result else -float(np.mean(result["w1"][-1]))


STUDY = Study(
    name="variants",
    measure=measure,
    score=nearness,
    methods=METHODS,
    targets=[TARGET],
    sources=[
        *("checks.py", "distributions.py", "evaluation.py", "matching.py"),
        *("networks.py", "gans/*.py", "training/*.py", "transport/*.py"),
        *("stored/census/methods.py", "stored/census/training.py"),
        *("stored/variants/methods.py", "stored/variants/training.py"),
    ],
    steps=1000,
    shown=[100, 250, 500, 750, 1000],
    trial_steps=500,
    trial_seeds=[100, 101, 102, 103],
    seeds=[[*range(10)]],
)


def main() -> None:
    """Both phases, and the stored run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    parser.add_argument("--workers", type=int, default=2, help="started here")
    asked = parser.parse_args()
    study = STUDY._replace(workers=asked.workers)
    where = asked.scheduler or None
    tried = done(study, study.trials(), where, "choosing settings")
    best = chosen(study, tried)
    counted = done(study, study.counts(best), where, "measuring")
    keep_all(study, tried, best, counted)


def keep_all(study: Study, tried: Done, best: Best, counted: Done) -> None:
    """The numbers of all methods, and the samples of a few runs."""
    results, samples = {}, []
    for name in METHODS:
        groups = list(parts(study, TARGET, name, counted))
        results |= numbers(study, name, groups)
        samples.append(groups[0]["samples"])
    save_samples(FOLDER / "variants.npz", samples, study.shown)
    last = f"seconds after {study.steps}"
    spent = [results[f"{name}: {last}"] for name in METHODS]
    seeds = list(itertools.chain(*study.seeds))
    results["data: w1"] = floor(len(seeds))
    save_run(
        "variants",
        command="make variants",
        packages=["torch", "numpy", "POT"],
        settings=settings(study, TARGET, tried, best) | FIXED,
        seeds=seeds,
        results=results,
        seconds=np.sum(spent, 0).tolist(),
    )


FIXED = {
    "target": TARGET,
    "batch": BATCH,
    "hidden": HIDDEN,
    "memory": MEMORY,
    "samples": SAMPLES,
    "compared": COMPARED,
    "critic steps": CRITIC_STEPS,
    "rounds": ROUNDS,
}


def numbers(
    study: Study, name: str, groups: list[Mapping[str, Any]]
) -> dict[str, list[float]]:
    """One number a seed for each measure and each step at which it was."""
    found = {}
    for k, step in enumerate(study.shown):
        for key in ("w1", "modes", "quality"):
            row = [x for group in groups for x in group[key][k]]
            found[f"{name}: {key} after {step}"] = row
        found[f"{name}: seconds after {step}"] = [
            group["seconds"][k] / len(group["w1"][k])
            for group in groups
            for _ in group["w1"][k]
        ]
    return found


def floor(count: int) -> list[float]:
    """The distance between two sets of samples of the data themselves."""
    law = TARGETS[TARGET]()
    truth = true_samples(law)
    return [exact_w1(true_samples(law, seed), truth) for seed in range(count)]


if __name__ == "__main__":
    main()
