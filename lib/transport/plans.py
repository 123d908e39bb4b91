"""Discrete optimal transport: the cheapest plan, and prices that prove it."""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from lib.checks import check_finite, check_points, refuse

# Totals of p and q may differ by rounding: k float32 terms, added in pairs.
MASS_TOLERANCE = 1e-6
ASSIGNMENT = 100  # up to so many equal masses it beats the network simplex
PIVOTS = 10**7  # of the network simplex, before it gives up
GAP = 1e-9  # what primal and dual may differ by, in shares of the cost


class Potentials(NamedTuple):
    """Prices: f[i] + g[j] <= cost[i, j] for all i and j."""

    f: NDArray  # shape (n,), of a unit of mass at each source; f[0] is 0
    g: NDArray  # shape (m,), at each target


def optimal_coupling(
    cost: ArrayLike, p: ArrayLike, q: ArrayLike
) -> NDArray[np.float64]:
    r"""The cheapest plan $\gamma$ that turns `p` into `q`.

    It minimises $\sum_{ij} \gamma_{ij} c_{ij}$ over $\gamma \ge 0$ with row
    sums `p` and column sums `q`. There may be several such plans; this is
    one of them, a vertex: at most n + m - 1 of its entries are not 0.

    Args:
        cost: Of moving a unit of mass from i to j, shape (n, m), finite.
        p: Mass at each source, shape (n,), at least 0; any total above 0.
        q: Mass at each target, shape (m,), of the same total.

    Returns:
        The mass moved from i to j, shape (n, m), at least 0, in the unit of
        `p`; sums over it are exact to rounding.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If an argument holds nan or infinity, its shape does not
            fit, a mass is negative, or the totals differ by more than
            MASS_TOLERANCE of them.

    Warns:
        RuntimeWarning: If the network simplex stops before the optimum, with
            the mass that is left over and the gap between plan and prices.

    Source: Peyré & Cuturi (2019), sections 3.1 and 3.4; SciPy's assignment
        where up to ASSIGNMENT equal masses meet as many, POT's network
        simplex elsewhere.
    """
    cost, p, q = check_problem(cost, p, q)
    n, m = cost.shape
    if n == m <= ASSIGNMENT and np.ptp(p) == np.ptp(q) == 0:
        plan = np.zeros((n, m))
        plan[linear_sum_assignment(cost)] = p
        return plan
    plan, f = _network_simplex(cost, p, q)
    _warn_if_off(cost, plan, p, q, _feasible(cost, f, p))
    return plan


def sample_wasserstein(x: ArrayLike, y: ArrayLike) -> float:
    r"""Wasserstein distance $W_1$ between samples, each of equal mass.

    Args:
        x: Points, shape (n, d).
        y: Points, shape (m, d).

    Returns:
        The least mean distance over which the mass 1/n at each `x` travels
        to the mass 1/m at each `y`, in the unit of `x`, shape (), in
        [0, inf).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If an argument holds nan or infinity, is not of shape
            (n, d) with n at least 1, or the d differ.

    Warns:
        RuntimeWarning: As for `optimal_coupling`.

    Source: Peyré & Cuturi (2019), section 2.4, for the Euclidean distance.
    """
    x = check_points(x)
    y = check_points(y, x.shape[1], name="y")
    masses = (np.full(len(points), 1 / len(points)) for points in (x, y))
    cost = cdist(x, y)
    return float(np.vdot(optimal_coupling(cost, *masses), cost))


