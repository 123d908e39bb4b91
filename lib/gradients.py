"""Gradients: what each measure of the gap tells a generator to do."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import check_finite, refuse
from lib.divergences import ThetaShift, shift_in_noise

_GRID = np.linspace(-1, 1, 257)


def theta_shift_slopes(theta: ArrayLike, noise: ArrayLike = 0.0) -> ThetaShift:
    r"""Slopes in theta of the five measures that `theta_shift` returns.

    With noise $\sigma$ and the share $a$ of the fakes that the optimal
    discriminator takes for real: KL $\theta/\sigma^2$, JS $a \theta /
    (2\sigma^2)$, TV $\pm\varphi(\theta/2\sigma)/\sigma$, W1 $\pm 1$.
    nan where there is no slope: KL without noise (inf everywhere, or the
    jump at 0), JS and TV at their jump, TV and W1 at their kink at 0.

    Arguments, shapes and errors are those of `theta_shift`.

    Returns:
        The slopes, each in the unit of its measure per unit of theta.

    Source: Arjovsky, Chintala & Bottou (2017), example 1. JS: by the
    argument of `generator_gradients`.
    """
    theta, noise, distance = shift_in_noise(theta, noise)
    blurred, away = noise > 0, theta != 0
    side = np.where(away, np.sign(theta), np.nan)
    flat = np.where(away, 0 * np.abs(theta), np.nan)  # all but the jump
    kl, js, tv = np.full_like(flat, np.nan), flat.copy(), flat.copy()
    with np.errstate(over="ignore"):  # a slope above 1.8e308 is inf
        height = np.exp(-(distance**2) / 8) / math.sqrt(2 * math.pi)
        felt = np.sign(theta) * _saturating(distance) / 2
        np.divide(np.sign(theta) * distance, noise, where=blurred, out=kl)
        np.divide(felt, noise, where=blurred, out=js)
        np.divide(side * height, noise, where=blurred, out=tv)
    return ThetaShift(*(slope[()] for slope in (kl, kl.copy(), js, tv, side)))


class GeneratorGradients(NamedTuple):
    """Size of the generator's gradient under its two losses, >= 0."""

    saturating: NDArray  # loss E[log(1 - D(fake))]
    non_saturating: NDArray  # loss -E[log D(fake)]


def generator_gradients(distance: ArrayLike) -> GeneratorGradients:
    r"""$|dL_G/d\theta|$ for real N(0, 1), fake N(theta, 1), optimal D.

    With D = p / (p + q) held fixed, $\log D/(1-D)$ falls by theta per unit
    of x, so that the two losses have the gradients $\theta E_q[D]$ and
    $\theta E_q[1-D]$. Their sum is theta = dKL/dtheta, and the first is
    2 dJS/dtheta: it dies as soon as D takes no fake for real.

    Args:
        distance: theta, at least 0, any shape.

    Returns:
        Both gradients in nats per unit of x, in the shape of `distance`.
        The relative error is below 1e-13 down to gradients of 1e-307.

    Raises:
        TypeError: If `distance` does not hold real numbers.
        ValueError: If `distance` is not finite or is negative.

    Source: Goodfellow et al. (2014), section 3 (the losses) and
    proposition 1 (D); Arjovsky & Bottou (2017), theorem 2.5.
    """
    (distance,) = check_finite(distance=distance)
    refuse(distance < 0, "at least 0", distance=distance)
    saturating = _saturating(distance)
    return GeneratorGradients(saturating, distance - saturating)


def _saturating(distance: NDArray) -> NDArray:
    """distance E_q[D], D = p / (p + q), for unit normals that far apart."""
    # With u from the middle between the two, p q / (p + q) is
    #     exp(-distance^2 / 8) phi(u) / (2 cosh(distance u / 2)):
    # the small factor stands in front, and nothing is subtracted. Both
    # others are below 2e-16 of their peak beyond |u| = 9 and 72/distance.
    # The poles at u = i pi / distance cost exp(-2 pi^2 / (distance step)),
    # at most exp(-31), relatively. Beyond 100 exp(-distance^2 / 8) is 0.
    distance = np.minimum(distance, 100)
    end = 9 / np.maximum(1, distance / 8)
    u = end[..., None] * _GRID
    overlap = np.exp(-(u**2) / 2) / np.cosh(distance[..., None] * u / 2)
    area = np.trapezoid(overlap, dx=_GRID[1] - _GRID[0]) * end
    scale = distance * np.exp(-(distance**2) / 8) / math.sqrt(8 * math.pi)
    return scale * area
