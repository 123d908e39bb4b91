"""Penalties beside closed forms, differences and autograd."""

import math

import pytest
import torch
from torch import nn

from lib.gans import (
    consistency_penalty,
    divergence_penalty,
    gradient_penalty,
    r1_penalty,
)
from lib.networks import mlp, mlps
from tests.gans.draws import outputs
from tests.seeds import seeded


def plane(slope):
    """A discriminator with one slope everywhere."""
    return lambda x: x @ slope


def test_the_penalty_of_a_plane_is_its_slope_minus_one_squared():
    slope = torch.tensor([3.0, 4.0])
    real, fake = outputs(0, 16, 2)
    paid = gradient_penalty(plane(slope), real, fake, generator=seeded())
    assert torch.isclose(paid, torch.tensor(16.0))
    paid = gradient_penalty(plane(slope), real, fake, target=5.0)
    assert abs(paid) < 1e-9


def test_one_sided_slopes_below_the_target_are_free():
    real, fake = outputs(0, 16, 2)
    for slope, paid in ((5.0, 16.0), (1.0, 0.0), (0.3, 0.0)):
        net = plane(torch.tensor([0.6, 0.8]) * slope)
        found = gradient_penalty(net, real, fake, one_sided=True)
        assert found == pytest.approx(paid, abs=1e-5)
    assert gradient_penalty(net, real, fake) == pytest.approx(0.49)


def test_one_sided_each_place_is_free_or_pays_by_itself():
    # D(x) = |x|^2 / 2 has the slope |x|, here 3 u on the way from the origin
    real = torch.zeros(20_000, 2)
    real[:, 0] = 3.0
    found = gradient_penalty(
        lambda x: x.square().sum(-1) / 2,
        real,
        torch.zeros_like(real),
        one_sided=True,
        generator=seeded(),
    )
    # the integral of max(0, 3 u - 1)^2 over [0, 1] is 8 / 9
    assert found.item() == pytest.approx(8 / 9, rel=0.03)


@pytest.mark.parametrize("power", [6.0, 2.0, 1.5])
def test_the_divergence_penalty_of_a_plane_is_a_power_of_its_slope(power):
    real, fake = outputs(0, 16, 2)
    slope = torch.tensor([1.2, 1.6])
    paid = divergence_penalty(plane(slope), real, fake, power=power)
    assert paid == pytest.approx(2.0**power, rel=1e-5)


def test_the_divergence_penalty_is_between_the_pairs():
    # the slope of |x|^2 / 2 is 2 u on the way: E (2 u)^6 = 64 / 7
    real = torch.zeros(50_000, 2)
    real[:, 1] = 2.0
    found = divergence_penalty(
        lambda x: x.square().sum(-1) / 2,
        real,
        torch.zeros_like(real),
        generator=seeded(),
    )
    assert found.item() == pytest.approx(64 / 7, rel=0.03)


def test_consistency_is_free_without_noise_and_within_the_margin():
    net = mlp(2, 8, 1, generator=seeded())
    real = torch.randn(16, 2, generator=seeded())
    assert consistency_penalty(net, real) == 0
    answers = iter([torch.zeros(16), torch.tensor([0.5, -1.0] * 8)] * 2)
    assert consistency_penalty(lambda x: next(answers), real) == 0.75
    paid = consistency_penalty(lambda x: next(answers), real, margin=0.6)
    assert paid == pytest.approx(0.2)


def test_consistency_of_runs_and_of_pictures_is_one_number_a_run():
    nets = nn.Sequential(mlps(3, 2, 8, 1, generator=seeded()), nn.Dropout(0.5))
    assert consistency_penalty(nets, torch.randn(3, 16, 2)).shape == (3,)
    pictures = torch.randn(8, 1, 4, 4)
    flat = nn.Sequential(nn.Flatten(), nn.Linear(16, 1), nn.Dropout(0.5))
    paid = consistency_penalty(flat, pictures, event_dim=3)
    assert paid.shape == ()
    paid.backward()
    assert flat[1].weight.grad.abs().sum() > 0


def test_r1_of_a_plane_is_half_its_squared_slope():
    slope = torch.tensor([3.0, 4.0])
    assert r1_penalty(plane(slope), torch.randn(16, 2)) == 12.5


def test_r1_of_a_bowl_is_the_mean_squared_length():
    # D(x) = |x|^2 / 2 has the slope x
    real = torch.randn(50, 3, generator=seeded(), dtype=torch.float64)
    paid = r1_penalty(lambda x: x.square().sum(-1) / 2, real)
    assert torch.isclose(paid, real.square().sum(1).mean() / 2)


def test_places_lie_between_the_pairs():
    seen = []

    def discriminator(x):
        seen.append(x.detach())
        return x.sum(-1)

    real, fake = torch.zeros(1000, 2), torch.ones(1000, 2)
    gradient_penalty(discriminator, real, fake, generator=seeded())
    (places,) = seen
    assert torch.equal(places[:, 0], places[:, 1])  # one share a pair
    assert 0 <= places.min() < 0.01
    assert 0.99 < places.max() <= 1
    assert abs(places.mean() - 0.5) < 0.03


