"""Principal components: against an SVD, and by their own laws."""

import math

import numpy as np
import pytest
import scipy.linalg

from lib.components import PrincipalComponents, principal_components


def some_points(n=200, d=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 3


# --- by hand -----------------------------------------------------------------


def test_points_on_a_diagonal_have_one_direction():
    found = principal_components([[0, 0], [2, 2], [4, 4]])
    assert isinstance(found, PrincipalComponents)
    assert found.mean.tolist() == [2, 2]
    # squared distances from the mean are 8, 0 and 8
    np.testing.assert_allclose(found.variances, [16 / 3, 0], atol=1e-15)
    np.testing.assert_allclose(abs(found.directions[0]), math.sqrt(0.5))


def test_a_code_of_no_numbers_is_the_mean():
    x = some_points()
    found = principal_components(x)
    assert found.code(x, 0).shape == (200, 0)
    np.testing.assert_allclose(
        found.reconstruction(x, 0), np.tile(x.mean(0), (200, 1))
    )


# --- laws --------------------------------------------------------------------


def test_directions_are_orthonormal_and_variances_fall():
    found = principal_components(some_points())
    np.testing.assert_allclose(
        found.directions @ found.directions.T, np.eye(6), atol=1e-12
    )
    assert (np.diff(found.variances) < 0).all()
    assert (found.variances > 0).all()


def test_what_is_lost_is_the_sum_of_the_variances_left_out():
    x = some_points()
    found = principal_components(x)
    for length in range(7):
        lost = ((x - found.reconstruction(x, length)) ** 2).sum(1).mean()
        left = found.variances[length:].sum()
        assert lost == pytest.approx(left, rel=1e-10, abs=1e-10)


def test_no_other_subspace_loses_less():
    x, rng = some_points(), np.random.default_rng(1)
    found = principal_components(x)
    centred = x - x.mean(0)
    for _ in range(200):
        frame = np.linalg.qr(rng.normal(size=(6, 2)))[0]
        lost = ((centred - centred @ frame @ frame.T) ** 2).sum(1).mean()
        assert lost >= found.variances[2:].sum()


# --- judge: an SVD -----------------------------------------------------------


def check_components(find):
    """Variances, subspaces and errors, against the SVD of the points."""
    for n, d in ((200, 6), (50, 20), (5, 8)):
        x = some_points(n, d)
        mean, directions, variances = find(x)
        _, singular, rows = np.linalg.svd(x - x.mean(0), full_matrices=False)
        np.testing.assert_allclose(mean, x.mean(0))
        scale = singular[0] ** 2 / n
        np.testing.assert_allclose(
            variances[: len(singular)], singular**2 / n, atol=1e-12 * scale
        )
        angles = scipy.linalg.subspace_angles(directions[:3].T, rows[:3].T)
        assert angles.max() < 1e-6


def test_components_are_those_of_the_svd():
    check_components(principal_components)


def by_samples_less_one(x):
    found = principal_components(x)
    return found._replace(variances=found.variances * len(x) / (len(x) - 1))


def without_centring(x):
    values, columns = np.linalg.eigh(x.T @ x / len(x))
    return x.mean(0), columns.T[::-1], values[::-1]


def smallest_first(x):
    mean, directions, variances = principal_components(x)
    return mean, directions[::-1], variances[::-1]


@pytest.mark.parametrize(
    "mutant", [by_samples_less_one, without_centring, smallest_first]
)
def test_wrong_components_are_caught(mutant):
    with pytest.raises(AssertionError):
        check_components(mutant)


# --- edges and refusals ------------------------------------------------------


def test_one_point_has_no_variance_and_no_negative_one():
    found = principal_components([[1.0, 2.0]])
    assert found.variances.tolist() == [0, 0]
    rank_one = np.outer(np.arange(9.0), [1e3, 1e-3, 7.0])
    assert (principal_components(rank_one).variances >= 0).all()


def test_pictures_in_float32_are_taken_in_float64():
    found = principal_components(some_points().astype(np.float32))
    assert found.directions.dtype == np.float64


@pytest.mark.parametrize("x", [[1.0, 2.0], np.zeros((0, 3)), np.zeros((3, 0))])
def test_what_is_no_set_of_points_is_refused(x):
    with pytest.raises(ValueError, match=r"x must be points of shape"):
        principal_components(x)


def test_points_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match=r"x must be finite, got nan"):
        principal_components([[0.0, math.nan]])


@pytest.mark.parametrize("length", [-1, 7, 1.0])
def test_a_length_that_no_code_has_is_refused(length):
    found = principal_components(some_points())
    with pytest.raises(ValueError, match=r"length must be an integer in"):
        found.code(some_points(), length)


def test_points_of_another_dimension_are_refused():
    found = principal_components(some_points())
    with pytest.raises(ValueError, match=r"x must have 6 coordinates"):
        found.reconstruction(some_points(d=5), 2)
