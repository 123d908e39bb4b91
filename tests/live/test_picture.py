"""The matplotlib twin draws the same marks."""

import numpy as np
import pytest

from lib.live.codes import LEVELS
from lib.live.grid import Grid
from lib.live.picture import draw
from lib.live.table import tabulate
from lib.plots import ROLES
from tests.live.scenes import (
    INK,
    choices,
    controls,
    everything,
    gap,
    pad,
    two_axes,
)


def picture_of(scene, grid, **values):
    return draw(scene(**values), tabulate(scene, grid).spec["panels"])


@pytest.fixture(scope="module")
def gap_grid():
    return Grid(controls())


def test_limits_are_those_of_the_table(gap_grid):
    (ax,) = picture_of(gap, gap_grid, theta=0.5, noise=0.25).axes
    assert ax.get_ylim() == (0, 2)
    assert ax.get_xlim() == (-1, 1)


def test_a_curve_lies_where_the_scene_says(gap_grid):
    (ax,) = picture_of(gap, gap_grid, theta=0.5, noise=0.25).axes
    scene = gap(0.5, 0.25).panels[0].marks[1]
    line = max(
        (a for a in ax.lines if a.get_color() == ROLES["w1"].light),
        key=lambda a: len(a.get_xdata()),
    )
    places, heights = line.get_xdata() * 2 - 1, line.get_ydata() * 2
    assert np.allclose(np.abs(places), heights, atol=4 / LEVELS)
    finite = np.isfinite(scene.x)
    assert len(places) == finite.sum()


def test_an_infinite_line_lies_in_the_lane_above_the_panel(gap_grid):
    (ax,) = picture_of(gap, gap_grid, theta=0.5, noise=0.0).axes
    kl = [a for a in ax.lines if a.get_color() == ROLES["kl"].light]
    assert max(a.get_ydata().max() for a in kl if len(a.get_ydata())) > 1.05
    assert "∞" in [t.get_text() for t in ax.texts]


def test_the_legend_carries_the_numbers_with_their_units(gap_grid):
    figure = picture_of(gap, gap_grid, theta=0.5, noise=0.25)
    texts = [t.get_text() for t in figure.legends[0].get_texts()]
    assert texts == ["KL  1.000 nats", "W₁  0.500"]


def test_all_kinds_of_marks_are_drawn_on_their_panels():
    figure = picture_of(everything, Grid(choices()), k=2, method="GAN")
    left, *_, right = figure.axes
    assert len(left.images) == 1
    assert len(left.texts) == 2
    assert len(right.patches) >= 2
    # a number that no mark is named like stands below the picture
    assert "method  GAN" in figure.get_supxlabel()


def test_a_decoded_picture_has_its_first_row_at_the_top():
    figure = picture_of(pad, Grid(two_axes()), z1=0.0, z2=0.0)
    (art,) = figure.axes[1].images
    assert np.allclose(art.get_array(), INK, atol=0.002)
    assert art.origin == "upper"
    assert art.get_extent() == [0, 2, 0, 3]
    assert art.norm(1.0) == 1.0
    assert art.cmap(1.0)[:3] == (0, 0, 0)
    labels = [t.get_text() for t in figure.legends[0].get_texts()]
    assert labels == ["codes", "decoded"]
