"""Divergences of probabilities, of Gaussians, and of the theta-shift.

`check_js` takes an implementation as its argument: the library has to pass
it, and the formulas that the lecture got wrong have to fail it.
"""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr, xlogy

from lib.divergences import (
    ThetaShift,
    js,
    js_gaussian,
    kl,
    kl_gaussian,
    shift_in_noise,
    theta_shift,
    total_variation,
)
from lib.information import cross_entropy, entropy
from tests.strategies import distributions, random_pairs

LOG_2 = math.log(2)
# what rounding may take from an inequality: k terms of size <= 1
SLACK = 1e-14
MEANS = st.floats(-20, 20)
STDS = st.floats(0.2, 3)


# --- by hand -----------------------------------------------------------------


def test_kl_of_a_fair_coin_from_a_loaded_one():
    # 1/2 log2 2 + 1/2 log2 (2/3), and 1/4 log2 (1/2) + 3/4 log2 (3/2)
    p, q = [0.5, 0.5], [0.25, 0.75]
    there, back = 1 - math.log2(3) / 2, 0.75 * math.log2(3) - 1
    assert kl(p, q, base=2) == pytest.approx(there, rel=1e-14)
    assert kl(q, p, base=2) == pytest.approx(back, rel=1e-14)


def test_kl_is_infinite_where_q_has_no_mass():
    assert kl([0.5, 0.5], [1, 0]) == math.inf
    assert kl([1, 0], [0.5, 0.5], base=2) == 1


def test_js_and_tv_of_a_sure_and_a_fair_coin():
    # m = (3/4, 1/4): JS = 1/2 log2 4/3 + 1/2 (1/2 log2 2/3 + 1/2 log2 2)
    by_hand = math.log2(4 / 3) / 2 + (math.log2(2 / 3) + 1) / 4
    p, q = [1, 0], [0.5, 0.5]
    assert js(p, q, base=2) == pytest.approx(by_hand, rel=1e-14)
    assert total_variation(p, q) == 0.5


def test_js_is_one_bit_and_tv_one_wherever_no_mass_is_shared():
    x = np.eye(11)
    others = x[1:]
    assert (js(x[0], others, base=2) == 1).all()
    assert (total_variation(x[0], others) == 1).all()
    assert (kl(x[0], others) == math.inf).all()


def test_js_of_the_least_mass_that_a_float_can_hold_is_no_infinity():
    least = [np.nextafter(0, 1), 1]
    assert js(least, [0, 1]) == js([0, 1], least) < 1e-323


def test_js_of_overlapping_uniforms_is_the_share_that_does_not_overlap():
    # U(0, 1) and U(a, 1 + a) in tenths: JS = a log 2, as a printed answer
    # to another book's exercise had wrong
    for a in range(11):
        p, q = np.zeros(20), np.zeros(20)
        p[:10] = q[a : a + 10] = 0.1
        assert js(p, q) == pytest.approx(a / 10 * LOG_2, abs=1e-15)


def test_everything_is_exactly_zero_between_equals():
    p = np.array([0.1, 0.2, 0.7])
    for measure in (kl, js, total_variation):
        assert measure(p, p) == 0
    for measure in (kl_gaussian, js_gaussian):
        assert measure(0.3, 0.7, 0.3, 0.7) == 0


# --- laws --------------------------------------------------------------------


@given(distributions())
def test_kl_is_not_negative_and_bounds_the_total_variation(drawn):
    p, q = drawn
    assert kl(p, q) >= -SLACK
    # Pinsker's inequality
    assert total_variation(p, q) ** 2 <= kl(p, q) / 2 + SLACK


@given(distributions())
def test_kl_is_what_the_cross_entropy_exceeds_the_entropy_by(drawn):
    p, q = drawn
    excess = cross_entropy(p, q) - entropy(p)
    np.testing.assert_allclose(kl(p, q), excess, rtol=1e-12, atol=1e-13)


@given(distributions())
def test_merging_outcomes_never_raises_a_divergence(drawn):
    p, q = drawn
    fewer = [np.append(d[2:], d[:2].sum()) for d in drawn]
    for measure in (kl, js, total_variation):
        assert measure(*fewer) <= measure(p, q) + SLACK


