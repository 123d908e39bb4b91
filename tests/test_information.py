"""Self-information, entropy, cross-entropy, and the checks of arguments."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib.information import (
    MASS_TOLERANCE,
    broadcast,
    check_distributions,
    check_finite,
    check_real,
    cross_entropy,
    entropy,
    log_of_base,
    refuse,
    self_information,
)
from tests.strategies import distributions, random_pairs

DIE = np.full(6, 1 / 6)
# what rounding may take from an inequality: k terms of size <= 1
SLACK = 1e-14


# --- by hand -----------------------------------------------------------------


def test_one_face_of_a_die_carries_log2_of_six_bits():
    assert self_information(1 / 6, base=2) == pytest.approx(
        2.584962500721156, rel=1e-15
    )


def test_two_rolls_carry_the_information_of_both():
    one, two = self_information(1 / 6), self_information(1 / 36)
    assert two == pytest.approx(2 * one, rel=1e-15)


def test_a_certain_event_carries_nothing_and_an_impossible_one_infinity():
    values = self_information([1, 0, 0.5], base=2)
    assert values.tolist() == [0.0, math.inf, 1.0]
    assert not np.signbit(values[0])


def test_entropy_of_a_fair_coin_is_one_bit_and_of_a_sure_one_zero():
    values = entropy([[0.5, 0.5], [1, 0], [0, 1]], base=2)
    assert values.tolist() == [1.0, 0.0, 0.0]
    assert not np.signbit(values).any()


def test_entropy_of_a_die_is_log_six():
    assert entropy(DIE) == pytest.approx(math.log(6), rel=1e-15)


def test_the_wrong_belief_in_a_coin_costs_what_paper_says():
    # 1/2 log2 4 + 1/2 log2 (4/3), and the other way round 1 bit each
    p, q = [0.5, 0.5], [0.25, 0.75]
    cost = 1 + math.log2(4 / 3) / 2
    assert cross_entropy(p, q, base=2) == pytest.approx(cost, rel=1e-15)
    assert cross_entropy(q, p, base=2) == pytest.approx(1, rel=1e-15)


def test_cross_entropy_is_infinite_where_the_belief_has_no_mass():
    assert cross_entropy([0.5, 0.5], [1, 0]) == math.inf


def test_outcomes_without_mass_cost_nothing_even_if_believed_impossible():
    assert cross_entropy([1, 0], [1, 0]) == 0
    assert cross_entropy([1, 0], [0.5, 0.5], base=2) == 1


# --- laws --------------------------------------------------------------------


@given(distributions(count=1))
def test_entropy_lies_between_zero_and_log_k(drawn):
    (p,) = drawn
    assert 0 <= entropy(p) <= math.log(len(p)) + SLACK


@given(distributions(count=1))
def test_entropy_is_the_mean_of_the_self_information(drawn):
    p = drawn[0][drawn[0] > 0]
    mean = (p * self_information(p)).sum()
    assert entropy(drawn[0]) == pytest.approx(mean, rel=1e-13, abs=SLACK)


@given(distributions(), st.floats(1.01, 100.0))
def test_the_base_only_changes_the_unit(drawn, base):
    p, q = drawn
    for in_base, in_nats in [
        (self_information(p, base=base), self_information(p)),
        (entropy(p, base=base), entropy(p)),
        (cross_entropy(p, q, base=base), cross_entropy(p, q)),
    ]:
        np.testing.assert_allclose(in_base * math.log(base), in_nats)


@given(distributions(count=2))
def test_entropy_of_independent_variables_adds(drawn):
    p, q = drawn
    both = np.outer(p, q).ravel()
    assert entropy(both) == pytest.approx(entropy(p) + entropy(q), abs=1e-13)


def check_gibbs(cross_entropy):
    """H(p, q) - H(p) >= 0, = 0 iff p = q, and = KL as scipy computes it."""
    for k in (2, 3, 6):
        p, q = random_pairs(k)
        excess = cross_entropy(p, q) - cross_entropy(p, p)
        assert (excess > 0).all()
        judge = scipy.stats.entropy(p, q, axis=-1)
        np.testing.assert_allclose(excess, judge, atol=1e-13)
    own = cross_entropy(p, p)
    np.testing.assert_allclose(own, scipy.stats.entropy(p, axis=-1))


def test_no_belief_is_cheaper_than_the_truth():
    check_gibbs(cross_entropy)


@given(distributions())
def test_gibbs_inequality_holds_with_holes_too(drawn):
    p, q = drawn
    assert cross_entropy(p, q) >= entropy(p) - SLACK


# --- the lecture's formula without its logarithms ----------------------------


def without_logarithms(p, q):
    """S04 as printed: E[1/Q] in place of E[log 1/Q]."""
    return (p / q).sum(-1)


def with_logarithms(p, q):
    return (p * np.log(1 / q)).sum(-1)


def test_the_check_of_gibbs_accepts_the_formula_written_plainly():
    check_gibbs(with_logarithms)


def test_the_check_of_gibbs_finds_missing_logarithms():
    with pytest.raises(AssertionError):
        check_gibbs(without_logarithms)


@pytest.mark.parametrize(("k", "share"), [(2, 0.25), (3, 0.14), (6, 0.03)])
def test_without_logarithms_the_inequality_fails_as_often_as_we_print(
    k, share
):
    p, q = random_pairs(k, 40_000)
    excess = without_logarithms(p, q) - without_logarithms(p, p)
    # 0.008 is more than three standard errors at 40 000 pairs
    assert (excess < 0).mean() == pytest.approx(share, abs=0.008)


# --- judges ------------------------------------------------------------------


@pytest.mark.parametrize("base", [2, math.e, 10])
def test_entropy_agrees_with_scipy(base):
    p, _ = random_pairs(7)
    p[::5] = np.eye(7)[np.arange(len(p[::5])) % 7]
    judge = scipy.stats.entropy(p, base=base, axis=-1)
    np.testing.assert_allclose(entropy(p, base=base), judge, atol=1e-14)


def test_entropy_and_cross_entropy_agree_with_torch():
    p, q = map(torch.as_tensor, random_pairs(5))
    truth = torch.distributions.Categorical(probs=p)
    belief = torch.distributions.Categorical(probs=q)
    cost = truth.entropy() + torch.distributions.kl_divergence(truth, belief)
    np.testing.assert_allclose(entropy(p), truth.entropy(), atol=1e-14)
    np.testing.assert_allclose(cross_entropy(p, q), cost, atol=1e-13)


# --- edges -------------------------------------------------------------------


def test_one_outcome_has_no_entropy_and_no_negative_zero():
    for value in (entropy([1.0]), cross_entropy([1.0], [1.0])):
        assert value == 0
        assert not np.signbit(value)


def test_batches_broadcast_and_are_taken_row_by_row():
    p, q = random_pairs(4, 6)
    p, q = p.reshape(2, 3, 4), q[:3]
    values = cross_entropy(p, q)
    assert values.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert values[i, j] == cross_entropy(p[i, j], q[j])


def test_an_empty_batch_gives_an_empty_answer():
    assert entropy(np.ones((0, 1))).shape == (0,)
    assert self_information([]).shape == (0,)


def test_single_precision_and_whole_numbers_become_double():
    q = torch.softmax(torch.arange(1000.0) / 100, 0)
    assert q.dtype == torch.float32
    assert entropy(q).dtype == np.float64
    assert entropy([0, 1]).dtype == np.float64
    assert entropy([False, True]) == 0


def test_the_least_probability_a_float_can_hold_is_no_infinity():
    least = np.nextafter(0, 1)
    assert self_information(least) == pytest.approx(744.4400719213812)


def test_arguments_are_left_as_they_were():
    p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    for values in (self_information(p), entropy(p), cross_entropy(p, q)):
        assert not np.shares_memory(values, p)
    assert p.tolist() == [0.5, 0.5]
    assert q.tolist() == [0.25, 0.75]


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["p", "q"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([0.5, 0.6], r"must sum to 1 along .* within 1e-06\), got \[1\.1\]"),
        ([[0.5, 0.5], [0.3, 0.3]], r"sum to 1 .* got \[0\.6\]"),
        ([0.5, 0.5 + 2e-6], "must sum to 1"),
        ([1.5, -0.5], r"without negative mass, got -0\.5 at index \(1,\)"),
        ([0.5, math.nan], r"must be finite, got nan at index \(1,\)"),
        ([math.inf, 0.5], r"must be finite, got inf at index \(0,\)"),
        ([], r"must have outcomes .* got shape \(0,\)"),
        (np.ones((3, 0)), r"must have outcomes .* got shape \(3, 0\)"),
        (1.0, r"must have outcomes .* got shape \(\)"),
    ],
)
def test_what_is_no_distribution_is_refused_by_its_name(name, wrong, said):
    right = {"p": [0.5, 0.5], "q": [0.5, 0.5]}
    with pytest.raises(ValueError, match=f"^{name} .*{said}"):
        cross_entropy(**(right | {name: wrong}))
    with pytest.raises(ValueError, match=f"^{name} .*{said}"):
        check_distributions(**(right | {name: wrong}))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([0.5 + 0j, 0.5], "must hold real numbers, got complex128"),
        (["heads", "tails"], "must hold real numbers, got <U5"),
        (None, "must hold real numbers, got object"),
        ([Fraction(1, 2)] * 2, "must hold real numbers, got object"),
        ([[0.5, 0.5], [1]], "must be an array: .*inhomogeneous"),
        (torch.ones(1, requires_grad=True), "must be an array: .*grad"),
    ],
)
def test_what_is_not_made_of_numbers_is_refused_by_its_name(wrong, said):
    for call in (check_real, check_finite, check_distributions):
        with pytest.raises(TypeError, match=f"^belief {said}"):
            call(belief=wrong)


def test_distributions_on_different_outcomes_are_refused():
    with pytest.raises(ValueError, match=r"p \(3,\) and q \(2,\)"):
        cross_entropy([0.5, 0.25, 0.25], [0.5, 0.5])
    # one outcome would broadcast: the answer would be wrong in silence
    with pytest.raises(ValueError, match=r"p \(3,\) and q \(1,\)"):
        cross_entropy([0.5, 0.25, 0.25], [1.0])


def test_batches_that_do_not_broadcast_are_refused():
    p, q = np.full((2, 4), 0.25), np.full((3, 4), 0.25)
    with pytest.raises(ValueError, match=r"p \(2, 4\) and q \(3, 4\)"):
        cross_entropy(p, q)


@pytest.mark.parametrize("wrong", [-0.1, 1.1])
def test_self_information_refuses_what_is_no_probability(wrong):
    with pytest.raises(ValueError, match=r"^p must be in \[0, 1\], got"):
        self_information([0.5, wrong])


@pytest.mark.parametrize(
    "base", [0, -2, 1, 0.5, math.nan, math.inf, -math.inf, True]
)
def test_a_base_that_is_not_above_one_is_refused(base):
    for call in (self_information, entropy):
        with pytest.raises(
            ValueError, match=r"^base must be finite and above"
        ):
            call([0.5, 0.5], base=base)


@pytest.mark.parametrize("base", ["2", None, 2 + 0j, [2, 3]])
def test_a_base_that_is_no_number_is_refused(base):
    with pytest.raises(TypeError, match=r"^base must be a real number"):
        cross_entropy([1.0], [1.0], base=base)


def test_numbers_of_numpy_and_fractions_can_be_a_base():
    for base in (np.float64(2), np.int64(2), Fraction(2)):
        assert log_of_base(base) == math.log(2)


# --- the checks themselves ---------------------------------------------------


def test_a_mass_within_the_tolerance_passes_and_is_not_touched():
    p = [0.5, 0.5 + MASS_TOLERANCE / 2]
    (passed,) = check_distributions(p=p)
    assert passed.tolist() == p


def test_the_arrays_come_back_in_the_order_and_shape_given():
    b, a = check_distributions(b=[[0, 1], [1, 0]], a=[0.5, 0.5])
    assert b.shape == (2, 2)
    assert a.shape == (2,)


def test_check_real_lets_gaps_and_infinity_through():
    (x,) = check_real(x=[math.nan, math.inf, 1])
    assert np.isnan(x[0])
    assert np.isinf(x[1])


def test_refuse_names_the_first_culprit_or_keeps_still():
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    refuse(array > 4, "small", array=array)
    with pytest.raises(
        ValueError, match=r"^array must be small, got 3\.0 at index \(1, 0\)$"
    ):
        refuse(array > 2, "small", array=array)
    with pytest.raises(ValueError, match=r"^x must be small, got 5\.0$"):
        refuse(np.True_, "small", x=np.float64(5))


def test_broadcast_gives_a_common_shape_or_names_both():
    a, b = broadcast(a=np.ones(3), b=np.ones((2, 1)))
    assert a.shape == b.shape == (2, 3)
    with pytest.raises(ValueError, match=r"got a \(3,\) and b \(2,\)"):
        broadcast(a=np.ones(3), b=np.ones(2))
