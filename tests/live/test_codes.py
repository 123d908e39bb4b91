"""Coordinates as codes, and how a line breaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.live import jump
from lib.live.codes import (
    FAR,
    GAP,
    INF,
    LEVELS,
    MINUS_INF,
    NAN,
    Axis,
    bridge,
    encode_exactly,
    encode_places,
    runs,
)

UNIT = Axis(-1.0, 1.0)
T = jump(np.linspace(-1, 1, 9), at=0)
X = encode_places(T, UNIT)
MIDDLE = int(np.flatnonzero(T == 0)[0])


@given(st.floats(-1, 1))
def test_a_code_is_within_half_a_level(value):
    back = -1 + 2 * UNIT.encode(value) / LEVELS
    assert back == pytest.approx(value, abs=1 / LEVELS)


def test_limits_are_zero_and_levels():
    assert UNIT.encode([-1, 1]).tolist() == [0, LEVELS]
    assert Axis(1e-4, 1e4, True).encode([1e-4, 1, 1e4]).tolist() == [
        0,
        LEVELS // 2,
        LEVELS,
    ]


def test_what_is_off_the_scale_has_its_own_code():
    codes = UNIT.encode([np.nan, np.inf, -np.inf, 1e9, -1e9])
    assert codes.tolist() == [NAN, INF, MINUS_INF, FAR, -FAR]


def test_zero_and_below_are_not_on_a_log_axis():
    assert Axis(1, 10, True).encode([0, -1]).tolist() == [MINUS_INF, NAN]


def gap_codes(f):
    return bridge(X, UNIT.encode(f(T)))


def test_places_of_a_jump_are_marked():
    assert np.flatnonzero(X == GAP).tolist() == [MIDDLE - 1, MIDDLE + 1]
    assert (encode_places(np.array([0, np.nan, 1.0]), UNIT) != GAP).all()


def test_a_continuous_function_has_no_gap():
    found = runs(X, gap_codes(np.abs))
    assert len(found.lines) == 1
    assert found.dots == found.open == []


def test_a_jump_is_a_dot_between_open_ends():
    found = runs(X, gap_codes(lambda t: np.where(t == 0, 0, 0.7)))
    assert len(found.lines) == 2
    assert found.dots == [MIDDLE]
    assert found.open == [MIDDLE - 2, MIDDLE + 2]


def test_a_step_that_contains_its_left_end_has_one_open_circle():
    found = runs(X, gap_codes(lambda t: np.where(t <= 0, 0.0, 0.7)))
    assert found.dots == [MIDDLE]
    assert found.open == [MIDDLE + 2]


def test_a_slope_without_a_value_has_two_open_ends():
    found = runs(X, gap_codes(lambda t: np.where(t == 0, np.nan, np.sign(t))))
    assert found.dots == []
    assert found.open == [MIDDLE - 2, MIDDLE + 2]


def test_a_line_that_is_infinite_but_at_one_point_lies_in_the_lane():
    y = gap_codes(lambda t: np.where(t == 0, 0, np.inf))
    found = runs(X, y)
    assert all((y[run] == INF).all() for run in found.lines)
    assert found.dots == [MIDDLE]


def test_an_infinite_line_is_whole():
    found = runs(X, gap_codes(lambda t: np.full_like(t, np.inf)))
    assert len(found.lines) == 1


def test_nan_breaks_a_line_without_circles():
    x = UNIT.encode(np.linspace(-1, 1, 5))
    found = runs(x, UNIT.encode([0, 0, np.nan, 0, 0]))
    assert found.lines == [[0, 1], [3, 4]]
    assert found.dots == found.open == []


@pytest.mark.parametrize(
    "values",
    [
        np.round(np.arange(-40, 41) * 0.1, 10),
        np.concatenate([np.arange(7) / 3, [0.0]]),
        np.array([[-3.0, 1.0], [2.0, -0.5]]),
        np.array([2.5]),
    ],
)
def test_even_grids_are_encoded_without_loss(values):
    codes, (low, size) = encode_exactly(values)
    back = low + (codes.astype(float) + FAR) * size
    assert codes.dtype == np.int16
    assert np.allclose(back, values, rtol=0, atol=1e-12)


def test_uneven_values_are_encoded_to_a_small_part_of_their_range():
    values = np.random.default_rng(0).normal(size=1000)
    codes, (low, size) = encode_exactly(values)
    back = low + (codes.astype(float) + FAR) * size
    assert abs(back - values).max() < 1e-4 * np.ptp(values)
