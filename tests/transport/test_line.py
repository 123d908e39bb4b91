"""The Wasserstein distance on the line."""

import itertools
import math
from fractions import Fraction

import numpy as np
import ot
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from lib.transport import (
    optimal_coupling,
    random_directions,
    sliced_wasserstein,
    wasserstein_1d,
)
from tests.strategies import distributions

PLACES = st.lists(st.floats(-100, 100), min_size=1, max_size=12)
SHIFTS = st.floats(-100, 100)
# places up to 100, a dozen roundings
SLACK = 1e-12


def exact(x, y, x_weights, y_weights):
    """The integral of |F - G|, in fractions: no rounding at all."""
    weights = {}
    for places, masses, sign in ((x, x_weights, 1), (y, y_weights, -1)):
        total = sum(map(Fraction, masses))
        for place, mass in zip(places, masses, strict=True):
            step = sign * Fraction(mass) / total
            weights[Fraction(place)] = weights.get(Fraction(place), 0) + step
    ends, gap, area = sorted(weights), Fraction(0), Fraction(0)
    for left, right in itertools.pairwise(ends):
        gap += weights[left]
        area += abs(gap) * (right - left)
    return area


@st.composite
def atoms(draw, count=2):
    """Places and weights, `count` times, as many of each."""
    found = draw(distributions(count))
    k = len(found[0])
    places = st.lists(st.floats(-100, 100), min_size=k, max_size=k)
    return [(np.array(draw(places)), weights) for weights in found]


# --- by hand -----------------------------------------------------------------


def test_two_points_are_as_far_apart_as_they_lie():
    assert wasserstein_1d([0], [-3.5]) == 3.5


def test_samples_are_paired_in_their_order_on_the_line():
    # 1-2, 3-5, 4-9: (1 + 2 + 5) / 3
    assert wasserstein_1d([4, 1, 3], [2, 9, 5]) == pytest.approx(8 / 3)


def test_the_four_piles_cost_five_shovels():
    x = np.arange(4)
    p, q = np.array([3, 2, 1, 4]) / 10, np.array([1, 2, 4, 3]) / 10
    assert 10 * wasserstein_1d(x, x, p, q) == pytest.approx(5, rel=1e-15)


def test_half_of_the_mass_goes_all_the_way():
    assert wasserstein_1d([0], [0, 1]) == 0.5
    assert wasserstein_1d([0, 1], [0, 1], [1, 0], [0.25, 0.75]) == 0.75


def test_all_mass_in_one_place_is_the_mean_distance_to_it():
    x = np.arange(-5, 6)
    p, q = (x == 0), np.eye(11)
    assert wasserstein_1d(x, x, p, q).tolist() == abs(x).tolist()


# --- laws --------------------------------------------------------------------


@given(PLACES, PLACES)
def test_it_is_symmetric_and_not_negative(x, y):
    there, back = wasserstein_1d(x, y), wasserstein_1d(y, x)
    assert there >= 0
    assert there == pytest.approx(back, abs=SLACK)


@given(PLACES, st.randoms())
def test_it_is_exactly_zero_between_the_same_samples_in_any_order(x, random):
    shuffled = random.sample(x, len(x))
    assert wasserstein_1d(x, shuffled) == 0
    assert wasserstein_1d(x, shuffled * 2) <= SLACK


@given(PLACES, PLACES, PLACES)
def test_it_keeps_the_triangle_inequality(x, y, z):
    detour = wasserstein_1d(x, y) + wasserstein_1d(y, z)
    assert wasserstein_1d(x, z) <= detour + SLACK


@given(PLACES, SHIFTS)
def test_a_shift_costs_its_length(x, shift):
    moved = np.array(x) + shift
    assert wasserstein_1d(x, moved) == pytest.approx(abs(shift), abs=SLACK)


@given(atoms(), SHIFTS, st.floats(-10, 10))
def test_it_knows_no_origin_and_has_the_unit_of_x(drawn, shift, unit):
    (x, p), (y, q) = drawn
    before = wasserstein_1d(x, y, p, q)
    after = wasserstein_1d(shift + unit * x, shift + unit * y, p, q)
    assert after == pytest.approx(abs(unit) * before, abs=10 * SLACK)


