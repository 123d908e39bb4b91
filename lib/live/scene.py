"""What a scene returns: panels of marks, and numbers beside them."""

from dataclasses import dataclass, fields
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.live.marks import Decoded, Mark

SCALES = ("linear", "log")
TINY = 1e-9  # how far beside a jump its two sides are sampled


@dataclass(init=False, eq=False)
class Panel:
    """Marks on one pair of axes; limits not given hold all of the grid.

    `drag` names the two controls that follow a pointer on the panel; or it
    says at which x the handle of each control stands: a pointer takes hold
    of the nearest, which then follows it up and down.
    """

    marks: list[Mark]
    x: str = ""
    y: str = ""
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None
    xscale: str = "linear"
    yscale: str = "linear"
    equal: bool = False
    drag: tuple[str, str] | dict[str, float] | None = None

    def __init__(self, *marks: Mark, **options) -> None:
        known = {f.name for f in fields(self)} - {"marks"}
        for name in options.keys() - known:
            raise TypeError(f"Panel has no option {name!r}, only {known}")
        self.marks = list(marks)
        for name, value in options.items():
            setattr(self, name, value)
        for mark in marks:
            if not isinstance(mark, Mark):
                raise TypeError(f"Panel takes marks, got {mark!r}")
        for axis in "xy":
            self._check(axis)
        self._check_drag()

    def _check(self, axis: str) -> None:
        scale, lim = getattr(self, f"{axis}scale"), getattr(self, f"{axis}lim")
        if scale not in SCALES:
            raise ValueError(f"{axis}scale must be one of {SCALES}: {scale!r}")
        if lim is None:
            return
        low, high = lim
        if not (np.isfinite([low, high]).all() and low < high):
            raise ValueError(f"{axis}lim must be finite and rise, got {lim}")
        if scale == "log" and low <= 0:
            raise ValueError(f"{axis}lim of a log axis must be > 0, got {lim}")
        setattr(self, f"{axis}lim", (float(low), float(high)))

    def _check_drag(self) -> None:
        picture = any(isinstance(m, Decoded) for m in self.marks)
        if picture and (len(self.marks) > 1 or self.drag is not None):
            raise ValueError(
                "a panel with a Decoded holds no other mark and has no drag"
            )
        if self.drag is None:
            return
        if isinstance(self.drag, dict):
            self._check_handles(self.drag)
            return
        two = isinstance(self.drag, tuple) and len(set(self.drag)) == 2
        if not two or not all(isinstance(n, str) for n in self.drag):
            raise ValueError(
                f'drag must name two controls, as ("z1", "z2"), got '
                f"{self.drag!r}"
            )

    def _check_handles(self, handles: dict[str, float]) -> None:
        named = all(isinstance(name, str) for name in handles)
        places = list(handles.values())
        good = all(isinstance(x, Real) and np.isfinite(x) for x in places)
        if not (handles and named and good and len({*places}) == len(places)):
            raise ValueError(
                "drag must give each control a place of its own on x, as "
                f'{{"f1": 1.0, "f2": 2.0}}, got {handles!r}'
            )
        if self.xscale == "log":
            raise ValueError("drag with handles needs a linear x axis")


@dataclass(init=False, eq=False)
class Scene:
    """Panels, and the numbers that are shown beside them.

    A number is a value or a pair (value, unit). One that is named like a
    mark's label stands in the legend beside that mark.
    """

    panels: list[Panel]
    numbers: dict[str, Any]

    def __init__(self, *panels: Panel, numbers: dict | None = None) -> None:
        for panel in panels:
            if not isinstance(panel, Panel):
                raise TypeError(f"Scene takes panels, got {panel!r}")
        self.panels, self.numbers = list(panels), dict(numbers or {})


def jump(x: ArrayLike, at: float) -> NDArray:
    """`x` with a gap around `at`: ..., at-, nan, at, nan, at+, ...

    A function evaluated there shows its jump as a jump: the value at `at` is
    a dot of its own, and the sides end in open circles. Where there is no
    jump the gap is closed.

    Args:
        x: Sample places in rising order, shape (n,).
        at: Where the function may jump, within the range of `x`.

    Returns:
        The places, rising apart from two nan, shape (about n + 5,).

    Raises:
        ValueError: If `x` does not rise or `at` is not inside its range.
    """
    x = np.asarray(x, float)
    if x.ndim != 1 or not (np.diff(x) > 0).all():
        raise ValueError("x must be one-dimensional and rise")
    if not x[0] < at < x[-1]:
        raise ValueError(f"at must lie inside ({x[0]}, {x[-1]}), got {at}")
    middle = [at - TINY, np.nan, at, np.nan, at + TINY]
    return np.concatenate([x[x < at - TINY], middle, x[x > at + TINY]])
