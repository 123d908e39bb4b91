"""Divergences: how far a model is from the truth, and in which sense."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf, rel_entr

from lib.checks import (
    broadcast,
    check_distributions,
    check_finite,
    check_real,
    log_of_base,
    refuse,
)

# The narrower of two normals, where its tails still count in float64.
_Z, _STEP = np.linspace(-9, 9, 257, retstep=True)
_P = np.exp(-(_Z**2) / 2) / math.sqrt(2 * math.pi)


def kl(p: ArrayLike, q: ArrayLike, *, base: float = math.e) -> NDArray:
    r"""Kullback-Leibler divergence $\sum_i p_i \log(p_i / q_i)$.

    The price, per symbol, of believing `q` when the truth is `p`.
    Zero iff p = q; not symmetric; infinite as soon as p has mass where q
    has none.

    Args:
        p: The truth, probabilities of shape (..., k).
        q: The belief, probabilities of shape (..., k).
        base: Base of the logarithm, above 1: e gives nats, 2 gives bits.

    Returns:
        The divergence, in units of `base`, shape (...); in [0, inf], up to
        rounding and the little by which p and q may miss a sum of 1.

    Raises:
        TypeError: If `p`, `q` or `base` is not made of real numbers.
        ValueError: If `p` or `q` is not a distribution on its last axis,
            their shapes do not fit, or `base` is not finite and above 1.

    Source: Cover & Thomas (2006), section 2.3.
    """
    p, q = check_distributions(p=p, q=q)
    # rel_entr(0, q) = 0 is the convention 0 log 0 = 0, and rel_entr(p, 0)
    # = inf for p > 0 is the infinity promised above: nothing to mask.
    return rel_entr(p, q).sum(-1) / log_of_base(base)


def js(p: ArrayLike, q: ArrayLike, *, base: float = math.e) -> NDArray:
    r"""Jensen-Shannon divergence $\frac12 KL(p\|m) + \frac12 KL(q\|m)$.

    With m = (p + q) / 2. What one sample tells, on average, about which of
    the two it came from. Symmetric, its root is a metric, and log 2 as
    soon as p and q share no mass, however far apart they lie.

    Arguments, shapes and errors are those of `kl`.

    Returns:
        The divergence, in units of `base`, shape (...); in [0, log 2], up
        to the same as there.

    Source: Lin (1991), section IV; Endres & Schindelin (2003).
    """
    p, q = check_distributions(p=p, q=q)
    # 2 p against p + q, not p against m: half of the least float is 0
    both = p + q
    terms = rel_entr(2 * p, both) + rel_entr(2 * q, both)
    return terms.sum(-1) / 4 / log_of_base(base)


def total_variation(p: ArrayLike, q: ArrayLike) -> NDArray:
    r"""Total variation $\frac12 \sum_i |p_i - q_i|$.

    The mass to move, no matter how far; also the largest gap between the
    two probabilities of one event. 1 as soon as p and q share no mass.

    Arguments, shapes and errors are those of `kl`, without a base.

    Returns:
        The distance, without unit, shape (...); in [0, 1].

    Source: Levin & Peres (2017), section 4.1.
    """
    p, q = check_distributions(p=p, q=q)
    return np.abs(p - q).sum(-1) / 2


def kl_gaussian(
    mean_p: ArrayLike, std_p: ArrayLike, mean_q: ArrayLike, std_q: ArrayLike
) -> NDArray:
    r"""$KL(P\|Q)$ of $P = N(\mu_p, \sigma_p^2)$, $Q = N(\mu_q, \sigma_q^2)$.

    $\log(\sigma_q/\sigma_p) + (\sigma_p^2 + (\mu_p - \mu_q)^2) /
    (2 \sigma_q^2) - \frac12$. Finite, but it grows with the square of the
    distance in units of `std_q`: a belief that is too narrow pays most.

    Args:
        mean_p, mean_q: Means of truth and belief, any shape.
        std_p, std_q: Their standard deviations, above 0.

    Returns:
        The divergence in nats, in the shape to which the four broadcast;
        in [0, inf).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If an argument is not finite, a standard deviation is
            not above 0, or the shapes do not broadcast.

    Source: Kingma & Welling (2014), appendix B, for a standard normal Q.
    """
    mean_p, std_p, mean_q, std_q = _check_gaussians(
        mean_p=mean_p, std_p=std_p, mean_q=mean_q, std_q=std_q
    )
    # (s^2 - 1) / 2 = e + e^2 / 2 for the ratio s = 1 + e of the standard
    # deviations: so no digits cancel where the two are alike.
    e = (std_p - std_q) / std_q
    spread = e + e**2 / 2 + _log_ratio(std_q, std_p)
    return spread + ((mean_p - mean_q) / std_q) ** 2 / 2


def js_gaussian(
    mean_p: ArrayLike, std_p: ArrayLike, mean_q: ArrayLike, std_q: ArrayLike
) -> NDArray:
    r"""$JS(P, Q)$ of $P = N(\mu_p, \sigma_p^2)$, $Q = N(\mu_q, \sigma_q^2)$.

    No closed form exists: the integral is a sum over 257 points. Its error
    against 40 digits, for any distance and ratio of the widths, is at most
    3e-16, and 1e-13 of the value where that is small.

    Arguments, shapes and errors are those of `kl_gaussian`.

    Returns:
        The divergence in nats; in [0, log 2].

    Source: Lin (1991), section IV; Trefethen & Weideman (2014), section 5.
    """
    mean_p, std_p, mean_q, std_q = _check_gaussians(
        mean_p=mean_p, std_p=std_p, mean_q=mean_q, std_q=std_q
    )
    narrow, wide = np.minimum(std_p, std_q), np.maximum(std_p, std_q)
    with np.errstate(over="ignore"):  # further than floats reach is inf
        distance = np.abs(mean_p - mean_q) / wide
        log_ratio = _log_ratio(wide, narrow)
    return _js_of_normals(distance, log_ratio)


class ThetaShift(NamedTuple):
    """Five measures of one gap, in the shape of theta and noise."""

    kl: NDArray  # KL(P || Q), nats
    reverse_kl: NDArray  # KL(Q || P), nats
    js: NDArray  # nats
    tv: NDArray  # no unit
    w1: NDArray  # in the unit of theta


def theta_shift(theta: ArrayLike, noise: ArrayLike = 0.0) -> ThetaShift:
    r"""Five gaps of $P = \delta_0 \times U$ and $Q = \delta_\theta \times U$.

    U is uniform on [0, 1], so that P and Q are disjoint segments for every
    theta but 0: both KL are inf, JS = log 2, TV = 1, and only W1 = |theta|
    knows how far to go; at theta = 0 all five are 0. With noise, N(0,
    noise^2) on the first coordinate, all five depend on theta.

    Args:
        theta: The shift, any shape; nan, a gap in a curve, stays nan.
        noise: Standard deviation of the blur, at least 0; broadcasts.

    Returns:
        The five measures, shape of theta and noise together; in [0, inf].

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If `theta` is infinite, `noise` is not finite or is
            negative, or the shapes do not broadcast.

    Source: Arjovsky, Chintala & Bottou (2017), example 1; the noise:
    Arjovsky & Bottou (2017), section 3.
    """
    theta, _, distance = shift_in_noise(theta, noise)
    with np.errstate(over="ignore"):  # a KL above 1.8e308 is inf
        both_kl = distance**2 / 2
    return ThetaShift(
        kl=both_kl,
        reverse_kl=both_kl.copy(),
        js=_js_of_normals(distance, 0.0),
        tv=erf(distance / math.sqrt(8)),
        w1=np.abs(theta),
    )


def shift_in_noise(
    theta: ArrayLike, noise: ArrayLike
) -> tuple[NDArray, NDArray, NDArray]:
    """theta, noise, |theta| / noise, checked as `theta_shift` says."""
    (theta,) = check_real(theta=theta)
    (noise,) = check_finite(noise=noise)
    refuse(np.isinf(theta), "finite", theta=theta)
    refuse(noise < 0, "at least 0", noise=noise)
    theta, noise = broadcast(theta=theta, noise=noise)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # 0 / 0 is the one place where P = Q although nothing is blurred
        distance = np.where(theta == 0, 0.0, np.abs(theta) / noise)
    return theta, noise, distance


def _check_gaussians(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments as float64 arrays, once they describe Gaussians."""
    arrays = dict(zip(named, check_finite(**named), strict=True))
    for name in ("std_p", "std_q"):
        refuse(arrays[name] <= 0, "above 0", **{name: arrays[name]})
    return broadcast(**arrays)


