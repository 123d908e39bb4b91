"""Losses and penalties of GANs, beside torch's own and beside closed forms."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.distributions import Bernoulli
from torch.nn import functional

from lib.gans import (
    HINGE,
    MINIMAX,
    NON_SATURATING,
    WASSERSTEIN,
    Packed,
    clip_weights,
    gradient_penalty,
    r1_penalty,
    with_spectral_norm,
)
from lib.networks import mlp, mlps
from tests.seeds import seeded


def outputs(seed=0, *shape):
    rng = seeded(seed)
    size = shape or (64,)
    return (3 * torch.randn(*size, generator=rng) for _ in range(2))


# --- losses ------------------------------------------------------------------


def test_the_discriminator_pays_the_surprise_of_a_classifier():
    real, fake = outputs()
    judge = -Bernoulli(logits=real).log_prob(torch.ones(64)).mean()
    judge = judge - Bernoulli(logits=fake).log_prob(torch.zeros(64)).mean()
    for losses in (MINIMAX, NON_SATURATING):
        assert torch.isclose(losses.discriminator(real, fake), judge)


def test_a_discriminator_that_knows_nothing_pays_log_4():
    nothing = torch.zeros(5)
    for losses in (MINIMAX, NON_SATURATING):
        paid = losses.discriminator(nothing, nothing)
        assert torch.isclose(paid, torch.tensor(math.log(4)))


def test_the_saturating_generator_lowers_log_one_minus_d():
    _, fake = outputs()
    expected = torch.log1p(-fake.sigmoid()).mean()
    assert torch.isclose(MINIMAX.generator(fake), expected, atol=1e-5)


def test_the_non_saturating_generator_lowers_minus_log_d():
    _, fake = outputs()
    expected = functional.binary_cross_entropy(
        fake.sigmoid(), torch.ones_like(fake)
    )
    assert torch.isclose(NON_SATURATING.generator(fake), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("losses", "slope"),
    [
        (MINIMAX, lambda d: -d),  # none where D is sure of a fake
        (NON_SATURATING, lambda d: d - 1),  # full there
        (WASSERSTEIN, lambda d: -torch.ones_like(d)),
        (HINGE, lambda d: -torch.ones_like(d)),
    ],
)
def test_slopes_of_the_generators_loss_in_the_output(losses, slope):
    output = torch.linspace(-30, 30, 61, dtype=torch.float64)
    output.requires_grad_()
    losses.generator(output[:, None]).sum().backward()
    assert torch.allclose(output.grad, slope(output.detach().sigmoid()))


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=9))
def test_wasserstein_sees_differences_of_scores_only(scores):
    real = torch.tensor(scores, dtype=torch.float64)
    fake = real.flip(0) + 2
    near = WASSERSTEIN.discriminator(real, fake)
    far = WASSERSTEIN.discriminator(real + 7, fake + 7)
    assert torch.isclose(near, far, atol=1e-9)
    assert torch.isclose(near, torch.tensor(2.0).double(), atol=1e-9)


def test_hinge_by_hand():
    real, fake = torch.tensor([2.0, 0.5]), torch.tensor([-3.0, 0.0])
    assert HINGE.discriminator(real, fake) == (0 + 0.5) / 2 + (0 + 1) / 2
    assert HINGE.generator(fake) == 1.5


def test_losses_stay_finite_for_a_sure_discriminator():
    sure = torch.full((3,), 1e4)
    for losses in (MINIMAX, NON_SATURATING, WASSERSTEIN, HINGE):
        assert losses.discriminator(sure, -sure).isfinite()
        assert losses.generator(-sure).isfinite()


def test_runs_side_by_side_pay_what_each_pays_alone():
    real, fake = outputs(1, 3, 64)
    for losses in (MINIMAX, NON_SATURATING, WASSERSTEIN, HINGE):
        together = losses.discriminator(real, fake)
        runs = zip(real, fake, strict=True)
        alone = [losses.discriminator(*run) for run in runs]
        assert together.shape == (3,)
        assert torch.allclose(together, torch.stack(alone))


# --- penalties ---------------------------------------------------------------


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


@pytest.mark.parametrize("kind", ["gradient", "r1"])
def test_slopes_of_penalties_agree_with_differences(kind):
    net = mlp(2, 8, 1, activation=nn.Tanh, generator=seeded()).double()
    rng = seeded(1)
    real, fake = (
        torch.randn(16, 2, generator=rng, dtype=torch.float64) for _ in "ab"
    )

    def paid():
        if kind == "r1":
            return r1_penalty(lambda x: net(x)[:, 0], real)
        return gradient_penalty(
            lambda x: net(x)[:, 0], real, fake, generator=seeded(3)
        )

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


def test_r1_refuses_a_single_sample():
    with pytest.raises(ValueError, match="axis for the batch"):
        r1_penalty(lambda x: x.sum(-1), torch.zeros(2))


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
