"""Checks of arguments: what passes untouched, and what is refused."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from lib.checks import (
    MASS_TOLERANCE,
    broadcast,
    check_distributions,
    check_finite,
    check_joint,
    check_points,
    check_real,
    log_of_base,
    refuse,
)

# --- what passes -------------------------------------------------------------


def test_a_mass_within_the_tolerance_passes_and_is_not_touched():
    p = [0.5, 0.5 + MASS_TOLERANCE / 2]
    (passed,) = check_distributions(p=p)
    assert passed.tolist() == p


def test_the_arrays_come_back_in_the_order_and_shape_given():
    b, a = check_distributions(b=[[0, 1], [1, 0]], a=[0.5, 0.5])
    assert b.shape == (2, 2)
    assert a.shape == (2,)


def test_check_real_lets_gaps_and_infinity_through():
    (x,) = check_real(x=[math.nan, math.inf, 1])
    assert np.isnan(x[0])
    assert np.isinf(x[1])


def test_points_pass_as_float64_one_a_row():
    x = check_points(np.float32([[1, 2, 3], [4, 5, 6]]), 3)
    assert x.shape == (2, 3)
    assert x.dtype == np.float64


@pytest.mark.parametrize("x", [1.0, [1.0, 2.0], [[]], np.zeros((2, 2, 2))])
def test_what_has_no_rows_of_coordinates_is_no_set_of_points(x):
    with pytest.raises(ValueError, match=r"x must be points of shape"):
        check_points(x)


def test_points_of_another_dimension_are_refused():
    with pytest.raises(ValueError, match=r"x must have 3 coord.*, got 2$"):
        check_points([[1.0, 2.0]], 3)


def test_refuse_names_the_first_culprit_or_keeps_still():
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    refuse(array > 4, "small", array=array)
    with pytest.raises(
        ValueError, match=r"^array must be small, got 3\.0 at index \(1, 0\)$"
    ):
        refuse(array > 2, "small", array=array)
    with pytest.raises(ValueError, match=r"^x must be small, got 5\.0$"):
        refuse(np.True_, "small", x=np.float64(5))


def test_broadcast_gives_a_common_shape_or_names_both():
    a, b = broadcast(a=np.ones(3), b=np.ones((2, 1)))
    assert a.shape == b.shape == (2, 3)
    with pytest.raises(ValueError, match=r"got a \(3,\) and b \(2,\)"):
        broadcast(a=np.ones(3), b=np.ones(2))


def test_numbers_of_numpy_and_fractions_can_be_a_base():
    for base in (np.float64(2), np.int64(2), Fraction(2)):
        assert log_of_base(base) == math.log(2)


def test_a_batch_of_tables_passes_and_is_not_touched():
    tables = np.full((3, 2, 2), 0.25)
    tables[0, 0] = [0.5, MASS_TOLERANCE / 2]
    first, second = check_joint(first=tables, second=[[0, 1], [0, 0]])
    assert first is tables
    assert second.dtype == np.float64
    assert second.tolist() == [[0, 1], [0, 0]]


def test_the_check_of_masses_alone_is_not_the_check_of_tables():
    rows = np.full((2, 2), 0.5)  # two distributions, and no joint one
    check_distributions(p=rows)
    with pytest.raises(ValueError, match=r"over its last two .* got \[2\.\]"):
        check_joint(p_xy=rows)


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([0.5 + 0j, 0.5], "must hold real numbers, got complex128"),
        (["heads", "tails"], "must hold real numbers, got <U5"),
        (None, "must hold real numbers, got object"),
        ([Fraction(1, 2)] * 2, "must hold real numbers, got object"),
        ([[0.5, 0.5], [1]], "must be an array: .*inhomogeneous"),
        (torch.ones(1, requires_grad=True), "must be an array: .*grad"),
        (np.ma.masked_array([1, 0], [0, 1]), "must hold no masked entries"),
    ],
)
def test_what_is_not_made_of_numbers_is_refused_by_its_name(wrong, said):
    checks = (check_real, check_finite, check_distributions, check_joint)
    for call in checks:
        with pytest.raises(TypeError, match=f"^belief {said}"):
            call(belief=wrong)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (0.5, r"have a table of cells .* got shape \(\)$"),
        ([0.5, 0.5], r"have a table of cells .* got shape \(2,\)$"),
        (np.ones((3, 0, 2)), r"have a table .* got shape \(3, 0, 2\)$"),
        (np.ones((2, 0)), r"have a table .* got shape \(2, 0\)$"),
        ([[1.5, -0.5]], r"be without negative .* got -0\.5 at index \(0, 1\)"),
        ([[-1e-15, 1 + 1e-15]], r"be without negative mass, got -1e-15"),
        ([[1, math.nan]], r"be finite, got nan at index \(0, 1\)$"),
        ([[1, math.inf]], r"be finite, got inf at index \(0, 1\)$"),
        ([[0.5, 0.5 + 2e-6]], r"sum to 1 over its last two axes \(to within"),
        (
            np.array([[[1, 0]], [[1, 1]], [[0, 0]]]),
            r"sum to 1 .* got \[2\. 0\.\] in 2 place\(s\)$",
        ),
    ],
)
def test_what_is_no_joint_distribution_is_refused_by_its_name(wrong, said):
    with pytest.raises(ValueError, match=f"^p_xy must {said}"):
        check_joint(p_xy=wrong)


@pytest.mark.parametrize("base", [0, 1, math.nan, math.inf, True])
def test_a_base_that_is_not_above_one_is_refused(base):
    with pytest.raises(ValueError, match=r"^base must be finite and above"):
        log_of_base(base)
