"""Normal laws fitted to others: moments one way, a search the other way.

`check_...` take an implementation as their argument: the library has to
pass them, and fits with a slip have to fail them.
"""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import Logistic, Mixture, Normal, Uniform, make_distribution

from lib.fits import GaussianFit, fit_gaussian

LOG_2 = math.log(2)
Laplace, Cauchy = map(
    make_distribution, (scipy.stats.laplace, scipy.stats.cauchy)
)


def mixture(*parts):
    """The mixture of normals (weight, mean, std)."""
    return Mixture(
        [Normal(mu=float(mean), sigma=float(std)) for _, mean, std in parts],
        weights=np.array([float(weight) for weight, _, _ in parts]),
    )


def two_bumps(gap):
    return (0.5, -gap / 2, 1), (0.5, gap / 2, 1)


# --- by hand -----------------------------------------------------------------


@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("mean", "std"), [(0, 1), (3, 2), (-1e6, 1e-3), (5, 1e4), (1e-9, 1e-9)]
)
def test_a_normal_law_is_its_own_fit(direction, mean, std):
    for target in (
        Normal(mu=mean, sigma=std),
        mixture((1, mean, std)),
        mixture((0.4, mean, std), (0.6, mean, std)),
        mixture((1, mean, std), (0, mean + 9 * std, std)),
    ):
        fit = fit_gaussian(target, direction=direction)
        # a place 1e9 widths from 0 is known to 1e-7 of the width
        close = 1e-13 + 1e-15 * abs(mean) / std
        assert fit.mean == pytest.approx(mean, abs=close * std)
        assert fit.std == pytest.approx(std, rel=100 * close)
        assert fit.kl == pytest.approx(0, abs=100 * close)


def test_forward_takes_the_mean_and_variance_of_two_bumps():
    # variance: 1 within the bumps and (4/2)^2 between them
    fit = fit_gaussian(mixture(*two_bumps(4)), direction="forward")
    assert fit.mean == pytest.approx(0, abs=1e-15)
    assert fit.std == pytest.approx(math.sqrt(5), rel=1e-15)
    # 1/4 and 3/4 of the mass at -1 and 3
    fit = fit_gaussian(
        mixture((0.25, -1, 0.5), (0.75, 3, 0.5)), direction="forward"
    )
    assert fit.mean == pytest.approx(2, rel=1e-15)
    assert fit.std == pytest.approx(math.sqrt(3.25), rel=1e-15)


def test_reverse_covers_near_bumps_and_seeks_one_of_far_ones():
    near = fit_gaussian(mixture(*two_bumps(2)), direction="reverse")
    assert near.mean == pytest.approx(0, abs=1e-9)
    assert near.std > 1.3
    far = fit_gaussian(mixture(*two_bumps(8)), direction="reverse")
    assert far.mean == pytest.approx(-4, abs=1e-3)  # the left of two equals
    assert far.std == pytest.approx(1, abs=1e-3)
    assert far.kl == pytest.approx(LOG_2, abs=1e-3)  # half the mass is missed
    heavier = mixture((0.4, -6, 1), (0.6, 6, 1))
    assert fit_gaussian(heavier, direction="reverse") == pytest.approx(
        (6, 1, math.log(1 / 0.6)), abs=1e-6
    )


@pytest.mark.parametrize("gap", [6, 7, 8, 10])
def test_of_two_equally_good_fits_the_left_one_is_taken(gap):
    parts = two_bumps(gap)
    for order in (parts, parts[::-1]):
        fit = fit_gaussian(mixture(*order), direction="reverse")
        assert fit.mean == pytest.approx(-gap / 2, abs=0.02)


def test_both_directions_of_a_laplace_law_have_closed_forms():
    # forward: std sqrt 2. Reverse: log p is straight on both sides, so
    # 1 / std = E|z|, and KL = log 2 + 1 - 1/2 log(2 pi e) - log std
    normal = math.log(2 * math.pi * math.e) / 2
    forward = fit_gaussian(Laplace(), direction="forward")
    assert forward == pytest.approx(
        (0, math.sqrt(2), normal + LOG_2 / 2 - 1 - LOG_2), abs=1e-12
    )
    reverse = fit_gaussian(Laplace(), direction="reverse")
    assert reverse.kl == pytest.approx(
        LOG_2 + 1 - normal - math.log(math.pi / 2) / 2, abs=1e-10
    )
    # a corner in log p costs digits of the fit, and hardly any of its KL
    assert reverse[:2] == pytest.approx((0, math.sqrt(math.pi / 2)), abs=1e-5)


