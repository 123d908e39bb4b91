"""Slopes of the theta-shift, and what the generator feels of them.

`check_generator_gradients` takes an implementation as its argument: the
library has to pass it, and the lecture's game without its logarithm fails.
"""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib.divergences import ThetaShift, theta_shift
from lib.gradients import (
    GeneratorGradients,
    generator_gradients,
    theta_shift_slopes,
)

THETAS = st.floats(-1, 1).filter(lambda theta: abs(theta) > 1e-3)
NOISES = st.floats(0.05, 2)

# --- slopes, by hand ---------------------------------------------------------


def test_without_noise_only_w1_has_a_slope_that_points_home():
    slopes = theta_shift_slopes([-1, -1e-9, 1e-9, 0.5])
    assert np.isnan(slopes.kl).all()
    assert np.isnan(slopes.reverse_kl).all()
    assert slopes.js.tolist() == slopes.tv.tolist() == [0, 0, 0, 0]
    assert slopes.w1.tolist() == [-1, -1, 1, 1]


def test_without_noise_nothing_has_a_slope_at_zero():
    assert np.isnan(theta_shift_slopes(0)).all()


def test_with_noise_tv_and_w1_keep_their_kink_and_kl_and_js_lie_flat():
    slopes = theta_shift_slopes(0, noise=0.3)
    assert slopes.kl == slopes.reverse_kl == slopes.js == 0
    assert np.isnan([slopes.tv, slopes.w1]).all()


def test_noise_as_wide_as_the_shift_gives_what_paper_says():
    slopes = theta_shift_slopes([0.5, -0.5], noise=0.5)
    assert slopes.kl.tolist() == slopes.reverse_kl.tolist() == [2, -2]
    # phi(1/2) / (1/2) of the standard normal's table
    by_hand = 2 * 0.35206532676429947
    np.testing.assert_allclose(slopes.tv, [by_hand, -by_hand], rtol=1e-15)
    # saturating / (2 noise) at a distance of one, from numbers of our own
    np.testing.assert_allclose(slopes.js, [0.397972867, -0.397972867], 1e-8)


# --- slopes, laws and judges -------------------------------------------------


@given(THETAS, NOISES)
def test_slopes_are_the_differences_of_the_values(theta, noise):
    step = 1e-5 * noise
    before = theta_shift(theta - step, noise)
    after = theta_shift(theta + step, noise)
    slopes = theta_shift_slopes(theta, noise)
    for name in ThetaShift._fields:
        rise = getattr(after, name) - getattr(before, name)
        assert getattr(slopes, name) == pytest.approx(
            rise / (2 * step), rel=1e-4, abs=1e-8
        ), name


@given(THETAS, NOISES)
def test_every_slope_leads_away_from_zero_and_changes_sides_with_theta(
    theta, noise
):
    slopes = np.array(theta_shift_slopes(theta, noise))
    assert (np.sign(theta) * slopes >= 0).all()
    assert (slopes == -np.array(theta_shift_slopes(-theta, noise))).all()


