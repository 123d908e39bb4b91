"""Alternated rounds of one job done in several ways."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

import numpy as np

ROUNDS = 7
# A round lasts at least this long: the clock and the loop cost nothing.
LEAST_SECONDS = 0.01


class Row(NamedTuple):
    """One comparison: milliseconds a call, and how many times faster."""

    job: str
    ours: float  # median, ms
    other: str
    others: float  # median, ms
    ratio: float  # other / ours, median over the rounds
    least: float
    most: float


def compare(
    job: str,
    ours: Callable[[], object],
    others: dict[str, Callable[[], object]],
    *,
    rtol: float = 1e-9,
) -> Iterator[Row]:
    """Time `ours` against each of `others`, in turns, round by round.

    All must give the same numbers, to within `rtol`: what is wrong needs
    no clock.
    """
    ways = {"ours": ours, **others}
    answer = np.asarray(ours())
    for name, way in others.items():
        np.testing.assert_allclose(way(), answer, rtol, err_msg=name)
    calls = {name: _enough_calls(way) for name, way in ways.items()}
    times = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(_seconds(way, calls[name]))
    for name in others:
        ratios = np.divide(times[name], times["ours"])
        yield Row(
            job=job,
            ours=1e3 * median(times["ours"]),
            other=name,
            others=1e3 * median(times[name]),
            ratio=float(np.median(ratios)),
            least=ratios.min(),
            most=ratios.max(),
        )


def _enough_calls(way: Callable[[], object]) -> int:
    """As many calls as fill a round; the first ones warm up."""
    calls = 1
    while (seconds := _seconds(way, calls)) * calls < LEAST_SECONDS:
        calls = max(2 * calls, round(1.2 * LEAST_SECONDS / seconds))
    return calls


def _seconds(way: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        way()
    return (time.perf_counter() - start) / calls