@given(distributions(count=3))
def test_the_root_of_js_and_tv_keep_the_triangle_inequality(drawn):
    p, q, r = drawn
    for distance in (lambda a, b: abs(js(a, b)) ** 0.5, total_variation):
        detour = distance(p, q) + distance(q, r)
        assert distance(p, r) <= detour + 1e-7  # a root of the rounding


def test_js_itself_and_kl_break_the_triangle_inequality():
    p, q, r = [1, 0], [0.5, 0.5], [0, 1]
    assert js(p, r) > js(p, q) + js(q, r)
    p, q, r = [0.5, 0.5], [0.25, 0.75], [0.01, 0.99]
    assert kl(p, r) > kl(p, q) + kl(q, r)


def check_js(js):
    """Bounds, symmetry, an identity in entropies, and scipy's word."""
    disjoint = np.eye(4)
    assert np.allclose(js(disjoint[0], disjoint[1:]), LOG_2, atol=1e-15)
    for k in (2, 3, 8):
        p, q = random_pairs(k)
        m = (p + q) / 2
        value = js(p, q)
        assert (value >= 0).all()
        assert (value <= LOG_2).all()
        assert (abs(js(p, p)) <= 1e-15).all()
        np.testing.assert_allclose(value, js(q, p), atol=1e-15)
        told = entropy(m) - (entropy(p) + entropy(q)) / 2
        np.testing.assert_allclose(value, told, atol=1e-14)
        judge = jensenshannon(p, q, axis=-1) ** 2
        np.testing.assert_allclose(value, judge, atol=1e-14)


def test_js_keeps_its_laws_and_agrees_with_scipy():
    check_js(js)


# --- the lecture's formulas, which must fail ---------------------------------


def game_value(p, q):
    """Largest E_p[log D] + E_q[log(1 - D)], reached at D = p / (p + q)."""
    half = np.full(np.broadcast_shapes(p.shape, q.shape), 0.5)
    d = np.divide(p, p + q, where=p + q > 0, out=half)
    return (xlogy(p, d) + xlogy(q, 1 - d)).sum(-1)


def game_value_without_logarithm(p, q):
    """S23 as printed, E_p[log D] + E_q[1 - D]: D = min(1, p / q)."""
    one = np.ones(np.broadcast_shapes(p.shape, q.shape))
    d = np.minimum(1, np.divide(p, q, where=q > 0, out=one))
    return (xlogy(p, d) + q * (1 - d)).sum(-1)


def js_from(value):
    """JS from V = 2 JS - log 4, the value of the game at the best D."""
    return lambda p, q: (value(p, q) + math.log(4)) / 2


def js_plain(p, q):
    """The definition, term by term."""
    m = (p + q) / 2
    terms = rel_entr(p, m) / 2 + rel_entr(q, m) / 2
    return terms.sum(-1)


RIGHT_JS = {
    "the definition, written plainly": js_plain,
    "the value of the game": js_from(game_value),
}
WRONG_JS = {
    "S07: JS where KL belongs": lambda p, q: (
        (js(p, (p + q) / 2) + js(q, (p + q) / 2)) / 2
    ),
    "S07 without the halves": lambda p, q: 2 * js_plain(p, q),
    "S07 without the mixture": lambda p, q: (kl(p, q) + kl(q, p)) / 2,
    "S07 with one side only": lambda p, q: kl(p, (p + q) / 2),
    "S23: a logarithm lost": js_from(game_value_without_logarithm),
}


@pytest.mark.parametrize("name", RIGHT_JS)
def test_the_check_of_js_accepts_other_forms_of_the_truth(name):
    check_js(RIGHT_JS[name])


@pytest.mark.parametrize("name", WRONG_JS)
def test_the_check_of_js_finds_the_wrong_formula(name):
    with pytest.raises(AssertionError):
        check_js(WRONG_JS[name])


def test_the_game_between_equals_is_worth_minus_log_four_not_zero():
    p, _ = random_pairs(5)
    np.testing.assert_allclose(game_value(p, p), -math.log(4))
    np.testing.assert_allclose(game_value_without_logarithm(p, p), 0)


# --- judges ------------------------------------------------------------------