@given(atoms())
def test_no_function_of_slope_one_tells_them_further_apart(drawn):
    # Kantorovich-Rubinstein, with the functions x, -x, |x - a|
    (x, p), (y, q) = drawn
    w1 = wasserstein_1d(x, y, p, q)
    assert abs(p @ x - q @ y) <= w1 + SLACK
    for a in x:
        assert abs(p @ abs(x - a) - q @ abs(y - a)) <= w1 + SLACK


@given(PLACES, PLACES)
def test_repeating_a_sample_is_the_same_as_weighting_it(x, y):
    twice = x + x[:1]
    weights = np.full(len(x), 1 / len(twice))
    weights[0] *= 2
    repeated = wasserstein_1d(twice, y)
    assert wasserstein_1d(x, y, weights) == pytest.approx(repeated, abs=SLACK)


# --- judges ------------------------------------------------------------------


@given(atoms())
def test_weighted_atoms_agree_with_exact_arithmetic(drawn):
    (x, p), (y, q) = drawn
    judge = float(exact(x, y, p, q))
    assert wasserstein_1d(x, y, p, q) == pytest.approx(judge, abs=2e-13)


@pytest.mark.parametrize(("n", "m"), [(7, 7), (30, 50), (1000, 700)])
@pytest.mark.parametrize("weighted", [False, True])
def test_samples_agree_with_exact_arithmetic_to_the_last_digits(
    n, m, weighted, record_property
):
    rng = np.random.default_rng(n)
    x, y = rng.normal(size=n), rng.normal(0.3, 2, size=m)
    p, q = np.full(n, 1.0), np.full(m, 1.0)
    if weighted:
        p, q = rng.dirichlet(p), rng.dirichlet(q)
        ours = wasserstein_1d(x, y, p, q)
    else:
        ours = wasserstein_1d(x, y)
    error = abs(float(Fraction(float(ours)) - exact(x, y, p, q)))
    width = max(x.max(), y.max()) - min(x.min(), y.min())
    record_property(
        f"wasserstein_1d {n}, {m}, weighted {weighted}",
        f"error / width {error / width:.1e}",
    )
    assert error <= 1e-15 * width


def test_many_equal_weights_do_not_drift():
    # n floats added one by one are off by 1e-12 here
    n = 100_000
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, n))
    weights = np.full(n, 1 / n)
    by_sorting = wasserstein_1d(x, y)
    by_quantiles = wasserstein_1d(x, y, weights, weights)
    assert by_quantiles == pytest.approx(by_sorting, abs=1e-15 * np.ptp(x))


@pytest.mark.parametrize(("n", "m"), [(500, 500), (1000, 300)])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_agrees_with_scipy_and_pot(n, m, weighted):
    rng = np.random.default_rng(m)
    x, y = rng.normal(size=n), rng.exponential(size=m)
    p, q = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    p, q = (p, q) if weighted else (None, None)
    ours = wasserstein_1d(x, y, p, q)
    scipys = scipy.stats.wasserstein_distance(x, y, p, q)
    assert ours == pytest.approx(scipys, rel=1e-13)
    pots = ot.emd2_1d(x, y, p, q, metric="euclidean")
    assert ours == pytest.approx(pots, rel=1e-11)
    assert ours == pytest.approx(ot.wasserstein_1d(x, y, p, q), rel=1e-11)


def test_it_is_the_optimum_of_the_linear_programme():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=6), rng.normal(size=5)
    p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(5))
    cost = abs(x[:, None] - y).ravel()
    rows = np.kron(np.eye(6), np.ones(5))
    columns = np.kron(np.ones(6), np.eye(5))
    plan = linprog(cost, A_eq=np.r_[rows, columns], b_eq=np.r_[p, q])
    assert wasserstein_1d(x, y, p, q) == pytest.approx(plan.fun, rel=1e-10)


# --- edges -------------------------------------------------------------------


def test_atoms_without_mass_count_nothing_wherever_they_lie():
    x, p = [1e9, 0, -1e9, 1], [0, 0.5, 0, 0.5]
    assert wasserstein_1d(x, [0, 1], p) == 0
    assert wasserstein_1d([0, 1], x, None, p) == 0
    assert wasserstein_1d([0, 1, 9], [0, 1, 9], [1, 0, 0], [0, 1, 0]) == 1


