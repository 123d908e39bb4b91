"""Checks of arguments: what is wrong raises, and is called by its name.

Nothing is normalised, clipped or filled in. Probabilities lie on the last
axis, shape (..., k), those of a table on the last two; what comes before
is a batch.
"""

import math
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

# How far from 1 the mass of a distribution may be. Probabilities that were
# normalised in float32 (k terms, added in pairs) are off by at most about
# log2(k) * 6e-8: this lets them in, and stops 0.333 + 0.333 + 0.333.
MASS_TOLERANCE = 1e-6


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
        _check_mass(name, array, (-1,), "along its last axis")
    _check_shapes(arrays)
    return tuple(arrays.values())


def check_joint(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments as float64 arrays, once each is a table of masses.

    Args:
        named: Joint probabilities of shape (..., n, m) by the name that an
            error shall call them; a table's n * m cells sum to 1.

    Returns:
        The arrays in the order given.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If an argument holds nan, infinity or negative mass,
            has no two axes or no cells, or does not sum to 1 within
            MASS_TOLERANCE over its last two axes.
    """
    arrays = check_finite(**named)
    for name, array in zip(named, arrays, strict=True):
        if array.ndim < 2 or 0 in array.shape[-2:]:
            raise ValueError(
                f"{name} must have a table of cells on its last two axes, "
                f"got shape {array.shape}"
            )
        _check_mass(name, array, (-2, -1), "over its last two axes")
    return arrays


def check_finite(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments as float64 arrays, once all their numbers are finite.

    Arguments and errors are those of `check_real`, and ValueError if an
    argument holds nan or infinity.
    """
    arrays = check_real(**named)
    for name, array in zip(named, arrays, strict=True):
        finite = np.isfinite(array)
        if not finite.all():
            refuse(~finite, "finite", **{name: array})
    return arrays


def check_points(
    x: ArrayLike, dimension: int | None = None, *, name: str = "x"
) -> NDArray:
    """x as a float64 array of points, one a row, once it is one.

    Args:
        x: Points, shape (n, d); at least one, of at least one coordinate.
        dimension: d, where something else fixes it.
        name: What an error shall call `x`.

    Returns:
        The array, the caller's own where it is float64 already.

    Raises:
        TypeError: If `x` does not hold real numbers.
        ValueError: If `x` holds nan or infinity, has no two axes or
            nothing on one of them, or other coordinates than `dimension`.
    """
    (x,) = check_finite(**{name: x})
    if x.ndim != 2 or x.size == 0:
        raise ValueError(
            f"{name} must be points of shape (n, d), got {x.shape}"
        )
    if dimension not in (None, x.shape[1]):
        raise ValueError(
            f"{name} must have {dimension} coordinates a point, got "
            f"{x.shape[1]}"
        )
    return x


def check_real(**named: ArrayLike) -> tuple[NDArray, ...]:
    """The arguments as float64 arrays, once they hold real numbers.

    Args:
        named: Arrays of any shape by the name that an error shall call
            them. nan and infinity are let through.

    Returns:
        The arrays in the order given: the caller's own where they are
        float64 already, so nobody may write to them.

    Raises:
        TypeError: If an argument is ragged, has masked entries, or is not
            made of real numbers.
    """
    arrays = []
    for name, value in named.items():
        if np.ma.is_masked(value):  # np.asarray would forget the mask
            raise TypeError(f"{name} must hold no masked entries")
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


def _check_mass(
    name: str, array: NDArray, axes: tuple[int, ...], where: str
) -> None:
    """Raise where mass is negative or does not sum to 1 over `axes`."""
    refuse(array < 0, "without negative mass", **{name: array})
    mass = array.sum(axes)
    wrong = np.extract(np.abs(mass - 1) > MASS_TOLERANCE, mass)
    if wrong.size > 0:
        raise ValueError(
            f"{name} must sum to 1 {where} (to within "
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
