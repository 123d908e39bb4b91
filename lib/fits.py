"""Fits: the normal law nearest to another, in either direction of KL."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermevander
from numpy.typing import NDArray
from scipy.integrate import tanhsinh
from scipy.ndimage import minimum_filter
from scipy.stats import Mixture, Normal

# Two fits closer than this, in nats, are equally good.
_TIE = 1e-9


class GaussianFit(NamedTuple):
    """A normal law, and how far the target is from it or it from that."""

    mean: float
    std: float
    kl: float  # nats


def fit_gaussian(target: Mixture | Normal, *, direction: str) -> GaussianFit:
    r"""The normal law N nearest to a density P in one direction of KL.

    "forward", $KL(P\|N)$, is least at the mean and variance of P: N covers
    all of P. "reverse", $KL(N\|P)$, pays for being where P is not: N seeks
    one bump, where bumps lie apart.

    Args:
        target: P, a continuous distribution of scipy.stats on the line: a
            Normal, a Mixture, or what make_distribution makes.
        direction: "forward" or "reverse".

    Returns:
        Mean and standard deviation, plain numbers of no shape in the unit
        of x, and the KL in nats, in [0, inf), to within 1e-12. Of two
        equally good fits the one with the smaller mean. A corner in log P
        leaves about 5 digits to a reverse mean and std, and a bump below a
        thousandth of the fit's width may cost more.

    Raises:
        TypeError: If `target` is no such distribution, or a batch of them.
        ValueError: If `direction` is unknown; if `target` has no finite
            mean and variance (forward); or if its density is 0 somewhere,
            so that every normal law is infinitely far (reverse).

    Source: Minka (2005), sections 2 and 3; Bishop (2006), section 10.1.
    """
    if direction not in ("forward", "reverse"):
        raise ValueError(
            f"direction must be 'forward' or 'reverse', got {direction!r}"
        )
    target = _as_mixture(target)
    find = _moments if direction == "forward" else _sought_bump
    mean, std = find(target)
    fit = Normal(mu=mean, sigma=std)
    p, q = (target, fit) if direction == "forward" else (fit, target)
    return GaussianFit(float(mean), float(std), _kl(p, q, _cuts(target, fit)))


def _as_mixture(target: Mixture | Normal) -> Mixture:
    """The target as a mixture of components that all have weight."""
    if isinstance(target, Mixture):
        weights = target.weights
        parts = [target.components[i] for i in np.flatnonzero(weights)]
        return Mixture(parts, weights=weights[weights > 0])
    try:  # Mixture knows which of SciPy's laws have one density on the line
        return Mixture([target])
    except ValueError:
        raise TypeError(
            "target must be one continuous distribution of scipy.stats, "
            f"such as Normal() or Mixture([...]), got {target!r}"
        ) from None


def _moments(target: Mixture) -> tuple[float, float]:
    """Mean and standard deviation of the target."""
    found = mean, variance = target.mean(), target.variance()
    if not np.isfinite(found).all():
        raise ValueError(
            "target must have a finite mean and variance for the direction "
            f"'forward', got {mean} and {variance}"
        )
    return mean, math.sqrt(variance)


def _scales(target: Mixture) -> tuple[NDArray, NDArray]:
    """Median of each component, and a width that every law has."""
    quartiles = [part.icdf([0.25, 0.5, 0.75]) for part in target.components]
    low, middle, high = np.transpose(quartiles)
    return middle, (high - low) / 1.349  # the std, where it is normal


def _sought_bump(target: Mixture) -> tuple[float, float]:
    """Mean and standard deviation of the normal N with least KL(N || P)."""
    fits, last = _starts(target), math.inf
    for points in (2049, 4097, 8193, 16385, 32769):
        fits, kl = _descend(target, fits, _hermite_rule(points))
        best = kl.min(initial=math.inf)
        fits, kl = fits[kl < best + 0.01], kl[kl < best + 0.01]
        if best == math.inf or abs(best - last) < 1e-12:
            break  # a finer sum would tell the same
        last = best
    if not (best < math.inf and np.isinf(target.support()).all()):
        raise ValueError(
            "target must have density on the whole line for the direction "
            f"'reverse', got {target!r}"
        )
    mean, log_std = min(fits[kl <= best + _TIE].tolist())
    return mean, math.exp(log_std)


def _starts(target: Mixture) -> NDArray:
    """Fits to start from, (starts, 2): the components, and a coarse look."""
    middle, spread = _scales(target)
    mean = np.linspace((middle - spread).min(), (middle + spread).max(), 33)
    widest = np.ptp(mean) + spread.max()
    log_std = np.linspace(np.log(spread.min() / 2), np.log(widest), 9)
    looks = np.stack(np.meshgrid(mean, log_std), -1)
    kl, _, _ = _reverse_kl(target, looks, _hermite_rule(65))
    lowest = kl == minimum_filter(kl, 3, mode="nearest")
    own = np.stack([middle, np.log(spread)], -1)
    return np.concatenate([own, looks[lowest]])


def _descend(
    target: Mixture, fits: NDArray, rule: tuple[NDArray, NDArray]
) -> tuple[NDArray, NDArray]:
    """Newton's method from all starts (n, 2) at once, and KL at its ends.

    Starts from where KL is infinite are left out.
    """
    kl, slope, curve = _reverse_kl(target, fits, rule)
    fits, slope, curve, kl = (
        array[kl < math.inf] for array in (fits, slope, curve, kl)
    )
    reach = np.ones(len(kl))  # the longest step, in widths
    for _ in range(100):
        step = _newton_step(slope, curve, reach)
        if not (np.abs(step) > 1e-10).any():
            break
        std = np.exp(fits[:, 1])
        tried = fits + step * np.stack([std, np.ones_like(std)], -1)
        new_kl, new_slope, new_curve = _reverse_kl(target, tried, rule)
        better = new_kl <= kl + 1e-14  # that much is rounding
        reach = np.where(better, np.minimum(2 * reach, 1), reach / 4)
        fits[better], kl[better] = tried[better], new_kl[better]
        slope[better], curve[better] = new_slope[better], new_curve[better]
    return fits, kl


def _newton_step(slope: NDArray, curve: NDArray, reach: NDArray) -> NDArray:
    """Downhill also where the curvature is negative, and not too far."""
    # any positive bend leads downhill; the size of a negative one saves steps
    bend, axes = np.linalg.eigh(curve)
    along = (slope[:, None] @ axes)[:, 0] / np.maximum(np.abs(bend), 1e-12)
    step = -(axes @ along[..., None])[..., 0]
    length = np.linalg.norm(step, axis=-1)
    return step * np.minimum(1, reach / np.maximum(length, 1e-300))[:, None]


def _reverse_kl(
    target: Mixture, fits: NDArray, rule: tuple[NDArray, NDArray]
) -> tuple[NDArray, NDArray, NDArray]:
    """KL(N || P) of normal laws, its slope and curvature.

    Args:
        fits: Mean and log(std), shape (..., 2). Slope (..., 2) and
            curvature (..., 2, 2) are those in mean / std and log(std).
    """
    z, weights = rule
    mean, log_std = np.moveaxis(fits, -1, 0)
    log_p = target.logpdf(mean[..., None] + np.exp(log_std)[..., None] * z)
    # E[f^(k)] = E[He_k(z) f] / std^k for a normal (Stein), so that the
    # derivatives of E[log p] need no derivative of log p; and a step in
    # log(std) is std^2 times two in the mean (the heat equation).
    with np.errstate(invalid="ignore"):  # where p is 0 KL is inf
        e = np.moveaxis(log_p @ weights.T, -1, 0)
        curve = -np.stack([e[2], e[3], e[3], 2 * e[2] + e[4]], -1)
    slope = np.stack([-e[1], -1 - e[2]], -1)
    kl = -math.log(2 * math.pi * math.e) / 2 - log_std - e[0]
    return kl, slope, curve.reshape(*kl.shape, 2, 2)


@cache
def _hermite_rule(points: int) -> tuple[NDArray, NDArray]:
    """Places z, and weights w[k] of E[He_k(z) f(z)] for a standard normal."""
    z, step = np.linspace(-9, 9, points, retstep=True)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return z, hermevander(z, 4).T * density * step


def _cuts(target: Mixture, fit: Normal) -> list[float]:
    """Where to cut the line for an integral: around bumps, and at edges."""
    middle, spread = _scales(target)
    middle, spread = np.append(middle, fit.mu), np.append(spread, fit.sigma)
    around = middle + spread * np.array([-9, -3, -1, 0, 1, 3, 9])[:, None]
    edges = np.ravel([part.support() for part in target.components])
    cuts = np.unique(np.append(around, edges[np.isfinite(edges)]))
    apart = np.diff(cuts, append=np.inf) > 1e-9 * np.ptp(around)
    return [-math.inf, *cuts[apart], math.inf]


def _kl(p: Mixture | Normal, q: Mixture | Normal, cuts: list[float]) -> float:
    """KL(p || q) by quadrature, piece by piece."""

    def integrand(x):
        density = p.pdf(x)
        there = density > 0  # at 0 the two logarithms may be -inf
        gap = np.zeros_like(density)
        np.subtract(p.logpdf(x), q.logpdf(x), where=there, out=gap)
        return density * gap

    # from level 4 on: its first guess of its own error is too low
    found = tanhsinh(
        integrand, cuts[:-1], cuts[1:], minlevel=4, atol=1e-14, rtol=1e-12
    )
    return float(found.integral.sum())
