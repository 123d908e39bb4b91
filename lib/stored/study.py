"""Methods compared: settings chosen on some seeds, measured on others."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from tqdm import tqdm

from lib.stored import FOLDER
from lib.stored.jobs import run_jobs

RUNS_SHOWN = 3
Setting = tuple[float, float]  # a learning rate, and a method's own number
Jobs = dict[tuple, dict[str, Any]]
Done = Mapping[tuple, Mapping[str, Any]]
Best = dict[tuple, Setting]


class Study(NamedTuple):
    """What is compared, on which seeds, and how a result is judged."""

    name: str
    # of target, method, learning_rate, strength, steps, seeds and shown; a
    # result that holds "diverged" holds nothing else
    measure: Callable[..., dict[str, Any]]
    score: Callable[[str, Mapping[str, Any]], float]  # of a target: more wins
    methods: Mapping[str, Any]  # each has its `trials`, settings
    targets: Sequence[str]
    sources: Sequence[str]  # of lib, all that `measure` runs: its patterns
    steps: int
    shown: list[int]  # steps after which samples are kept
    trial_steps: int
    trial_seeds: list[int]
    seeds: list[list[int]]  # groups, each side by side
    workers: int = 2

    def trials(self) -> Jobs:
        """A few runs of every setting that is tried."""
        return {
            (target, name, *setting): self._job(
                *(target, name, setting),
                *(self.trial_steps, self.trial_seeds, []),
            )
            for target in self.targets
            for name, method in self.methods.items()
            for setting in method.trials
        }

    def counts(self, best: Best) -> Jobs:
        """All seeds of every method, by its best setting."""
        return {
            (target, name, seeds[0]): self._job(
                *(target, name, best[target, name]),
                *(self.steps, seeds, self.shown),
            )
            for target in self.targets
            for name in self.methods
            for seeds in self.seeds
        }

    def _job(
        self,
        target: str,
        name: str,
        setting: Setting,
        steps: int,
        seeds: list[int],
        shown: list[int],
    ) -> dict[str, Any]:
        """The arguments of `measure`."""
        return {
            "target": target,
            "method": name,
            "learning_rate": setting[0],
            "strength": setting[1],
            "steps": steps,
            "seeds": seeds,
            "shown": shown,
        }


def done(
    study: Study, jobs: Jobs, scheduler: str | None, what: str
) -> dict[tuple, Any]:
    """The results of all jobs, by their names.

    Interrupted, it goes on where it was: results lie in _build.
    """
    results = run_jobs(
        study.measure,
        jobs,
        Path("_build") / study.name,
        version=version(study),
        scheduler=scheduler,
        workers=study.workers,
    )
    return dict(tqdm(results, total=len(jobs), desc=what))


def version(study: Study, lib: Path = FOLDER.parent) -> str:
    """One for all the code that a result depends on, and for torch."""
    text = b"".join(
        path.read_bytes()
        for pattern in study.sources
        for path in sorted(lib.glob(pattern))
    )
    return f"{hashlib.sha256(text).hexdigest()} {torch.__version__}"


def chosen(study: Study, tried: Done) -> Best:
    """The setting of the best score, by target and method."""

    def best(target: str, name: str) -> Setting:
        return max(
            study.methods[name].trials,
            key=lambda setting: study.score(
                target, tried[target, name, *setting]
            ),
        )

    return {
        (target, name): best(target, name)
        for target in study.targets
        for name in study.methods
    }


def parts(
    study: Study, target: str, name: str, counted: Done
) -> Iterator[Mapping[str, Any]]:
    """The results of a method's groups of seeds."""
    for seeds in study.seeds:
        result = counted[target, name, seeds[0]]
        if "diverged" in result:
            raise FloatingPointError(f"{target}, {name}, {seeds}: {result}")
        yield result


def settings(
    study: Study, target: str, tried: Done, best: Best
) -> dict[str, Any]:
    """All that led to the numbers, the scores of all that was tried too."""
    return {
        "steps": study.steps,
        "side by side": study.seeds,
        "trial": {"steps": study.trial_steps, "seeds": study.trial_seeds},
        "tried": [
            [*key[1:], study.score(target, result)]
            for key, result in sorted(tried.items())
            if key[0] == target
        ],
        "chosen": {name: best[target, name] for name in study.methods},
    }


def save_samples(
    path: Path, samples: Sequence[ArrayLike], shown: Sequence[int]
) -> None:
    """Write the samples of each method's first runs, in thousandths.

    Args:
        path: Of the file, which ends in .npz.
        samples: A method each: shape (step, run, sample, coordinate).
        shown: The steps.
    """
    first = [np.asarray(runs)[:, :RUNS_SHOWN] for runs in samples]
    np.savez_compressed(
        path, samples=np.array(first).astype(np.int16), steps=shown
    )
