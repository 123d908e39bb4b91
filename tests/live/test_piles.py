"""Piles moved by hand: the count in Python, and its twin in the browser."""

import json

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from lib.live import Piles
from lib.live.piles import (
    homes_of,
    least_work,
    places_of,
    plan_of,
    surplus_of,
    work_of,
)
from lib.transport import optimal_coupling
from tests.live.test_front import node

P, Q = [3, 2, 1, 4], [1, 2, 4, 3]
PLAN = [[1, 0, 2, 0], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 1, 3]]


@st.composite
def moved(draw):
    """Piles, and a place for each of their units."""
    p = draw(st.lists(st.integers(0, 5), min_size=2, max_size=6))
    at = st.integers(0, len(p) - 1)
    return p, draw(st.lists(at, min_size=sum(p), max_size=sum(p)))


# --- by hand -----------------------------------------------------------------


def test_the_lectures_piles():
    figure = Piles(P, Q)
    assert figure.places == [0, 0, 0, 1, 1, 2, 3, 3, 3, 3]
    assert (figure.work, figure.spec["least"]) == (0, 5)
    assert surplus_of(P, Q, figure.places) == 3
    figure.places = places_of(np.array(PLAN))
    assert figure.plan.tolist() == PLAN
    assert figure.work == 5
    assert surplus_of(P, Q, figure.places) == 0


# --- laws --------------------------------------------------------------------


@given(moved())
def test_a_plan_has_the_piles_as_its_rows_and_costs_its_work(case):
    p, places = case
    plan, at = plan_of(p, places), np.arange(len(p))
    assert plan.sum(1).tolist() == p
    assert (plan * np.abs(np.subtract.outer(at, at))).sum() == work_of(
        p, places
    )


@given(moved())
def test_places_lead_to_a_plan_and_back(case):
    p, places = case
    plan = plan_of(p, places)
    assert plan_of(p, places_of(plan)).tolist() == plan.tolist()


@given(moved())
def test_the_least_work_is_that_of_an_optimal_plan(case):
    p, places = case
    q = plan_of(p, places).sum(0)
    if sum(p):
        at = np.arange(len(p), dtype=float)
        cost = np.abs(np.subtract.outer(at, at))
        best = (optimal_coupling(cost, p, q) * cost).sum()
        assert least_work(p, q) == pytest.approx(best)
    assert least_work(p, q) <= work_of(p, places)
    assert surplus_of(p, q, places) == 0


# --- the browser -------------------------------------------------------------

COUNT = """
print(data.map(({ p, q, places }) => {
  const plan = piles.planOf(p, places);
  return [piles.homesOf(p), plan, piles.placesOf(plan),
    piles.workOf(p, places), piles.surplusOf(p, q, places)];
}));
"""


def test_the_browser_counts_as_python_does():
    rng, cases = np.random.default_rng(0), []
    for _ in range(200):
        n = int(rng.integers(2, 7))
        p = rng.integers(0, 6, n)
        q = rng.multinomial(p.sum(), np.ones(n) / n)
        places = rng.integers(0, n, p.sum())
        cases.append({"p": p, "q": q, "places": places})
    cases = [{k: v.tolist() for k, v in case.items()} for case in cases]
    for case, found in zip(cases, node(COUNT, cases), strict=True):
        plan = plan_of(case["p"], case["places"])
        assert found == [
            homes_of(case["p"]),
            plan.tolist(),
            places_of(plan),
            work_of(case["p"], case["places"]),
            surplus_of(**case),
        ]


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "q", "error", "match"),
    [
        ([1.5, 2], [2, 1], TypeError, "p must be whole numbers"),
        ([[1, 2]], [2, 1], TypeError, "p must be whole numbers"),
        ([1, 2], ["2", "1"], TypeError, "q must be whole numbers"),
        ([3], [3], ValueError, "p must be two or more numbers"),
        ([3, 0], [4, -1], ValueError, "q must be two or more .* least 0"),
        ([1, 2], [1, 2, 0], ValueError, "q must have as many places"),
        ([1, 2], [1, 1], ValueError, "q must have as many places and units"),
        ([0, 0], [0, 0], ValueError, "from 1 to 40 units"),
        ([41, 0], [0, 41], ValueError, "from 1 to 40 units"),
    ],
)
def test_what_are_no_piles_is_refused(p, q, error, match):
    with pytest.raises(error, match=match):
        Piles(p, q)


@pytest.mark.parametrize(
    ("plan", "match"),
    [
        ([[1, 2], [0.5, 0]], "whole and of shape"),
        ([[1, 2]], "whole and of shape"),
        ([[4, -1], [-2, 2]], "whole and of shape"),
        ([[2, 1], [1, 0]], "row sums"),
        ([[3, 0], [0, 1]], "column sums"),
    ],
)
def test_a_plan_for_other_piles_is_refused(plan, match):
    with pytest.raises(ValueError, match=match):
        Piles([3, 1], [1, 3], [plan])


@pytest.mark.parametrize("places", [[0], [0, 0, 0, 2], [0, 0, 0, -1]])
def test_a_unit_can_only_be_at_a_place(places):
    figure = Piles([3, 1], [1, 3])
    with pytest.raises(traitlets.TraitError, match="4 numbers from 0 to 1"):
        figure.places = places


# --- the picture -------------------------------------------------------------


def test_a_notebook_stores_a_picture_for_where_no_widget_is_shown():
    bundle, *_ = Piles(P, Q, [PLAN])._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert bundle["text/plain"].startswith("Piles of earth")


def test_the_picture_shows_what_lies_and_what_is_wanted():
    figure = Piles(P, Q)
    ax = figure.picture().axes[0]
    assert ax.get_title(loc="left") == "work 0, least work 5"
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == [*P, *Q]


def test_its_state_is_text():
    assert json.dumps(Piles(P, Q, [np.array(PLAN)]).spec)
