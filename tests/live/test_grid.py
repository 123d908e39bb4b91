"""Controls as grids of finitely many values."""

import ipywidgets as widgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.live.grid import MAX_STATES, Grid, grid, index_of, value_of


def slider(value=0.0, low=-1.0, high=1.0, step=0.05):
    return widgets.FloatSlider(value, min=low, max=high, step=step)


def test_steps_are_free_of_binary_dust():
    values = grid("theta", slider())
    assert len(values) == 41
    assert 0.15 in values
    assert values[20] == 0


def test_whole_numbers_stay_whole():
    values = grid("k", widgets.IntSlider(2, min=0, max=6, step=2))
    assert values == [0, 2, 4, 6]
    assert all(isinstance(v, int) for v in values)


@pytest.mark.parametrize(
    "kind",
    [
        widgets.Dropdown,
        widgets.RadioButtons,
        widgets.SelectionSlider,
        widgets.ToggleButtons,
    ],
)
def test_choices_keep_their_order(kind):
    control = kind(options=[("ten", 10), ("one", 1)], value=1)
    assert grid("n", control) == [10, 1]
    assert index_of(control) == 1
    assert value_of(control) == 1


def test_a_checkbox_is_off_then_on():
    control = widgets.Checkbox(True)
    assert grid("on", control) == [False, True]
    assert index_of(control) == 1


def test_a_play_has_its_steps():
    play = widgets.Play(value=20, min=0, max=59)
    assert len(grid("step", play)) == 60
    assert index_of(play) == 20


@pytest.mark.parametrize(
    "control",
    [widgets.FloatText(1.0), widgets.Text("a"), widgets.FloatLogSlider()],
)
def test_a_control_without_a_finite_grid_is_named(control):
    name = type(control).__name__
    with pytest.raises(TypeError, match=f"theta: a {name} has no finite"):
        grid("theta", control)


@pytest.mark.parametrize(
    ("control", "message"),
    [
        (slider(step=0.3), "theta: max 1.0 is not on its grid"),
        (slider(value=0.01), "theta: value 0.01 is not on its grid"),
        (slider(low=0, high=0), "theta: need min < max"),
        (widgets.Dropdown(options=[1, 2], value=None), "nothing is chosen"),
        (widgets.Dropdown(options=[]), "the Dropdown is empty"),
    ],
)
def test_a_control_off_its_grid_is_refused(control, message):
    with pytest.raises(ValueError, match=message):
        grid("theta", control)


def test_the_last_control_moves_fastest():
    states = list(Grid({"a": slider(step=1), "b": widgets.Checkbox()}))
    assert states[:3] == [
        {"a": -1.0, "b": False},
        {"a": -1.0, "b": True},
        {"a": 0.0, "b": False},
    ]


def test_a_state_is_found_by_its_index():
    found = Grid({"a": slider(), "b": widgets.Checkbox()}).at((30, 1))
    assert found == {"a": 0.5, "b": True}


def test_a_grid_of_too_many_states_is_refused():
    fine = {n: slider(step=0.01) for n in "ab"}
    with pytest.raises(ValueError, match=f"more than {MAX_STATES}"):
        Grid(fine)


def test_a_figure_without_controls_is_refused():
    with pytest.raises(ValueError, match="at least one control"):
        Grid({})


@given(st.integers(0, 40))
def test_index_and_value_agree(k):
    control = slider()
    control.value = grid("theta", control)[k]
    assert index_of(control) == k
    assert value_of(control) == grid("theta", control)[k]


def test_a_pad_moves_two_sliders_of_numbers():
    controls = {
        "kind": widgets.Dropdown(options=["a", "b"]),
        "x": widgets.FloatSlider(0, min=0, max=1, step=0.5),
        "k": widgets.IntSlider(0, min=0, max=3),
    }
    found = Grid(controls)
    assert found.dragged(("k", "x")) == [2, 1]
    assert found.dragged({"x": 1.0, "k": 2.0}) == [1, 2]
    assert found.dragged(None) == []
    with pytest.raises(ValueError, match="drag names 'y', the controls are"):
        found.dragged(("x", "y"))
    with pytest.raises(TypeError, match=r"drag: kind must be .* a Dropdown"):
        found.dragged(("kind", "x"))
