"""Information: what an event, a distribution and a belief cost to name.

Probabilities lie on the last axis, shape (..., k); what comes before is a
batch. The checks of arguments that the other measures use are here too.
"""

import math
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr, xlogy

# How far from 1 the mass of a distribution may be. Probabilities that were
# normalised in float32 (k terms, added in pairs) are off by at most about
# log2(k) * 6e-8: this lets them in, and stops 0.333 + 0.333 + 0.333.
MASS_TOLERANCE = 1e-6


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
        The entropy in units of `base`, shape (...); in [0, log k].

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
        The cross-entropy in units of `base`, shape (...); in [0, inf].

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


def check_distributions(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments as float64 arrays, once each is a distribution.

    Nothing is normalised, clipped or filled in: what is not a distribution
    raises and is named.

    Args:
        named: Probabilities of shape (..., k) by the name that an error
            shall call them: `p, q = check_distributions(p=p, q=q)`. All
            have the same k, and leading axes that broadcast.

    Returns:
        The arrays in the order given, in their own shapes.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If an argument holds nan, infinity or negative mass,
            has no outcomes, or does not sum to 1 within MASS_TOLERANCE
            along its last axis; or if the shapes do not fit.
    """
    arrays = dict(zip(named, check_finite(**named), strict=True))
    for name, array in arrays.items():
        if array.ndim == 0 or array.shape[-1] == 0:
            raise ValueError(
                f"{name} must have outcomes on its last axis, "
                f"got shape {array.shape}"
            )
        refuse(array < 0, "without negative mass", **{name: array})
        _check_mass(name, array)
    _check_shapes(arrays)
    return tuple(arrays.values())


def check_finite(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments as float64 arrays, once all their numbers are finite.

    Arguments and errors are those of `check_real`, and ValueError if an
    argument holds nan or infinity.
    """
    arrays = check_real(**named)
    for name, array in zip(named, arrays, strict=True):
        refuse(~np.isfinite(array), "finite", **{name: array})
    return arrays


def check_real(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments as float64 arrays, once they hold real numbers.

    Args:
        named: Arrays of any shape by the name that an error shall call
            them. nan and infinity are let through.

    Returns:
        The arrays in the order given: the caller's own where they are
        float64 already, so nobody may write to them.

    Raises:
        TypeError: If an argument is ragged or not made of real numbers.
    """
    arrays = []
    for name, value in named.items():
        try:
            array = np.asarray(value)
        except (TypeError, ValueError, RuntimeError) as error:
            raise TypeError(f"{name} must be an array: {error}") from error
        if array.dtype.kind not in "biuf":
            raise TypeError(
                f"{name} must hold real numbers, got {array.dtype}"
            )
        arrays.append(array.astype(np.float64, copy=False))
    return tuple(arrays)


def broadcast(**named: NDArray) -> tuple[NDArray, ...]:
    """The arguments in one common shape; ValueError if there is none."""
    try:
        return np.broadcast_arrays(*named.values())
    except ValueError:
        raise ValueError(
            f"shapes must broadcast, got {_shapes(named)}"
        ) from None


def refuse(bad: NDArray, wanted: str, **named: NDArray) -> None:
    """Raise ValueError with the first entry where `bad` is true, if any.

    Args:
        bad: Truth values in the shape of the array.
        wanted: What its entries must be, as the sentence goes on.
        named: The one array, by its name.
    """
    if not np.any(bad):
        return
    ((name, array),) = named.items()
    at = tuple(int(i) for i in np.argwhere(bad)[0])
    where = f" at index {at}" if at else ""
    raise ValueError(f"{name} must be {wanted}, got {array[at]}{where}")


def log_of_base(base: float) -> float:
    """log(base), the nats in one unit; an error if `base` cannot be one."""
    if not isinstance(base, Real):
        raise TypeError(f"base must be a real number, got {base!r}")
    # below 1 the logarithm falls and every measure would turn negative
    if not 1 < base < math.inf:
        raise ValueError(f"base must be finite and above 1, got {base}")
    return math.log(base)


def _check_mass(name: str, array: NDArray) -> None:
    """Raise where `array` does not sum to 1 along its last axis."""
    mass = array.sum(-1)
    wrong = np.extract(np.abs(mass - 1) > MASS_TOLERANCE, mass)
    if wrong.size > 0:
        raise ValueError(
            f"{name} must sum to 1 along its last axis (to within "
            f"{MASS_TOLERANCE}), got {wrong[:3]} in {wrong.size} place(s)"
        )


def _check_shapes(arrays: dict[str, NDArray]) -> None:
    """Raise where outcomes differ in number or batches do not broadcast."""
    if len({array.shape[-1] for array in arrays.values()}) > 1:
        raise ValueError(
            f"last axes must be equally long, got {_shapes(arrays)}"
        )
    broadcast(**arrays)


def _shapes(arrays: dict[str, NDArray]) -> str:
    return " and ".join(f"{name} {a.shape}" for name, a in arrays.items())
