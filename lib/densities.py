"""Densities: what each place on the line adds to a divergence.

They come as logarithms, -inf where there is no density: far out a density is
too small for a float, and its logarithm is not.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import broadcast, check_real, refuse


def kl_integrand(log_p: ArrayLike, log_q: ArrayLike) -> NDArray:
    r"""What each place adds to KL, $p \log(p / q)$.

    Negative where q is above p, although the integral never is; infinite
    where p has density and q has none.

    Args:
        log_p: Logarithm of the density of the truth, any shape; -inf where
            there is none, and below 709, where a float ends.
        log_q: The same of the belief, at the same places.

    Returns:
        The integrand in nats per unit of x, in the shape to which the two
        broadcast; in (-inf, inf].

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If a value is nan or inf, or the shapes do not
            broadcast.

    Source: Kullback & Leibler (1951), section 2.
    """
    log_p, log_q = _check_logs(log_p=log_p, log_q=log_q)
    with np.errstate(invalid="ignore"):  # -inf + inf, where nothing counts
        added = np.exp(log_p) * (log_p - log_q)
    only_p = (log_q == -math.inf) & (log_p > -math.inf)
    choices = [math.inf, 0.0]  # p without q; no p
    return np.select([only_p, log_p == -math.inf], choices, added)[()]


def js_integrand(log_p: ArrayLike, log_q: ArrayLike) -> NDArray:
    r"""What each place adds to JS, with m = (p + q) / 2.

    $\frac12 p \log(p / m) + \frac12 q \log(q / m)$: never negative, 0 iff
    p = q, and log 2 times m, its largest value, where one of the two is 0.

    Arguments, shapes and errors are those of `kl_integrand`.

    Returns:
        The integrand in nats per unit of x; in [0, inf), up to rounding.

    Source: Lin (1991), section IV.
    """
    log_p, log_q = _check_logs(log_p=log_p, log_q=log_q)
    return (_to_mixture(log_p, log_q) + _to_mixture(log_q, log_p)) / 2


def _to_mixture(log_p: NDArray, log_q: NDArray) -> NDArray:
    """p log(p / m) with log(p / m) = log 2 - log(1 + q / p)."""
    with np.errstate(invalid="ignore"):  # -inf + inf, where nothing counts
        log_ratio = math.log(2) - np.logaddexp(0, log_q - log_p)
        added = np.exp(log_p) * log_ratio
    return np.where(log_p == -math.inf, 0.0, added)[()]


def _check_logs(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments in one shape, once they are logs of densities."""
    arrays = dict(zip(named, check_real(**named), strict=True))
    for name, array in arrays.items():
        bad = np.isnan(array) | (array == math.inf)
        refuse(bad, "a number below inf", **{name: array})
    return broadcast(**arrays)
