"""Optimal plans, and the prices that prove them optimal."""

import subprocess
import sys

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

import lib.transport.plans
from lib.transport import (
    kantorovich_potential,
    optimal_coupling,
    sample_wasserstein,
    wasserstein_1d,
)
from tests.transport.problems import (
    PILES,
    STEPS,
    WANTED,
    by_linear_program,
    clouds,
    law,
    problems,
)

CLOSE = 1e-9
BOTH = [optimal_coupling, kantorovich_potential]


def least(cost, p, q):
    """The cost of the plan."""
    return np.vdot(optimal_coupling(cost, p, q), cost)


# --- by hand -----------------------------------------------------------------


def test_the_four_piles_cost_five():
    plan = optimal_coupling(STEPS, PILES, WANTED)
    assert (plan * STEPS).sum() == pytest.approx(5, abs=1e-12)
    assert plan.sum(1) == pytest.approx(PILES, abs=1e-12)
    assert plan.sum(0) == pytest.approx(WANTED, abs=1e-12)


def test_the_prices_of_the_four_piles():
    f, g = kantorovich_potential(STEPS, PILES, WANTED)
    assert f[:1] == 0  # places 1 and 2, then 3: mass goes right, then left
    assert f @ PILES + g @ WANTED == pytest.approx(5, abs=1e-12)
    assert g == pytest.approx(-f, abs=1e-12)
    assert f[[0, 2, 3]] == pytest.approx([0, -2, -1], abs=1e-12)


def test_who_pays_nothing_stays():
    cost = 1 - np.eye(3)
    p = np.array([0.5, 0.2, 0.3])
    assert optimal_coupling(cost, p, p) == pytest.approx(np.diag(p))


def test_equal_masses_are_assigned():
    cost = [[4, 1, 3], [2, 0, 5], [3, 2, 2]]  # 1 + 2 + 2 of permutations
    plan = optimal_coupling(cost, np.ones(3), np.ones(3))
    assert plan.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_one_place_takes_all():
    plan = optimal_coupling([[1.0], [2.0]], [3, 4], [7])
    assert plan.tolist() == [[3], [4]]
    f, g = kantorovich_potential([[1.0], [2.0]], [3, 4], [7])
    assert (f.tolist(), g.tolist()) == ([0, 1], [1])


# --- judges ------------------------------------------------------------------


@given(problems())
def test_no_plan_is_cheaper_says_the_linear_program(problem):
    assert least(*problem) == pytest.approx(
        by_linear_program(*problem), abs=CLOSE
    )


@pytest.mark.parametrize("n", [5, 100, 101, 400])
@pytest.mark.parametrize("equal", [True, False])
def test_pot_finds_the_same_cost(n, equal):
    rng = np.random.default_rng(n)
    cost, p, q = clouds(rng, n, n)
    if equal:
        p = q = np.full(n, 1 / n)
    assert least(cost, p, q) == pytest.approx(ot.emd2(p, q, cost), rel=1e-12)


@given(problems())
def test_the_prices_prove_it(problem):
    """Primal = dual, feasible, and equal where mass moves."""
    cost, p, q = problem
    plan = optimal_coupling(cost, p, q)
    f, g = kantorovich_potential(cost, p, q)
    slack = cost - f[:, None] - g
    assert slack.min() >= -CLOSE
    assert f @ p + g @ q == pytest.approx(np.vdot(plan, cost), abs=CLOSE)
    assert np.abs(slack[plan > CLOSE]).max() <= 1e-7
    assert f[0] == 0


@pytest.mark.parametrize("seed", range(5))
def test_prices_between_clouds_meet_the_primal(seed):
    cost, p, q = clouds(np.random.default_rng(seed), 60, 40)
    f, g = kantorovich_potential(cost, p, q)
    assert f @ p + g @ q == pytest.approx(least(cost, p, q), abs=CLOSE)


@given(st.integers(0, 1000), st.integers(2, 12))
def test_on_the_line_sorting_finds_the_same(seed, n):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=n), rng.normal(size=n + 1)
    p, q = law(rng, n), law(rng, n + 1)
    cost = np.abs(np.subtract.outer(x, y))
    assert least(cost, p, q) == pytest.approx(
        wasserstein_1d(x, y, p, q), abs=1e-12
    )


@pytest.mark.parametrize(("n", "m"), [(30, 30), (200, 200), (40, 25)])
def test_samples_are_as_far_apart_as_pot_says(n, m):
    rng = np.random.default_rng(n + m)
    x, y = rng.normal(size=(n, 3)), rng.normal(1, 2, size=(m, 3))
    cost = ot.dist(x, y, "euclidean")
    wanted = ot.emd2(np.full(n, 1 / n), np.full(m, 1 / m), cost)
    assert sample_wasserstein(x, y) == pytest.approx(wanted, rel=1e-12)
    assert sample_wasserstein(x, x + np.array([2, 3, 6])) == pytest.approx(7)


# --- laws --------------------------------------------------------------------


@given(problems())
def test_a_plan_is_a_plan_and_a_vertex(problem):
    cost, p, q = problem
    plan = optimal_coupling(cost, p, q)
    assert plan.min() >= 0
    assert plan.sum(1) == pytest.approx(p, abs=1e-12)
    assert plan.sum(0) == pytest.approx(q, abs=1e-12)
    assert (plan > 0).sum() <= p.size + q.size - 1