@pytest.mark.parametrize("noise", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("theta", [-0.9, 0.02, 1.0])
def test_the_slope_of_js_agrees_with_mpmath(theta, noise):
    def rate(x):
        # d/dtheta of p log(p/m) + q log(q/m), halved: the rest cancels
        p, q = mp.npdf(x, 0, noise), mp.npdf(x, theta, noise)
        return (x - theta) / noise**2 * q * mp.log(2 * q / (p + q)) / 2

    with mp.workdps(30):
        ends = [k * mp.mpf(noise) / 2 for k in range(-30, 31)]
        ends += [theta + k * mp.mpf(noise) / 2 for k in range(-30, 31)]
        judge = float(mp.quad(rate, sorted(set(ends)), maxdegree=4))
    slope = theta_shift_slopes(theta, noise).js
    assert slope == pytest.approx(judge, rel=1e-13)


def test_slopes_of_kl_and_tv_agree_with_autograd():
    theta = torch.linspace(-1, 1, 8, dtype=torch.float64, requires_grad=True)
    noise = torch.tensor(0.3, dtype=torch.float64)
    normal = torch.distributions.Normal
    p, q = normal(0 * noise, noise), normal(theta, noise)
    slopes = theta_shift_slopes(theta.detach(), 0.3)
    for value, slope in [
        (torch.distributions.kl_divergence(p, q), slopes.kl),
        (torch.distributions.kl_divergence(q, p), slopes.reverse_kl),
        (2 * p.cdf(abs(theta) / 2) - 1, slopes.tv),
        (abs(theta), slopes.w1),
    ]:
        (judge,) = torch.autograd.grad(value.sum(), theta)
        np.testing.assert_allclose(slope, judge, rtol=1e-12)


# --- slopes, edges and refusals ----------------------------------------------


def test_slopes_broadcast_and_gaps_stay_gaps():
    slopes = theta_shift_slopes([-1, math.nan, 0.5], [[0], [0.5]])
    assert isinstance(slopes, ThetaShift)
    for values in slopes:
        assert values.shape == (2, 3)
        assert np.isnan(values[:, 1]).all()
    assert all(isinstance(s, float) for s in theta_shift_slopes(0.5, 0.1))
    assert not np.shares_memory(slopes.kl, slopes.reverse_kl)


def test_the_least_noise_leaves_slopes_that_floats_can_hold():
    slopes = theta_shift_slopes([0.5, 1e-200], 1e-200)
    assert slopes.kl.tolist() == [math.inf, 1e200]
    assert slopes.js[0] == slopes.tv[0] == 0
    assert slopes.w1.tolist() == [1, 1]


def test_slopes_refuse_what_the_values_refuse():
    with pytest.raises(ValueError, match=r"^theta must be finite, got inf"):
        theta_shift_slopes(math.inf)
    with pytest.raises(ValueError, match=r"^noise must be at least 0, got"):
        theta_shift_slopes(0.5, -0.1)


# --- the generator's gradients -----------------------------------------------

# distance, saturating, non-saturating: computed beforehand by adaptive
# quadrature, three digits
TABLE = [
    (0.5, 2.35e-1, 2.65e-1),
    (1, 3.98e-1, 6.02e-1),
    (2, 4.50e-1, 1.55),
    (4, 1.37e-1, 3.86),
    (8, 3.93e-4, 8.00),
    (16, 1.56e-14, 16.0),
]


def check_generator_gradients(gradients):
    """The table to three digits, D + (1 - D) = 1, and both slopes."""
    distance, saturating, non_saturating = np.array(TABLE).T
    found, other = gradients(distance)
    assert np.allclose(found, saturating, rtol=2.5e-3, atol=0)
    assert np.allclose(other, non_saturating, rtol=2.5e-3, atol=0)
    # the sum is dKL/dtheta, and the first 2 dJS/dtheta
    slopes = theta_shift_slopes(distance, noise=1)
    assert np.allclose(found + other, slopes.kl, rtol=1e-14, atol=0)
    step = 1e-4
    after, before = (theta_shift(d, 1).js for d in (3 + step, 3 - step))
    twice = (after - before) / step
    assert np.allclose(gradients(3.0)[0], twice, rtol=1e-6, atol=0)


def test_generator_gradients_keep_their_table_and_identities():
    check_generator_gradients(generator_gradients)


def by_quadrature(slope_of_loss):
    """Gradients E_q[|d loss / dx|] from the two losses' slopes in x."""
    x, step = np.linspace(-12, 30, 20_001, retstep=True)

    def gradients(distance):
        theta = np.asarray(distance, float)[..., None]
        q = scipy.stats.norm.pdf(x - theta)
        odds = theta**2 / 2 - theta * x  # log p/q
        return tuple(
            (q * slope(theta, odds)).sum(-1) * step for slope in slope_of_loss
        )

    return gradients


# D = 1 / (1 + exp(-odds)), so that |dD/dx| = theta D (1 - D)
D = scipy.special.expit
NON_SATURATING = lambda theta, odds: theta * D(-odds)  # noqa: E731


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("S23 at the best D of the game", lambda t, o: t * D(o) * D(-o)),
        (
            "S23 at the best D of its own game, min(1, p/q)",
            lambda t, o: t * np.exp(np.minimum(o, 0)) * (o < 0),
        ),
    ],
)
def test_the_check_of_gradients_finds_the_lost_logarithm(name, slope):
    right = by_quadrature((lambda t, o: t * D(o), NON_SATURATING))
    check_generator_gradients(right)
    with pytest.raises(AssertionError):
        check_generator_gradients(by_quadrature((slope, NON_SATURATING)))


