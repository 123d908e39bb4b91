"""Discriminators held back, packed, and a few steps ahead."""

import copy
import math

import pytest
import torch
from torch import nn

from lib.gans import (
    NON_SATURATING,
    WASSERSTEIN,
    Packed,
    clip_weights,
    unrolled,
    with_spectral_norm,
)
from lib.networks import mlp
from tests.seeds import seeded

# --- what holds weights back -------------------------------------------------


def test_clipping_moves_weights_and_biases_into_the_box():
    net = mlp(2, 50, 1, generator=seeded())
    before = [p.clone() for p in net.parameters()]
    clip_weights(net, 0.1)
    for was, now in zip(before, net.parameters(), strict=True):
        assert torch.equal(now, was.clamp(-0.1, 0.1))


@pytest.mark.parametrize("clip", [0, -1, math.nan, math.inf])
def test_clipping_refuses_what_is_no_width(clip):
    with pytest.raises(ValueError, match="clip must be"):
        clip_weights(mlp(2, 1), clip)


def test_spectral_norm_makes_a_net_nearly_1_lipschitz():
    torch.manual_seed(0)
    net = with_spectral_norm(mlp(2, 32, 32, 1, activation=nn.ReLU))
    for _ in range(30):
        net(torch.zeros(1, 2))  # power iteration
    for layer in net[::2]:
        stretch = torch.linalg.matrix_norm(layer.weight, 2)
        assert torch.isclose(stretch, torch.tensor(1.0), atol=1e-3)
    x = torch.randn(200, 2, 2)
    rise = (net(x[:, 0]) - net(x[:, 1]))[:, 0].abs()
    assert (rise <= (x[:, 0] - x[:, 1]).norm(dim=1) * 1.001).all()


def test_spectral_norm_refuses_a_net_without_weights():
    with pytest.raises(ValueError, match="linear or convolutional"):
        with_spectral_norm(nn.Sequential(nn.ReLU()))


# --- packs -------------------------------------------------------------------


def test_a_pack_holds_neighbours_in_the_batch():
    seen = []
    net = Packed(lambda x: seen.append(x) or x[..., :1], 2)
    net(torch.arange(12.0).view(1, 6, 2))
    assert torch.equal(seen[0], torch.arange(12.0).view(1, 3, 4))


def test_packs_refuse_what_does_not_fill_them():
    with pytest.raises(ValueError, match="packs of 4, got 6"):
        Packed(nn.Identity(), 4)(torch.zeros(6, 2))
    with pytest.raises(ValueError, match="size must be 1"):
        Packed(nn.Identity(), 0)


# --- a few steps ahead -------------------------------------------------------


def test_a_plane_a_few_steps_ahead_and_what_it_tells_the_fakes():
    # its slope w moves by rate * (mean real - mean fake) each step
    steps, rate, rng = 3, 0.1, seeded()
    net = mlp(2, 1, generator=rng).double()
    real, fake = torch.randn(2, 8, 2, generator=rng).double()
    fake.requires_grad_()
    ahead = unrolled(WASSERSTEIN, steps, rate)(net, real, fake)
    WASSERSTEIN.generator(ahead(fake).squeeze(-1)).backward()
    apart = (real.mean(0) - fake.mean(0)).detach()
    slope = net[0].weight[0].detach() + steps * rate * apart
    assert torch.allclose(ahead(real) - ahead(0 * real), real @ slope[:, None])
    # a fake that moves tilts the plane that it will meet
    answer = steps * rate * fake.mean(0).detach()
    assert torch.allclose(fake.grad, (answer - slope) / len(fake))


def test_one_step_ahead_is_one_step_of_plain_descent():
    net, rng = mlp(2, 8, 1, generator=seeded()), seeded(1)
    real, fake = torch.randn(2, 3, 2, generator=rng)
    before = [p.clone() for p in net.parameters()]
    ahead = unrolled(NON_SATURATING, 1, 0.3)(net, real, fake)
    there = copy.deepcopy(net)
    optimizer = torch.optim.SGD(there.parameters(), 0.3)
    outputs = there(real).squeeze(-1), there(fake).squeeze(-1)
    NON_SATURATING.discriminator(*outputs).backward()
    optimizer.step()
    assert torch.allclose(ahead(real), there(real), atol=1e-6)
    for was, now in zip(before, net.parameters(), strict=True):
        assert torch.equal(was, now)  # the net itself did not move
        assert now.grad is None


def test_slopes_through_steps_ahead_agree_with_differences():
    net, rng = mlp(2, 6, 1, generator=seeded()).double(), seeded(1)
    real, fake = torch.randn(2, 4, 2, generator=rng).double()

    def felt(x):
        ahead = unrolled(NON_SATURATING, 4, 0.5)(net, real, x)
        return NON_SATURATING.generator(ahead(x).squeeze(-1))

    assert torch.autograd.gradcheck(felt, fake.requires_grad_())


@pytest.mark.parametrize(
    ("steps", "rate"), [(0, 0.1), (1, 0), (1, math.inf), (1, math.nan)]
)
def test_steps_ahead_refuse_what_is_no_step(steps, rate):
    with pytest.raises(ValueError, match="steps must be 1 or more"):
        unrolled(NON_SATURATING, steps, rate)
