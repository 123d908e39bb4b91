"""Gaussian mixtures: densities, starts, and EM beside scikit-learn's.

`check_em` takes an implementation of the loop as its argument: the library
has to pass it, and loops with a slip have to fail it.
"""

import contextlib
import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture as Judge

from lib.mixtures import (
    NARROWEST,
    EmStep,
    GaussianMixture,
    fit_mixture,
    initial_mixture,
)

COIN = GaussianMixture([0.25, 0.75], [[-1.0], [2.0]], [[[1.0]], [[4.0]]])


def clouds(seed=0, n=240, d=2, k=3):
    """Points about k centres, each cloud with a shape of its own."""
    rng = np.random.default_rng(seed)
    centres, shapes = rng.normal(0, 3, (k, d)), rng.normal(size=(k, d, d))
    j = np.arange(n) % k
    return centres[j] + (shapes[j] @ rng.normal(size=(n, d, 1)))[..., 0]


def start_on(x, k, seed=0):
    return initial_mixture(x, k, np.random.default_rng(seed))


def states(x, start, count):
    return list(itertools.islice(fit_mixture(x, start), count))


# --- by hand -----------------------------------------------------------------


def test_one_standard_bell_has_the_density_of_the_normal_law():
    bell = GaussianMixture([1.0], [[0.0]], [[[1.0]]])
    expected = [-math.log(2 * math.pi) / 2, -math.log(2 * math.pi) / 2 - 2]
    np.testing.assert_allclose(bell.log_density([[0], [2]]), expected)
    assert bell.responsibilities([[0.0], [2.0]]).tolist() == [[1], [1]]


def test_halfway_between_two_equal_bells_neither_is_responsible():
    two = GaussianMixture([0.5, 0.5], [[-1.0], [1.0]], [[[1.0]], [[1.0]]])
    # the log-odds of the right bell are 2 x
    shares = two.responsibilities([[0.0], [0.5]])
    right = 1 / (1 + math.exp(-1))
    np.testing.assert_allclose(shares, [[0.5, 0.5], [1 - right, right]])


def test_one_component_is_fitted_in_one_step_by_mean_and_covariance():
    x = clouds()
    start = GaussianMixture([1.0], [[5.0, 5.0]], [np.eye(2)])
    _, first, second = states(x, start, 3)
    np.testing.assert_allclose(first.mixture.means[0], x.mean(0))
    covariance = np.cov(x.T, bias=True)
    np.testing.assert_allclose(first.mixture.covariances[0], covariance)
    assert first.log_likelihood == pytest.approx(second.log_likelihood)


def test_the_first_state_is_the_start_itself():
    x = clouds()
    start = start_on(x, 3)
    (first,) = states(x, start, 1)
    assert isinstance(first, EmStep)
    assert first.mixture is start
    assert first.log_likelihood == start.log_density(x).mean()


# --- judges: scipy, scikit-learn, quadrature ---------------------------------


def test_the_density_is_a_sum_of_scipys_bells():
    mixture = states(clouds(d=3), start_on(clouds(d=3), 3), 4)[-1].mixture
    x = clouds(seed=5, d=3)
    bells = [
        scipy.stats.multivariate_normal(mean, covariance).pdf(x)
        for mean, covariance in zip(
            mixture.means, mixture.covariances, strict=True
        )
    ]
    parts = mixture.weights * np.transpose(bells)
    whole = parts.sum(1, keepdims=True)
    np.testing.assert_allclose(
        mixture.log_density(x), np.log(whole[:, 0]), rtol=1e-9
    )
    np.testing.assert_allclose(
        mixture.responsibilities(x), parts / whole, atol=1e-12
    )


def test_the_density_integrates_to_one():
    x, step = np.linspace(-20, 30, 2001, retstep=True)
    density = np.exp(COIN.log_density(x[:, None]))
    assert density.sum() * step == pytest.approx(1, abs=1e-12)


def check_em(fit):
    """Weights, means and covariances of scikit-learn, step by step."""
    for seed, d, k in ((0, 1, 2), (1, 2, 3), (2, 3, 4)):
        x = clouds(seed, d=d, k=k)
        start = start_on(x, k, seed)
        ours = list(itertools.islice(fit(x, start), 9))
        for steps in (1, 2, 8):
            theirs = by_scikit_learn(x, start, steps)
            mixture, log_likelihood = ours[steps]
            for name in ("weights", "means", "covariances"):
                np.testing.assert_allclose(
                    getattr(mixture, name),
                    getattr(theirs, f"{name}_"),
                    rtol=1e-7,
                    atol=1e-9,
                )
            assert log_likelihood == pytest.approx(theirs.score(x), rel=1e-10)


def by_scikit_learn(x, start, steps):
    judge = Judge(
        len(start.weights),
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
        reg_covar=0,
        tol=0,
        max_iter=steps,
    )
    with pytest.warns(UserWarning, match="did not converge"):
        return judge.fit(x)


