"""Runs that are too long for a page: made by a script, kept with the book.

`lib/stored/NAME.json` holds the numbers of a run, and how it was made. A page
that shows them says so, and says with which command they are made anew.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
CPUINFO = Path("/proc/cpuinfo")  # Linux only: elsewhere Python has to know


class StoredRun(NamedTuple):
    """What came out of a run, seed by seed, and all that led to it."""

    command: str  # makes it anew, as "make stored-vae"
    date: str  # of the run, as "2026-01-31"
    machine: dict[str, Any]  # processor, cores
    versions: dict[str, str]  # of Python and of packages
    settings: dict[str, Any]
    seeds: list[int]
    results: dict[str, list[float]]  # one number a seed
    seconds: list[float]  # of one processor, to train; one number a seed


def load_run(name: str, *, folder: Path = FOLDER) -> StoredRun:
    """The stored run of that name.

    Raises:
        ValueError: If there is none, or its file is not as it was written.
    """
    path = folder / f"{name}.json"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.json"))
        raise ValueError(f"name must be one of {known}, got {name!r}")
    data = json.loads(path.read_text("utf8"))
    signed = data.pop("checksum", None)
    if signed != _checksum(data):
        raise ValueError(f"{path.name}: it was changed after it was written")
    if data.keys() != set(StoredRun._fields):
        raise ValueError(f"{path.name}: it holds {sorted(data)}")
    run = StoredRun(**data)
    _check(run, path.name)
    return run


def save_run(
    name: str,
    *,
    command: str,
    packages: Sequence[str],
    settings: Mapping[str, Any],
    seeds: Sequence[int],
    results: Mapping[str, Sequence[float]],
    seconds: Sequence[float],
    folder: Path = FOLDER,
) -> Path:
    """Write a run, with what is known of machine, versions and date.

    Args:
        name: What `load_run` will be asked for.
        command: What makes the run anew.
        packages: Those whose versions matter.
        settings: All that would change the results.
        seeds: One for each repetition.
        results: Name -> one number a seed.
        seconds: One number a seed.
        folder: Where the file goes.

    Returns:
        The path of the file.

    Raises:
        ValueError: If not all have one number a seed, or one is not finite.
    """
    run = StoredRun(
        command=command,
        date=datetime.now(UTC).date().isoformat(),
        machine={"processor": _processor(), "cores": os.cpu_count()},
        versions={"python": platform.python_version()}
        | {
            package: importlib.metadata.version(package)
            for package in packages
        },
        settings=dict(settings),
        seeds=list(seeds),
        results={key: list(row) for key, row in results.items()},
        seconds=list(seconds),
    )
    path = folder / f"{name}.json"
    _check(run, path.name)
    data = run._asdict()
    data["checksum"] = _checksum(data)
    path.write_text(json.dumps(data, indent=1, allow_nan=False) + "\n", "utf8")
    return path


def _check(run: StoredRun, name: str) -> None:
    """One finite number a seed, everywhere."""
    for key, row in {**run.results, "seconds": run.seconds}.items():
        if len(row) != len(run.seeds) or not run.seeds:
            raise ValueError(
                f"{name}: {key} must be one number a seed, got {len(row)} "
                f"for {len(run.seeds)} seeds"
            )
        if not all(abs(number) < float("inf") for number in row):
            raise ValueError(f"{name}: {key} must be finite, got {row}")


def _checksum(data: Mapping[str, Any]) -> str:
    """SHA-256 of all but itself, 16 hex digits."""
    text = json.dumps(data, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _processor() -> str:
    """The processor's name, and nothing that tells whose machine it is."""
    if CPUINFO.is_file():
        for line in CPUINFO.read_text("utf8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
