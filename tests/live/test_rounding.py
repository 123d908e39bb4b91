"""Few bytes, and no pixel off by half a grey level."""

import itertools

import numpy as np
import pytest

from lib.live import rounding
from lib.live.layers import Layer, forward
from lib.live.rounding import FINEST, Judge, Stored, shrink

HALF = 0.5 / 255  # a grey level


def random_network(*widths, size=1.0, hidden="silu", seed=0):
    """Weights and biases uniform on +-size / sqrt(fan_in), as torch's."""
    rng = np.random.default_rng(seed)
    layers = []
    for fan_in, out in itertools.pairwise(widths):
        bound = size / np.sqrt(fan_in)
        weight = rng.uniform(-bound, bound, (out, fan_in))
        layers.append(Layer(weight, rng.uniform(-bound, bound, out), hidden))
    layers[-1] = layers[-1]._replace(activation="sigmoid")
    return layers


def test_integers_stand_for_the_numbers_of_a_layer():
    codes = np.array([[1, -2, 3], [4, 5, -6]], np.int32)
    layer = Stored(codes, 0.5, np.array([0, 2]), "relu").layer
    assert layer.weight.tolist() == [[0.5, -1], [8, 10]]
    assert layer.bias.tolist() == [1.5, -12]
    assert layer.activation == "relu"


def test_the_judge_tells_the_largest_and_the_mean_error():
    layer = Layer(np.eye(2), np.zeros(2), "identity")
    judge = Judge(np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((2, 2)))
    assert judge.error([layer]) == 3
    assert judge.mean_error([layer]) == pytest.approx(np.sqrt(14 / 4))


@pytest.mark.parametrize(
    ("widths", "size", "hidden"),
    [
        ((2, 100, 196), 1, "silu"),
        ((2, 100, 196), 4, "silu"),
        ((2, 60, 60, 100), 3, "tanh"),
        ((1, 80, 100), 2, "relu"),
        ((5, 80, 100), 1, "silu"),
        ((3, 100), 1, "silu"),
    ],
)
def test_no_pixel_is_off_by_half_a_level(widths, size, hidden):
    exact = random_network(*widths, size=size, hidden=hidden)
    found = [stored.layer for stored in shrink(exact, reach=4)]
    fresh = np.random.default_rng(9).uniform(-4, 4, (4000, widths[0]))
    corners = np.clip(100 * fresh[:64], -4, 4)
    for z in (fresh, corners):
        off = abs(forward(found, z) - forward(exact, z)).max()
        assert 0 < off < HALF


def test_a_large_layer_behind_a_small_code_becomes_two_thin_ones():
    exact = random_network(2, 200, 400)
    sizes = [stored.codes.shape for stored in shrink(exact, reach=4)]
    assert [sizes[0], sizes[-1][0]] == [(200, 3), 400]
    assert sizes[1][0] + 1 == sizes[2][1] < 60
    assert sum(a * b for a, b in sizes) < 0.4 * 200 * 400


def test_a_layer_that_cannot_be_thin_stays_whole(monkeypatch):
    monkeypatch.setattr(rounding, "THIN", 1e-9)
    exact = random_network(2, 100, 100, hidden="relu")
    found = shrink(exact, reach=4)
    assert [stored.codes.shape for stored in found] == [(100, 3), (100, 101)]


def test_a_larger_reach_costs_more():
    exact = random_network(2, 100, 196)
    size = [sum(s.codes.size for s in shrink(exact, r)) for r in (1, 8)]
    assert size[0] < size[1]


def test_steps_are_no_finer_than_the_picture_needs():
    exact = random_network(2, 100, 196)
    for stored in shrink(exact, reach=4):
        assert stored.step > 16 * FINEST * abs(stored.layer.weight).max()
        assert stored.codes.dtype == np.int32