@given(problems(), st.floats(0.01, 100), st.floats(-5, 5))
def test_cost_in_other_units(problem, scale, shift):
    """Scaled costs scale the least cost; a toll for all adds itself."""
    cost, p, q = problem
    wanted = scale * least(cost, p, q) + shift
    assert least(scale * cost + shift, p, q) == pytest.approx(wanted, abs=1e-7)


@given(problems(), st.floats(0.001, 1000))
def test_ten_times_the_mass_is_ten_times_the_plan(problem, total):
    cost, p, q = problem
    many = np.vdot(optimal_coupling(cost, total * p, total * q), cost)
    assert many == pytest.approx(total * least(cost, p, q), rel=1e-9, abs=1e-9)


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_it_is_a_metric(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(8, 3))
    cost = cdist(x, x)
    p, q, r = (law(rng, 8, sparse=True) for _ in range(3))
    there, back = least(cost, p, q), least(cost, q, p)
    assert there == pytest.approx(back, abs=CLOSE)
    assert there <= least(cost, p, r) + least(cost, r, q) + CLOSE
    assert least(cost, p, p) == pytest.approx(0, abs=CLOSE)
    assert there > 0 or np.allclose(p, q)


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_shifted_and_scaled_clouds(seed, scale):
    """All moved by v: exactly |v|; all scaled: scaled."""
    rng = np.random.default_rng(seed)
    x, y, v = rng.normal(size=(6, 2)), rng.normal(size=(5, 2)), [3.0, -4.0]
    p, q = law(rng, 6), law(rng, 5)
    assert least(cdist(x, x + v), p, p) == pytest.approx(5, abs=CLOSE)
    assert least(cdist(scale * x, scale * y), p, q) == pytest.approx(
        scale * least(cdist(x, y), p, q), abs=1e-8
    )


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_prices_of_a_distance_are_a_potential(seed):
    """On one space g = -f, and f has no slope above 1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(7, 2))
    cost, p, q = cdist(x, x), law(rng, 7), law(rng, 7, sparse=True)
    f, g = kantorovich_potential(cost, p, q)
    assert g == pytest.approx(-f, abs=CLOSE)
    assert (np.subtract.outer(f, f) - cost).max() <= CLOSE


def test_arguments_are_left_alone():
    p, q = PILES.copy(), WANTED.copy()
    for function in BOTH:
        function(STEPS, p, q)
    assert (p == PILES).all()
    assert (q == WANTED).all()


def test_masses_normalised_in_float32_are_let_in():
    rng = np.random.default_rng(0)
    p = law(rng, 500).astype(np.float32)
    q = law(rng, 400).astype(np.float32)
    plan = optimal_coupling(rng.random((500, 400)), p, q)
    assert plan.sum(1) == pytest.approx(p, abs=1e-12)


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize(
    ("cost", "p", "q", "match"),
    [
        (np.ones((2, 2)), [1, 1], [1, 2], "q must have the total mass of p"),
        (np.ones((2, 2)), [2, -1], [0, 1], r"p must be without negative"),
        (np.ones((2, 2)), [1, 1], [3, -1], r"q must be without negative"),
        ([[1, np.nan]], [1], [0.5, 0.5], r"cost must be finite, got nan"),
        ([[1, np.inf]], [1], [0.5, 0.5], "cost must be finite, got inf"),
        ([[1, 2]], [np.nan], [0.5, 0.5], "p must be finite"),
        (np.ones(3), [1], [1], r"cost must have shape \(n, m\)"),
        (np.ones((0, 3)), [], [1, 1, 1], r"cost must have shape \(n, m\)"),
        (np.ones((2, 3)), [1, 1, 1], [1, 1, 1], r"p must have shape \(2,\)"),
        (np.ones((2, 3)), [1, 2], [1, 2], r"q must have shape \(3,\)"),
        (np.ones((2, 1)), [[1, 2]], [3], r"p must have shape \(2,\)"),
        (np.ones((2, 2)), [0, 0], [0, 0], "p must have mass"),
    ],
)
def test_what_is_no_problem_is_refused(function, cost, p, q, match):
    with pytest.raises(ValueError, match=match):
        function(cost, p, q)


@pytest.mark.parametrize("function", BOTH)
def test_what_are_no_numbers_is_refused(function):
    with pytest.raises(TypeError, match="cost must hold real numbers"):
        function([["a"]], [1], [1])


@pytest.mark.parametrize("function", BOTH)
def test_a_stop_before_the_optimum_is_said(function, monkeypatch):
    monkeypatch.setattr(lib.transport.plans, "PIVOTS", 1)
    cost, p, q = clouds(np.random.default_rng(0), 50, 50)
    with pytest.warns(
        RuntimeWarning, match="before the optimum: .* left over"
    ) as said:
        function(cost, p, q)
    assert said[0].filename == __file__


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", BOTH)
def test_an_optimum_is_no_reason_to_warn(function):
    function(*clouds(np.random.default_rng(0), 300, 200))


def test_pages_without_plans_need_not_wait_for_torch():
    asked = "import sys, lib.transport; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("x", "y", "match"),
    [
        (np.zeros(3), np.zeros((2, 3)), r"x must be points of shape \(n, d\)"),
        (np.zeros((0, 3)), np.zeros((2, 3)), "x must be points of shape"),
        (np.zeros((2, 3)), np.zeros((2, 2)), "y must have 3 coordinates"),
        (np.zeros((2, 3)), [[np.nan] * 3], "y must be finite"),
    ],
)
def test_what_are_no_samples_is_refused(x, y, match):
    with pytest.raises(ValueError, match=match):
        sample_wasserstein(x, y)