def kantorovich_potential(
    cost: ArrayLike, p: ArrayLike, q: ArrayLike
) -> Potentials:
    r"""Prices that prove a plan optimal: the dual of `optimal_coupling`.

    They maximise $\sum_i p_i f_i + \sum_j q_j g_j$ over all f, g with $f_i +
    g_j \le c_{ij}$. That sum is the least cost, and both sides of the
    constraint are equal wherever an optimal plan moves mass. Where `cost` is
    a distance between places that p and q share, g is -f and f has no slope
    above 1: prices are a potential.

    Args:
        cost: As for `optimal_coupling`.
        p: As for `optimal_coupling`.
        q: As for `optimal_coupling`.

    Returns:
        f, shape (n,), and g, shape (m,), in the unit of `cost`. Feasible
        everywhere to rounding, also where there is no mass; f[0] is 0, for a
        constant may move from f to g. They need not be unique.

    Raises:
        TypeError: As for `optimal_coupling`.
        ValueError: As for `optimal_coupling`.

    Warns:
        RuntimeWarning: As for `optimal_coupling`.

    Source: Peyré & Cuturi (2019), section 2.5 and proposition 3.3.
    """
    cost, p, q = check_problem(cost, p, q)
    plan, f = _network_simplex(cost, p, q)
    f, g = found = _feasible(cost, f, p)
    _warn_if_off(cost, plan, p, q, found)
    return Potentials(f - f[0], g + f[0])


def check_problem(
    cost: ArrayLike, p: ArrayLike, q: ArrayLike
) -> tuple[NDArray, NDArray, NDArray]:
    """The arguments as float64 arrays, once they are a transport problem.

    Args:
        cost: Shape (n, m), n and m at least 1.
        p: Shape (n,).
        q: Shape (m,).

    Returns:
        The three, shapes (n, m), (n,) and (m,); q is scaled by at most 1 +-
        MASS_TOLERANCE, so that its total is that of p to rounding.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If one holds nan or infinity, its shape does not fit, a
            mass is negative, or the totals differ.
    """
    cost, p, q = check_finite(cost=cost, p=p, q=q)
    if cost.ndim != 2 or cost.size == 0:
        raise ValueError(f"cost must have shape (n, m), got {cost.shape}")
    for name, mass, count in (("p", p, len(cost)), ("q", q, len(cost.T))):
        if mass.shape != (count,):
            raise ValueError(
                f"{name} must have shape ({count},) for a cost of shape "
                f"{cost.shape}, got {mass.shape}"
            )
        refuse(mass < 0, "without negative mass", **{name: mass})
    total = p.sum()
    if total <= 0:
        raise ValueError("p must have mass, got none")
    if abs(q.sum() - total) > MASS_TOLERANCE * total:
        raise ValueError(
            f"q must have the total mass of p, {total:.9g}, got {q.sum():.9g}"
        )
    return cost, p, q * (total / q.sum())


def _network_simplex(
    cost: NDArray, p: NDArray, q: NDArray
) -> tuple[NDArray, NDArray]:
    """POT's plan and its prices at the sources, for masses of any total."""
    import ot  # brings torch with it, 2 seconds, and most pages need neither

    total = p.sum()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how far off it is, is said below
        plan, log = ot.emd(
            p / total,
            q / total,
            cost - cost.min(),  # of negative costs it makes an empty plan
            numItermax=PIVOTS,
            log=True,
        )
    return total * plan, log["u"]


def _feasible(cost: NDArray, f: NDArray, p: NDArray) -> Potentials:
    """The best g for f where there is mass, then the best f for g.

    No sum of a pair is above its cost afterwards, and the value of the dual
    is at least what it was.
    """
    sources = p > 0
    g = (cost[sources] - f[sources, None]).min(0)
    return Potentials((cost - g).min(1), g)


def _warn_if_off(
    cost: NDArray, plan: NDArray, p: NDArray, q: NDArray, prices: Potentials
) -> None:
    """Warn where mass is left over, or prices prove no plan so cheap.

    A network simplex that is stopped leaves mass where it was.
    """
    left = np.abs(plan.sum(1) - p).sum() + np.abs(plan.sum(0) - q).sum()
    gap = abs(np.vdot(plan, cost) - prices.f @ p - prices.g @ q)
    if left > GAP * p.sum() or gap > GAP * (np.vdot(plan, np.abs(cost))):
        warnings.warn(
            f"the network simplex stopped before the optimum: {left:.3g} of "
            f"a mass of {p.sum():.3g} is left over, and the costs of plan "
            f"and prices differ by {gap:.3g}",
            RuntimeWarning,
            stacklevel=3,
        )
