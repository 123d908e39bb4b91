"""The limits of a panel."""

import numpy as np

from lib.live import Decoded, Image, Line, Panel, Rule
from lib.live.codes import Axis
from lib.live.limits import axes_of, picture_of
from tests.live.scenes import DECODER


def test_limits_hold_the_whole_grid():
    panels = [Panel(Line([0, 1], [0, k], "p")) for k in (1, 5)]
    axes = axes_of(panels)
    assert axes["x"][:2] == (0, 1)
    assert axes["y"].low == 0
    assert axes["y"].high >= 5


def test_the_limits_of_the_author_stand():
    panel = Panel(Line([0, 1], [0, 9], "p"), ylim=(0, 2), yscale="linear")
    assert axes_of([panel])["y"] == (0, 2, False)


def test_a_log_axis_leaves_out_what_is_not_positive():
    low, high, log = axes_of(
        [Panel(Line([0, 1, 2], [0, 1e-3, 10], "p"), yscale="log")]
    )["y"]
    assert log
    assert 1e-4 < low < 1e-3
    assert 10 < high < 100


def test_infinity_and_nan_do_not_stretch_the_axes():
    panel = Panel(Line([0, 1, 2, 3], [0, np.inf, np.nan, 1], "p"))
    assert axes_of([panel])["y"].high < 2


def test_an_empty_panel_has_axes():
    assert axes_of([Panel(Rule())])["x"][:2] == (0, 1)


def test_a_picture_has_a_unit_for_each_pixel():
    panel = Panel(Decoded(DECODER, (0, 0)))
    assert picture_of(panel) == (3, 2)
    assert picture_of(Panel(Rule())) is None
    assert [axes_of([panel])[name][:2] for name in "xy"] == [(0, 2), (0, 3)]


def test_a_grey_image_alone_is_a_picture_and_any_other_is_a_field():
    grey = Image(np.eye(2, 5), map="grey", zlim=(0, 1))
    assert picture_of(Panel(grey)) == (2, 5)
    assert axes_of([Panel(grey)]) == {"x": Axis(0, 5), "y": Axis(0, 2)}
    assert picture_of(Panel(grey, Rule(x=1))) is None
    assert picture_of(Panel(Image(np.eye(2)))) is None
