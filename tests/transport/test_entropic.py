"""Plans blurred by entropy."""

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.transport import optimal_coupling, sinkhorn
from tests.transport.problems import PILES, STEPS, WANTED, clouds, problems

EPSILONS = st.sampled_from([0.3, 1.0, 20.0])


# --- by hand -----------------------------------------------------------------


def test_two_places_against_the_closed_form():
    """With p = q = (1/2, 1/2) what changes places is 1 / (1 + e^(1/eps))."""
    half, cost = np.full(2, 0.5), 1 - np.eye(2)
    for epsilon in (0.05, 0.5, 1.0, 3.0):
        plan = sinkhorn(cost, half, half, epsilon, tolerance=1e-14)
        moved = 1 / (1 + np.exp(1 / epsilon))
        assert plan[0, 1] + plan[1, 0] == pytest.approx(moved, rel=1e-12)


def test_the_four_piles_still_cost_five_at_a_small_epsilon():
    plan = sinkhorn(STEPS, PILES, WANTED, 0.01)
    assert (plan * STEPS).sum() == pytest.approx(5, abs=1e-6)


def test_towards_zero_it_is_the_optimal_plan_of_most_entropy():
    """The three units that leave place 1 or 2 mix: 1 1 1 and 0 1 1."""
    plan = sinkhorn(STEPS, PILES, WANTED, 1e-3)
    wanted = [[1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 1, 3]]
    assert plan == pytest.approx(np.array(wanted), abs=1e-6)


def test_towards_infinity_it_is_the_product():
    plan = sinkhorn(STEPS, PILES, WANTED, 1e6)
    assert plan == pytest.approx(np.outer(PILES, WANTED) / 10, rel=1e-4)


# --- a judge -----------------------------------------------------------------


@pytest.mark.parametrize("epsilon", [0.02, 0.1, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_pot_finds_the_same_plan(epsilon, seed):
    cost, p, q = clouds(np.random.default_rng(seed), 30, 20)
    found = sinkhorn(cost, p, q, epsilon, tolerance=1e-12)
    other = ot.sinkhorn(
        p,
        q,
        cost,
        epsilon,
        method="sinkhorn_log",
        numItermax=200_000,
        stopThr=1e-13,
    )
    assert np.abs(found - other).sum() < 1e-8


# --- laws --------------------------------------------------------------------


@settings(deadline=None)
@given(problems(), EPSILONS)
def test_sums_are_right(problem, epsilon):
    cost, p, q = problem
    plan = sinkhorn(cost, p, q, epsilon)
    assert plan.min() >= 0
    assert np.abs(plan.sum(1) - p).sum() <= 2e-9
    assert plan.sum(0) == pytest.approx(q, abs=1e-12)
    assert (plan[p == 0] == 0).all()
    assert (plan[:, q == 0] == 0).all()


@settings(deadline=None)
@given(problems(), EPSILONS)
def test_it_is_a_scaled_kernel(problem, epsilon):
    """log of the plan is f + g - cost / eps: its mixed differences say so."""
    cost, p, q = problem
    p, q = p + 0.1, q + 0.1
    p, q = p / p.sum(), q / q.sum()
    plan = sinkhorn(cost, p, q, epsilon)
    if (plan > 0).all():
        rest = np.log(plan) + cost / epsilon
        mixed = rest - rest[:1] - rest[:, :1] + rest[0, 0]
        assert np.abs(mixed).max() < 1e-6 / epsilon


@settings(deadline=None)
@given(problems())
def test_less_epsilon_costs_less_and_never_less_than_the_least(problem):
    cost, p, q = problem
    least = np.vdot(optimal_coupling(cost, p, q), cost)
    costs = [
        np.vdot(sinkhorn(cost, p, q, e), cost) for e in (0.3, 1.0, 5.0, 20.0)
    ]
    assert (np.diff([least, *costs]) >= -1e-7).all()


@settings(deadline=None)
@given(problems(), EPSILONS, st.floats(0.001, 1000))
def test_ten_times_the_mass_is_ten_times_the_plan(problem, epsilon, total):
    cost, p, q = problem
    once = sinkhorn(cost, p, q, epsilon)
    many = sinkhorn(cost, total * p, total * q, epsilon)
    assert many == pytest.approx(total * once, rel=1e-6, abs=1e-9 * total)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("epsilon", [1e-3, 1e-6, 1e-9])
def test_no_epsilon_underflows(epsilon):
    """exp(-3 / 1e-3) is 0 in float64 already."""
    plan = sinkhorn(STEPS, PILES, WANTED, epsilon)
    assert (plan * STEPS).sum() == pytest.approx(5, abs=1e-6)
    assert plan.sum(0) == pytest.approx(
        WANTED, abs=1e-3 if epsilon < 1e-8 else 1e-6
    )


@pytest.mark.filterwarnings("error")
def test_equal_costs_leave_the_product():
    p, q = np.array([0.2, 0.8]), np.array([0.5, 0.3, 0.2])
    plan = sinkhorn(np.full((2, 3), 7.0), p, q, 0.1)
    assert plan == pytest.approx(np.outer(p, q), abs=1e-12)


# --- refusals ----------------------------------------------------------------


def test_rows_that_are_still_off_are_said():
    cost, p, q = clouds(np.random.default_rng(0), 30, 20)
    with pytest.warns(RuntimeWarning, match=r"off by .* of the mass") as said:
        plan = sinkhorn(cost, p, q, 0.01, rounds=3)
    assert said[0].filename == __file__
    off = float(str(said[0].message).split("off by ")[1].split(" of")[0])
    assert np.abs(plan.sum(1) - p).sum() == pytest.approx(off, rel=0.01)


@pytest.mark.parametrize("bad", [0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("name", ["epsilon", "tolerance", "rounds"])
def test_numbers_out_of_their_range_are_refused(name, bad):
    good = {"epsilon": 0.1} | {name: bad}
    with pytest.raises(ValueError, match=f"{name} must be finite and above"):
        sinkhorn(STEPS, PILES, WANTED, **good)


def test_an_epsilon_that_leaves_no_digits_is_refused():
    with pytest.raises(ValueError, match="epsilon must be at least"):
        sinkhorn(STEPS, PILES, WANTED, 1e-13)


@pytest.mark.parametrize(
    ("cost", "p", "q", "match"),
    [
        ([[1.0, 2]], [1], [1, 1], "q must have the total mass of p"),
        ([[1.0, 2]], [-1], [1, 1], "p must be without negative mass"),
        ([[1.0, np.nan]], [2], [1, 1], "cost must be finite"),
        ([1.0, 2], [2], [1, 1], "cost must have shape"),
    ],
)
def test_what_is_no_problem_is_refused(cost, p, q, match):
    with pytest.raises(ValueError, match=match):
        sinkhorn(cost, p, q, 0.1)
