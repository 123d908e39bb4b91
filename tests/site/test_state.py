"""What is kept of a page's stored widgets."""

import json
import re

import pytest

from lib.site.state import references, slim_model, slim_state


def widget(name, **state):
    return {"model_name": name, "state": state}


def model(name):
    return f"IPY_MODEL_{name}"


STATE = {
    "layout": widget("LayoutModel", width="3px"),
    "theta": widget(
        "FloatSliderModel",
        value=0.5,
        description="θ",
        disabled=False,
        readout_format=".2f",
        tooltip=None,
        layout=model("layout"),
        style=model("style"),
        _model_module="@jupyter-widgets/controls",
        _view_name="FloatSliderView",
    ),
    "style": widget("SliderStyleModel"),
    "choice": widget(
        "DropdownModel", index=0, _options_labels=["a", "b"], icons=[]
    ),
    "figure": {
        **widget(
            "AnyModel",
            _anywidget_id="lib.live.figure.Canvas",
            _esm="export default {}",
            _css=".a {}",
            controls=[model("theta"), model("choice")],
            spec={"name": "a"},
        ),
        "buffers": [{"data": "AA==", "path": ["data"], "encoding": "base64"}],
    },
    "box": widget("VBoxModel", children=[model("theta"), model("figure")]),
    "play": widget("PlayModel", value=0),
    "link": widget(
        "LinkModel",
        source=[model("play"), "value"],
        target=[model("theta"), "value"],
    ),
    "other": widget("IntSliderModel", value=1, layout=model("layout")),
    "link of others": widget(
        "DirectionalLinkModel",
        source=[model("other"), "value"],
        target=[model("other"), "max"],
    ),
}


def test_what_a_view_shows_or_is_tied_to_is_kept():
    kept = slim_state(STATE, ["box"])
    assert set(kept) == {"box", "theta", "choice", "figure", "play", "link"}


def test_what_nothing_shows_is_dropped():
    assert set(slim_state(STATE, ["choice"])) == {"choice"}
    assert slim_state(STATE, []) == {}
    assert slim_state(STATE, ["a view of another page"]) == {}


def test_layout_and_style_and_absent_values_are_dropped():
    assert slim_model(STATE["theta"])["state"] == {
        "value": 0.5,
        "description": "θ",
        "disabled": False,
        "readout_format": ".2f",
    }


def test_options_of_a_choice_are_kept():
    state = slim_model(STATE["choice"])["state"]
    assert state == {"index": 0, "_options_labels": ["a", "b"]}


def test_our_figures_leave_their_module_to_the_site():
    slim = slim_model(STATE["figure"])
    assert "_esm" not in slim["state"]
    assert "_css" not in slim["state"]
    assert slim["state"]["_anywidget_id"] == "lib.live.figure.Canvas"
    assert slim["buffers"] == STATE["figure"]["buffers"]


def test_figures_of_others_keep_their_module():
    other = widget("AnyModel", _anywidget_id="toy.A", _esm="x", _css="y")
    assert slim_model(other)["state"] == other["state"]


def test_slimming_leaves_the_notebooks_state_alone():
    before = json.dumps(STATE)
    slim_state(STATE, ["box"])
    assert json.dumps(STATE) == before


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("IPY_MODEL_a", ["a"]),
        ("see IPY_MODEL_a", []),
        ("", []),
        (3.5, []),
        (["IPY_MODEL_a", {"x": "IPY_MODEL_b", "y": None}], ["a", "b"]),
    ],
)
def test_references_are_found_at_any_depth(value, found):
    assert references(value) == found


def state_of(page):
    found = re.findall(
        r'<script type="application/vnd.jupyter.widget-state\+json">'
        r"(.*?)</script>",
        page,
    )
    return [json.loads(text)["state"] for text in found]


def test_a_page_holds_the_widget_that_it_shows_and_no_other(book):
    (state,) = state_of(book.read("chapters/moving.html"))
    (slider,) = state.values()
    assert slider["model_name"] == "IntSliderModel"
    assert slider["state"]["description"] == "n"


def test_a_page_without_widgets_has_neither_state_nor_script(book):
    page = book.read("chapters/index.html")
    assert state_of(page) == []
    assert "live.js" not in page
    assert "live.js" in book.read("chapters/moving.html")