def test_the_penalty_of_pictures_takes_the_norm_over_all_their_pixels():
    slope = torch.randn(3, 4, 5, generator=seeded())

    def discriminator(x):
        return (x * slope).sum((1, 2, 3))

    real, fake = outputs(2, 8, 3, 4, 5)
    paid = gradient_penalty(discriminator, real, fake, event_dim=3)
    assert torch.isclose(paid, (slope.norm() - 1).square())
    held = r1_penalty(discriminator, real, event_dim=3)
    assert torch.isclose(held, slope.square().sum() / 2)


@pytest.mark.parametrize("kind", ["gradient", "r1", "divergence"])
def test_slopes_of_penalties_agree_with_differences(kind):
    net = mlp(2, 8, 1, activation=nn.Tanh, generator=seeded()).double()
    rng = seeded(1)
    real, fake = (
        torch.randn(16, 2, generator=rng, dtype=torch.float64) for _ in "ab"
    )

    def paid():
        if kind == "r1":
            return r1_penalty(lambda x: net(x)[:, 0], real)
        penalty = {"gradient": gradient_penalty}.get(kind, divergence_penalty)
        return penalty(lambda x: net(x)[:, 0], real, fake, generator=seeded(3))

    paid().backward()
    weight = net[0].weight
    slope = weight.grad[3, 1].item()
    with torch.no_grad():
        weight[3, 1] += 1e-5
    above = paid().item()
    with torch.no_grad():
        weight[3, 1] -= 2e-5
    assert slope == pytest.approx((above - paid().item()) / 2e-5, rel=1e-6)


def test_penalties_never_reach_the_generator():
    generator, net = mlp(2, 4, 2), mlp(2, 4, 1)
    fake = generator(torch.randn(8, 2))
    gradient_penalty(net, torch.randn(8, 2), fake).backward()
    assert all(p.grad is None for p in generator.parameters())
    assert all(p.grad is not None for p in [net[0].weight, net[-1].weight])


def test_a_flat_discriminator_has_a_finite_slope_to_learn_from():
    net = mlp(2, 4, 1)
    nn.init.zeros_(net[-1].weight)
    gradient_penalty(net, torch.randn(8, 2), torch.randn(8, 2)).backward()
    assert all(p.grad.isfinite().all() for p in [net[-1].weight])


def test_penalties_of_runs_side_by_side():
    nets = mlps(3, 2, 8, 1, generator=seeded())
    real, _ = outputs(4, 3, 16, 2)
    together = r1_penalty(lambda x: nets(x)[..., 0], real)
    for k in range(3):
        alone = mlp(2, 8, 1)
        for mine, theirs in zip(alone[::2], nets[::2], strict=True):
            mine.weight.data = theirs.weight[k].T
            mine.bias.data = theirs.bias[k, 0]
        paid = r1_penalty(lambda x, net=alone: net(x)[..., 0], real[k])
        assert torch.isclose(together[k], paid, rtol=1e-4)


@pytest.mark.parametrize(
    ("real", "fake", "more", "says"),
    [
        ((4, 2), (5, 2), {}, "fake must have the shape of real"),
        ((4, 2), (4, 2), {"target": -1.0}, "target must be"),
        ((4, 2), (4, 2), {"target": math.inf}, "target must be"),
        ((2,), (2,), {}, "real must have an axis for the batch"),
        ((4, 2), (4, 2), {"event_dim": 0}, "real must have an axis"),
    ],
)
def test_what_the_penalty_refuses(real, fake, more, says):
    with pytest.raises(ValueError, match=says):
        gradient_penalty(
            lambda x: x.sum(-1), torch.zeros(real), torch.zeros(fake), **more
        )


@pytest.mark.parametrize("power", [1.0, 0.0, math.inf])
def test_the_divergence_penalty_refuses_powers_that_do_not_hold(power):
    with pytest.raises(ValueError, match="power must be"):
        divergence_penalty(
            plane(torch.ones(2)), *outputs(0, 4, 2), power=power
        )


def test_penalties_between_pairs_refuse_unequal_batches():
    with pytest.raises(ValueError, match="fake must have the shape of real"):
        divergence_penalty(
            plane(torch.ones(2)), torch.zeros(4, 2), torch.zeros(5, 2)
        )


@pytest.mark.parametrize("margin", [-0.1, math.inf])
def test_consistency_refuses_a_margin_that_is_none(margin):
    with pytest.raises(ValueError, match="margin must be"):
        consistency_penalty(
            plane(torch.ones(2)), torch.zeros(4, 2), margin=margin
        )


def test_r1_refuses_a_single_sample():
    with pytest.raises(ValueError, match="axis for the batch"):
        r1_penalty(lambda x: x.sum(-1), torch.zeros(2))
