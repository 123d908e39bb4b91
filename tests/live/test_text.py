"""Numbers as the reader sees them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.live.text import number_and_unit, power_of_ten, say


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.6931, "0.693"),
        (-0.5, "−0.500"),
        (12, "12"),
        (-3, "−3"),
        (True, "1"),
        (np.int64(8), "8"),
        (np.float32(0.5), "0.500"),
        (123.45, "123.5"),
        (1.56e-14, "1.56×10⁻¹⁴"),
        (2.5e6, "2.50×10⁶"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (np.nan, "undefined"),
        ("8 of 8", "8 of 8"),
        (np.array(0.25), "0.250"),
    ],
)
def test_a_number_is_said(value, text):
    assert say(value) == text


@pytest.mark.parametrize("value", [[1.0], np.ones(2), 1j, None])
def test_what_is_not_one_number_is_refused(value):
    with pytest.raises(TypeError, match="one real number"):
        say(value)


@given(st.floats(1e-300, 1e300))
def test_what_is_said_is_near_what_was_meant(value):
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    said = float(say(value).replace("×10", "e").translate(digits))
    assert said == pytest.approx(value, rel=0.006, abs=5.1e-4)


def test_powers_of_ten():
    assert power_of_ten(-12) == "10⁻¹²"


def test_a_number_has_a_unit_or_none():
    assert number_and_unit(3) == (3, "")
    assert number_and_unit((3, "nats")) == (3, "nats")
    with pytest.raises(TypeError, match="a value or"):
        number_and_unit((1, 2, 3))
