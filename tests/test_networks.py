"""Stacks of layers: their shapes, their draws, where they start."""

import math

import pytest
import torch
from torch import nn

from lib.networks import mlp, mlps, start_at_mean
from tests.seeds import seeded

# --- by hand -----------------------------------------------------------------


def test_an_mlp_has_an_activation_between_layers_and_none_at_its_end():
    net = mlp(3, 5, 4, 2)
    kinds = [nn.Linear, nn.SiLU, nn.Linear, nn.SiLU, nn.Linear]
    assert [type(layer) for layer in net] == kinds
    assert net(torch.zeros(7, 3)).shape == (7, 2)
    assert net(torch.zeros(6, 7, 3)).shape == (6, 7, 2)
    assert sum(p.numel() for p in net.parameters()) == 20 + 24 + 10


def test_two_widths_are_one_linear_layer():
    (layer,) = mlp(4, 2)
    x = torch.randn(3, 4, generator=seeded())
    assert torch.equal(layer(x), x @ layer.weight.T + layer.bias)


def test_identity_as_activation_makes_a_linear_map():
    net = mlp(4, 3, 2, activation=nn.Identity).double()
    x, y = torch.randn(2, 4, generator=seeded()).double()
    together = net(x + y) + net(torch.zeros(4).double())
    torch.testing.assert_close(together, net(x) + net(y))


def test_a_decoder_that_starts_at_the_mean_says_so_without_a_code():
    x = torch.tensor([[0.0, 1.0, 0.5], [0.0, 1.0, 0.25]])
    layer = nn.Linear(2, 3)
    before = layer.weight.detach().clone()
    start_at_mean(layer, x)
    said = layer(torch.zeros(2)).sigmoid()
    # Laplace's rule: (sum + 1) / (2 + 2)
    torch.testing.assert_close(said, torch.tensor([0.25, 0.75, 0.4375]))
    assert torch.equal(layer.weight, before / 2)
    assert layer.weight.requires_grad
    assert layer.bias.grad_fn is None


def test_pictures_may_keep_their_rows_and_columns():
    flat, square = nn.Linear(2, 4), nn.Linear(2, 4)
    x = torch.rand(5, 2, 2, generator=seeded())
    start_at_mean(flat, x.flatten(1))
    start_at_mean(square, x)
    assert torch.equal(flat.bias, square.bias)


# --- judge: torch's own layers -----------------------------------------------


def test_weights_are_those_that_torch_draws_when_left_alone():
    torch.manual_seed(3)
    plain = nn.Sequential(nn.Linear(6, 5), nn.SiLU(), nn.Linear(5, 2))
    torch.manual_seed(3)
    ours = mlp(6, 5, 2)
    for name, parameter in plain.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], parameter)


# --- laws --------------------------------------------------------------------


def test_the_same_seed_makes_the_same_network():
    a, b, c = (mlp(6, 5, 2, generator=seeded(s)) for s in (1, 1, 2))
    assert torch.equal(a[0].weight, b[0].weight)
    assert torch.equal(a[-1].bias, b[-1].bias)
    assert not torch.equal(a[0].weight, c[0].weight)


def test_a_generator_leaves_that_of_torch_alone():
    before = torch.get_rng_state()
    mlp(6, 5, 2, generator=seeded())
    assert torch.equal(torch.get_rng_state(), before)


def test_the_output_of_a_unit_has_a_scale_that_width_does_not_change():
    for width in (10, 1000):
        net = mlp(width, 2000, generator=seeded())
        spread = net(torch.ones(width)).std().item()
        # (width + 1) draws of variance 1 / (3 width)
        expected = math.sqrt((width + 1) / (3 * width))
        assert spread == pytest.approx(expected, rel=0.1)


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize("widths", [(), (3,), (3, 0), (3, -1, 2)])
def test_widths_that_make_no_layer_are_refused(widths):
    with pytest.raises(ValueError, match="widths must be two or more"):
        mlp(*widths)


def test_a_mean_picture_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"layer .* got 3 for 2 pixels"):
        start_at_mean(nn.Linear(1, 3), torch.zeros(4, 2))
    for grey in (-0.1, 255.0, math.nan):
        with pytest.raises(ValueError, match=r"x must lie in \[0, 1\]"):
            start_at_mean(nn.Linear(1, 1), torch.tensor([[0.5], [grey]]))


# --- nets side by side -------------------------------------------------------


def test_nets_side_by_side_are_nets():
    rng = seeded()
    nets = mlps(3, 4, 5, 2, generator=rng)
    x = torch.randn(3, 7, 4, generator=rng)
    together = nets(x)
    assert together.shape == (3, 7, 2)
    for k in range(3):
        alone = mlp(4, 5, 2)
        for mine, theirs in zip(alone[::2], nets[::2], strict=True):
            mine.weight.data = theirs.weight[k].T
            mine.bias.data = theirs.bias[k, 0]
        assert torch.allclose(together[k], alone(x[k]), atol=1e-6)


def test_nets_side_by_side_begin_like_a_net_alone():
    nets = mlps(50, 100, 30, 1, generator=seeded())
    for layer, fan_in in zip(nets[::2], (100, 30), strict=True):
        bound = 1 / math.sqrt(fan_in)
        assert 0.98 * bound < layer.weight.abs().max() <= bound
        assert 0.9 * bound < layer.bias.abs().max() <= bound


@pytest.mark.parametrize("wrong", [(0, 2, 1), (3, 2), (3, 2, 0)])
def test_nets_side_by_side_refuse(wrong):
    with pytest.raises(ValueError, match="runs and two or more widths"):
        mlps(*wrong)
