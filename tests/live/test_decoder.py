"""A decoder is the network that it was made of, and says what it is not."""

import functools

import numpy as np
import pytest
import torch
from torch import nn

from lib.live import decoder as module
from lib.live.decoder import MAX_DIM, Decoder, packed
from lib.live.layers import forward
from lib.networks import mlp

HALF = 0.5 / 255  # a grey level
TINY = [
    ([[1.0, 0.0], [0.0, 2.0], [-1.0, 0.0]], [0.0, 1.0, 0.0]),
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [0.5, -1.0]),
]
GRID = np.stack(np.meshgrid(*[np.linspace(-4, 4, 9)] * 2), -1).reshape(-1, 2)


@functools.cache
def network(size=1.0):
    """2-400-784 as torch draws it, or as training makes it: larger."""
    net = mlp(2, 400, 784, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(size)
        net[-1].bias.sub_(size**2)  # paper is white
    return net


@functools.cache
def decoder(size=1.0):
    return Decoder.of(network(size))


def judged(net, z):
    """What torch makes of codes, as pictures."""
    with torch.no_grad():
        logits = net.double()(torch.tensor(z, dtype=torch.float64))
        return torch.sigmoid(logits).numpy().reshape(-1, 28, 28)


def tiny(**options):
    return Decoder(TINY, "relu", "identity", **{"shape": (2, 1)} | options)


def test_a_tiny_network_does_what_one_computes_by_hand():
    # relu(1), relu(2 * 2 + 1), relu(-1) = 1, 5, 0; then 1 + .5 and 5 - 1
    assert np.allclose(tiny()([1, 2]), [[1.5], [4]], atol=0.01)


def test_row_zero_is_the_first_pixels():
    made = Decoder(
        [(np.zeros((6, 1)), np.arange(6) / 10)], [], "identity", (2, 3)
    )
    picture = made([0.0])
    assert np.allclose(picture, [[0, 0.1, 0.2], [0.3, 0.4, 0.5]], atol=HALF)


@pytest.mark.parametrize("size", [1.0, 2.5])
def test_no_pixel_is_off_by_half_a_level_from_torch(size):
    off = abs(decoder(size)(GRID) - judged(network(size), GRID))
    assert off.max() < HALF


@pytest.mark.parametrize(("size", "most"), [(1.0, 60_000), (2.5, 170_000)])
def test_a_decoder_is_light(size, most):
    _, data = packed([decoder(size)])
    assert len(data) < most


def upside_down(one, two):
    return [one, tuple(np.flipud(part) for part in two)]


def without_first_bias(one, two):
    return [(one[0], 0 * one[1]), two]


def without_last_bias(one, two):
    return [one, (two[0], 0 * two[1])]


def with_axes_swapped(one, two):
    return [(one[0][:, ::-1], one[1]), two]


def as_it_is(one, two):
    return [one, two]


@pytest.mark.parametrize(
    ("spoil", "options"),
    [
        (upside_down, {}),
        (without_first_bias, {}),
        (without_last_bias, {}),
        (with_axes_swapped, {}),
        (as_it_is, {"activation": "relu"}),
        (as_it_is, {"activation": "tanh"}),
        (as_it_is, {"output": "identity"}),
    ],
)
def test_a_wrong_network_is_told_from_the_right_one(spoil, options):
    right = [(layer.weight, layer.bias) for layer in decoder().exact]
    wrong = forward(Decoder(spoil(*right), **options).exact, GRID)
    wanted = judged(network(), GRID).reshape(len(GRID), -1)
    assert abs(wrong - wanted).max() > 10 * HALF


def test_codes_come_alone_or_in_any_number():
    made = tiny()
    assert made([1, 2]).shape == (2, 1)
    assert made(np.zeros((4, 3, 2))).shape == (4, 3, 2, 1)
    with pytest.raises(ValueError, match=r"z must have shape \(\.\.\., 2\)"):
        made([1, 2, 3])


def test_torch_layers_keep_their_order():
    net = nn.Sequential(
        nn.Linear(2, 3),
        nn.Linear(3, 3, bias=False),
        nn.Tanh(),
        nn.Linear(3, 3),
        nn.ReLU(),
        nn.Linear(3, 4),
        nn.Identity(),
    )
    made = Decoder.of(net, output="identity", shape=(2, 2), reach=2)
    names = [layer.activation for layer in made.exact]
    assert names == ["identity", "tanh", "relu", "identity"]
    assert made.exact[1].bias.tolist() == [0, 0, 0]
    with torch.no_grad():
        wanted = net(torch.tensor([[1.0, -1.0]])).numpy()
    assert np.allclose(made([1, -1]).ravel(), wanted, atol=2 * HALF)


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        ([nn.Linear(2, 4), nn.Dropout(), nn.Linear(4, 4)], "Dropout"),
        ([nn.Conv2d(1, 1, 1)], "Conv2d"),
        ([nn.SiLU(), nn.Linear(2, 4)], "SiLU"),
        ([nn.Linear(2, 4), nn.SiLU(), nn.Tanh(), nn.Linear(4, 4)], "Tanh"),
        ([nn.Linear(2, 4), nn.SiLU()], "SiLU"),
        ([nn.Linear(2, 4), nn.Sigmoid()], "Sigmoid"),
    ],
)
def test_a_layer_that_is_not_known_is_named(layers, name):
    with pytest.raises(TypeError, match=rf"network: .*{name}\("):
        Decoder.of(nn.Sequential(*layers), shape=(2, 2))


@pytest.mark.parametrize(
    ("layers", "options", "message"),
    [
        ([], {}, "layers must not be empty"),
        ([([1.0], [1.0])], {}, "layer 0: weight must have shape"),
        ([([[1.0]], [1.0, 2.0])], {}, "layer 0: weight must have shape"),
        ([([[np.nan]], [1.0])], {}, "layer 0: .* must be finite"),
        ([TINY[0]] * 2, {}, "layer 1: weight takes 2 .*layer 0 gives 3"),
        (TINY, {"shape": (2, 2)}, r"shape must be .* 2 pixels, got \(2, 2\)"),
        (TINY, {"shape": (2,)}, "shape must be"),
        (TINY, {"output": "softmax"}, "output must be one of .*'softmax'"),
        (TINY, {"activation": "gelu"}, "activation must be of .*'gelu'"),
        (TINY, {"activation": ["relu"] * 2}, "activation must be one name"),
        (TINY, {"reach": 0}, "reach must be finite and > 0, got 0"),
        ([(np.ones((2, MAX_DIM + 1)), [0, 0])], {}, "codes of 33 numbers"),
    ],
)
def test_wrong_arguments_are_named(layers, options, message):
    with pytest.raises(ValueError, match=message):
        Decoder(layers, **{"activation": "relu", "shape": (2, 1)} | options)


def test_decoders_that_are_too_heavy_are_refused_by_name(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 30_000)
    with pytest.raises(
        ValueError, match=r"more than 30 KB: .*Decoder 2-400-784: \d+ KB"
    ):
        packed([decoder()])
    assert packed([]) == ([], b"")