@pytest.mark.parametrize("base", [2, math.e, 10])
def test_kl_and_js_agree_with_scipy(base):
    p, q = random_pairs(7)
    p[::3] = np.eye(7)[np.arange(len(p[::3])) % 7]
    judge = scipy.stats.entropy(p, q, base=base, axis=-1)
    np.testing.assert_allclose(kl(p, q, base=base), judge, atol=1e-14)
    judge = jensenshannon(p, q, base=base, axis=-1) ** 2
    np.testing.assert_allclose(js(p, q, base=base), judge, atol=1e-14)


def test_kl_agrees_with_torch():
    p, q = map(torch.as_tensor, random_pairs(5))
    judge = torch.distributions.kl_divergence(
        torch.distributions.Categorical(probs=p),
        torch.distributions.Categorical(probs=q),
    )
    np.testing.assert_allclose(kl(p, q), judge, atol=1e-14)


def test_total_variation_is_the_largest_gap_between_events():
    p, q = random_pairs(6, 20)
    events = np.array(list(np.ndindex(*[2] * 6)))  # all 64 of them
    gaps = abs((p - q) @ events.T).max(-1)
    np.testing.assert_allclose(total_variation(p, q), gaps, atol=1e-15)


# --- Gaussians ---------------------------------------------------------------


def test_kl_of_gaussians_by_hand():
    # a distance of two belief-widths: 2^2 / 2; half and double the width
    assert kl_gaussian(0, 1, 2, 1) == 2
    assert kl_gaussian(0, 1, 0, 2) == pytest.approx(LOG_2 - 3 / 8)
    assert kl_gaussian(0, 2, 0, 1) == pytest.approx(3 / 2 - LOG_2)
    # 0.81815 is log 2 + (1/4 + 1) / 2 - 1/2
    assert kl_gaussian(1, 0.5, 0, 1) == pytest.approx(0.81815, abs=5e-6)


@given(MEANS, STDS, MEANS, STDS)
def test_kl_of_gaussians_agrees_with_torch(mean_p, std_p, mean_q, std_q):
    normal = torch.distributions.Normal
    judge = torch.distributions.kl_divergence(
        normal(*torch.tensor([mean_p, std_p], dtype=torch.float64)),
        normal(*torch.tensor([mean_q, std_q], dtype=torch.float64)),
    )
    ours = kl_gaussian(mean_p, std_p, mean_q, std_q)
    assert ours == pytest.approx(float(judge), rel=1e-13, abs=1e-14)


@pytest.mark.parametrize("ratio", [1e-12, 1e-6, 0.2, 1.5, 1e6, 1e12])
def test_kl_of_gaussians_keeps_its_digits_at_any_width(ratio):
    with mp.workdps(50):
        for std in (ratio, 1 + ratio):
            s = mp.mpf(std)
            judge = float((s**2 - 1) / 2 - mp.log(s))
            ours = kl_gaussian(0, std, 0, 1)
            assert ours == pytest.approx(judge, rel=1e-14, abs=1e-17)


def js_by_mpmath(mean_p, std_p, mean_q, std_q):
    """log 2 - 1/2 int p log(1 + q/p) + q log(1 + p/q), to 25 digits.

    Around the narrower, in pieces that end where the densities cross.
    """
    (width, centre), _ = sorted([(std_p, mean_p), (std_q, mean_q)])
    a, s, b, t = map(mp.mpf, (mean_p, std_p, mean_q, std_q))

    def gap(x):
        return ((x - b) / t) ** 2 / 2 - ((x - a) / s) ** 2 / 2 + mp.log(t / s)

    def unsure(x):
        p = mp.npdf(x, a, s)
        odds = gap(x)
        return p * (
            mp.log1p(mp.exp(-odds)) + mp.exp(-odds) * mp.log1p(mp.exp(odds))
        )

    ends = [mp.mpf(centre) + width * mp.mpf(k) / 2 for k in range(-28, 29)]
    return mp.log(2) - mp.quad(unsure, ends, maxdegree=5) / 2