# --- judges ------------------------------------------------------------------

TARGETS = {
    "near": two_bumps(1.5),
    "halfway": two_bumps(4),
    "far": two_bumps(8),
    "unlike": ((0.3, -3, 0.4), (0.7, 2, 1.5)),
    "narrow in wide": ((0.1, 0.5, 0.02), (0.9, 0, 1)),
    "two of three": ((0.36, -1, 0.7), (0.36, 1, 0.7), (0.28, 9, 0.2)),
    # every bump is a minimum, and the least lies over all of them
    "six in a row": tuple((1 / 6, 6 * place, 1) for place in range(6)),
    # a look at the whole line finds the wrong one of the two
    "two needles": ((0.4, 0.123, 0.01), (0.4, 3.3, 0.01), (0.2, 0, 1)),
    "away from 0": ((0.5, 995, 1), (0.5, 1003, 2)),
}


def log_density(parts, x):
    """Logarithm of the mixture's density, without the library or its law."""
    terms = [
        math.log(weight / std)
        - ((x - mean) / std) ** 2 / 2
        - math.log(2 * math.pi) / 2
        for weight, mean, std in parts
    ]
    return np.logaddexp.reduce(terms)


def reverse_kl(parts, mean, std, points=4001):
    """KL(N || target) of arrays of fits, by a plain sum."""
    z, step = np.linspace(-9, 9, points, retstep=True)
    weights = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * step
    x = np.asarray(mean)[..., None] + np.asarray(std)[..., None] * z
    entropy = math.log(2 * math.pi * math.e) / 2 + np.log(std)
    return -entropy - log_density(parts, x) @ weights


def best_by_grid(parts):
    """Least reverse KL by brute force, then Nelder and Mead's simplex."""
    _, means, stds = np.array(parts).T
    mean = np.linspace(means.min() - 1, means.max() + 1, 60)
    std = np.geomspace(stds.min() / 2, 2 * np.ptp(mean), 30)
    grid = np.stack(np.meshgrid(mean, std), -1).reshape(-1, 2)
    grid = np.append(grid, np.stack([means, stds], -1), axis=0)
    kl = reverse_kl(parts, *grid.T, points=201)
    found = [
        minimize(
            lambda fit: reverse_kl(parts, fit[0], abs(fit[1])),
            grid[i],
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-14},
        ).fun
        for i in np.argsort(kl)[:2]
    ]
    return min(found)


def kl_by_mpmath(parts, fit, direction):
    """The integral of the definition with 20 digits."""

    def of_parts(x):
        return sum(
            mp.mpf(w) * mp.npdf(x, mp.mpf(m), mp.mpf(s)) for w, m, s in parts
        )

    def of_fit(x):
        return mp.npdf(x, mp.mpf(fit.mean), mp.mpf(fit.std))

    bumps, normal = list(parts), (1, fit.mean, fit.std)
    p, q, of_p = of_fit, of_parts, [normal]
    if direction == "forward":
        p, q, of_p = of_parts, of_fit, bumps
    low = min(mean - 12 * std for _, mean, std in of_p)
    high = max(mean + 12 * std for _, mean, std in of_p)
    cuts = {m + k * s for _, m, s in [*bumps, normal] for k in (-6, 0, 6)}
    ends = [low, *sorted(cut for cut in cuts if low < cut < high), high]
    with mp.workdps(20):
        return float(mp.quad(lambda x: p(x) * mp.log(p(x) / q(x)), ends))


def check_forward(fit_gaussian):
    """Moments by quadrature, and KL by 25 digits."""
    for parts in TARGETS.values():
        fit = fit_gaussian(mixture(*parts), direction="forward")
        weight, mean, std = np.array(parts).T
        middle = weight @ mean
        variance = weight @ (std**2 + (mean - middle) ** 2)
        assert fit.mean == pytest.approx(middle, abs=1e-12)
        assert fit.std == pytest.approx(math.sqrt(variance), rel=1e-12)


def check_reverse(fit_gaussian):
    """The least KL that brute force finds, where it says that it is."""
    for parts in TARGETS.values():
        fit = fit_gaussian(mixture(*parts), direction="reverse")
        there = reverse_kl(parts, fit.mean, fit.std)
        assert fit.kl == pytest.approx(there, abs=1e-11)
        assert fit.kl == pytest.approx(best_by_grid(parts), abs=1e-11)


def test_forward_agrees_with_the_moments_of_a_mixture():
    check_forward(fit_gaussian)


