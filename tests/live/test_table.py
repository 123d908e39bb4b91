"""A scene on the grid of its controls."""

import ipywidgets as widgets
import numpy as np
import pytest

from lib.live import Bars, Image, Line, Panel, Points, Rule, Scene
from lib.live.grid import Grid
from lib.live.table import MAX_BYTES, axes_of, tabulate
from tests.live.scenes import choices, controls, everything, gap

TWO = Grid({"k": widgets.IntSlider(0, min=0, max=1)})


def scene_of(make):
    return lambda k: Scene(Panel(*make(k)))


def test_a_number_is_text_made_by_python():
    words = tabulate(gap, Grid(controls())).spec["numbers"]
    assert words == [["KL", "nats"], ["W₁", ""]]


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


def test_a_panel_with_an_infinite_value_has_a_lane():
    grid = Grid(controls())
    assert tabulate(gap, grid).spec["panels"][0]["lane"]
    finite = scene_of(lambda k: [Line([0, 1], [0, k], "p")])
    assert not tabulate(finite, TWO).spec["panels"][0]["lane"]


def test_every_kind_of_mark_is_tabulated():
    spec = tabulate(everything, Grid(choices())).spec
    kinds = [m["kind"] for p in spec["panels"] for m in p["marks"]]
    assert sorted(kinds) == [
        "area",
        "arrows",
        "bars",
        "image",
        "label",
        "points",
        "rule",
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda k: [Line([0], [0], "p") if k else Points([0], [0], "p")],
            "kinds, roles and labels of marks must not change",
        ),
        (
            lambda k: [Line([0], [0], "pq"[k])],
            "kinds, roles and labels of marks must not change",
        ),
        (
            lambda k: [Line([0], [0], "p", f"at {k}")],
            "kinds, roles and labels of marks must not change",
        ),
        (lambda k: [Line([0], [0], "p")] * (1 + k), "panels must not change"),
        (
            lambda k: [Points([0], [0], "p", size=1 + k)],
            "sizes, widths, maps and limits of marks must not change",
        ),
    ],
)
def test_marks_that_change_over_the_grid_are_refused(make, message):
    with pytest.raises(ValueError, match=message + r".* at \{'k': 1\}"):
        tabulate(scene_of(make), TWO)


def test_numbers_that_change_their_name_or_unit_are_refused():
    with pytest.raises(ValueError, match="numbers and their units"):
        tabulate(lambda k: Scene(numbers={f"n{k}": 0}), TWO)
    with pytest.raises(ValueError, match="numbers and their units"):
        tabulate(lambda k: Scene(numbers={"n": (0, f"u{k}")}), TWO)


def test_a_scene_that_returns_something_else_is_refused():
    with pytest.raises(TypeError, match="must return a Scene, got 3"):
        tabulate(lambda k: 3, TWO)


def test_bars_of_one_panel_stand_on_the_same_names():
    def bars(k):
        return [Bars(["a", "b"], [1, 2], "p"), Bars(["b", "a"], [1, 2], "q")]

    with pytest.raises(ValueError, match="the same names"):
        tabulate(scene_of(bars), TWO)


def test_an_image_needs_limits_and_keeps_its_shape():
    with pytest.raises(ValueError, match="a panel with an Image needs xlim"):
        tabulate(scene_of(lambda k: [Image([[0, 1]])]), TWO)

    def grows(k):
        box = {"xlim": (0, 1), "ylim": (0, 1)}
        return Scene(Panel(Image(np.eye(2 + k)), **box))

    with pytest.raises(ValueError, match="keep its shape"):
        tabulate(grows, TWO)


def test_heavy_data_are_refused_with_the_weight_of_each_mark():
    rng = np.random.default_rng(0)
    many = Grid({"k": widgets.IntSlider(0, min=0, max=99)})

    def noise(k):
        x = np.arange(2000)
        return Scene(
            Panel(
                Line(x, rng.random(2000), "q", "noise"),
                Line(x, x, "p", "steady"),
                ylim=(0, 1),
            )
        )

    limit = f"more than {MAX_BYTES // 1000} KB"
    with pytest.raises(
        ValueError, match=rf"{limit}.*line 'noise' as q: \d+.*'steady' as p"
    ):
        tabulate(noise, many)


def test_marks_may_have_more_samples_at_one_state_than_at_another():
    def tree(k):
        return [Points(range(k + 1), range(k + 1), "p")]

    place = tabulate(scene_of(tree), TWO).spec["panels"][0]["marks"][0]
    assert place["channels"]["x"][4] == 2
