"""Packing loses nothing, and says what it weighs."""

import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.live.pack import Stream, reduce, split, zigzag


def undo(packed, place, at):
    """What the browser does, written plainly: one channel at one state."""
    raw = zlib.decompress(packed)
    n = int.from_bytes(raw[:4], "little")
    high, low = raw[4 : 4 + n], raw[4 + n : 4 + 2 * n]
    z = np.array([h << 8 | b for h, b in zip(high, low, strict=True)])
    d = (z >> 1) ^ -(z & 1)
    offset, size, order, step, samples, strides = place
    d = d[offset : offset + size].reshape(-1, samples if step == 1 else step)
    for _ in range(order):
        d = np.cumsum(d, axis=1)
    flat = d.astype(np.int16).ravel()
    start = sum(s * i for s, i in zip(strides, at, strict=True))
    return flat[start : start + samples * step : step]


SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 4))
CODES = SHAPES.flatmap(
    lambda shape: st.tuples(
        st.just(shape),
        st.integers(1, 5).flatmap(
            lambda n: arrays(np.int16, (shape[0] * shape[1], n))
        ),
    )
)


@given(CODES)
def test_every_state_comes_back(case):
    shape, codes = case
    stream = Stream(shape)
    place = stream.add(codes, "line")
    packed = stream.packed()
    for state, at in enumerate(np.ndindex(shape)):
        assert (undo(packed, place, at) == codes[state]).all()


def test_what_does_not_change_is_stored_once():
    stream = Stream((3, 4))
    row = np.arange(5, dtype=np.int16)
    place = stream.add(np.tile(row, (12, 1)), "line")
    assert place[1] == 5
    assert place[5] == [0, 0]
    assert stream.add(row[None], "other") is place


def test_a_channel_that_follows_one_control_has_rows_for_that_one():
    codes = np.repeat(np.arange(3, dtype=np.int16), 4)[:, None]
    strides, rows = reduce(codes, (3, 4))
    assert strides == [1, 0]
    assert rows.ravel().tolist() == [0, 1, 2]


def test_words_are_stored_beside_the_codes():
    stream = Stream((2,))
    stream.add_words("number KL", ["∞", "0"], "KL")
    tail = zlib.decompress(stream.packed())[4:]
    assert json.loads(tail) == {"number KL": [[1], ["∞", "0"]]}


def test_lists_of_words_may_differ_in_length():
    stream = Stream((2,))
    stream.add_words("text 0", [["a"], ["a", "b"]], "tree")
    assert stream.words["text 0"] == [[1], [["a"], ["a", "b"]]]


def test_each_owner_has_its_weight():
    stream = Stream((2,))
    noise = np.random.default_rng(0).integers(-999, 999, (2, 500))
    stream.add(noise.astype(np.int16), "noise")
    stream.add(np.zeros((2, 500), np.int16), "flat")
    assert stream.weights["noise"] > 1000 > stream.weights["flat"]


@given(arrays(np.int16, (3, 4)))
def test_zigzag_of_nothing_differenced_is_small_for_small_codes(codes):
    small = zigzag(codes // 1024, 0)
    assert small.max() <= 64
    assert len(split(small)) == 24


def test_smooth_curves_weigh_less_than_half_of_plain_codes():
    x = np.linspace(0, 6, 300)
    curves = np.sin(x + np.arange(20)[:, None] / 5) * 1000
    stream = Stream((20,))
    stream.add(np.round(curves).astype(np.int16), "sine")
    plain = len(zlib.compress(np.round(curves).astype("<i2").tobytes(), 9))
    assert len(stream.packed()) < plain / 2


def test_a_stream_without_channels_is_empty():
    assert zlib.decompress(Stream((1,)).packed()) == b"\0\0\0\0{}"


def test_shapes_are_those_of_the_grid():
    with pytest.raises(ValueError, match="reshape"):
        reduce(np.zeros((5, 1), np.int16), (2, 3))