def test_reverse_is_the_least_that_brute_force_finds():
    check_reverse(fit_gaussian)


def swapped(target, *, direction):
    other = {"forward": "reverse", "reverse": "forward"}[direction]
    return fit_gaussian(target, direction=other)


def variance_for_std(target, *, direction):
    fit = fit_gaussian(target, direction=direction)
    return fit._replace(std=fit.std**2)


def spread_within_bumps_only(target, *, direction):
    within = sum(
        weight * part.variance()
        for part, weight in zip(target.components, target.weights, strict=True)
    )
    return GaussianFit(target.mean(), math.sqrt(within), 0.0)


def first_component(target, *, direction):
    """A local minimum is no answer."""
    alone = fit_gaussian(target.components[0], direction=direction)
    return fit_gaussian(target, direction=direction)._replace(
        mean=alone.mean, std=alone.std
    )


def kl_of_the_other_direction(target, *, direction):
    fit = fit_gaussian(target, direction=direction)
    return fit._replace(kl=swapped(target, direction=direction).kl)


def kl_in_bits(target, *, direction):
    fit = fit_gaussian(target, direction=direction)
    return fit._replace(kl=fit.kl / LOG_2)


@pytest.mark.parametrize(
    "wrong", [swapped, variance_for_std, spread_within_bumps_only]
)
def test_the_check_of_forward_finds_the_slip(wrong):
    with pytest.raises(AssertionError):
        check_forward(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        swapped,
        variance_for_std,
        first_component,
        kl_of_the_other_direction,
        kl_in_bits,
    ],
)
def test_the_check_of_reverse_finds_the_slip(wrong):
    with pytest.raises(AssertionError):
        check_reverse(wrong)


@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize("name", TARGETS)
def test_the_kl_of_a_fit_agrees_with_mpmath(name, direction, record_property):
    fit = fit_gaussian(mixture(*TARGETS[name]), direction=direction)
    error = abs(fit.kl - kl_by_mpmath(TARGETS[name], fit, direction))
    record_property(f"fit_gaussian {direction}, {name}", f"{error:.1e} nats")
    assert error < 3e-13


def test_a_needle_a_thousand_times_narrower_than_the_fit_is_seen():
    # a sum of 2049 points steps over it, and says N(0, 1) is as good
    parts = (0.5, 0, 1e-3), (0.5, 0, 1)
    judge = minimize_scalar(
        lambda std: float(reverse_kl(parts, 0, std, points=100_001)),
        bounds=(0.9, 1.1),
        method="bounded",
        options={"xatol": 1e-9},
    )
    fit = fit_gaussian(mixture(*parts), direction="reverse")
    assert fit.kl == pytest.approx(judge.fun, abs=1e-12)
    assert fit.mean == pytest.approx(0, abs=1e-9)
    assert fit.std == pytest.approx(judge.x, abs=3e-7)


def test_kl_of_other_laws_agrees_with_scipy():
    normal = math.log(2 * math.pi * math.e) / 2
    forward = fit_gaussian(Logistic(), direction="forward")
    std = math.pi / math.sqrt(3)
    assert forward == pytest.approx((0, std, normal + math.log(std) - 2))
    # of a law without moments the reverse direction has a fit all the same
    reverse = fit_gaussian(Cauchy(), direction="reverse")
    z, step = np.linspace(-9, 9, 4001, retstep=True)
    n = scipy.stats.norm.pdf(z) * step
    for shift, stretch in ((0, 1), (0.01, 1), (0, 0.99), (0, 1.01)):
        std = reverse.std * stretch
        log_p = scipy.stats.cauchy.logpdf(reverse.mean + shift + std * z)
        kl = -normal - math.log(std) - log_p @ n
        if (shift, stretch) == (0, 1):
            assert reverse.kl == pytest.approx(kl, abs=1e-11)
        assert kl >= reverse.kl - 1e-12
    assert reverse.mean == pytest.approx(0, abs=1e-9)


# --- laws --------------------------------------------------------------------

BUMPS = st.lists(
    st.tuples(st.floats(0.05, 1), st.floats(-6, 6), st.floats(0.2, 3)),
    min_size=1,
    max_size=3,
)


def normalised(parts):
    total = sum(weight for weight, _, _ in parts)
    return [(weight / total, mean, std) for weight, mean, std in parts]


