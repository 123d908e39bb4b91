"""Points that coincide, leave the panel or are infinite stay in view."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.live import Bars, Image, Label, Line, Points, Rule
from lib.live.artists import LANE, draw_mark, ranks
from lib.live.codes import Axis

AXES = {"x": Axis(0.0, 1.0), "y": Axis(0.0, 1.0)}


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def draw(ax, *marks):
    for mark in marks:
        draw_mark(ax, mark, AXES, (0, 1))
    return [a for a in ax.lines if len(a.get_xdata())]


def test_points_that_coincide_have_growing_ranks():
    x = np.array([0.0, 0.0, 5.0, 0.0])
    assert ranks(x, np.zeros(4), near=1) == [0, 1, 0, 2]


@given(st.lists(st.floats(0, 1), max_size=8))
def test_points_far_apart_have_no_rings(places):
    x = np.sort(np.unique(places)) * 10 + np.arange(len(set(places)))
    assert ranks(x, x, near=0.5) == [0] * len(x)


def test_the_second_of_two_equal_points_is_a_ring(ax):
    one, two = draw(ax, Points(0.5, 0.5, "p"), Points(0.5, 0.5, "q"))
    assert two.get_markersize() > one.get_markersize()
    assert two.get_markerfacecolor() == "none"


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ((0.5, 7.0), (0.5, 1.0)),
        ((0.5, -7.0), (0.5, 0.0)),
        ((-3.0, 0.5), (0.0, 0.5)),
        ((9.0, 0.5), (1.0, 0.5)),
    ],
)
def test_a_point_off_the_panel_is_hollow_at_its_edge(ax, point, place):
    (shown,) = draw(ax, Points(*point, "p"))
    assert shown.get_xydata()[0] == pytest.approx(place, abs=1e-3)
    assert shown.get_markerfacecolor() == "none"


def test_points_off_the_panel_at_one_place_stand_side_by_side(ax):
    one, two = draw(ax, Points(0.2, 7, "kl"), Points(0.2, 9, "reverse_kl"))
    assert one.get_ydata() == two.get_ydata()
    assert two.get_xdata()[0] > one.get_xdata()[0] + 0.02


def test_an_infinite_point_lies_in_the_lane(ax):
    (shown,) = draw(ax, Points(0.5, np.inf, "p"))
    assert shown.get_ydata()[0] == pytest.approx(LANE)


def test_a_point_that_is_not_a_number_is_not_drawn(ax):
    assert draw(ax, Points(0.5, np.nan, "p")) == []


def test_a_line_that_breaks_has_two_pieces(ax):
    shown = draw(ax, Line([0, 0.2, 0.4, 0.6, 0.8], [0, 0, np.nan, 1, 1], "p"))
    assert [len(a.get_xdata()) for a in shown] == [2, 2]


def test_an_infinite_bar_reaches_the_lane(ax):
    draw(ax, Bars(["a", "b"], [0.5, np.inf], "p"))
    heights = [p.get_height() for p in ax.patches]
    assert heights == [0.5, pytest.approx(LANE)]


def test_rules_and_labels_without_a_place_are_not_drawn(ax):
    draw(ax, Rule(), Label([np.nan, 0.5], [0.5, 0.5], ["no", "yes"]))
    assert len(ax.lines) == 0
    assert [t.get_text() for t in ax.texts] == ["yes"]


def test_a_grey_image_has_dark_ink_on_a_light_ground(ax):
    draw(ax, Image([[0, 1]], map="grey"))
    low, high = ax.images[0].cmap(0.0), ax.images[0].cmap(1.0)
    assert sum(low[:3]) > sum(high[:3])
