"""Information: what an event, a distribution and a belief cost to name.

Probabilities lie on the last axis, shape (..., k), those of two variables
on the last two, (..., n, m): rows x, columns y. The rest is a batch.
"""

import math
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr, xlogy

from lib.checks import (
    check_distributions,
    check_finite,
    check_joint,
    log_of_base,
    refuse,
)

# Entropy in nats of each law at scale 1: that of aX is log(a) more.
_AT_SCALE_ONE = {
    "uniform": 0.0,
    "exponential": 1.0,
    "laplace": 1 + math.log(2),
    "normal": math.log(2 * math.pi * math.e) / 2,
    "logistic": 2.0,
}


def self_information(p: ArrayLike, *, base: float = math.e) -> NDArray:
    r"""Self-information $\log(1 / p)$ of events of probability `p`.

    How surprising an event is: 0 where it is certain, infinite where it is
    impossible, and the sum of both for two independent events.

    Args:
        p: Probabilities of single events, any shape; each in [0, 1], and
            not required to sum to anything.
        base: Base of the logarithm, above 1: e gives nats, 2 gives bits.

    Returns:
        The information in units of `base`, shape of `p`; in [0, inf].

    Raises:
        TypeError: If `p` or `base` is not made of real numbers.
        ValueError: If a probability is outside [0, 1] or `base` is not
            finite and above 1.

    Source: MacKay (2003), section 2.4.
    """
    (p,) = check_finite(p=p)
    refuse((p < 0) | (p > 1), "in [0, 1]", p=p)
    # rel_entr(1, p) is 1 * log(1 / p), and inf at p = 0 with no warning.
    return rel_entr(1.0, p) / log_of_base(base)


def entropy(p: ArrayLike, *, base: float = math.e) -> NDArray:
    r"""Entropy $H(p) = \sum_i p_i \log(1 / p_i)$.

    The mean surprise, and the fewest symbols a sample can be told in, on
    average. Zero iff one outcome is certain; largest, $\log k$, iff all k
    are equally likely. Outcomes without mass add nothing: 0 log 0 = 0.

    Args:
        p: Probabilities of shape (..., k).
        base: Base of the logarithm, above 1: e gives nats, 2 gives bits.

    Returns:
        The entropy in units of `base`, shape (...); in [0, log k], up to
        rounding and the little by which p may miss a sum of 1.

    Raises:
        TypeError: If `p` or `base` is not made of real numbers.
        ValueError: If `p` is not a distribution on its last axis, or
            `base` is not finite and above 1.

    Source: Shannon (1948), section 6; Cover & Thomas (2006), section 2.1.
    """
    return cross_entropy(p, p, base=base)


def cross_entropy(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e
) -> NDArray:
    r"""Cross-entropy $H(p, q) = \sum_i p_i \log(1 / q_i)$.

    The mean surprise of one who believes `q` when the truth is `p`: never
    below H(p), and equal to it iff p = q (Gibbs' inequality). Infinite as
    soon as p has mass where q has none.

    Args:
        p: The truth, probabilities of shape (..., k).
        q: The belief, probabilities of shape (..., k).
        base: Base of the logarithm, above 1: e gives nats, 2 gives bits.

    Returns:
        The cross-entropy in units of `base`, shape (...); in [0, inf], up
        to the same as in `entropy`.

    Raises:
        TypeError: If `p`, `q` or `base` is not made of real numbers.
        ValueError: If `p` or `q` is not a distribution on its last axis,
            their shapes do not fit, or `base` is not finite and above 1.

    Source: Cover & Thomas (2006), section 5.4, theorem 5.4.3.
    """
    p, q = check_distributions(p=p, q=q)
    # xlogy(0, 0) = 0 is the convention 0 log 0 = 0, and xlogy(p, 0) = -inf
    # the infinity promised above. "0 -" and not "-": no negative zero.
    return (0.0 - xlogy(p, q).sum(-1)) / log_of_base(base)


def joint_entropy(p_xy: ArrayLike, *, base: float = math.e) -> NDArray:
    r"""Joint entropy $H(X, Y) = \sum_{x,y} p(x, y) \log(1 / p(x, y))$.

    The mean surprise of a pair: at most H(X) + H(Y), and equal to it iff X
    and Y are independent.

    Args:
        p_xy: Joint probabilities of shape (..., n, m): rows x, columns y.
        base: Base of the logarithm, above 1: e gives nats, 2 gives bits.

    Returns:
        The entropy in units of `base`, shape (...); in [0, log(n m)], up
        to rounding and the little by which p_xy may miss a sum of 1.

    Raises:
        TypeError: If `p_xy` or `base` is not made of real numbers.
        ValueError: If `p_xy` has no two axes, holds negative mass or does
            not sum to 1 over both, or `base` is not finite and above 1.

    Source: Shannon (1948), section 6; Cover & Thomas (2006), section 2.2.
    """
    (p_xy,) = check_joint(p_xy=p_xy)
    return (0.0 - xlogy(p_xy, p_xy).sum((-2, -1))) / log_of_base(base)