def test_em_takes_the_steps_of_scikit_learn_from_the_same_start():
    check_em(fit_mixture)


def a_loop(covariance, weigh=lambda mass: mass / mass.sum()):
    """EM written plainly, with the covariance that it is given."""

    def fit(x, start):
        mixture = start
        while True:
            yield EmStep(mixture, mixture.log_density(x).mean())
            share = mixture.responsibilities(x)
            mass = share.sum(0)
            means = share.T @ x / mass[:, None]
            covariances = [
                covariance(x, share[:, j], means[j], mixture.means[j])
                for j in range(len(mass))
            ]
            mixture = GaussianMixture(weigh(mass), means, covariances)

    return fit


def about(x, share, mean, _):
    away = x - mean
    return (share * away.T) @ away / share.sum()


def about_old_mean(x, share, _, old):
    return about(x, share, old, old)


def unbiased(x, share, mean, _):
    return about(x, share, mean, _) * share.sum() / (share.sum() - 1)


def std_for_variance(x, share, mean, _):
    covariance = about(x, share, mean, _)
    return covariance / np.sqrt(np.trace(covariance))


def test_the_loop_of_the_mutants_is_right_without_a_slip():
    check_em(a_loop(about))


@pytest.mark.parametrize(
    "mutant",
    [
        a_loop(about_old_mean),
        a_loop(unbiased),
        a_loop(std_for_variance),
        a_loop(about, weigh=lambda mass: np.full(len(mass), 1 / len(mass))),
    ],
)
def test_em_with_a_slip_is_caught(mutant):
    with pytest.raises(AssertionError):
        check_em(mutant)


# --- laws --------------------------------------------------------------------


@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 5))
def test_the_log_likelihood_never_falls(seed, d, k):
    x = clouds(seed, n=90, d=d)
    steps = fit_mixture(x, start_on(x, k, seed))
    history = []
    # a spike ends the walk: it is named, and no step is given
    with contextlib.suppress(ValueError):
        for step in itertools.islice(steps, 25):
            history.append(step.log_likelihood)
    assert (np.diff(history) >= -1e-10).all()


@given(st.integers(0, 10**6))
def test_responsibilities_and_weights_share_all_points_out(seed):
    x = clouds(seed)
    mixture = states(x, start_on(x, 3, seed), 3)[-1].mixture
    shares = mixture.responsibilities(x)
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-12)
    assert (shares >= 0).all()
    assert mixture.weights.sum() == pytest.approx(1, rel=1e-12)
    # after an M step the mixture has the mean of the points
    np.testing.assert_allclose(
        mixture.weights @ mixture.means, x.mean(0), atol=1e-9
    )


def test_the_order_of_components_changes_nothing():
    x = clouds()
    start = start_on(x, 3)
    turned = GaussianMixture(
        start.weights[::-1], start.means[::-1], start.covariances[::-1]
    )
    one, other = states(x, start, 6)[-1], states(x, turned, 6)[-1]
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(one.mixture.means, other.mixture.means[::-1])


def test_em_finds_the_mixture_that_points_were_drawn_from():
    x = COIN.sample(20_000, np.random.default_rng(0))
    found = states(x, start_on(x, 2), 200)[-1].mixture
    order = found.means[:, 0].argsort()
    np.testing.assert_allclose(found.weights[order], COIN.weights, atol=0.05)
    np.testing.assert_allclose(found.means[order], COIN.means, atol=0.15)


def test_samples_have_the_mean_and_the_variance_of_the_mixture():
    x = COIN.sample(200_000, np.random.default_rng(0))
    assert x.shape == (200_000, 1)
    # 0.25 * (-1) + 0.75 * 2, and the variances within and between
    assert x.mean() == pytest.approx(1.25, abs=0.02)
    assert x.var() == pytest.approx(
        0.25 * 1 + 0.75 * 4 + 0.25 * 0.75 * 9, rel=0.02
    )


def test_samples_of_a_slanted_bell_have_its_covariance():
    slanted = GaussianMixture([1.0], [[1.0, 2.0]], [[[2.0, 1.2], [1.2, 1.0]]])
    x = slanted.sample(100_000, np.random.default_rng(0))
    np.testing.assert_allclose(np.cov(x.T), slanted.covariances[0], atol=0.03)


# --- the start ---------------------------------------------------------------


def test_the_same_generator_gives_the_same_start_and_history():
    x = clouds()
    one, again, other = (states(x, start_on(x, 3, s), 5) for s in (1, 1, 2))
    assert [s.log_likelihood for s in one] == [s.log_likelihood for s in again]
    assert one[-1].log_likelihood != other[-1].log_likelihood


def test_means_start_on_points_that_differ():
    x = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 20, axis=0)
    x += np.random.default_rng(0).normal(0, 1e-3, x.shape)
    for seed in range(20):
        means = start_on(x, 3, seed).means
        # one in each cloud: a second in a cloud has odds of 1e-8
        assert sorted(map(tuple, means.round())) == [(0, 0), (0, 9), (9, 0)]