GAUSSIANS = [
    (0, 1, 0.5, 1),
    (0, 1, 2, 1),
    (0, 1, 6, 1),
    (0, 1, 10.4, 1),  # where the bound on the error is largest
    (0, 1, 16, 1),
    (0, 1, 40, 1),
    (0, 0.2, 0, 3),
    (0, 0.2, 5, 3),
    (1, 3, -2, 0.2),
    (0, 1, 0, 1.05),
    (0, 1, 0.01, 1),
    (0, 1, 1e-6, 1),
    (3, 1, 3, 1e3),
    (0, 1e-6, 0.5, 1),
]


@pytest.mark.parametrize("arguments", GAUSSIANS)
def test_js_of_gaussians_agrees_with_mpmath(arguments, record_property):
    with mp.workdps(25):
        judge = js_by_mpmath(*arguments)
        error = float(abs(js_gaussian(*arguments) - judge))
        small = float(error / judge)
    record_property(f"js_gaussian{arguments}", f"error {error:.1e}")
    assert error <= 5e-16
    assert small <= 1e-13


def test_js_of_gaussians_agrees_with_scipy_quad():
    p, q = scipy.stats.norm(0, 1), scipy.stats.norm(1.5, 0.6)

    def integrand(x):
        m = (p.pdf(x) + q.pdf(x)) / 2
        return (rel_entr(p.pdf(x), m) + rel_entr(q.pdf(x), m)) / 2

    judge, _ = scipy.integrate.quad(
        integrand, -12, 12, epsabs=1e-13, limit=200
    )
    assert js_gaussian(0, 1, 1.5, 0.6) == pytest.approx(judge, abs=1e-13)


def test_js_of_gaussians_nears_log_two_from_below():
    # 1.9194e-15 with 40 digits; a float near log 2 knows it to 1.1e-16
    missing = LOG_2 - js_gaussian(0, 1, [8, 16, 20], 1)
    assert missing[0] == pytest.approx(9.3535e-5, rel=1e-5)
    assert missing[1] == pytest.approx(1.9194e-15, abs=2.3e-16)
    assert missing[2] == 0


@given(MEANS, STDS, MEANS, STDS)
def test_js_of_gaussians_is_symmetric_and_bounded(
    mean_p, std_p, mean_q, std_q
):
    there = js_gaussian(mean_p, std_p, mean_q, std_q)
    assert there == js_gaussian(mean_q, std_q, mean_p, std_p)
    assert 0 <= there <= LOG_2
    # JS is the mean of two KL to the mixture, each at most half a KL
    assert there <= kl_gaussian(mean_p, std_p, mean_q, std_q) / 4 + (
        kl_gaussian(mean_q, std_q, mean_p, std_p) / 4 + SLACK
    )


@given(MEANS, STDS, MEANS, STDS, st.floats(-100, 100), st.floats(0.01, 100))
def test_js_of_gaussians_knows_neither_origin_nor_unit(
    mean_p, std_p, mean_q, std_q, origin, unit
):
    moved = [origin + unit * mean_p, unit * std_p]
    moved += [origin + unit * mean_q, unit * std_q]
    before = js_gaussian(mean_p, std_p, mean_q, std_q)
    # the origin rounds the means to 2e-13 of the least width, 0.002
    assert js_gaussian(*moved) == pytest.approx(before, abs=1e-9)


@given(st.floats(0, 0.1), st.floats(1, 1.1))
def test_js_of_almost_equal_gaussians_is_an_eighth_of_their_kl_both_ways(
    mean, std
):
    both = kl_gaussian(0, 1, mean, std) + kl_gaussian(mean, std, 0, 1)
    assume(both > 1e-30)
    assert js_gaussian(0, 1, mean, std) == pytest.approx(both / 8, rel=0.03)


def test_js_of_gaussians_rises_with_the_distance():
    values = js_gaussian(0, 1, np.linspace(0, 16, 400), 1)
    assert (np.diff(values) > 0).all()


def test_gaussians_further_apart_than_floats_reach_are_log_two_apart():
    assert js_gaussian(-1e308, 1, 1e308, 1) == LOG_2
    assert js_gaussian(0, 1e-300, 0, 1e300) == LOG_2


