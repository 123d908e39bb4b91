"""Panels, scenes, and the places that show a jump."""

import numpy as np
import pytest

from lib.live import Decoded, Line, Panel, Scene, jump
from tests.live.scenes import DECODER

LINE = Line([1, 2], [1, 2], "p")


def test_a_panel_keeps_its_marks_and_options():
    panel = Panel(LINE, x="θ", ylim=(0, 2), yscale="linear")
    assert panel.marks == [LINE]
    assert panel.ylim == (0.0, 2.0)
    assert panel.xlim is None


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"color": "red"}, TypeError, "Panel has no option 'color'"),
        ({"xscale": "logit"}, ValueError, "xscale must be one of"),
        ({"ylim": (1, 1)}, ValueError, "ylim must be finite and rise"),
        ({"ylim": (0, np.inf)}, ValueError, "ylim must be finite and rise"),
        ({"xlim": (0, 1), "xscale": "log"}, ValueError, "must be > 0"),
        ({"drag": "z1"}, ValueError, "drag must name two controls"),
        ({"drag": ("a", "a")}, ValueError, "drag must name two controls"),
        ({"drag": {}}, ValueError, "drag must give each control a place"),
        ({"drag": {"a": 1, "b": 1}}, ValueError, "a place of its own on x"),
        ({"drag": {"a": float("nan")}}, ValueError, "a place of its own"),
        ({"drag": {2: 1.0}}, ValueError, "a place of its own"),
        ({"drag": {"a": 1}, "xscale": "log"}, ValueError, "a linear x axis"),
        ({"drag": (0, 1)}, ValueError, r"drag must .* got \(0, 1\)"),
    ],
)
def test_a_wrong_option_is_refused_by_name(options, error, message):
    with pytest.raises(error, match=message):
        Panel(LINE, **options)


def test_panels_take_marks_and_scenes_take_panels():
    with pytest.raises(TypeError, match="Panel takes marks"):
        Panel([1, 2])
    with pytest.raises(TypeError, match="Scene takes panels"):
        Scene(LINE)


def test_a_jump_has_both_sides_and_the_point_itself():
    x = jump(np.linspace(-1, 1, 5), at=0)
    assert np.isnan(x).sum() == 2
    assert (np.diff(x[~np.isnan(x)]) > 0).all()
    middle = np.flatnonzero(x == 0)
    assert np.isnan(x[middle - 1]).all()
    assert np.isnan(x[middle + 1]).all()


def test_a_jump_between_samples_adds_its_point():
    assert 0.3 in jump([0.0, 0.25, 0.5], at=0.3)


@pytest.mark.parametrize("at", [-1, 0, 1, 2, np.nan])
def test_a_jump_outside_the_samples_is_refused(at):
    with pytest.raises(ValueError, match="at must lie inside"):
        jump([0.0, 0.5, 1.0], at=at)


def test_places_that_do_not_rise_are_refused():
    with pytest.raises(ValueError, match="x must be one-dimensional and rise"):
        jump([0.0, 0.0, 1.0], at=0.5)


def test_a_picture_has_its_panel_to_itself():
    picture = Decoded(DECODER, (0, 0))
    assert Panel(picture, y="decoded").marks == [picture]
    with pytest.raises(ValueError, match="holds no other mark"):
        Panel(picture, LINE)
    with pytest.raises(ValueError, match="has no drag"):
        Panel(picture, drag=("z1", "z2"))
