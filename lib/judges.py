"""Judges: what samples say of a generator that writes no density.

Samples are rows, x of shape (n, d): pixels, or what a network makes of them,
its features. Distances mean what the features mean, and no more.
"""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from lib.checks import check_finite, check_points

# What rounding makes of an eigenvalue 0, in shares of the largest one, is
# near 1e-16 times the dimension; a covariance that is wrong is wronger.
ROUNDING = 1e-9
BLOCK = 1000  # rows whose distances are held at a time


def frechet_distance(real: ArrayLike, fake: ArrayLike) -> float:
    r"""Fréchet distance between the normal laws fitted to two samples.

    Equal means and covariances give 0, whatever else differs. The estimate
    is too high by about c / n on average, and c is large in many
    dimensions: compare equal numbers of samples only.

    Args:
        real: Features of real pictures, shape (n, d), n at least 2.
        fake: Features of generated ones, shape (m, d), m at least 2.

    Returns:
        The value of `frechet_gaussian` at the means and the covariances
        (with n - 1 below) of the two, in squared units of the features,
        shape (), in [0, inf).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If an argument has fewer than two rows, no columns, nan
            or infinity, or they differ in columns.

    Source: Heusel et al. (2017), who take features of Inception.
    """
    real, fake = _pair(real, fake, least=2)
    moments = (
        moment
        for x in (real, fake)
        for moment in (x.mean(0), np.atleast_2d(np.cov(x, rowvar=False)))
    )
    return frechet_gaussian(*moments)


def frechet_gaussian(
    mean_p: ArrayLike,
    covariance_p: ArrayLike,
    mean_q: ArrayLike,
    covariance_q: ArrayLike,
) -> float:
    r"""Squared distance $W_2^2$ between two normal laws.

    $|\mu_p - \mu_q|^2 + \operatorname{tr}(S_p + S_q - 2 (S_p^{1/2} S_q
    S_p^{1/2})^{1/2})$: the least mean squared distance over which mass
    travels from one law to the other. No two laws with these means and
    covariances are nearer.

    Args:
        mean_p: Shape (d,).
        covariance_p: Symmetric, no eigenvalue below 0, shape (d, d); it
            may be singular.
        mean_q: Shape (d,).
        covariance_q: As `covariance_p`.

    Returns:
        The squared distance in squared units of x, shape (), in [0, inf).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If one holds nan or infinity, the shapes do not fit, or
            a covariance is not symmetric or has a negative eigenvalue.

    Source: Dowson & Landau (1982); the bound: Gelbrich (1990).
    """
    mean_p, covariance_p, mean_q, covariance_q = check_finite(
        mean_p=mean_p,
        covariance_p=covariance_p,
        mean_q=mean_q,
        covariance_q=covariance_q,
    )
    d = mean_p.shape[0] if mean_p.ndim == 1 else 0
    shapes = [a.shape for a in (mean_p, covariance_p, mean_q, covariance_q)]
    if d == 0 or shapes != [(d,), (d, d)] * 2:
        raise ValueError(
            "means and covariances must have the shapes (d,) and (d, d), "
            f"got {shapes}"
        )
    roots = _root(covariance_p=covariance_p), _root(covariance_q=covariance_q)
    # tr (R Q^2 R)^(1/2) for Q^2 = S_q is the sum of the singular values of
    # R Q: no root of a small difference is taken.
    common = np.linalg.svd(roots[0] @ roots[1], compute_uv=False).sum()
    spread = np.trace(covariance_p) + np.trace(covariance_q) - 2 * common
    # never negative but for rounding, of the order 1e-16 traces
    return float(((mean_p - mean_q) ** 2).sum() + max(spread, 0.0))


class PrecisionRecall(NamedTuple):
    """Two shares, 0 to 1; draws of equal laws score below 1 on average."""

    precision: float  # of the fakes, that lie where real samples are
    recall: float  # of the real samples, that lie where fakes are


def precision_recall(
    real: ArrayLike, fake: ArrayLike, *, k: int = 3
) -> PrecisionRecall:
    """Fakes among real samples, and real samples among fakes.

    *Where samples are* is the union of balls around each of them, as far as
    its k-th nearest neighbour of its own kind. One sample far from all the
    others has a large ball, in which anything passes; one with k copies
    has a ball of radius 0.

    Args:
        real: Features of real pictures, shape (n, d), n above k.
        fake: Features of generated ones, shape (m, d), m above k.
        k: Which neighbour is the rim, 1 or more.

    Returns:
        Precision and recall, each of shape (), in [0, 1];
        `precision_recall(fake, real)` swaps them.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If `k` is below 1, an argument has not more than k rows,
            no columns, nan or infinity, or they differ in columns.

    Source: Kynkäänniemi et al. (2019), section 2.
    """
    real, fake = _pair(real, fake, least=2)
    return PrecisionRecall(
        precision=_covered(fake, real, neighbour_radii(real, k, name="real")),
        recall=_covered(real, fake, neighbour_radii(fake, k, name="fake")),
    )


def neighbour_radii(x: ArrayLike, k: int, *, name: str = "x") -> NDArray:
    """Distance from each sample to its k-th nearest other one.

    Args:
        x: Samples, shape (n, d), n above k.
        k: Which neighbour, 1 or more.
        name: What an error calls the samples.

    Returns:
        The radii in the unit of x, shape (n,), at least 0.

    Raises:
        TypeError: If `x` does not hold real numbers.
        ValueError: If `x` holds nan or infinity, or `k` is no integer from
            1 to n - 1.

    Source: Kynkäänniemi et al. (2019), section 2.
    """
    x = check_points(x)
    if not isinstance(k, Integral) or not 1 <= k < len(x):
        raise ValueError(
            f"k must be an integer from 1 to the rows of {name} less one, "
            f"got {k!r} and {len(x)} rows"
        )
    radii = np.empty(len(x))
    for start in range(0, len(x), BLOCK):
        part = slice(start, start + BLOCK)
        # the nearest of all, number 0, is the sample itself
        radii[part] = np.partition(cdist(x[part], x), k, axis=1)[:, k]
    return radii


def _covered(x: NDArray, centres: NDArray, radii: NDArray) -> float:
    """The share of x that lies in one ball or more."""
    inside = [
        (cdist(x[start : start + BLOCK], centres) <= radii).any(1)
        for start in range(0, len(x), BLOCK)
    ]
    return float(np.concatenate(inside).mean())


def _pair(
    real: ArrayLike, fake: ArrayLike, *, least: int
) -> tuple[NDArray, NDArray]:
    """Both as points of the same space, `least` rows or more."""
    real, fake = check_finite(real=real, fake=fake)
    for name, x in {"real": real, "fake": fake}.items():
        if x.ndim != 2 or x.shape[0] < least or x.shape[1] == 0:
            raise ValueError(
                f"{name} must have the shape (n, d) with n at least {least}, "
                f"got {x.shape}"
            )
    if real.shape[1] != fake.shape[1]:
        raise ValueError(
            "real and fake must have as many columns, got "
            f"{real.shape[1]} and {fake.shape[1]}"
        )
    return real, fake


def _root(**named: NDArray) -> NDArray:
    """The symmetric root of a covariance; an error names the argument."""
    ((name, covariance),) = named.items()
    if not np.allclose(covariance, covariance.T, rtol=1e-9, atol=0):
        raise ValueError(f"{name} must be symmetric")
    values, vectors = np.linalg.eigh(covariance)
    if values[0] < -ROUNDING * np.abs(values).max():
        raise ValueError(
            f"{name} must have no negative eigenvalue, got {values[0]:.3g}"
        )
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
