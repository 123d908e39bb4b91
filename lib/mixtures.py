"""Gaussian mixtures: a density as a sum of bells, fitted by EM.

Points are rows, x of shape (n, d); components come first in all that
belongs to them, k of them. Logarithms are natural.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from lib.checks import check_distributions, check_finite, check_points

# A bell this much narrower than the data, in some direction, is about to
# become a spike on a few points: there the likelihood has no upper bound.
NARROWEST = 1e-6


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    r"""The density $\sum_j w_j \, N(x; \mu_j, \Sigma_j)$.

    Args:
        weights: Probability of each component, shape (k,).
        means: Where each bell stands, shape (k, d).
        covariances: Symmetric and positive definite, shape (k, d, d), in
            squared units of x.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If the weights are no distribution, the shapes do not
            fit, or a covariance is not symmetric and positive definite;
            the message then names the component.

    Source: Bishop (2006), section 9.2.
    """

    weights: NDArray
    means: NDArray
    covariances: NDArray

    def __post_init__(self):
        (weights,) = check_distributions(weights=self.weights)
        means, covariances = check_finite(
            means=self.means, covariances=self.covariances
        )
        k, d = means.shape if means.ndim == 2 else (0, 0)
        shapes = weights.shape, means.shape, covariances.shape
        if 0 in (k, d) or shapes != ((k,), (k, d), (k, d, d)):
            raise ValueError(
                "weights, means and covariances must have the shapes (k,), "
                f"(k, d) and (k, d, d), got {shapes}"
            )
        # frozen: a state of EM that is kept does not change afterwards
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "means", means)
        object.__setattr__(self, "covariances", covariances)
        object.__setattr__(self, "_roots", _cholesky(covariances))

    def log_joint(self, x: ArrayLike) -> NDArray:
        """log(w_j N(x; mean_j, covariance_j)), shape (n, k)."""
        x = check_points(x, self.means.shape[1])
        # |L^-1 (x - mean)| is the distance in standard deviations
        away = np.swapaxes(x - self.means[:, None], 1, 2)
        squares = (np.linalg.solve(self._roots, away) ** 2).sum(1)
        log_volume = np.log(np.diagonal(self._roots, axis1=1, axis2=2)).sum(1)
        log_volume += x.shape[1] * math.log(2 * math.pi) / 2
        with np.errstate(divide="ignore"):  # a weight may be 0
            return (np.log(self.weights) - log_volume) - squares.T / 2

    def log_density(self, x: ArrayLike) -> NDArray:
        """log p(x) in nats, shape (n,)."""
        return logsumexp(self.log_joint(x), axis=1)

    def responsibilities(self, x: ArrayLike) -> NDArray:
        """The posterior p(j | x), shape (n, k); each row sums to 1."""
        log_joint = self.log_joint(x)
        return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))

    def sample(self, count: int, rng: np.random.Generator) -> NDArray:
        """Draws from the density, shape (count, d)."""
        j = rng.choice(len(self.weights), count, p=self.weights)
        noise = rng.standard_normal((count, self.means.shape[1], 1))
        return self.means[j] + (self._roots[j] @ noise)[..., 0]


class EmStep(NamedTuple):
    """A state of EM."""

    mixture: GaussianMixture
    log_likelihood: float  # mean of log p(x) over the points, in nats


def initial_mixture(
    x: ArrayLike, components: int, rng: np.random.Generator
) -> GaussianMixture:
    """A start for EM: bells of one shape, on points far from each other.

    The first mean is any point; each further one is a point drawn with
    probability proportional to its squared distance from the nearest mean
    so far. Weights are equal; all covariances are that of the points about
    their nearest mean.

    Args:
        x: Points, shape (n, d).
        components: How many bells, k.
        rng: Where the draws come from.

    Returns:
        The mixture, its fields of the shapes (k,), (k, d), (k, d, d).

    Raises:
        TypeError: If `x` does not hold real numbers.
        ValueError: If `x` is no array of finite points, `components` is
            not in [1, distinct points], or so many bells leave the common
            covariance without width in some direction.

    Source: Arthur & Vassilvitskii (2007), section 2.2.
    """
    x = check_points(x)
    distinct = len(np.unique(x, axis=0))
    if not isinstance(components, Integral) or not 1 <= components <= distinct:
        raise ValueError(
            f"components must be an integer in [1, {distinct}], the number "
            f"of distinct points, got {components!r}"
        )
    means = x[[rng.integers(len(x))]]
    while len(means) < components:
        nearest = _squared_distances(x, means).min(1)
        drawn = rng.choice(len(x), p=nearest / nearest.sum())
        means = np.vstack([means, x[drawn]])
    away = x - means[_squared_distances(x, means).argmin(1)]
    common = np.tile(away.T @ away / len(x), (components, 1, 1))
    _refuse_narrow(common, x, "at the start")
    weights = np.full(components, 1 / components)
    return GaussianMixture(weights, means, common)


def fit_mixture(x: ArrayLike, start: GaussianMixture) -> Iterator[EmStep]:
    """Expectation-maximisation: the start, then one state after another.

    The mean log-likelihood never falls. It rises towards a local maximum:
    which one depends on the start.

    An empty component, one that answers for less than a single point in
    all, keeps its mean and its covariance for that step; its weight still
    becomes its share of the points. That, too, never lowers the
    likelihood, and the component may come back later.

    Args:
        x: Points, shape (n, d).
        start: The mixture to begin with, in as many dimensions.

    Returns:
        An iterator without end: the start and its mean log-likelihood, a
        number of no shape in nats per point, then those after each step.

    Raises:
        TypeError: If `x` does not hold real numbers.
        ValueError: If `x` is no array of finite points of the start's
            dimension; and in the step in which a component's standard
            deviation in some direction falls below NARROWEST times that of
            the data: the message names the component.

    Source: Dempster, Laird & Rubin (1977), section 4.3; Bishop (2006),
    section 9.2.2.
    """
    x = check_points(x, start.means.shape[1])

    def states() -> Iterator[EmStep]:
        mixture = start
        while True:
            log_joint = mixture.log_joint(x)
            log_density = logsumexp(log_joint, axis=1)
            yield EmStep(mixture, float(log_density.mean()))

            share = np.exp(log_joint - log_density[:, None])
            mixture = _maximised(x, share, mixture)

    return states()


def _maximised(
    x: NDArray, share: NDArray, old: GaussianMixture
) -> GaussianMixture:
    """The mixture that explains the points best at these responsibilities.

    share, shape (n, k), says how much of a point each component explains.
    """
    mass = share.sum(0)
    means, covariances = old.means.copy(), old.covariances.copy()
    for j in np.flatnonzero(mass >= 1):
        weight = share[:, j] / mass[j]
        means[j] = weight @ x
        away = x - means[j]
        covariances[j] = (weight * away.T) @ away
    covariances = (covariances + np.swapaxes(covariances, 1, 2)) / 2
    _refuse_narrow(covariances, x, "after a step of EM")
    return GaussianMixture(mass / len(x), means, covariances)


def _refuse_narrow(covariances: NDArray, x: NDArray, when: str) -> None:
    """Raise where a component has next to no width in some direction."""
    widths = np.sqrt(np.maximum(np.linalg.eigvalsh(covariances)[:, 0], 0))
    least = NARROWEST * math.sqrt(x.var(0).sum())
    for j in np.flatnonzero(widths <= least):
        raise ValueError(
            f"the covariance of component {j} is degenerate {when}: its "
            f"standard deviation is {widths[j]:.1e} in one direction, at "
            f"most {least:.1e}; try another start or fewer components"
        )


def _cholesky(covariances: NDArray) -> NDArray:
    """L of each covariance L L^T; an error names the component."""
    roots = np.empty_like(covariances)
    for j, covariance in enumerate(covariances):
        try:
            roots[j] = np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            raise ValueError(
                f"the covariance of component {j} must be positive "
                f"definite, got {covariance.tolist()}"
            ) from None
        # cholesky reads one half of it, so that the other could say anything
        if not np.allclose(covariance, covariance.T, rtol=1e-9, atol=0):
            raise ValueError(
                f"the covariance of component {j} must be symmetric, "
                f"got {covariance.tolist()}"
            )
    return roots


def _squared_distances(x: NDArray, means: NDArray) -> NDArray:
    """Shape (n, k)."""
    return ((x[:, None] - means) ** 2).sum(-1)
