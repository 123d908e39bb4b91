"""The layers that keep signals at their size."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from lib.progressive import Equalized, MinibatchDeviation, PixelNorm
from tests.seeds import seeded


@pytest.mark.parametrize(
    ("layer", "fan_in", "shape"),
    [
        (nn.Linear(50, 20), 50, (4, 50)),
        (nn.Conv2d(6, 5, 3, padding=1), 54, (4, 6, 8, 8)),
    ],
)
def test_an_equalized_layer_is_the_layer_with_scaled_weights(
    layer, fan_in, shape
):
    net = Equalized(layer, gain=3.0, generator=seeded())
    x = torch.randn(shape, generator=seeded())
    with torch.no_grad():
        layer.bias.normal_(generator=seeded())
        found = net(x)
        layer.weight.mul_(3 / math.sqrt(fan_in))
        assert torch.allclose(found, layer(x), atol=1e-5)


def test_equalized_weights_are_standard_normal_and_biases_zero():
    layer = nn.Linear(300, 300)
    Equalized(layer, generator=seeded())
    assert abs(layer.weight.mean()) < 0.01
    assert abs(layer.weight.std() - 1) < 0.01
    assert not layer.bias.any()


def test_the_gain_keeps_the_mean_square_of_a_signal():
    rng = seeded()
    net = nn.Sequential()
    for _ in range(4):
        net.append(Equalized(nn.Linear(400, 400), generator=rng))
        net.append(nn.ReLU())
    x = torch.randn(200, 400, generator=rng)
    assert 0.7 < net(x).square().mean() < 1.4


def test_adam_moves_every_equalized_layer_by_the_same_share():
    moved = []
    for fan_in in (4, 400):
        layer = nn.Linear(fan_in, 30)
        net = Equalized(layer, generator=seeded())
        before = layer.weight.detach().clone()
        adam = torch.optim.Adam(net.parameters(), 0.01)
        x = torch.randn(10, fan_in, generator=seeded())
        net(x).square().mean().backward()
        adam.step()
        change = (layer.weight - before).square().mean().sqrt()
        moved.append((change / before.square().mean().sqrt()).item())
    assert moved == pytest.approx([0.01, 0.01], rel=0.1)


def test_pixel_norm_is_the_vector_divided_by_its_root_mean_square():
    x = torch.randn(5, 7, 2, 2, generator=seeded())
    expected = functional.normalize(x, dim=1) * math.sqrt(7)
    assert torch.allclose(PixelNorm()(x), expected, atol=1e-5)
    assert torch.allclose(PixelNorm()(100 * x), expected, atol=1e-5)
    assert not PixelNorm()(torch.zeros(2, 3)).any()


def test_deviation_by_hand():
    x = torch.tensor([[1.0, 5.0], [3.0, 5.0]]).view(2, 2, 1, 1)
    found = MinibatchDeviation(group=2)(x)
    # the first feature deviates by 1 from its mean 2, the second by 0
    assert found[:, :2].equal(x)
    assert found[:, 2].flatten().tolist() == pytest.approx([0.5, 0.5], 1e-3)


def test_deviation_is_that_of_torch_and_stays_within_a_group():
    x = torch.randn(8, 3, 2, 2, generator=seeded())
    found = MinibatchDeviation()(x)
    for group in (slice(0, 4), slice(4, 8)):
        spread = x[group].std(0, correction=0).mean()
        assert torch.allclose(found[group, 3], spread.expand(4, 2, 2))
    assert not torch.allclose(found[0, 3], found[4, 3])


def test_copies_have_no_deviation_and_a_finite_slope():
    x = torch.ones(4, 2, 2, 2, requires_grad=True)
    found = MinibatchDeviation()(x)
    assert found[:, 2].max() < 2e-4
    found.sum().backward()
    assert x.grad.isfinite().all()


def test_a_group_of_one_or_one_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="group must be 2 or more"):
        MinibatchDeviation(group=1)
    with pytest.raises(ValueError, match="group must divide the batch"):
        MinibatchDeviation()(torch.zeros(6, 1, 2, 2))
