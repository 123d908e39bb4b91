"""What the players minimise, beside torch's own and beside closed forms."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Bernoulli
from torch.nn import functional

from lib.gans import HINGE, MINIMAX, NON_SATURATING, WASSERSTEIN
from tests.gans.draws import outputs


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
