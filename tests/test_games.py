"""The xy game and Dirac-GAN, against losses differentiated on their own."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm
from torch.nn.functional import logsigmoid

from lib.games import LOSSES, XY_GAME, check_weights, dirac_gan

PLACES = st.floats(-3, 3)
WEIGHTS = st.floats(0, 2)


def velocity(game, *point):
    return game.velocity(np.array(point, float))


# --- by hand -----------------------------------------------------------------


def test_the_velocity_of_xy_is_the_point_turned_by_a_right_angle():
    assert velocity(XY_GAME, 2, 3).tolist() == [-3, 2]
    assert velocity(XY_GAME, 0, 0).tolist() == [0, 0]


def test_dirac_gans_hold_the_values_that_paper_says():
    taken = 1 / (1 + math.exp(6))  # fake at 2, logit -6
    for loss, pull, push in [
        ("minimax", -3 * taken, -2 * taken),
        ("non-saturating", -3 * (1 - taken), -2 * taken),
        ("wasserstein", -3, -2),
    ]:
        np.testing.assert_allclose(
            velocity(dirac_gan(loss), 2, -3), [pull, push], rtol=1e-13
        )


def test_a_penalty_pulls_the_slope_to_its_target_from_both_sides():
    penalised = dirac_gan("wasserstein", penalty=0.5, target=1)
    for psi, push in [(3, -1), (0.5, 0.25), (-0.5, -0.25), (-3, 1), (0, 0)]:
        assert velocity(penalised, 0, psi).tolist() == [psi, push]


def test_r1_takes_its_weight_times_the_slope():
    for loss in LOSSES:
        bare, r1 = dirac_gan(loss), dirac_gan(loss, penalty=0.5)
        taken = velocity(r1, 1, 2) - velocity(bare, 1, 2)
        np.testing.assert_allclose(taken, [0, -1], atol=1e-15)


def test_only_a_clip_bounds_the_discriminator():
    assert dirac_gan("wasserstein", clip=0.3).bound == 0.3
    assert dirac_gan("minimax").bound == XY_GAME.bound == math.inf


# --- laws --------------------------------------------------------------------


@given(PLACES, PLACES)
def test_wasserstein_is_the_xy_game_in_a_mirror(theta, psi):
    mirrored = velocity(XY_GAME, theta, -psi)
    np.testing.assert_array_equal(
        velocity(dirac_gan("wasserstein"), theta, psi), mirrored * [1, -1]
    )


@given(PLACES, PLACES, st.sampled_from(LOSSES), WEIGHTS, WEIGHTS, WEIGHTS)
def test_no_side_is_preferred(theta, psi, loss, penalty, target, noise):
    game = dirac_gan(loss, penalty=penalty, target=target, noise=noise)
    np.testing.assert_allclose(
        velocity(game, -theta, -psi), -velocity(game, theta, psi), atol=1e-13
    )


@given(PLACES, PLACES)
def test_the_flow_of_the_game_keeps_the_distance(theta, psi):
    assert velocity(dirac_gan("minimax"), theta, psi) @ [
        theta,
        psi,
    ] == pytest.approx(0, abs=1e-13)


@given(PLACES, PLACES)
def test_the_flow_of_the_non_saturating_loss_leads_inwards(theta, psi):
    logit = theta * psi
    inward = velocity(dirac_gan("non-saturating"), theta, psi) @ [theta, psi]
    assert inward == pytest.approx(-logit * np.tanh(logit / 2), abs=1e-12)


# --- judges ------------------------------------------------------------------


def values(loss, penalty, target, theta, psi):
    """What the generator descends, and what the discriminator ascends."""
    slope = penalty / 2 * (psi.abs() - target) ** 2
    if loss == "wasserstein":
        return -psi * theta, -psi * theta - slope
    value = logsigmoid(0 * psi) + logsigmoid(-psi * theta)
    own = -logsigmoid(psi * theta) if loss == "non-saturating" else value
    return own, value - slope


@given(PLACES, PLACES.filter(bool), st.sampled_from(LOSSES), WEIGHTS, WEIGHTS)
def test_velocities_are_the_gradients_of_the_losses(
    theta, psi, loss, penalty, target
):
    point = [
        torch.tensor(v, dtype=torch.float64, requires_grad=True)
        for v in (theta, psi)
    ]
    own, value = values(loss, penalty, target, *point)
    (down,) = torch.autograd.grad(own, point[0], retain_graph=True)
    (up,) = torch.autograd.grad(value, point[1])
    game = dirac_gan(loss, penalty=penalty, target=target)
    np.testing.assert_allclose(
        velocity(game, theta, psi), [-down.item(), up.item()], atol=1e-12
    )


@pytest.mark.parametrize("loss", LOSSES[:2])
@pytest.mark.parametrize(
    ("theta", "psi", "noise"),
    [(1, -1, 1), (0.5, 2, 0.3), (-2, 4, 1.2), (3, 0, 2)],
)
def test_noise_is_the_mean_over_a_normal_law(loss, theta, psi, noise):
    def mean(function):
        def integrand(e):
            return function(noise * e) * norm.pdf(e)

        return quad(integrand, -12, 12, epsabs=1e-12, limit=500)[0]

    side = 1 if loss == "minimax" else -1
    pull = mean(lambda e: psi * expit(side * psi * (theta + e)))
    push = mean(
        lambda e: e * expit(-psi * e) - (theta + e) * expit(psi * (theta + e))
    )
    np.testing.assert_allclose(
        velocity(dirac_gan(loss, noise=noise), theta, psi),
        [pull, push],
        atol=1e-10,
    )


def test_noise_makes_no_difference_to_the_mean_of_a_score():
    bare, noisy = dirac_gan("wasserstein"), dirac_gan("wasserstein", noise=1)
    assert velocity(bare, 1, 2).tolist() == velocity(noisy, 1, 2).tolist()


# --- edges and refusals ------------------------------------------------------


@pytest.mark.parametrize("noise", [0, 0.5])
def test_batches_of_points_get_their_own_velocities(noise):
    points = np.random.default_rng(0).normal(size=(3, 4, 2))
    for loss in LOSSES:
        game = dirac_gan(loss, penalty=1, target=0.5, noise=noise)
        each = [[game.velocity(z) for z in row] for row in points]
        assert game.velocity(points).shape == (3, 4, 2)
        np.testing.assert_allclose(game.velocity(points), each, atol=1e-15)


def test_logits_of_thousands_overflow_nowhere():
    for loss in LOSSES:
        for psi in (1e4, -1e4):
            assert np.isfinite(velocity(dirac_gan(loss), 1e4, psi)).all()


def test_arguments_out_of_range_are_named():
    with pytest.raises(ValueError, match="loss must be one of"):
        dirac_gan("hinge")
    for clip in (0, -1, math.nan):
        with pytest.raises(ValueError, match="clip must be above 0"):
            dirac_gan("wasserstein", clip=clip)
    for name in ("penalty", "target", "noise"):
        with pytest.raises(ValueError, match=f"{name} must be at least 0"):
            dirac_gan("minimax", **{name: -0.1})
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            dirac_gan("minimax", **{name: math.inf})


def test_weights_of_zero_are_let_through():
    check_weights(weight=0.0)
    with pytest.raises(ValueError, match="weight must be at least 0"):
        check_weights(weight=-1.0)
