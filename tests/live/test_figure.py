"""The widget follows its controls, with no browser at all."""

import json

import ipywidgets as widgets
import numpy as np
import pytest

from lib.live import Scene, expectations, live
from lib.live.figure import (
    MODULES,
    Canvas,
    alt_text,
    joined,
    numbers_of,
    shown,
    with_slider,
)
from tests.live.scenes import (
    INK,
    choices,
    controls,
    everything,
    gap,
    pad,
    two_axes,
)


def test_values_and_numbers_follow_the_controls():
    moved = controls()
    figure = live(gap, **moved)
    assert figure.values == {"theta": 0.5, "noise": 0.0}
    assert figure.numbers == {"KL": np.inf, "W₁": 0.5}
    moved["theta"].value = -0.25
    moved["noise"].value = 0.25
    assert figure.numbers == {"KL": 0.25, "W₁": 0.25}


def test_a_choice_has_the_value_of_its_option():
    moved = choices()
    figure = live(everything, **moved)
    moved["method"].value = "WGAN"
    moved["k"].value = 3
    assert figure.values == {"k": 3, "method": "WGAN"}


def test_the_alt_text_is_the_first_paragraph_of_the_docstring():
    def scene(k):
        """A line
        that rises.

        Not this.
        """
        return Scene()

    assert alt_text(scene) == "A line that rises."
    figure = live(scene, k=widgets.Checkbox())
    assert figure.canvas.spec["alt"] == "A line that rises."


def test_a_scene_without_a_docstring_is_refused():
    with pytest.raises(ValueError, match="needs a docstring"):
        live(lambda k: Scene(), k=widgets.Checkbox())


def test_controls_are_shown_above_the_picture():
    figure = live(gap, **controls())
    assert figure.children[-1] is figure.canvas
    assert [c.description for c in figure.children[:-1]] == ["θ", "noise σ"]
    assert figure.canvas.spec["controls"] == ["θ", "noise σ"]


def test_order_survives_a_notebook_that_sorts_its_keys():
    figure = live(gap, **controls())
    stored = json.loads(json.dumps(figure.canvas.spec, sort_keys=True))
    assert stored["controls"] == ["θ", "noise σ"]
    assert [name for name, _ in stored["numbers"]] == ["KL", "W₁"]
    order = [c.description for c in figure.canvas.controls]
    assert order == stored["controls"]


def test_a_play_brings_a_slider_that_moves_with_it():
    play = choices()["k"]
    row = with_slider(play)
    assert [type(c) for c in row.children] == [widgets.Play, widgets.IntSlider]
    assert row.children[1].max == play.max
    assert row.children[1].description == "snapshot"


def test_a_picture_and_words_stand_where_no_widget_can():
    bundle = live(gap, **controls())._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert bundle["text/plain"].startswith("A gap that is infinite")
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_expectations_are_texts_at_ends_and_middles():
    figure = live(gap, **controls())
    expected = figure.expectations()
    json.dumps(expected)
    assert [s["at"] for s in expected["states"]] == [
        [0, 0],
        [4, 0],
        [6, 0],
        [6, 1],
        [6, 2],
        [8, 0],
    ]
    numbers = {tuple(s["at"]): s["numbers"] for s in expected["states"]}
    assert numbers[4, 0] == {"KL": "0", "W₁": "0"}
    assert numbers[6, 0] == {"KL": "∞", "W₁": "0.500"}
    assert expected["controls"][0]["kind"] == "FloatSlider"


def test_all_living_figures_have_expectations_in_order():
    before = len(expectations())
    one, two = live(gap, **controls()), live(everything, **choices())
    names = [e["name"] for e in expectations()[before:]]
    assert names == [one.scene.__name__, two.scene.__name__]


def test_the_front_end_is_one_module_without_imports():
    code = joined(*MODULES)
    assert "import" not in code.split("\n")[0]
    assert code.count("export ") == 1
    assert Canvas._esm is not None


def test_a_control_that_a_scene_does_not_know_is_refused():
    with pytest.raises(TypeError, match="unexpected keyword"):
        live(gap, **controls(), colour=widgets.Checkbox())


def test_the_decoded_pictures_are_expected_in_levels_of_ink():
    figure = live(pad, **two_axes(z1=1.0))
    states = {tuple(s["at"]): s for s in figure.expectations()["states"]}
    (picture,) = states[30, 4]["decoded"]
    wanted = np.add(INK, [[0.1, 0], [0, 0], [0, 0.05]])
    assert np.allclose(picture, 255 * wanted, atol=0.5)
    assert figure.canvas.decoders == figure.table.decoders
    assert live(gap, **controls()).expectations()["states"][0]["decoded"] == []


def test_ink_beyond_black_is_expected_as_black():
    scene = pad(2.0, -1.0)
    scene.panels[1].marks[0].decoder = lambda z: np.array([[1.5, -0.5]])
    # the mark is checked when it is made; here only its picture counts
    assert shown(scene)["decoded"] == [[[255.0, 0.0]]]


def test_numbers_come_without_their_units():
    assert numbers_of(gap(0.5, 0.25)) == {"KL": 1.0, "W₁": 0.5}
