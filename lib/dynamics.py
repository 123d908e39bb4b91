"""The rules by which two players step, and whether their runs come home."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import check_finite
from lib.games import Game, check_weights


def consensus(game: Game, weight: float) -> Game:
    r"""The game whose players also want each other to stand still.

    Its velocity is $v - \lambda \nabla \frac12 \|v\|^2 = v - \lambda
    J^\top v$ with the Jacobian J of v. Where v is 0 it is 0 too; it may
    have other rests of its own.

    Args:
        game: The game to change, with smooth velocities.
        weight: lambda, at least 0.

    Returns:
        The game; its velocity has the shape of its points, (..., 2).

    Raises:
        ValueError: If `weight` is negative or not finite.

    Source: Mescheder, Nowozin & Geiger (2017), section 4.
    """
    check_weights(weight=weight)

    def velocity(z: NDArray) -> NDArray:
        v = game.velocity(z)
        slopes = jacobian(game.velocity, z) * v[..., None]
        return v - weight * slopes.sum(-2)

    return Game(velocity, game.bound)


def simultaneous(game: Game, step: ArrayLike, z: ArrayLike) -> NDArray:
    r"""Both players step at once: $z + \eta v(z)$.

    Args:
        game: Who would move where.
        step: eta, a number or an array of the points' shape (...).
        z: Points of the game, shape (..., 2).

    Returns:
        The next points, shape (..., 2).

    Raises:
        TypeError: If `step` or `z` does not hold real numbers.
        ValueError: If one is not finite, or `z` has another last axis.

    Source: Mescheder, Nowozin & Geiger (2017), algorithm 1.
    """
    z, step = _check_state(z, step, 2)
    return _inside(game, z + step * game.velocity(z))


def alternating(
    game: Game,
    step: ArrayLike,
    z: ArrayLike,
    *,
    turn: Sequence[int] = (1, 0),
) -> NDArray:
    """One player steps after the other, and sees what was done before.

    Arguments and errors are those of `simultaneous`, and `turn`: who moves,
    in this order, 0 the first player and 1 the second. (1, 0) is a step of
    the discriminator, then one of the generator; (1, 1, 0) has n_D = 2.

    Source: Goodfellow et al. (2014), algorithm 1.
    """
    z, step = _check_state(z, step, 2)
    if not len(turn) or not set(turn) <= {0, 1}:
        raise ValueError(f"turn must consist of 0 and 1, got {turn}")
    for player in turn:
        moves = np.arange(2) == player
        z = _inside(game, z + step * moves * game.velocity(z))
    return z


def extragradient(game: Game, step: ArrayLike, z: ArrayLike) -> NDArray:
    r"""Look a step ahead, and move as is right there.

    $z + \eta v(z + \eta v(z))$. Arguments and errors are those of
    `simultaneous`.

    Source: Korpelevich (1976); Gidel et al. (2019), section 3.
    """
    z, step = _check_state(z, step, 2)
    ahead = _inside(game, z + step * game.velocity(z))
    return _inside(game, z + step * game.velocity(ahead))


def optimistic(game: Game, step: ArrayLike, z: ArrayLike) -> NDArray:
    r"""Step on, as if the velocity would change as it did just now.

    $z + \eta (2 v(z) - v(z_{\text{before}}))$. Arguments and errors are
    those of `simultaneous`, but a state is a point and the one before it,
    shape (..., 4): a run starts with `np.tile(point, 2)`.

    Source: Daskalakis et al. (2018), section 2.
    """
    z, step = _check_state(z, step, 4)
    now, before = z[..., :2], z[..., 2:]
    guess = 2 * game.velocity(now) - game.velocity(before)
    return np.concatenate([_inside(game, now + step * guess), now], -1)


def trajectory(
    update: Callable[[NDArray], NDArray], start: ArrayLike, count: int
) -> NDArray:
    """A run: start, update(start), update(update(start)), and so on.

    Args:
        update: States (..., n) to states, `partial(rule, game, step)`.
        start: The first state, shape (..., n).
        count: How many updates to make, at least 0.

    Returns:
        All states, shape (count + 1, ..., n).

    Raises:
        ValueError: If `count` is negative, and what `update` raises.

    Source: Mescheder, Geiger & Nowozin (2018), section 2.
    """
    if count < 0:
        raise ValueError(f"count must be at least 0, got {count}")
    states = [*check_finite(start=start)]
    for _ in range(count):
        states.append(update(states[-1]))
    return np.stack(states)


def jacobian(function: Callable[[NDArray], NDArray], z: ArrayLike) -> NDArray:
    """Slopes of a velocity or of an update, by central differences.

    Args:
        function: Arrays (..., n) to arrays (..., n), smooth around `z`: at
            a kink what is returned means nothing.
        z: Where, shape (..., n).

    Returns:
        Matrices of shape (..., n, n); row i has the slopes of entry i. The
        error is about 1e-10 where function and slopes are of order one.

    Raises:
        ValueError: If `z` is not finite.

    Source: Nocedal & Wright (2006), section 8.1.
    """
    (z,) = check_finite(z=z)
    n, width = z.shape[-1], 6e-6  # cube root of 2.2e-16: both errors small
    ways = width * np.eye(n).reshape(n, *[1] * (z.ndim - 1), n)
    up, down = np.split(function(np.concatenate([z + ways, z - ways])), 2)
    return np.moveaxis((up - down) / (2 * width), 0, -1)


def converged(path: ArrayLike, shrink: float = 1e-3) -> NDArray:
    """Whether a run ends at (0, 0), by the rule of this book.

    Yes if every point of its last tenth is nearer to (0, 0) than `shrink`
    times the first point. A run that comes home more slowly gets a no.

    Args:
        path: The points of a run, shape (n, ..., 2), n at least 10.
        shrink: The share of the first distance, in (0, 1).

    Returns:
        True or False, shape (...).

    Raises:
        ValueError: If `path` is not finite, has fewer than 10 points or
            another last axis, or `shrink` is not inside (0, 1).

    Source: our own; Mescheder, Geiger & Nowozin (2018) judge by theorems.
    """
    (path,) = check_finite(path=path)
    if path.ndim < 2 or len(path) < 10 or path.shape[-1] != 2:
        raise ValueError(
            f"path must have shape (10 or more, ..., 2), got {path.shape}"
        )
    if not 0 < shrink < 1:
        raise ValueError(f"shrink must be inside (0, 1), got {shrink}")
    radius = np.hypot(path[..., 0], path[..., 1])
    return radius[-(len(path) // 10) :].max(0) < shrink * radius[0]


def _check_state(z: ArrayLike, step: ArrayLike, size: int) -> tuple:
    """Both as arrays, the step with an axis for the players."""
    z, step = check_finite(z=z, step=step)
    if z.ndim == 0 or z.shape[-1] != size:
        raise ValueError(f"z must have shape (..., {size}), got {z.shape}")
    return z, step[..., None]


def _inside(game: Game, z: NDArray) -> NDArray:
    """The points with the second player back within the game's bound."""
    if game.bound == math.inf:
        return z
    return np.stack([z[..., 0], z[..., 1].clip(-game.bound, game.bound)], -1)
