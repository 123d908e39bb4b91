"""Marks say at once what is wrong with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.live import (
    Area,
    Arrows,
    Bars,
    Decoded,
    Image,
    Label,
    Line,
    Points,
    Rule,
)
from lib.live.marks import is_names
from tests.live.scenes import DECODER


def test_a_line_keeps_its_numbers():
    line = Line([0, 1, 2], range(3), "p", "truth")
    assert line.kind == "line"
    assert line.y.tolist() == [0.0, 1.0, 2.0]
    assert line.y.dtype == float


def test_an_array_of_floats_is_not_copied():
    x = np.linspace(0, 1, 5)
    assert Line(x, x, "p").x is x


def test_one_value_stands_for_all():
    assert len(Area([0, 1, 2], [1, 2, 3], "q").base) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: Line([0, 1, 2], [0, 1], "p", "truth"),
        lambda: Area([0, 1], [0, 1], "p", "truth", base=[0, 0, 0]),
        lambda: Arrows([0, 1], [0, 1], [1, 2], [1, 2, 3], "p", "truth"),
    ],
)
def test_channels_of_different_lengths_are_refused(make):
    with pytest.raises(ValueError, match="'truth': its channels differ in"):
        make()


def test_an_unknown_role_is_refused():
    with pytest.raises(ValueError, match=r"role must be one of .*'green'"):
        Points([0], [0], "green")


@pytest.mark.parametrize("y", [[1j], ["a", "b"], [[1, 2]], [None]])
def test_what_is_not_a_row_of_real_numbers_is_refused(y):
    with pytest.raises(ValueError, match="y must be real numbers of shape"):
        Line([0, 1], y, "p")


def test_bars_stand_on_names_or_numbers():
    assert is_names(Bars(["a", "b"], [1, 2], "p").x)
    assert not is_names(Bars([1, 2], [1, 2], "p").x)
    assert not is_names([])


def test_a_rule_needs_only_one_place():
    rule = Rule(x=0.5)
    assert rule.x.tolist() == [0.5]
    assert np.isnan(rule.y).all()


def test_a_label_is_one_text_or_many():
    assert Label(0, 0, "here").text == ["here"]
    assert Label([0, 1], [0, 1], ["a", "b"]).text == ["a", "b"]
    with pytest.raises(ValueError, match="2 texts for 1 places"):
        Label(0, 0, ["a", "b"])


def test_an_image_is_a_table_of_numbers():
    assert Image([[0, 1], [2, 3]]).z.shape == (2, 2)
    with pytest.raises(ValueError, match="z must have shape"):
        Image([0, 1])
    with pytest.raises(ValueError, match="map must be one of"):
        Image([[0]], map="jet")
    with pytest.raises(ValueError, match="zlim must be finite and rise"):
        Image([[0]], zlim=(1, 1))


@given(st.integers(2, 6), st.integers(2, 6))
def test_lengths_agree_or_are_one(n, m):
    if n == m:
        assert len(Line(range(n), range(m), "p").y) == n
    else:
        with pytest.raises(ValueError, match="differ in length"):
            Line(range(n), range(m), "p")


def test_a_decoded_picture_keeps_its_code():
    mark = Decoded(DECODER, (0.5, -4))
    assert mark.z.tolist() == [0.5, -4.0]
    assert (mark.kind, mark.role) == ("decoded", "q")


@pytest.mark.parametrize(
    ("z", "message"),
    [
        (0, "z must be 2 finite numbers"),
        ((0, 1, 2), "'digit': z must be 2 finite numbers"),
        ((0, np.nan), "z must be 2 finite numbers"),
        ((0, 4.5), r"reach of \+-4: make the decoder with reach=4.5"),
        (("a", "b"), "z must be real numbers"),
    ],
)
def test_a_code_that_cannot_be_decoded_is_refused(z, message):
    with pytest.raises(ValueError, match=message):
        Decoded(DECODER, z, "q", "digit")


def test_only_a_decoder_decodes():
    with pytest.raises(TypeError, match="decoder must be a Decoder"):
        Decoded(lambda z: z, (0, 0))