def _log_ratio(a: NDArray, b: NDArray) -> NDArray:
    """log(a / b), with all its digits also where a and b are alike."""
    return np.copysign(np.log1p(np.abs(a - b) / np.minimum(a, b)), a - b)


def _js_of_normals(distance: NDArray, log_ratio: NDArray) -> NDArray:
    """JS from the distance in wider stds, and log(wider / narrower)."""
    # Measured from the narrower, P is N(0, 1), and log 2 - JS is
    #     1/2 int p log(1 + q/p) + q log(1 + p/q) dz.
    # Where to stop: the integrand is at most p (1 + z^2/4), as q is below
    # the peak of p; beyond |z| = 9 that leaves 5e-18. How fine: it is
    # analytic up to where q = -p, i pi / |slope of log(p/q)| off the line,
    # where the rule is wrong by about p exp(-2 pi^2 / (slope step)). The
    # slope is at most 2 |z|, and z^2/2 + pi^2 / (|z| step) > 40. (Beyond
    # 100 in either argument q < e^-100: no float knows the difference.)
    log_ratio = np.minimum(log_ratio, 100)[..., None]
    ahead = np.minimum(distance, 100)[..., None] + np.expm1(-log_ratio) * _Z
    log_odds = log_ratio + ahead * (_Z + ahead / 2)  # log p - log q
    p, q = _P, _P * np.exp(-log_odds)
    # both logarithms: log(1 + p/q) = log(1 + q/p) + log(p/q)
    gap = np.abs(log_odds)
    unsure = (p + q) * np.log1p(np.exp(-gap)) + np.minimum(p, q) * gap
    value = np.asarray(math.log(2) - np.trapezoid(unsure, dx=_STEP) / 2)

    # Near 0 that difference has lost its digits. With t = (p-q) / (p+q),
    # JS is also this integral, whose integrand is nowhere negative.
    near = value < 1e-3
    t, both = np.tanh(log_odds[near] / 2), (p + q)[near]
    told = both * (log_odds[near] * t + np.log1p(-t * t))
    value[near] = np.trapezoid(told, dx=_STEP) / 4
    return value[()]
