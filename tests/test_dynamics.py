"""Rules of stepping: closed forms of the xy game, and NumPy's eigenvalues."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.dynamics import (
    alternating,
    consensus,
    converged,
    extragradient,
    jacobian,
    optimistic,
    simultaneous,
    trajectory,
)
from lib.games import LOSSES, XY_GAME, dirac_gan

STEPS = st.floats(0.01, 0.5)
PLACES = st.floats(-3, 3)
POINTS = st.tuples(PLACES, PLACES).filter(lambda z: np.hypot(*z) > 1e-2)
START = np.array([1.0, 1.0])


def size(z):
    return np.hypot(z[..., 0], z[..., 1])


def moduli(update, n=2):
    """Sorted sizes of the eigenvalues of an update at the origin."""
    return np.sort(abs(np.linalg.eigvals(jacobian(update, np.zeros(n)))))


# --- by hand -----------------------------------------------------------------


def test_one_step_of_every_rule_is_what_paper_says():
    # from (1, 2) with step 1/2: the velocity there is (-2, 1)
    step = partial(partial, game=XY_GAME, step=0.5, z=[1, 2])
    assert step(simultaneous)().tolist() == [0, 2.5]
    # y first: y = 2.5, then x = 1 - 1.25
    assert step(alternating)().tolist() == [-0.25, 2.5]
    # x first: x = 0, then y = 2
    assert step(alternating, turn=(0, 1))().tolist() == [0, 2]
    # y twice: 2.5, 3; then x = 1 - 1.5
    assert step(alternating, turn=(1, 1, 0))().tolist() == [-0.5, 3]
    # ahead (0, 2.5), where the velocity is (-2.5, 0)
    assert step(extragradient)().tolist() == [-0.25, 2]
    # before at (2, 2): 2 (-2, 1) - (-2, 2) = (-2, 0)
    state = optimistic(XY_GAME, 0.5, [1, 2, 2, 2])
    assert state.tolist() == [0, 2, 1, 2]


def test_a_bound_stops_the_second_player_and_nobody_else():
    game = dirac_gan("wasserstein", clip=1)
    assert simultaneous(game, 1, [5, 0]).tolist() == [5, -1]
    assert alternating(game, 1, [5, 0]).tolist() == [4, -1]
    assert alternating(game, 1, [-5, 0], turn=(1,)).tolist() == [-5, 1]
    # a look ahead to (5, -1), where the generator would move by -1
    assert extragradient(game, 1, [5, 0]).tolist() == [4, -1]
    assert optimistic(game, 1, [5, 0, 5, 0]).tolist() == [5, -1, 5, 0]


# --- laws --------------------------------------------------------------------


@given(STEPS, POINTS)
def test_simultaneous_steps_stretch_the_radius_of_xy(step, z):
    after = simultaneous(XY_GAME, step, z)
    stretch = size(after) / np.hypot(*z)
    assert stretch == pytest.approx(np.sqrt(1 + step**2), rel=1e-13)


@given(STEPS, POINTS)
def test_looking_ahead_shrinks_the_radius_of_xy(step, z):
    after = extragradient(XY_GAME, step, z)
    shrink = np.sqrt(1 - step**2 + step**4)
    assert size(after) / np.hypot(*z) == pytest.approx(shrink, rel=1e-13)


@given(STEPS, POINTS, st.sampled_from([(0, 1), (1, 0)]))
def test_alternating_steps_conserve_what_the_order_decides(step, z, turn):
    def kept(z):
        x, y = z[..., 0], z[..., 1]
        sign = -1 if turn == (0, 1) else 1
        return x**2 + y**2 + sign * step * x * y

    path = trajectory(partial(alternating, XY_GAME, step, turn=turn), z, 50)
    np.testing.assert_allclose(kept(path), kept(path[0]), rtol=1e-12)


@given(STEPS, POINTS)
def test_the_game_grows_by_the_share_that_passes_for_real(step, z):
    after = simultaneous(dirac_gan("minimax"), step, z)
    taken = 1 / (1 + np.exp(-z[0] * z[1]))
    growth = np.sqrt(1 + (step * taken) ** 2)
    assert size(after) / np.hypot(*z) == pytest.approx(growth, rel=1e-12)


@given(STEPS, POINTS, st.floats(0, 2))
def test_consensus_adds_a_pull_home_to_xy(step, z, weight):
    game = consensus(XY_GAME, weight)
    x, y = z
    np.testing.assert_allclose(
        game.velocity(np.array(z)),
        [-y - weight * x, x - weight * y],
        atol=1e-8,
    )


# --- judges ------------------------------------------------------------------


@given(POINTS, st.floats(0, 2), st.sampled_from(LOSSES[:2]))
def test_consensus_descends_the_size_of_the_velocity(z, weight, loss):
    bare = dirac_gan(loss)

    def half_square(*z):
        return (bare.velocity(np.array(z)) ** 2).sum() / 2

    (x, y), h = z, 1e-5
    slope = np.array(
        [
            half_square(x + h, y) - half_square(x - h, y),
            half_square(x, y + h) - half_square(x, y - h),
        ]
    ) / (2 * h)
    np.testing.assert_allclose(
        consensus(bare, weight).velocity(np.array(z)),
        bare.velocity(np.array(z)) - weight * slope,
        atol=1e-7,
    )


def test_consensus_keeps_the_bound_of_its_game():
    game = consensus(dirac_gan("wasserstein", clip=0.5), 1)
    assert game.bound == 0.5


def test_jacobians_are_those_of_a_function_with_known_slopes():
    def function(z):
        x, y = z[..., 0], z[..., 1]
        return np.stack([x**2 * y, np.sin(x) + 3 * y], -1)

    points = np.array([[[1, 2], [0.5, -1], [0, 0]]], float)
    x, y = points[..., 0], points[..., 1]
    known = np.stack(
        [
            np.stack([2 * x * y, x**2], -1),
            np.stack([np.cos(x), 3 + 0 * x], -1),
        ],
        -2,
    )
    found = jacobian(function, points)
    assert found.shape == (1, 3, 2, 2)
    np.testing.assert_allclose(found, known, atol=1e-9)


@given(STEPS)
def test_eigenvalues_of_xy_are_those_of_the_page(step):
    run = {
        "both": partial(simultaneous, XY_GAME, step),
        "turns": partial(alternating, XY_GAME, step),
        "ahead": partial(extragradient, XY_GAME, step),
    }
    known = {
        "both": np.sqrt(1 + step**2),
        "turns": 1,
        "ahead": np.sqrt(1 - step**2 + step**4),
    }
    for name, update in run.items():
        assert moduli(update) == pytest.approx([known[name]] * 2, abs=1e-8)


@given(STEPS)
def test_eigenvalues_of_optimism_solve_their_polynomial(step):
    update = partial(optimistic, XY_GAME, step)
    roots = [
        np.roots([1, -(1 + 2 * step * mu), step * mu]) for mu in (1j, -1j)
    ]
    known = np.sort(abs(np.ravel(roots)))
    assert moduli(update, 4) == pytest.approx(known, abs=1e-8)
    assert known.max() < 1


@given(st.floats(0.05, 3), st.floats(0, 2))
def test_r1_and_noise_turn_the_field_as_their_closed_forms_say(noise, weight):
    noisy = dirac_gan("minimax", noise=noise)
    r1 = dirac_gan("minimax", penalty=weight)
    agreed = consensus(dirac_gan("minimax"), weight)
    for game, trace in [
        (noisy, [0, -(noise**2) / 2]),
        (r1, [0, -weight]),
        (agreed, [-weight / 4, -weight / 4]),
    ]:
        known = np.array([[trace[0], 0.5], [-0.5, trace[1]]])
        found = jacobian(game.velocity, np.zeros(2))
        np.testing.assert_allclose(found, known, atol=1e-5)


@given(
    st.floats(0.05, 0.5),
    st.floats(0.2, 1.5),
    st.sampled_from([simultaneous, alternating, extragradient]),
)
def test_eigenvalues_predict_the_last_steps_of_a_run(step, weight, rule):
    update = partial(rule, dirac_gan("minimax", penalty=weight), step)
    rate = moduli(update)
    assume(rate[0] < 0.9 * rate[1])  # one slow direction is left at last
    path = size(trajectory(update, [1e-3, 1e-3], 60))
    assert path[-1] / path[-2] == pytest.approx(rate[1], rel=1e-2)


# --- the verdict -------------------------------------------------------------


def test_the_verdict_looks_at_the_last_tenth_only():
    home = np.ones((100, 2))
    home[90:] = 1e-4
    assert converged(home)
    home[90] = 1
    assert not converged(home)


def test_the_verdict_measures_from_the_first_point():
    path = np.full((20, 2), 0.05)
    path[0] = 100
    assert converged(path)
    assert not converged(path, shrink=1e-4)


def test_known_runs_get_the_verdict_that_their_factor_gives():
    runs = {
        simultaneous: False,
        alternating: False,
        extragradient: True,
    }
    for rule, home in runs.items():
        path = trajectory(partial(rule, XY_GAME, 0.2), START, 1000)
        assert converged(path) == home, rule
    state = np.tile(START, 2)
    path = trajectory(partial(optimistic, XY_GAME, 0.2), state, 1000)
    assert converged(path[..., :2])


def test_the_verdict_is_given_for_each_run_of_a_batch():
    steps = np.array([0.1, 0.5])  # factors 0.995 and 0.90: too slow, and not
    update = partial(extragradient, XY_GAME, steps)
    path = trajectory(update, np.ones((2, 2)), 200)
    assert converged(path).tolist() == [False, True]


# --- edges and refusals ------------------------------------------------------


def test_a_batch_of_steps_is_many_runs_at_once():
    game, steps = dirac_gan("minimax", penalty=0.3), np.array([0.1, 0.4])
    for rule in (simultaneous, alternating, extragradient):
        both = trajectory(partial(rule, game, steps), np.ones((2, 2)), 20)
        for i, step in enumerate(steps):
            alone = trajectory(partial(rule, game, step), START, 20)
            np.testing.assert_allclose(both[:, i], alone, rtol=1e-12)


def test_a_run_of_no_steps_is_its_start():
    path = trajectory(partial(simultaneous, XY_GAME, 0.1), START, 0)
    assert path.tolist() == [[1, 1]]


def test_states_and_steps_of_the_wrong_kind_are_named():
    with pytest.raises(ValueError, match=r"z must have shape \(\.\.\., 2\)"):
        simultaneous(XY_GAME, 0.1, [1, 2, 3])
    with pytest.raises(ValueError, match=r"z must have shape \(\.\.\., 4\)"):
        optimistic(XY_GAME, 0.1, [1, 2])
    with pytest.raises(ValueError, match="z must be finite"):
        extragradient(XY_GAME, 0.1, [1, np.nan])
    with pytest.raises(ValueError, match="step must be finite"):
        simultaneous(XY_GAME, np.inf, START)
    with pytest.raises(TypeError, match="z must hold real numbers"):
        simultaneous(XY_GAME, 0.1, [1j, 1])
    for turn in ((), (2,), (0, -1)):
        with pytest.raises(ValueError, match="turn must consist of"):
            alternating(XY_GAME, 0.1, START, turn=turn)


def test_runs_and_verdicts_refuse_what_they_cannot_read():
    with pytest.raises(ValueError, match="count must be at least 0"):
        trajectory(partial(simultaneous, XY_GAME, 0.1), START, -1)
    with pytest.raises(ValueError, match="start must be finite"):
        trajectory(partial(simultaneous, XY_GAME, 0.1), [np.nan, 1], 3)
    with pytest.raises(ValueError, match="path must have shape"):
        converged(np.ones((9, 2)))
    with pytest.raises(ValueError, match="path must have shape"):
        converged(np.ones((20, 4)))
    with pytest.raises(ValueError, match="path must be finite"):
        converged(np.full((20, 2), np.nan))
    for shrink in (0, 1, np.nan):
        with pytest.raises(ValueError, match="shrink must be inside"):
            converged(np.ones((20, 2)), shrink)
    with pytest.raises(ValueError, match="weight must be at least 0"):
        consensus(XY_GAME, -1)
    with pytest.raises(ValueError, match="z must be finite"):
        jacobian(XY_GAME.velocity, [np.nan, 0])