@settings(max_examples=30)
@given(BUMPS)
def test_no_normal_law_that_we_try_is_nearer(parts):
    parts = normalised(parts)
    fit = fit_gaussian(mixture(*parts), direction="reverse")
    _, mean, std = np.array(parts).T
    trial = np.stack(np.meshgrid(np.linspace(-6, 6, 13), [0.2, 1, 3, 6]))
    mean, std = np.append(mean, trial[0]), np.append(std, trial[1])
    assert (reverse_kl(parts, mean, std) >= fit.kl - 1e-6).all()
    # at a minimum KL is flat: no digit of it moves
    for shift, stretch in ((1e-5, 1), (-1e-5, 1), (0, 1.00001), (0, 0.99999)):
        moved = reverse_kl(parts, fit.mean + shift, fit.std * stretch)
        assert moved >= reverse_kl(parts, fit.mean, fit.std) - 1e-13


@settings(max_examples=30)
@given(BUMPS)
def test_each_direction_is_nearest_in_its_own_sense(parts):
    parts = normalised(parts)
    forward = fit_gaussian(mixture(*parts), direction="forward")
    reverse = fit_gaussian(mixture(*parts), direction="reverse")
    assert min(forward.kl, reverse.kl) >= -1e-13
    there = reverse_kl(parts, forward.mean, forward.std)
    assert reverse.kl <= there + 1e-6  # the accuracy of the plain sum


@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize(("origin", "unit"), [(7, 1), (-3, 20), (100, 0.01)])
def test_a_fit_knows_neither_origin_nor_unit(direction, origin, unit):
    parts = TARGETS["unlike"]
    before = fit_gaussian(mixture(*parts), direction=direction)
    moved = [(w, origin + unit * m, unit * s) for w, m, s in parts]
    after = fit_gaussian(mixture(*moved), direction=direction)
    assert after.mean == pytest.approx(origin + unit * before.mean, rel=1e-9)
    assert after.std == pytest.approx(unit * before.std, rel=1e-9)
    assert after.kl == pytest.approx(before.kl, abs=1e-11)


# --- edges ------------------------------------------------------------------


def test_a_fit_is_three_plain_numbers():
    for direction in ("forward", "reverse"):
        fit = fit_gaussian(mixture(*two_bumps(3)), direction=direction)
        assert [type(value) for value in fit] == [float, float, float]


def test_a_hole_in_the_density_is_no_place_for_a_reverse_fit():
    # the box lies within the far tail of the bump, so KL is finite there
    box_in_tail = Mixture([Uniform(a=0, b=1), Normal(mu=4, sigma=1)])
    fit = fit_gaussian(box_in_tail, direction="reverse")
    assert fit.mean == pytest.approx(4, abs=0.1)
    assert fit.kl < LOG_2
    Exponential = make_distribution(scipy.stats.expon)
    hole = Mixture([-1 - Exponential(), Exponential() + 1])
    with pytest.raises(ValueError, match=r"^target must have density on the"):
        fit_gaussian(hole, direction="reverse")


def test_forward_fits_what_has_ends_and_reverse_says_why_it_does_not():
    box = Uniform(a=2, b=4)
    fit = fit_gaussian(box, direction="forward")
    kl = math.log(2 * math.pi * math.e / 3) / 2 - LOG_2
    assert fit == pytest.approx((3, 1 / math.sqrt(3), kl), rel=1e-12)
    halves = Mixture([box, Uniform(a=4.1, b=5)])
    for target in (box, halves, make_distribution(scipy.stats.expon)()):
        with pytest.raises(
            ValueError, match=r"^target must have density on the whole line"
        ):
            fit_gaussian(target, direction="reverse")


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        3.0,
        scipy.stats.norm(),
        scipy.stats.Binomial(n=3, p=0.5),
        Normal(mu=[0, 1], sigma=1),
    ],
)
@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_what_is_no_law_of_one_number_is_refused(wrong, direction):
    with pytest.raises(
        TypeError, match=r"^target must be one continuous distribution of sci"
    ):
        fit_gaussian(wrong, direction=direction)


def test_a_target_without_moments_is_refused_forwards():
    heavy = make_distribution(scipy.stats.t)(df=2.0)
    for target in (Cauchy(), heavy, Mixture([Normal(), Cauchy()])):
        with pytest.raises(
            ValueError, match=r"^target must have a finite mean and variance"
        ):
            fit_gaussian(target, direction="forward")


@pytest.mark.parametrize("wrong", ["forwards", "", None, 0, ["forward"]])
def test_a_direction_that_is_neither_is_refused(wrong):
    with pytest.raises(
        ValueError, match=r"^direction must be 'forward' or 'reverse', got"
    ):
        fit_gaussian(Normal(), direction=wrong)