def conditional_entropy(
    p_xy: ArrayLike, *, axis: int, base: float = math.e
) -> NDArray:
    r"""Conditional entropy $H(X|Y) = \sum p(x, y) \log(p(y) / p(x, y))$.

    The surprise of one variable that is left, on average, when the other
    is known: 0 iff the other determines it. `axis` is the one that entropy
    is taken along, as in np.sum: -2 gives H(X|Y), -1 gives H(Y|X).

    Args:
        p_xy: Joint probabilities of shape (..., n, m): rows x, columns y.
        axis: The axis of the unknown variable, one of the last two.
        base: Base of the logarithm, above 1: e gives nats, 2 gives bits.

    Returns:
        The entropy in units of `base`, shape (...); H(X|Y) in [0, log n],
        up to the same as in `joint_entropy`.

    Raises:
        TypeError: If `axis` is no integer; else as in `joint_entropy`.
        ValueError: If `axis` is none of the last two; else likewise.

    Source: Shannon (1948), section 6; Cover & Thomas (2006), section 2.2.
    """
    (p_xy,) = check_joint(p_xy=p_xy)
    known = p_xy.sum(_table_axis(axis, p_xy.ndim), keepdims=True)
    # Each cell's surprise within its own row or column: the difference of
    # two entropies would lose the digits of a small answer.
    return (0.0 - rel_entr(p_xy, known).sum((-2, -1))) / log_of_base(base)


def mutual_information(p_xy: ArrayLike, *, base: float = math.e) -> NDArray:
    r"""Mutual information $\sum p(x, y) \log(p(x, y) / (p(x) \, p(y)))$.

    How much surprise of the one the other takes away, on average. Zero iff
    X and Y are independent, and symmetric; H(X) iff Y determines X.

    Arguments, shapes and errors are those of `joint_entropy`.

    Returns:
        The information in units of `base`, shape (...); in
        [0, log min(n, m)], up to the same as there.

    Source: Cover & Thomas (2006), section 2.3; Shannon (1948), section 12.
    """
    (p_xy,) = check_joint(p_xy=p_xy)
    p_x, p_y = p_xy.sum(-1, keepdims=True), p_xy.sum(-2, keepdims=True)
    # Never p_x * p_y: it is 0 where both are 1e-200, and the answer inf. A
    # cell with mass has p_x and p_y at least as large as itself.
    terms = rel_entr(p_xy, p_x) - xlogy(p_xy, p_y)
    return terms.sum((-2, -1)) / log_of_base(base)


def differential_entropy(
    law: str, scale: ArrayLike, *, base: float = math.e
) -> NDArray:
    r"""Differential entropy $h = \int f \log(1 / f)$ of a law of one number.

    log(scale) plus a constant of the law, wherever the law lies. It is no
    mean number of questions: it depends on the unit of x, is negative for
    a narrow law, and bins of width $\Delta$ have about $h - \log \Delta$.

    Args:
        law: "uniform" (scale: its width), "exponential" (its mean),
            "laplace" (b of |x| / b), "normal" (its standard deviation) or
            "logistic" (s of x / s).
        scale: The scale in the unit of x, above 0, any shape.
        base: Base of the logarithm, above 1: e gives nats, 2 gives bits.

    Returns:
        The entropy in units of `base`, shape of `scale`; any real number.

    Raises:
        TypeError: If `law` is no string or `scale` not made of numbers.
        ValueError: If `law` is unknown, `scale` is not finite and above 0,
            or `base` is not finite and above 1.

    Source: Cover & Thomas (2006), section 8.1 and table 17.1.
    """
    if not isinstance(law, str):
        raise TypeError(f"law must be a string, got {law!r}")
    if law not in _AT_SCALE_ONE:
        raise ValueError(f"law must be one of {[*_AT_SCALE_ONE]}, got {law!r}")
    (scale,) = check_finite(scale=scale)
    refuse(scale <= 0, "above 0", scale=scale)
    return (np.log(scale) + _AT_SCALE_ONE[law]) / log_of_base(base)


def _table_axis(axis: int, ndim: int) -> int:
    """`axis` as -2 or -1; an error if it is neither of the two."""
    if not isinstance(axis, Integral):
        raise TypeError(f"axis must be an integer, got {axis!r}")
    found = axis - ndim if axis >= 0 else axis
    if found not in (-2, -1):
        raise ValueError(
            f"axis must be one of the last two, -2 or -1, got {axis} "
            f"for a table of {ndim} axes"
        )
    return found
