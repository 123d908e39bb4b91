"""A scene on the grid of its controls."""

import ipywidgets as widgets
import numpy as np
import pytest

from lib.live import (
    Bars,
    Decoded,
    Decoder,
    Image,
    Line,
    Panel,
    Points,
    Scene,
)
from lib.live.grid import Grid
from lib.live.table import MAX_BYTES, tabulate
from tests.live.scenes import (
    DECODER,
    INK,
    bent,
    choices,
    controls,
    everything,
    gap,
    pad,
    two_axes,
    two_handles,
)

TWO = Grid({"k": widgets.IntSlider(0, min=0, max=1)})


def scene_of(make):
    return lambda k: Scene(Panel(*make(k)))


def test_a_number_is_text_made_by_python():
    words = tabulate(gap, Grid(controls())).spec["numbers"]
    assert words == [["KL", "nats"], ["W₁", ""]]


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


def test_a_decoder_is_stored_once_and_told_by_its_place():
    other = Decoder([(np.ones((1, 2)), [0])], [], shape=(1, 1))

    def scene(k):
        marks = [Decoded(d, (k, 0)) for d in (other, DECODER, other)]
        return Scene(*map(Panel, marks))

    spec = tabulate(scene, TWO).spec
    assert [p["marks"][0]["decoder"] for p in spec["panels"]] == [0, 1, 0]
    assert len(spec["decoders"]) == 2
    assert [p["picture"] for p in spec["panels"]] == [[1, 1], [3, 2], [1, 1]]


def test_a_decoder_must_not_be_made_anew_at_each_state():
    def scene(k):
        fresh = Decoder([(np.ones((6, 1)), INK.ravel())], [], shape=(3, 2))
        return Scene(Panel(Decoded(fresh, (k,))))

    with pytest.raises(ValueError, match=r"decoders .*once.* must not change"):
        tabulate(scene, TWO)


def test_a_pad_is_told_by_the_places_of_its_controls():
    first, second = tabulate(pad, Grid(two_axes())).spec["panels"]
    assert (first["drag"], second["drag"]) == ([0, 1], [])
    assert first["picture"] is None


def test_handles_are_told_by_their_places():
    (panel,) = tabulate(bent, Grid(two_handles())).spec["panels"]
    assert (panel["drag"], panel["handles"]) == ([0, 1], [2.0, 3.0])


def test_nothing_is_decoded_to_tabulate(monkeypatch):
    monkeypatch.setattr(Decoder, "__call__", None)
    assert len(tabulate(pad, Grid(two_axes())).decoders) > 20


def test_a_pad_that_changes_is_refused():
    def scene(k):
        line, names = Line([0, 1], [0, 1], "p"), (("k", "a"), ("a", "k"))[k]
        return Scene(Panel(line, drag=names))

    with pytest.raises(ValueError, match="panels must not change"):
        tabulate(scene, TWO)
