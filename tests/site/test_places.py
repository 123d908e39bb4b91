"""The room that live figures will take, and the picture without a script."""

import pytest

from lib.live import Piles
from lib.site.places import (
    figure_height,
    gutter,
    panel_height,
    piles_height,
    room,
)

AXES = {"x": [0.0, 2.0, False], "y": [0.0, 1.0, False]}
PANEL = {"axes": AXES, "equal": False, "lane": False, "marks": []}
ONE = {"panels": [PANEL], "numbers": [["KL", "nats"]]}


def test_a_panel_is_never_taller_than_its_limit():
    heights = [panel_height(PANEL, width) for width in (200, 400, 640, 2000)]
    assert heights == sorted(heights)
    assert heights[0] == 170 + 62
    assert heights[-1] == 280 + 62


def test_equal_axes_set_the_height():
    tall = PANEL | {"equal": True, "axes": AXES | {"y": [0.0, 2.0, False]}}
    wide = PANEL | {"equal": True}
    assert panel_height(tall, 300) == pytest.approx(250 + 62)
    assert panel_height(wide, 300) == pytest.approx(125 + 62)


def test_the_lane_of_infinity_takes_room():
    lane = PANEL | {"lane": True}
    assert panel_height(lane, 400) == panel_height(PANEL, 400) + 20


def test_panels_stand_side_by_side_where_there_is_room():
    two = ONE | {"panels": [PANEL, PANEL]}
    assert figure_height(two, 688) < figure_height(two, 358)
    assert figure_height(two, 358) > 1.8 * panel_height(PANEL, 358)


def test_a_long_legend_takes_lines():
    marks = [{"label": f"mark {i}"} for i in range(9)] + [{"label": ""}]
    many = {"panels": [PANEL | {"marks": marks}], "numbers": []}
    assert figure_height(many, 688) > figure_height(ONE, 688)


def test_a_number_named_like_a_mark_stands_in_its_line_of_the_legend():
    marks = [{"label": f"mark {i}"} for i in range(9)]
    plain = {"panels": [PANEL | {"marks": marks}], "numbers": []}
    joined = plain | {"numbers": [[m["label"], "nats"] for m in marks]}
    assert figure_height(joined, 688) == figure_height(plain, 688)


def test_rows_and_figure_add_up():
    state = {
        "figure": {"model_name": "AnyModel", "state": {"spec": ONE}},
        "a": {"model_name": "FloatSliderModel", "state": {}},
        "b": {"model_name": "HBoxModel", "state": {"children": ["x", "y"]}},
        "box": {
            "model_name": "VBoxModel",
            "state": {
                "children": ["IPY_MODEL_a", "IPY_MODEL_b", "IPY_MODEL_figure"]
            },
        },
    }
    assert room(state, "box", 688) == 72 + figure_height(ONE, 688)
    assert room(state, "a model that is not stored", 688) == 36


@pytest.mark.parametrize(("width", "measured"), [(688, 284), (358, 516)])
def test_piles_moved_by_hand_have_a_place(width, measured):
    """As tall as Chromium draws the lecture's piles."""
    spec = Piles([3, 2, 1, 4], [1, 2, 4, 3]).spec
    state = {"piles": {"model_name": "AnyModel", "state": {"spec": spec}}}
    assert room(state, "piles", width) == piles_height(spec, width)
    assert abs(piles_height(spec, width) - measured) < 5


def test_the_view_has_a_place_and_a_picture_without_script(book):
    page = book.read("chapters/moving.html")
    start = page.index('<div class="live-place" style="--wide:36px;--narrow')
    end = page.index("</noscript>", start)
    place = page[start:end]
    assert "widget-view+json" in place
    still = place[place.index("<noscript>") :]
    assert 'alt="A handle."' in still
    name = still.partition("_images/")[2].partition('"')[0]
    assert (book.out / "_images" / name).is_file()
    assert 'width="200" height="100"' in still


def test_a_decoded_picture_is_smaller_below_its_pad_than_beside_it():
    picture = PANEL | {"picture": [28, 28]}
    assert panel_height(picture, 336) == 280 + 48
    assert panel_height(picture, 358, 224) == 224 + 48
    assert panel_height(picture, 200) == 150 + 48
    flat = PANEL | {"picture": [58, 298]}  # two rows of ten digits
    assert panel_height(flat, 640) == pytest.approx(590 * 58 / 298 + 48)
    two = {"panels": [PANEL, picture], "numbers": []}
    short = figure_height(two, 358) - panel_height(PANEL, 358)
    assert short < figure_height(two, 688) < 400


@pytest.mark.parametrize(
    ("axis", "longest"),
    [
        ([-4.0, 4.0, False], "-4"),
        ([0.0, 1.0, False], "0.0"),
        ([-10.0, 10.0, False], "-10"),
        ([0.0, 0.03, False], "0.00"),
        ([1e-3, 1e3, True], "10³"),
    ],
)
def test_the_longest_text_of_a_tick_sets_the_gutter(axis, longest):
    assert gutter({"axes": {"y": axis}}) == 14 + 7 * len(longest)
    assert gutter({"axes": {"y": axis}, "picture": [28, 28]}) == 0