def test_several_atoms_in_one_place_are_one_atom():
    assert wasserstein_1d([2, 2, 2], [2], [0.1, 0.2, 0.7]) == 0
    assert wasserstein_1d([1, 1, 3], [1, 3], None, [2 / 3, 1 / 3]) <= 1e-15


def test_a_mass_that_rounding_left_short_is_shared_out():
    thirds = np.array([1, 1, 1], dtype=np.float32) / 3
    value = wasserstein_1d([0, 1, 2], [1], thirds.astype(np.float64))
    assert value == pytest.approx(2 / 3, rel=1e-15)


@pytest.mark.parametrize("m", [5, 8])
@pytest.mark.parametrize("weighted", [False, True])
def test_batches_are_taken_row_by_row(m, weighted):
    rng = np.random.default_rng(m)
    x, y = rng.normal(size=(2, 3, 5)), rng.normal(size=(3, m))
    q = rng.dirichlet(np.ones(m), size=(2, 1)) if weighted else None
    values = wasserstein_1d(x, y, None, q)
    assert values.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        row = None if q is None else q[i, 0]
        assert values[i, j] == wasserstein_1d(x[i, j], y[j], None, row)


def test_weights_alone_may_come_in_batches():
    x = np.arange(4.0)
    q = np.random.default_rng(0).dirichlet(np.ones(4), size=6)
    values = wasserstein_1d(x, x, np.full(4, 0.25), q)
    assert values.shape == (6,)
    assert values[2] == wasserstein_1d(x, x, None, q[2])


def test_an_empty_batch_gives_an_empty_answer_and_a_row_a_float():
    assert wasserstein_1d(np.ones((0, 3)), [1, 2]).shape == (0,)
    assert isinstance(wasserstein_1d([0, 1], [1, 2]), float)
    assert isinstance(wasserstein_1d([0, 1], [1]), float)


def test_arguments_are_left_as_they_were():
    x, p = np.array([3.0, 1, 2]), np.array([0.5, 0.25, 0.25])
    wasserstein_1d(x, x[:2], p)
    wasserstein_1d(x, x)
    assert x.tolist() == [3, 1, 2]
    assert p.tolist() == [0.5, 0.25, 0.25]


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([0, math.nan], r"must be finite, got nan at index \(1,\)"),
        ([[-math.inf, 0]], r"must be finite, got -inf at index \(0, 0\)"),
        ([], r"must have places on its last axis, got shape \(0,\)"),
        (np.ones((2, 0)), r"must have places .* got shape \(2, 0\)"),
        (1.0, r"must have places .* got shape \(\)"),
    ],
)
def test_places_that_are_none_are_refused_by_their_name(name, wrong, said):
    right = {"x": [0, 1], "y": [0, 1, 2]}
    with pytest.raises(ValueError, match=f"^{name} {said}$"):
        wasserstein_1d(**(right | {name: wrong}))


@pytest.mark.parametrize("name", ["x_weights", "y_weights"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([0.5, -0.1, 0.6], r"without negative mass, got -0\.1 at index"),
        ([0.5, 0.1, 0.1], r"must sum to 1 .* got \[0\.7\]"),
        ([0.5, math.nan, 0.5], r"must be finite, got nan"),
        ([0.5, 0.5], r"must be one for each of 3 places, got shape \(2,\)"),
        ([1], r"must be one for each of 3 places, got shape \(1,\)"),
        (np.full((2, 3), 1 / 3), r"\(2, 3\)"),
    ],
)
def test_weights_that_are_none_are_refused_by_their_name(name, wrong, said):
    places = {"x": np.ones((5, 3)), "y": np.ones((5, 3))}
    with pytest.raises(ValueError, match=f"{name} .*{said}"):
        wasserstein_1d(**places, **{name: wrong})