def test_the_check_of_gradients_finds_the_losses_swapped():
    with pytest.raises(AssertionError):
        check_generator_gradients(lambda d: generator_gradients(d)[::-1])


@pytest.mark.parametrize("distance", [1e-9, 0.1, 1, 4, 7.9, 8.1, 16, 32, 75])
def test_the_saturating_gradient_keeps_its_digits_where_it_dies(
    distance, record_property
):
    with mp.workdps(30):
        t = mp.mpf(distance)
        scale = mp.exp(t**2 / 8)  # quad stops at absolute errors

        def felt(u):
            p, q = mp.npdf(u + t / 2), mp.npdf(u - t / 2)
            return t * p * q / (p + q) * scale

        ends = [k * min(mp.mpf(1) / 2, 2 / t) for k in range(-40, 41)]
        judge = mp.quad(felt, ends, maxdegree=5) / scale
        error = abs(float(generator_gradients(distance)[0] / judge - 1))
    record_property(f"generator_gradients({distance})", f"{error:.1e}")
    assert error <= 2e-13


@pytest.mark.parametrize("distance", [0.5, 2.0, 8.0])
def test_generator_gradients_agree_with_autograd_through_the_loss(distance):
    z, step = torch.linspace(-10, 10, 2001, dtype=torch.float64), 0.01
    theta = torch.tensor(distance, dtype=torch.float64, requires_grad=True)
    fake = z + theta
    logits = distance**2 / 2 - distance * fake  # D held fixed
    weight = torch.distributions.Normal(0.0, 1.0).log_prob(z).exp() * step
    log_sigmoid = torch.nn.functional.logsigmoid
    losses = (weight * log_sigmoid(-logits), -weight * log_sigmoid(logits))
    found = generator_gradients(distance)
    for loss, gradient in zip(losses, found, strict=True):
        (judge,) = torch.autograd.grad(loss.sum(), theta, retain_graph=True)
        # both losses fall as the fake comes home to theta = 0
        assert gradient == pytest.approx(float(judge), rel=1e-11)


@given(st.floats(1e-300, 100))
def test_the_two_gradients_share_out_the_slope_of_kl(distance):
    saturating, non_saturating = generator_gradients(distance)
    assert 0 <= saturating <= non_saturating * (1 + 1e-14)
    assert saturating + non_saturating == pytest.approx(distance, rel=1e-15)


def test_no_distance_gives_no_gradient_and_a_great_one_only_one():
    assert generator_gradients(0) == (0, 0)
    assert generator_gradients(1e300) == (0, 1e300)


def test_generator_gradients_take_arrays_of_any_shape():
    found = generator_gradients(np.ones((2, 3)))
    assert isinstance(found, GeneratorGradients)
    assert found.saturating.shape == found.non_saturating.shape == (2, 3)
    assert isinstance(generator_gradients(1).saturating, float)
    assert generator_gradients([]).saturating.shape == (0,)


def test_a_distance_that_is_none_is_refused():
    with pytest.raises(
        ValueError, match=r"^distance must be at least 0, got -1\.0 at index"
    ):
        generator_gradients([1, -1])
    with pytest.raises(ValueError, match=r"^distance must be finite, got nan"):
        generator_gradients(math.nan)
    with pytest.raises(TypeError, match=r"^distance must hold real numbers"):
        generator_gradients("far")