def test_arguments_of_gaussians_broadcast():
    means, stds = np.linspace(0, 2, 3)[:, None], np.array([0.5, 1, 2, 3])
    for measure in (kl_gaussian, js_gaussian):
        table = measure(0, 1, means, stds)
        assert table.shape == (3, 4)
        for i, j in np.ndindex(3, 4):
            assert table[i, j] == pytest.approx(
                measure(0, 1, means[i, 0], stds[j]), rel=1e-13
            )
        assert measure(0, 1, [], 1).shape == (0,)
        assert isinstance(measure(0, 1, 1, 1), float)


# --- the theta-shift ---------------------------------------------------------


def test_without_noise_only_w1_knows_how_far_it_is():
    theta = np.array([-1, -1e-300, 0, 1e-300, 0.5])
    away = theta != 0
    shift = theta_shift(theta)
    assert shift.kl.tolist() == np.where(away, math.inf, 0).tolist()
    assert shift.reverse_kl.tolist() == shift.kl.tolist()
    assert shift.js.tolist() == np.where(away, LOG_2, 0).tolist()
    assert shift.tv.tolist() == away.tolist()
    assert shift.w1.tolist() == abs(theta).tolist()


def test_noise_as_wide_as_the_shift_gives_what_paper_says():
    shift = theta_shift(0.5, noise=0.5)
    assert shift.kl == shift.reverse_kl == 0.5
    # TV: 2 Phi(1/2) - 1 of the standard normal's table
    assert shift.tv == pytest.approx(0.38292492254802624, rel=1e-15)
    assert shift.js == pytest.approx(js_gaussian(0, 0.5, 0.5, 0.5), rel=1e-15)
    assert shift.w1 == 0.5


