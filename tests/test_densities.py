"""What each place adds to KL and to JS, and what it adds up to.

`check_...` take an implementation as their argument: the library has to
pass them, and formulas with a slip have to fail them.
"""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import rel_entr

from lib import densities
from lib.divergences import js_gaussian, kl_gaussian

LOG_2 = math.log(2)
VALUES = st.floats(0, 1e3)


def log(p):
    with np.errstate(divide="ignore"):
        return np.log(p)


def kl_integrand(p, q):
    return densities.kl_integrand(log(p), log(q))


def js_integrand(p, q):
    return densities.js_integrand(log(p), log(q))


# --- by hand -----------------------------------------------------------------


def test_one_place_adds_what_paper_says():
    # p = 2, q = 1: 2 log 2; m = 3/2: log(4/3) + 1/2 log(2/3)
    assert kl_integrand(2, 1) == pytest.approx(2 * LOG_2, rel=1e-15)
    assert kl_integrand(1, 2) == pytest.approx(-LOG_2, rel=1e-15)
    by_hand = math.log(4 / 3) + math.log(2 / 3) / 2
    assert js_integrand(2, 1) == pytest.approx(by_hand, rel=1e-14)


def test_a_place_that_only_one_density_reaches():
    assert kl_integrand([0, 0, 1], [0, 1, 0]).tolist() == [0, 0, math.inf]
    assert js_integrand([0, 0, 2], [0, 2, 0]).tolist() == [0, LOG_2, LOG_2]


# --- laws --------------------------------------------------------------------


@given(VALUES, VALUES)
def test_what_a_place_adds_to_js_is_symmetric_and_bounded(p, q):
    added = js_integrand(p, q)
    assert added == js_integrand(q, p)
    assert -1e-13 <= added <= (p + q) / 2 * LOG_2 + 1e-12
    assert js_integrand(p, p) == kl_integrand(p, p) == 0


@given(VALUES, VALUES)
def test_what_a_place_adds_to_js_is_half_of_each_kl_to_the_mixture(p, q):
    p, q = p + 1e-3, q + 1e-3
    m = (p + q) / 2
    halves = kl_integrand(p, m) / 2 + kl_integrand(q, m) / 2
    assert js_integrand(p, q) == pytest.approx(halves, abs=1e-12)


PAIRS = [(0, 1, 2, 1), (0, 1, 0.5, 0.6), (-1, 0.7, 3, 2), (0, 1, 9, 1)]


def check_integrands(kl_integrand, js_integrand):
    """They integrate to the divergences of normal laws."""
    for mean_p, std_p, mean_q, std_q in PAIRS:
        x = np.linspace(-13, 19, 20_001)
        p = scipy.stats.norm(mean_p, std_p).pdf(x)
        q = scipy.stats.norm(mean_q, std_q).pdf(x)
        arguments = (mean_p, std_p, mean_q, std_q)
        for integrand, judge in (
            (kl_integrand, kl_gaussian),
            (js_integrand, js_gaussian),
        ):
            area = np.trapezoid(integrand(p, q), x)
            assert area == pytest.approx(judge(*arguments), rel=1e-11)


def test_the_integrands_integrate_to_the_divergences():
    check_integrands(kl_integrand, js_integrand)


def js_plain(p, q):
    m = (p + q) / 2
    return rel_entr(p, m) / 2 + rel_entr(q, m) / 2


WRONG_INTEGRANDS = {
    "the halves of JS forgotten": (
        kl_integrand,
        lambda p, q: 2 * js_plain(p, q),
    ),
    "one half of JS forgotten": (
        kl_integrand,
        lambda p, q: js_plain(p, q) + rel_entr(q, (p + q) / 2) / 2,
    ),
    "KL from the other side": (lambda p, q: rel_entr(q, p), js_plain),
    "the logarithm of base 2": (
        lambda p, q: rel_entr(p, q) / LOG_2,
        js_plain,
    ),
    "no density in front": (lambda p, q: np.log(p / q), js_plain),
}


def test_the_check_of_integrands_accepts_the_formulas_written_plainly():
    check_integrands(rel_entr, js_plain)


@pytest.mark.parametrize("name", WRONG_INTEGRANDS)
def test_the_check_of_integrands_finds_the_slip(name):
    with pytest.raises(AssertionError):
        check_integrands(*WRONG_INTEGRANDS[name])


LOGS = st.floats(-5e3, 10)


@given(LOGS, LOGS)
def test_the_integrands_agree_with_thirty_digits(log_p, log_q):
    with mp.workdps(30):
        a, b = mp.exp(log_p), mp.exp(log_q)
        m = (a + b) / 2
        one_side = float(a * (mp.mpf(log_p) - mp.mpf(log_q)))
        both = float((a * mp.log(a / m) + b * mp.log(b / m)) / 2)
    size = 1e-15 * float(a + b) + 1e-300
    added = densities.kl_integrand(log_p, log_q)
    assert added == pytest.approx(one_side, rel=1e-14, abs=size)
    added = densities.js_integrand(log_p, log_q)
    assert added == pytest.approx(both, rel=1e-14, abs=size)


# --- edges -----------------------------------------------------------------


def test_a_density_too_small_for_a_float_is_not_taken_for_none():
    # N(0, 1) against N(4, 0.2^2) at x = -7: q is exp(-1511), 0 as a float
    log_p, log_q = -49 / 2, -(55**2) / 2 + math.log(5)
    assert math.exp(log_q) == 0
    by_hand = math.exp(log_p) * (log_p - log_q)
    assert densities.kl_integrand(log_p, log_q) == by_hand
    # and a truth as small as that, where the belief says never
    assert densities.kl_integrand(-2000, -math.inf) == math.inf
    assert densities.kl_integrand(-2000, -1000) == 0
    assert densities.js_integrand(-2000, -math.inf) == 0


def test_integrands_broadcast_and_leave_their_arguments():
    log_p, log_q = log([1.0, 2.0, 0.0]), log([[1.0], [0.5]])
    kept = log_p.copy(), log_q.copy()
    for integrand in (densities.kl_integrand, densities.js_integrand):
        table = integrand(log_p, log_q)
        assert table.shape == (2, 3)
        for i, j in np.ndindex(2, 3):
            assert table[i, j] == integrand(log_p[j], log_q[i, 0])
        assert integrand([], []).shape == (0,)
    assert np.array_equal(log_p, kept[0])
    assert np.array_equal(log_q, kept[1])


@pytest.mark.parametrize(
    "integrand", [densities.kl_integrand, densities.js_integrand]
)
def test_what_is_no_log_density_is_refused_by_its_name(integrand):
    with pytest.raises(ValueError, match=r"^log_p must be a .* got inf"):
        integrand([1, math.inf], 1)
    with pytest.raises(ValueError, match=r"^log_q must be a .* got nan"):
        integrand(1, math.nan)
    with pytest.raises(ValueError, match=r"log_p \(2,\) and log_q \(3,\)"):
        integrand([1, 2], [1, 2, 3])
    with pytest.raises(TypeError, match=r"^log_q must hold real numbers"):
        integrand(1, "density")
