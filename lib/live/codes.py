"""Coordinates as int16 in units of their axis, and how a line breaks there.

0 is the axis' lower limit and LEVELS its upper one, so that 2048 levels on a
panel of 280 pixels are 0.14 pixels each. Values far outside are cut at FAR,
15 panels away. Four codes stand outside the scale.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.live.scene import TINY

LEVELS, SHADES, FAR = 2048, 127, 32000
NAN, GAP, MINUS_INF, INF = -32768, -32766, -32767, 32767
NEAR = 3  # two sides of a jump that differ by less are one


class Axis(NamedTuple):
    """The limits of one axis, and whether it is logarithmic."""

    low: float
    high: float
    log: bool = False

    def encode(self, values: ArrayLike, levels: int = LEVELS) -> NDArray:
        """Values in units of the axis; of a log axis 0 is minus infinity."""
        low, high, v = self.low, self.high, np.asarray(values, float)
        if self.log:
            low, high = np.log10(low), np.log10(high)
            with np.errstate(divide="ignore", invalid="ignore"):
                v = np.log10(v)
        with np.errstate(invalid="ignore", over="ignore"):
            code = np.round((v - low) / (high - low) * levels)
        code = np.clip(np.where(np.isnan(v), 0, code), -FAR, FAR)
        special = [np.isnan(v), v == np.inf, v == -np.inf]
        return np.select(special, [NAN, INF, MINUS_INF], code).astype(np.int16)


def encode_exactly(values: NDArray) -> tuple[NDArray, list]:
    """Multiples of one step as int16, with no loss for even grids.

    Args:
        values: Finite numbers.

    Returns:
        The codes, and [low, size]: a value is low + (code + FAR) * size.
    """
    found = np.unique(np.round(values, 10))
    low, width = found[0], found[-1] - found[0] or 1.0
    gap = np.diff(found).min() if len(found) > 1 else width
    steps = max(1, round(width / gap)) if width / gap < FAR else FAR
    size = width / (steps * (2 * FAR // steps))
    codes = np.round((values - low) / size) - FAR
    return codes.astype(np.int16), [float(low), float(size)]


def gaps(x: NDArray) -> NDArray:
    """Where `x` holds the two nan that `jump` put around a point."""
    at = np.zeros(len(x), bool)
    if len(x) < 5:
        return at
    a, b, c, d, e = (x[i : len(x) - 4 + i] for i in range(5))
    with np.errstate(invalid="ignore"):
        middle = np.isnan(b) & np.isnan(d) & (e - a < 4 * TINY) & (a < c)
    places = np.flatnonzero(middle & (c < e))
    at[places + 1] = at[places + 3] = True
    return at


def encode_places(x: NDArray, axis: Axis) -> NDArray:
    """The x of a line in units of its axis; GAP where it may jump."""
    return mark_gaps(x, axis.encode(x))


def mark_gaps(x: NDArray, codes: NDArray) -> NDArray:
    """The codes of a line's x, with GAP where it may jump."""
    return np.where(gaps(x), GAP, codes).astype(np.int16)


def bridge(x: NDArray, y: NDArray) -> NDArray:
    """`y` with a number in each GAP whose two sides meet: no jump there.

    Args:
        x: Codes of the places, shape (n,).
        y: Codes of the values, shape (..., n).
    """
    y = y.copy()
    for k in np.flatnonzero(x == GAP):
        left, right = y[..., k - 1].astype(int), y[..., k + 1].astype(int)
        whole = (abs(left) <= FAR) & (abs(right) <= FAR)
        meet = whole & (abs(left - right) <= NEAR)
        meet |= (left == right) & (left == INF)
        y[..., k] = np.where(meet, left, NAN)
    return y


class Runs(NamedTuple):
    """A line's pieces, and its single dots, as indices of samples."""

    lines: list[list[int]]
    dots: list[int]
    open: list[int]


def runs(x: NDArray, y: NDArray) -> Runs:
    """How a line is drawn: the browser's `runs` does the same.

    A piece ends where y is nan or minus infinity, where it enters or leaves
    plus infinity (that piece lies in the lane), and at a GAP that is not
    bridged. The point inside a jump is a dot if it is cut off on a side; an
    end beside it is an open circle. Any other piece of one sample is a dot.
    """
    lines, last = [], 0
    for k in range(len(y)):
        if x[k] == GAP and y[k] != NAN:
            continue
        state = _state(x[k], y[k])
        if state and state != last:
            lines.append([])
        if state:
            lines[-1].append(k)
        last = state
    dots, open_ = _ends(x, y, lines)
    return Runs([r for r in lines if len(r) > 1], dots, open_)


def _state(x: int, y: int) -> int:
    """0: nothing is drawn; 1: on the panel; 2: in the lane of infinity."""
    if x in (GAP, NAN) or y in (NAN, MINUS_INF):
        return 0
    return 2 if y == INF else 1


def _ends(x: NDArray, y: NDArray, lines: list[list[int]]) -> tuple:
    dots, open_ = [], []
    for run in lines:
        for k in {run[0], run[-1]}:
            left = k > 0 and x[k - 1] == GAP
            right = k + 1 < len(x) and x[k + 1] == GAP
            cut = (left and y[k - 1] == NAN) or (right and y[k + 1] == NAN)
            if len(run) == 1 or (cut and left and right):
                dots.append(k)
            elif cut:
                open_.append(k)
    return sorted(dots), sorted(open_)