def test_any_point_may_be_the_first_mean():
    x = np.arange(5.0)[:, None]
    firsts = {start_on(x, 1, seed).means.item() for seed in range(60)}
    assert firsts == set(range(5))


def test_a_start_has_equal_weights_and_one_covariance():
    start = start_on(clouds(), 4)
    assert start.weights.tolist() == [0.25] * 4
    assert (start.covariances == start.covariances[0]).all()


def test_a_start_of_one_component_spreads_about_its_point():
    x = clouds()
    start = start_on(x, 1)
    away = x - start.means
    np.testing.assert_allclose(start.covariances[0], away.T @ away / len(x))


# --- edges -------------------------------------------------------------------


def test_an_empty_component_keeps_its_place_and_lowers_nothing():
    x = clouds()
    far = [[0.0, 0.0], [500.0, 500.0]]
    start = GaussianMixture([0.5, 0.5], far, [np.eye(2) * 9, np.eye(2)])
    history = states(x, start, 6)
    end = history[-1].mixture
    assert end.weights[1] < 1e-9
    assert end.means[1].tolist() == far[1]
    assert end.covariances[1].tolist() == np.eye(2).tolist()
    assert (np.diff([s.log_likelihood for s in history]) >= -1e-10).all()


def test_a_component_without_weight_answers_for_nothing():
    mixture = GaussianMixture([1.0, 0.0], [[0.0], [1.0]], [[[1.0]], [[1.0]]])
    assert mixture.responsibilities([[1.0]]).tolist() == [[1.0, 0.0]]
    assert np.isfinite(mixture.log_density([[1.0]])).all()


def test_far_points_have_a_log_density_though_no_density():
    assert COIN.log_density([[1e6]])[0] == pytest.approx(-1.25e11, rel=1e-5)
    assert COIN.responsibilities([[1e6]]).tolist() == [[0.0, 1.0]]


def test_a_state_does_not_change_when_em_goes_on():
    x = clouds()
    steps = fit_mixture(x, start_on(x, 3))
    kept = [next(steps) for _ in range(3)]
    means = [s.mixture.means.copy() for s in kept]
    for _ in range(10):
        next(steps)
    for step, before in zip(kept, means, strict=True):
        assert (step.mixture.means == before).all()


# --- refusals ----------------------------------------------------------------


def test_a_spike_is_named_before_it_has_no_width():
    x = np.vstack([clouds(n=60), np.tile([[40.0, 40.0]], (5, 1))])
    start = GaussianMixture(
        [0.5, 0.5], [[0.0, 0.0], [40.0, 40.0]], [np.eye(2) * 9, np.eye(2)]
    )
    with pytest.raises(
        ValueError,
        match=r"covariance of component 1 is degenerate after a step of EM",
    ):
        states(x, start, 50)


def test_data_on_a_line_is_refused_at_the_start():
    x = np.outer(np.arange(10.0), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"component 0 is degenerate at the"):
        start_on(x, 2)
    with pytest.raises(ValueError, match=r"standard deviation is 0\.0e\+00"):
        start_on([[0.0], [1.0]], 2)
    thin = x + NARROWEST * np.random.default_rng(0).normal(0, 50, x.shape)
    assert start_on(thin, 2).covariances.shape == (2, 2, 2)


@pytest.mark.parametrize("components", [0, 4, 2.0])
def test_a_number_of_components_that_cannot_be_is_refused(components):
    x = [[0.0], [1.0], [2.0], [2.0]]
    with pytest.raises(ValueError, match=r"components must be an integer in"):
        start_on(x, components)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weights": [0.5, 0.6]}, "weights must sum to 1"),
        ({"weights": [1.0]}, r"got \(\(1,\), \(2, 2\), \(2, 2, 2\)\)"),
        ({"means": [[0.0], [1.0]]}, "must have the shapes"),
        ({"means": [0.0, 1.0]}, "must have the shapes"),
        ({"means": [[0.0, math.nan]] * 2}, "means must be finite"),
        ({"covariances": [np.eye(2), -np.eye(2)]}, "component 1 must be pos"),
        ({"covariances": [[[1, 1], [1, 1]]] * 2}, "component 0 must be pos"),
        ({"covariances": [[[1, 0.5], [0, 1]]] * 2}, "0 must be symmetric"),
    ],
)
def test_what_makes_no_mixture_is_refused(changed, message):
    good = {
        "weights": [0.5, 0.5],
        "means": [[0.0, 0.0], [1.0, 1.0]],
        "covariances": [np.eye(2), np.eye(2)],
    }
    with pytest.raises(ValueError, match=message):
        GaussianMixture(**{**good, **changed})


def test_points_of_another_dimension_are_refused_at_once():
    with pytest.raises(ValueError, match=r"x must have 1 coordinates"):
        fit_mixture([[0.0, 1.0]], COIN)
    with pytest.raises(ValueError, match=r"x must have 1 coordinates"):
        COIN.log_density([[0.0, 1.0]])
