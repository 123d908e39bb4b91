"""Transport on the line, and on many lines: by sorting alone."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import broadcast, check_distributions, check_finite, refuse

LENGTH_TOLERANCE = 1e-6  # of a direction drawn in float32


def wasserstein_1d(
    x: ArrayLike,
    y: ArrayLike,
    x_weights: ArrayLike | None = None,
    y_weights: ArrayLike | None = None,
) -> NDArray:
    r"""Wasserstein distance $W_1 = \int_0^1 |F^{-1}(u) - G^{-1}(u)| \, du$.

    The least mean distance over which mass must travel from `x` to `y`, on
    the line: there nobody overtakes, so the lowest share u of one goes to
    the lowest share u of the other, quantile by quantile. Unlike the
    divergences it depends on where the mass is.

    Args:
        x: Samples, or the places of atoms, shape (..., n), in any order.
        y: The same, shape (..., m); leading axes broadcast.
        x_weights: Mass at each place of `x`, shape (..., n), a
            distribution as `check_distributions` has it; None for 1/n each.
        y_weights: Mass at each place of `y`, likewise.

    Returns:
        The distance in the unit of `x`, shape (...); in [0, inf). The
        error is at most about 1e-15 of the width of the data.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If a place is not finite, there are none, the weights
            are not a distribution or not as many as the places, or the
            leading axes do not broadcast.

    Source: Peyré & Cuturi (2019), section 2.6, the one-dimensional case.
    """
    x, y = check_finite(x=x, y=y)
    _check_places(x=x, y=y)
    if x.shape != y.shape:
        _batch(x, y)
    if x_weights is None and y_weights is None and x.shape[-1] == y.shape[-1]:
        gaps, other = np.sort(x), np.sort(y)
        # a million numbers are sooner overwritten than put beside themselves
        room = gaps if gaps.shape == other.shape else None
        gaps = np.subtract(gaps, other, out=room)
        return np.abs(gaps, out=gaps).sum(-1) / x.shape[-1]
    x, x_levels = _quantiles(x=x, x_weights=x_weights)
    y, y_levels = _quantiles(y=y, y_weights=y_weights)
    return _between(x, x_levels, y, y_levels)


def sliced_wasserstein(
    x: ArrayLike, y: ArrayLike, projections: ArrayLike
) -> float:
    r"""Sliced Wasserstein distance, $W_1$ averaged over directions.

    Points are seen along a direction as places on the line. No direction
    shows more work than there is, so it never exceeds $W_1$; over all
    directions it is 0 only for equal laws.

    Args:
        x: Points, shape (n, d).
        y: Points, shape (m, d).
        projections: Directions, shape (k, d), each of length 1, as
            `random_directions` draws them.

    Returns:
        The mean over the directions, in the unit of `x`, shape (), in
        [0, inf).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If an argument holds nan or infinity, is not of shape
            (n, d) with n at least 1, the d differ, or a direction is not
            of length 1.

    Source: Bonneel, Rabin, Peyré & Pfister (2015), definition 4, for p = 1.
    """
    x, y, projections = check_finite(x=x, y=y, projections=projections)
    for name, array in {"x": x, "y": y, "projections": projections}.items():
        if array.ndim != 2 or array.size == 0:
            raise ValueError(
                f"{name} must have shape (n, d), got {array.shape}"
            )
        if array.shape[1] != x.shape[1]:
            raise ValueError(
                f"{name} must have as many columns as x, {x.shape[1]}, got "
                f"shape {array.shape}"
            )
    lengths = np.linalg.norm(projections, axis=1)
    refuse(
        np.abs(lengths - 1) > LENGTH_TOLERANCE,
        "of length 1",
        projections=lengths,
    )
    return float(wasserstein_1d(projections @ x.T, projections @ y.T).mean())


def random_directions(
    count: int, dimension: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Directions drawn evenly over the sphere: shape (count, dimension).

    Args:
        count: How many, 1 or more.
        dimension: Of the space, 1 or more.
        rng: Where they come from.

    Returns:
        Rows of length 1, shape (count, dimension).

    Raises:
        ValueError: If `count` or `dimension` is below 1.

    Source: Muller (1959): normal coordinates prefer no direction.
    """
    for name, number in (("count", count), ("dimension", dimension)):
        if number < 1:
            raise ValueError(f"{name} must be 1 or more, got {number}")
    arrows = rng.normal(size=(count, dimension))
    return arrows / np.linalg.norm(arrows, axis=1, keepdims=True)


def _check_places(**named: NDArray) -> None:
    """Raise unless there are places."""
    for name, array in named.items():
        if array.ndim == 0 or array.shape[-1] == 0:
            raise ValueError(
                f"{name} must have places on its last axis, "
                f"got shape {array.shape}"
            )


def _batch(x: NDArray, y: NDArray) -> tuple[int, ...]:
    """The shape of the answer; ValueError if the batches do not fit."""
    firsts = {"the batch of x": x[..., 0], "the batch of y": y[..., 0]}
    return broadcast(**firsts)[0].shape


def _quantiles(**named: ArrayLike) -> tuple[NDArray, NDArray]:
    """Places in rising order, and the mass up to and with each.

    Args:
        named: The places and the weights, by their names.
    """
    (_, places), (name, weights) = named.items()
    if weights is None:
        n = places.shape[-1]
        return np.sort(places), np.arange(1, n + 1) / n
    (weights,) = check_distributions(**{name: weights})
    if weights.shape[-1] != places.shape[-1]:
        raise ValueError(
            f"{name} must be one for each of {places.shape[-1]} places, "
            f"got shape {weights.shape}"
        )
    places, weights = broadcast(**(named | {name: weights}))
    order = np.argsort(places)
    # Whole multiples of 2^-62 add without rounding, where a running sum of
    # n floats drifts by n * 1e-16. The last level is 1 and exactly that.
    ticks = np.rint(np.take_along_axis(weights, order, -1) * 2.0**62)
    mass = np.cumsum(ticks.astype(np.int64), -1)
    return np.take_along_axis(places, order, -1), mass / mass[..., -1:]


def _between(
    x: NDArray, x_levels: NDArray, y: NDArray, y_levels: NDArray
) -> NDArray:
    """The integral over u, piece by piece between the levels of both."""
    batch = _batch(x, y)  # once more: weights may bring axes of their own
    x, x_levels, y, y_levels = (
        np.broadcast_to(array, (*batch, array.shape[-1]))
        for array in (x, x_levels, y, y_levels)
    )
    levels = np.concatenate([x_levels, y_levels], -1)
    order = np.argsort(levels, kind="stable")  # merges two sorted halves
    from_x = order < x.shape[-1]
    share = np.diff(np.take_along_axis(levels, order, -1), prepend=0.0)
    # A piece belongs to the first place whose level it does not exceed:
    # as many are passed as levels came before. Past the last place of one
    # (level 1) only pieces of width 0 follow, where any place will do.
    i = np.minimum(np.cumsum(from_x, -1) - from_x, x.shape[-1] - 1)
    j = np.minimum(np.cumsum(~from_x, -1) - ~from_x, y.shape[-1] - 1)
    gap = np.take_along_axis(x, i, -1) - np.take_along_axis(y, j, -1)
    return (share * np.abs(gap)).sum(-1)
