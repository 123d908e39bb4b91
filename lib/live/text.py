"""Numbers as the reader sees them; the browser shows these very texts."""

from typing import Any

import numpy as np

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def say(value: Any) -> str:
    """`∞`, an exact `0`, `12`, `0.693` or `1.56×10⁻¹⁴`; text stays text."""
    if isinstance(value, str):
        return value
    value = np.asarray(value)
    if value.shape != () or value.dtype.kind not in "fiub":
        raise TypeError(f"a shown number must be one real number: {value!r}")
    if value.dtype.kind in "iub":
        return str(int(value)).replace("-", "−")
    return _real(float(value)).replace("-", "−")


def _real(value: float) -> str:
    if np.isnan(value):
        return "undefined"
    if np.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.{3 if abs(value) < 100 else 1}f}"
    mantissa, power = f"{value:.2e}".split("e")
    return f"{mantissa}×{power_of_ten(int(power))}"


def power_of_ten(n: int) -> str:
    """`10⁻³` for -3."""
    return "10" + str(n).translate(SUPERSCRIPT)


def number_and_unit(value: Any) -> tuple[Any, str]:
    """A scene's number, given as a value or as (value, unit)."""
    if not isinstance(value, tuple):
        return value, ""
    if len(value) != 2 or not isinstance(value[1], str):
        raise TypeError(f"a number is a value or (value, unit), got {value!r}")
    return value
