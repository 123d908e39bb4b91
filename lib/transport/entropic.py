"""Entropic optimal transport: plans that are blurred, and quickly found."""

import math
import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.transport.plans import check_problem

ROUGH = 1e-2  # the residual with which epsilon may be halved on the way
FINEST = 1e-12  # of the range of costs: less would leave them four digits


def sinkhorn(
    cost: ArrayLike,
    p: ArrayLike,
    q: ArrayLike,
    epsilon: float,
    *,
    tolerance: float = 1e-9,
    rounds: int = 10_000,
) -> NDArray[np.float64]:
    r"""The plan that is cheapest once entropy is worth something.

    It minimises $\sum \gamma_{ij} c_{ij} + \varepsilon \sum \gamma_{ij}
    \log \frac{\gamma_{ij}}{p_i q_j}$ with row sums `p` and column sums
    `q`, and is the only one that does. Rows and columns are made right in
    turn, all in logarithms, so that no small `epsilon` underflows; `epsilon`
    itself comes down from the largest cost by halves, each time from the
    prices found before.

    Args:
        cost: As for `optimal_coupling`.
        p: As for `optimal_coupling`.
        q: As for `optimal_coupling`.
        epsilon: In the unit of `cost`, above 0. Towards 0 the plan becomes
            an optimal one, towards infinity the product of p and q.
        tolerance: How far a row sum may be off, all rows added, in shares
            of the total mass. Column sums are exact to rounding.
        rounds: The most rounds at each `epsilon` on the way.

    Returns:
        The plan, shape (n, m), at least 0.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: As for `optimal_coupling`; or if `epsilon`, `tolerance`
            or `rounds` is not finite and above 0.

    Warns:
        RuntimeWarning: If the rows are still off after so many rounds, with
            by how much.

    Source: Cuturi (2013); Peyré & Cuturi (2019), sections 4.1 and 4.4.
    """
    cost, p, q = check_problem(cost, p, q)
    numbers = {"epsilon": epsilon, "tolerance": tolerance, "rounds": rounds}
    for name, number in numbers.items():
        if not 0 < number < math.inf:
            raise ValueError(
                f"{name} must be finite and above 0, got {number}"
            )
    if epsilon < FINEST * np.ptp(cost):
        raise ValueError(
            f"epsilon must be at least {FINEST} of the range of cost, "
            f"{np.ptp(cost):.3g}, got {epsilon}"
        )
    total = p.sum()
    rows, columns = p > 0, q > 0
    inner = _balanced(
        cost[np.ix_(rows, columns)],
        p[rows] / total,
        q[columns] / total,
        epsilon,
        tolerance,
        int(rounds),
    )
    plan = np.zeros_like(cost)
    plan[np.ix_(rows, columns)] = total * inner
    return plan


def _balanced(
    cost: NDArray,
    p: NDArray,
    q: NDArray,
    epsilon: float,
    tolerance: float,
    rounds: int,
) -> NDArray:
    """The plan between positive masses of total 1."""
    halvings = math.ceil(math.log2(max(np.ptp(cost) / epsilon, 1)))
    g, start = np.zeros_like(q), max(tolerance, ROUGH)
    for k in range(halvings, 0, -1):
        _, g, _ = _rounds(cost, p, q, g, epsilon * 2.0**k, start, rounds)
    f, g, off = _rounds(cost, p, q, g, epsilon, tolerance, rounds)
    if off > tolerance:
        warnings.warn(
            f"sinkhorn stopped after {rounds} rounds: its row sums are off "
            f"by {off:.3g} of the mass, more than {tolerance:.3g}; take a "
            "larger epsilon or more rounds",
            RuntimeWarning,
            stacklevel=3,
        )
    return p[:, None] * q * np.exp((f[:, None] + g - cost) / epsilon)


def _rounds(
    cost: NDArray,
    p: NDArray,
    q: NDArray,
    g: NDArray,
    epsilon: float,
    tolerance: float,
    rounds: int,
) -> tuple[NDArray, NDArray, float]:
    """Rows and columns in turn, from the prices g: f, g, and the residual.

    The factor exp((f_old - f_new) / epsilon) by which a row is mended is
    how far it was off: to look at the residual costs nothing.
    """
    log_p, log_q = np.log(p), np.log(q)
    by_row = -cost / epsilon
    by_column = np.ascontiguousarray(by_row.T)
    g = g / epsilon
    mended = -_log_sums(by_row + (g + log_q))
    for _ in range(rounds):
        f = mended
        g = -_log_sums(by_column + (f + log_p))
        mended = -_log_sums(by_row + (g + log_q))
        off = float(np.abs(np.expm1(f - mended)) @ p)
        if off <= tolerance:
            break
    return epsilon * f, epsilon * g, off


def _log_sums(logs: NDArray) -> NDArray:
    """log of the sum of exp over each row; spoils its argument."""
    most = logs.max(1, keepdims=True)
    logs -= most
    np.exp(logs, out=logs)
    return np.log(logs.sum(1)) + most[:, 0]