def test_what_is_not_made_of_numbers_is_refused_by_its_name():
    with pytest.raises(TypeError, match=r"^y must hold real numbers"):
        wasserstein_1d([0], ["far"])
    with pytest.raises(TypeError, match=r"^x must be an array: .*inhomog"):
        wasserstein_1d([[0, 1], [2]], [0])
    with pytest.raises(TypeError, match=r"^y_weights must hold real numbers"):
        wasserstein_1d([0], [0], None, [1j])


def test_batches_that_do_not_broadcast_are_refused():
    with pytest.raises(
        ValueError, match=r"the batch of x \(2,\) and the batch of y \(3,\)"
    ):
        wasserstein_1d(np.ones((2, 4)), np.ones((3, 4)))
    p, q = np.full((2, 4), 0.25), np.full((3, 4), 0.25)
    with pytest.raises(
        ValueError, match=r"the batch of x \(2,\) and the batch of y \(3,\)"
    ):
        wasserstein_1d(np.ones(4), np.ones(4), p, q)


# --- many lines --------------------------------------------------------------

AXES = np.eye(3)


def test_along_an_axis_only_that_coordinate_counts():
    x, y = np.zeros((4, 3)), np.tile([1.0, 2.0, 4.0], (5, 1))
    for axis, wanted in zip(AXES, (1, 2, 4), strict=True):
        assert sliced_wasserstein(x, y, [axis]) == pytest.approx(wanted)
    assert sliced_wasserstein(x, y, AXES) == pytest.approx(7 / 3)


@pytest.mark.parametrize(("n", "m"), [(40, 40), (40, 30)])
def test_pot_finds_the_same_slices(n, m):
    rng = np.random.default_rng(n + m)
    x, y = rng.normal(size=(n, 5)), rng.normal(1, 2, size=(m, 5))
    directions = random_directions(30, 5, rng)
    other = ot.sliced_wasserstein_distance(x, y, projections=directions.T, p=1)
    assert sliced_wasserstein(x, y, directions) == pytest.approx(
        other, rel=1e-12
    )


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_slices_show_no_more_work_than_there_is(seed, d):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(9, d)), rng.normal(1, 2, size=(9, d))
    directions = random_directions(8, d, rng)
    cost, mass = np.linalg.norm(x[:, None] - y, axis=-1), np.ones(9) / 9
    whole = (optimal_coupling(cost, mass, mass) * cost).sum()
    found = sliced_wasserstein(x, y, directions)
    assert found <= whole + SLACK
    assert found == pytest.approx(sliced_wasserstein(y, x, directions))
    if d == 1:
        assert found == pytest.approx(whole)


def test_a_shift_is_seen_by_its_mean_shadow():
    """Of |cos| over directions in the plane: 2 / pi of the length."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 2))
    found = sliced_wasserstein(
        x, x + np.array([3, 4]), random_directions(200_000, 2, rng)
    )
    assert found == pytest.approx(5 * 2 / math.pi, rel=0.01)


def test_directions_are_even_and_of_length_one():
    found = random_directions(100_000, 3, np.random.default_rng(0))
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)
    assert found.mean(0) == pytest.approx(0, abs=0.01)
    assert np.cov(found.T) == pytest.approx(np.eye(3) / 3, abs=0.01)


@pytest.mark.parametrize(("count", "dimension"), [(0, 2), (2, 0), (-1, 2)])
def test_no_directions_are_refused(count, dimension):
    with pytest.raises(ValueError, match="must be 1 or more"):
        random_directions(count, dimension, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("x", "y", "directions", "match"),
    [
        (np.zeros(3), np.zeros((2, 3)), AXES, r"x must have shape \(n, d\)"),
        (np.zeros((0, 3)), np.zeros((2, 3)), AXES, "x must have shape"),
        (np.zeros((2, 3)), np.zeros((2, 2)), AXES, "y must have as many col"),
        (np.zeros((2, 3)), [[np.nan] * 3], AXES, "y must be finite"),
        (np.zeros((2, 3)), np.zeros((2, 3)), np.eye(2), "projections must"),
        (np.zeros((2, 3)), np.zeros((2, 3)), 2 * AXES, "must be of length 1"),
    ],
)
def test_what_has_no_slices_is_refused(x, y, directions, match):
    with pytest.raises(ValueError, match=match):
        sliced_wasserstein(x, y, directions)