@pytest.mark.parametrize("noise", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("theta", [-0.7, 0.1, 1.0])
def test_the_smoothed_shift_agrees_with_torch_and_quadrature(theta, noise):
    shift = theta_shift(theta, noise)
    normal = torch.distributions.Normal
    one, zero = torch.tensor(1, dtype=torch.float64), torch.tensor(0.0)
    p, q = normal(zero, one * noise), normal(one * theta, one * noise)
    judge = float(torch.distributions.kl_divergence(p, q))
    assert shift.kl == pytest.approx(judge, rel=1e-13)
    assert shift.reverse_kl == pytest.approx(judge, rel=1e-13)

    p = scipy.stats.norm(0, noise)
    q = scipy.stats.norm(theta, noise)
    reach = abs(theta) + 10 * noise
    for integrand, value in [
        (lambda x: abs(p.pdf(x) - q.pdf(x)) / 2, shift.tv),
        (lambda x: abs(p.cdf(x) - q.cdf(x)), shift.w1),
    ]:
        judge, _ = scipy.integrate.quad(
            integrand, -reach, reach, points=[0, theta / 2, theta], limit=200
        )
        assert value == pytest.approx(judge, rel=1e-9)


def test_as_the_noise_goes_the_smoothed_shift_becomes_the_bare_one():
    theta = np.array([-1, 0, 0.25])
    bare, nearly = theta_shift(theta), theta_shift(theta, noise=1e-4)
    for name in ("js", "tv", "w1"):
        assert getattr(nearly, name).tolist() == getattr(bare, name).tolist()
    assert (nearly.kl[theta != 0] > 1e6).all()
    assert (theta_shift(theta, noise=1e-300).kl == bare.kl).all()


@given(st.floats(-1, 1), st.floats(0.01, 2))
def test_noise_only_ever_brings_p_and_q_closer(theta, noise):
    less, more = theta_shift(theta, noise), theta_shift(theta, 2 * noise)
    for before, after in zip(less[:4], more[:4], strict=True):
        assert 0 <= after <= before
    assert less.w1 == more.w1 == abs(theta)


@given(st.floats(-1, 1), st.floats(0, 2))
def test_the_shift_does_not_ask_for_the_side(theta, noise):
    assert theta_shift(theta, noise) == theta_shift(-theta, noise)


def test_theta_and_noise_broadcast_and_gaps_stay_gaps():
    theta = [-1, math.nan, 0, math.nan, 1]
    shift = theta_shift(theta, [[0], [0.5]])
    assert isinstance(shift, ThetaShift)
    for values in shift:
        assert values.shape == (2, 5)
        assert np.isnan(values).tolist() == [np.isnan(theta).tolist()] * 2
    assert all(isinstance(value, float) for value in theta_shift(0.5, 0.1))


def test_distance_is_counted_in_noise():
    theta, noise, distance = shift_in_noise([-1, 0, 2], [[0], [0.5]])
    assert distance.tolist() == [[math.inf, 0, math.inf], [2, 0, 4]]
    assert theta.shape == noise.shape == (2, 3)


# --- edges and refusals ------------------------------------------------------


@pytest.mark.parametrize("measure", [kl, js, total_variation])
def test_batches_are_taken_row_by_row(measure):
    p, q = random_pairs(4, 6)
    p, q = p.reshape(2, 3, 4), q[:3]
    values = measure(p, q)
    assert values.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert values[i, j] == measure(p[i, j], q[j])
    assert measure(np.ones((0, 1)), [1.0]).shape == (0,)
    assert measure([1.0], [1.0]) == 0


def test_arguments_are_left_as_they_were():
    p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    for measure in (kl, js, total_variation):
        measure(p, q)
    for measure in (kl_gaussian, js_gaussian):
        measure(p, q, q, p)
    shift = theta_shift(p, q)
    assert not any(np.shares_memory(values, p) for values in shift)
    assert not np.shares_memory(shift.kl, shift.reverse_kl)
    assert p.tolist() == [0.5, 0.5]
    assert q.tolist() == [0.25, 0.75]


@pytest.mark.parametrize("measure", [kl, js, total_variation])
def test_what_is_no_distribution_is_refused_by_its_name(measure):
    half = [0.5, 0.5]
    with pytest.raises(ValueError, match=r"^q must sum to 1 .* got \[1\.1\]"):
        measure(half, [0.5, 0.6])
    with pytest.raises(ValueError, match=r"^p must be without negative mass"):
        measure([1.5, -0.5], half)
    with pytest.raises(ValueError, match=r"^p must be finite, got nan"):
        measure([math.nan, 1], half)
    with pytest.raises(ValueError, match=r"p \(3,\) and q \(2,\)"):
        measure([0.5, 0.25, 0.25], half)
    with pytest.raises(TypeError, match=r"^q must hold real numbers"):
        measure(half, ["a", "b"])


@pytest.mark.parametrize("measure", [kl, js])
def test_a_base_that_is_not_above_one_is_refused(measure):
    for base in (0, -1, 1, math.nan):
        with pytest.raises(ValueError, match=r"^base must be finite and ab"):
            measure([0.5, 0.5], [0.5, 0.5], base=base)


@pytest.mark.parametrize("measure", [kl_gaussian, js_gaussian])
@pytest.mark.parametrize("name", ["mean_p", "std_p", "mean_q", "std_q"])
def test_what_is_no_gaussian_is_refused_by_its_name(measure, name):
    right = {"mean_p": 0, "std_p": 1, "mean_q": 0, "std_q": 1}
    for wrong in (math.nan, math.inf, [1, -math.inf]):
        with pytest.raises(ValueError, match=f"^{name} must be finite, got"):
            measure(**(right | {name: wrong}))
    with pytest.raises(TypeError, match=f"^{name} must hold real numbers"):
        measure(**(right | {name: 1j}))
    if name.startswith("std"):
        for wrong, said in [(0, "0.0"), ([1, -2], r"-2.0 at index \(1,\)")]:
            with pytest.raises(
                ValueError, match=f"^{name} must be above 0, got {said}$"
            ):
                measure(**(right | {name: wrong}))
    with pytest.raises(ValueError, match=rf"{name} \(5,\)"):
        measure(**{k: [1, 2, 3] for k in right} | {name: np.ones(5)})


def test_a_shift_that_makes_no_sense_is_refused_by_its_name():
    with pytest.raises(ValueError, match=r"^theta must be finite, got -inf"):
        theta_shift([0, -math.inf])
    with pytest.raises(ValueError, match=r"^noise must be at least 0, got"):
        theta_shift(0.5, -0.1)
    with pytest.raises(ValueError, match=r"^noise must be finite, got nan"):
        theta_shift(0.5, math.nan)
    with pytest.raises(ValueError, match=r"theta \(3,\) and noise \(2,\)"):
        theta_shift([1, 2, 3], [1, 2])
    with pytest.raises(TypeError, match=r"^theta must hold real numbers"):
        theta_shift("half")
