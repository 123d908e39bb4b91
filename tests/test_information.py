"""Entropies of one variable and of two, discrete and differential.

`check_...` take an implementation as their argument: the library has to
pass them, and formulas with a slip have to fail them.
"""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import rel_entr, xlogy
from sklearn.metrics import mutual_info_score

from lib.divergences import kl
from lib.information import (
    conditional_entropy,
    cross_entropy,
    differential_entropy,
    entropy,
    joint_entropy,
    mutual_information,
    self_information,
)
from tests.strategies import distributions, joints, random_pairs

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


# Cover & Thomas, example 2.2.1, turned round: rows x, columns y, in 32nds.
TABLE = np.array([[4, 2, 2, 8], [2, 4, 2, 0], [1, 1, 2, 0], [1, 1, 2, 0]]) / 32


def test_a_table_of_two_variables_gives_what_paper_says():
    assert joint_entropy(TABLE, base=2) == 27 / 8
    assert conditional_entropy(TABLE, axis=0, base=2) == 11 / 8  # H(X|Y)
    assert conditional_entropy(TABLE, axis=1, base=2) == 13 / 8  # H(Y|X)
    assert mutual_information(TABLE, base=2) == pytest.approx(3 / 8, rel=1e-15)
    assert entropy(TABLE.sum(1), base=2) == 7 / 4
    assert entropy(TABLE.sum(0), base=2) == 2


def test_a_noisy_channel_tells_a_bit_less_the_entropy_of_its_noise():
    flip, keep = 0.11 / 2, 0.89 / 2
    told = mutual_information([[keep, flip], [flip, keep]], base=2)
    assert told == pytest.approx(1 - entropy([0.11, 0.89], base=2))
    assert told == pytest.approx(0.5, abs=1e-4)


def test_one_variable_that_determines_the_other_leaves_no_surprise():
    # y = x // 2 for a die: X tells all of Y, Y tells three of the faces
    die = np.zeros((6, 3))
    die[np.arange(6), np.arange(6) // 2] = 1 / 6
    assert conditional_entropy(die, axis=-1) == 0
    assert not np.signbit(conditional_entropy(die, axis=-1))
    assert conditional_entropy(die, axis=-2, base=2) == pytest.approx(1)
    assert mutual_information(die) == pytest.approx(math.log(3))


def test_two_independent_coins_tell_nothing_of_each_other():
    coins = np.full((2, 2), 0.25)
    assert joint_entropy(coins, base=2) == 2
    assert mutual_information(coins) == 0
    for axis in (-2, -1):
        assert conditional_entropy(coins, axis=axis, base=2) == 1


def test_differential_entropies_of_paper():
    assert differential_entropy("uniform", [1, 2, 0.125], base=2).tolist() == [
        0,
        1,
        -3,
    ]
    assert differential_entropy("exponential", 1) == 1
    assert differential_entropy("laplace", 0.5) == 1
    assert differential_entropy("logistic", 1) == 2
    # log2 sqrt(2 pi e)
    assert differential_entropy("normal", 1, base=2) == pytest.approx(
        2.0470955851, abs=1e-10
    )


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


@given(joints())
def test_the_surprise_of_a_pair_comes_in_two_steps(p_xy):
    p_x, p_y = p_xy.sum(1), p_xy.sum(0)
    for first, axis in ((p_x, -1), (p_y, -2)):
        second = conditional_entropy(p_xy, axis=axis)
        assert joint_entropy(p_xy) == pytest.approx(
            entropy(first) + second, abs=1e-13
        )
        # also if the pair is one variable with n m outcomes
        assert joint_entropy(p_xy) == pytest.approx(
            entropy(p_xy.ravel()), abs=SLACK
        )


@given(joints())
def test_knowing_the_other_variable_never_raises_the_entropy(p_xy):
    for own, axis in ((p_xy.sum(1), -2), (p_xy.sum(0), -1)):
        left = conditional_entropy(p_xy, axis=axis)
        assert 0 <= left <= entropy(own) + SLACK
        told = entropy(own) - left
        assert mutual_information(p_xy) == pytest.approx(told, abs=1e-13)


@given(joints())
def test_mutual_information_is_symmetric_bounded_and_a_divergence(p_xy):
    p_x, p_y = p_xy.sum(1), p_xy.sum(0)
    told = mutual_information(p_xy)
    assert -SLACK <= told <= min(entropy(p_x), entropy(p_y)) + SLACK
    assert mutual_information(p_xy.T) == pytest.approx(told, abs=1e-14)
    product = np.outer(p_x, p_y).ravel()
    assert told == pytest.approx(kl(p_xy.ravel(), product), abs=1e-13)


@given(joints())
def test_merging_two_values_of_one_variable_tells_no_more(p_xy):
    merged = np.column_stack([p_xy[:, :2].sum(1), p_xy[:, 2:]])
    assert mutual_information(merged) <= mutual_information(p_xy) + SLACK


@given(distributions())
def test_independent_variables_tell_nothing_of_each_other(drawn):
    p, q = drawn
    p_xy = np.outer(p, q)
    assert abs(mutual_information(p_xy)) <= 1e-14
    left = conditional_entropy(p_xy, axis=-2)
    assert left == pytest.approx(entropy(p), abs=1e-13)


@given(joints(), st.floats(1.01, 100.0))
def test_the_base_only_changes_the_unit_of_two_variables_too(p_xy, base):
    log = math.log(base)
    for in_base, in_nats in [
        (joint_entropy(p_xy, base=base), joint_entropy(p_xy)),
        (mutual_information(p_xy, base=base), mutual_information(p_xy)),
        (
            conditional_entropy(p_xy, axis=0, base=base),
            conditional_entropy(p_xy, axis=0),
        ),
    ]:
        np.testing.assert_allclose(in_base * log, in_nats)


# Laws of one number: their names here and in scipy, which has no other
# scale for them than ours.
LAWS = {
    "uniform": scipy.stats.uniform,
    "exponential": scipy.stats.expon,
    "laplace": scipy.stats.laplace,
    "normal": scipy.stats.norm,
    "logistic": scipy.stats.logistic,
}


@pytest.mark.parametrize("law", LAWS)
def test_a_law_twice_as_wide_takes_one_more_bit(law):
    scale = 2.0 ** np.arange(-3, 4)
    steps = np.diff(differential_entropy(law, scale, base=2))
    np.testing.assert_allclose(steps, 1, rtol=1e-14)


@pytest.mark.parametrize("law", LAWS)
def test_narrow_bins_have_the_differential_entropy_less_the_log_of_a_bin(law):
    # the bins of a smooth law gain digits with their square, those of a
    # law with a corner on an edge of a bin do so too
    for width, close in ((0.1, 4e-3), (0.01, 4e-5)):
        edges = width * np.arange(-round(40 / width), round(40 / width) + 1)
        p = np.diff(LAWS[law](scale=2).cdf(edges))
        bins = entropy(p) + math.log(width)
        assert bins == pytest.approx(differential_entropy(law, 2), abs=close)


def test_the_normal_law_has_the_most_entropy_for_its_variance():
    variances = {"uniform": 1 / 12, "exponential": 1, "laplace": 2}
    variances |= {"logistic": math.pi**2 / 3}
    most = differential_entropy("normal", 1)
    for law, variance in variances.items():
        assert differential_entropy(law, variance**-0.5) < most - 0.01


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


def by_definition(p_xy):
    """H(X,Y), H(X|Y), H(Y|X), I in nats, cell by cell with 40 digits."""
    with mp.workdps(40):
        rows = [[mp.mpf(float(cell)) for cell in row] for row in p_xy]
        p_x = [mp.fsum(row) for row in rows]
        p_y = [mp.fsum(column) for column in zip(*rows, strict=True)]
        sums = [mp.mpf(0)] * 4
        for row, x in zip(rows, p_x, strict=True):
            for p, y in zip(row, p_y, strict=True):
                if p > 0:
                    ratios = (1 / p, y / p, x / p, p / (x * y))
                    terms = [p * mp.log(ratio) for ratio in ratios]
                    sums = [a + b for a, b in zip(sums, terms, strict=True)]
        return [float(value) for value in sums]


def hard_tables():
    """Tables that round, underflow or cancel in careless formulas."""
    tiny, least = 1e-200, np.nextafter(0, 1)
    yield TABLE
    yield np.diag([1.0, tiny])
    yield np.array([[1.0, tiny], [tiny, 0]])
    yield np.array([[0.5, least], [least, 0.5]])
    yield np.array([[1.0, 0, 0], [0, least, least], [0, 0, least]])
    yield np.array([[0.5, 1e-18], [0, 0.5]])
    yield np.outer([1 - 1e-9, 1e-9], [0.25, 0.75]) + 1e-12 * np.array(
        [[1, -1], [-1, 1]]
    )
    yield np.random.default_rng(0).dirichlet(np.full(12, 0.05)).reshape(3, 4)


def check_conditional_entropy(conditional_entropy):
    """All digits in both directions, but those that a margin rounds off."""
    for p_xy in hard_tables():
        _, x_given_y, y_given_x, _ = by_definition(p_xy)
        for axis, judge in ((-2, x_given_y), (-1, y_given_x)):
            value = conditional_entropy(p_xy, axis=axis)
            assert value == pytest.approx(judge, rel=1e-13, abs=5e-17)
    # Each of 200 columns has mass in one row: no surprise is left.
    column = np.random.default_rng(0).dirichlet(np.ones(200))
    rows = np.where(np.arange(200) % 2 == [[0], [1]], column, 0)
    assert conditional_entropy(rows, axis=-2) == 0


def check_mutual_information(mutual_information):
    """All digits but the last two of a unit, and finite."""
    for p_xy in hard_tables():
        *_, judge = by_definition(p_xy)
        value = mutual_information(p_xy)
        assert value == pytest.approx(judge, rel=1e-13, abs=3e-16)
    # of a sum that rounds nowhere else, small as it is
    nearly_sure = mutual_information(np.diag([1.0, 1e-200]))
    assert nearly_sure == pytest.approx(1e-200 * math.log(1e200), rel=1e-13)


def test_entropies_of_two_variables_agree_with_forty_digits():
    check_conditional_entropy(conditional_entropy)
    check_mutual_information(mutual_information)
    for p_xy in hard_tables():
        judge, *_ = by_definition(p_xy)
        value = joint_entropy(p_xy)
        assert value == pytest.approx(judge, rel=1e-13, abs=1e-322)


def p_x_for_p_y(p_xy, *, axis):
    known = p_xy.sum(-3 - axis, keepdims=True)
    return (0.0 - rel_entr(p_xy, known)).sum()


def difference_of_entropies(p_xy, *, axis):
    return joint_entropy(p_xy) - entropy(p_xy.sum(axis))


def product_of_the_margins(p_xy):
    product = p_xy.sum(-1, keepdims=True) * p_xy.sum(-2, keepdims=True)
    return rel_entr(p_xy, product).sum()


def one_margin_only(p_xy):
    return (0.0 - xlogy(p_xy, p_xy.sum(-2))).sum()


def binary_logarithms(p_xy):
    return mutual_information(p_xy, base=2)


@pytest.mark.parametrize("wrong", [p_x_for_p_y, difference_of_entropies])
def test_the_check_of_conditional_entropy_finds_the_slip(wrong):
    with pytest.raises(AssertionError):
        check_conditional_entropy(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        product_of_the_margins,
        one_margin_only,
        binary_logarithms,
    ],
)
def test_the_check_of_mutual_information_finds_the_slip(wrong):
    with pytest.raises(AssertionError):
        check_mutual_information(wrong)


def test_mutual_information_agrees_with_scikit_learn_on_counts():
    rng = np.random.default_rng(1)
    for n, m in ((1, 4), (2, 2), (3, 5), (20, 30)):
        counts = rng.poisson(1.5, (n, m))
        judge = mutual_info_score(None, None, contingency=counts)
        told = mutual_information(counts / counts.sum())
        assert told == pytest.approx(judge, rel=1e-11, abs=1e-15)


def test_entropies_of_two_variables_agree_with_scipy():
    p_xy = random_pairs(12, 50)[0].reshape(50, 3, 4)
    joint = scipy.stats.entropy(p_xy.reshape(50, 12), base=2, axis=-1)
    np.testing.assert_allclose(joint_entropy(p_xy, base=2), joint)
    # H(X|Y) is the mean over y of the entropy of a normalised column
    columns = scipy.stats.entropy(p_xy, base=2, axis=-2)
    mean = (p_xy.sum(-2) * columns).sum(-1)
    left = conditional_entropy(p_xy, axis=-2, base=2)
    np.testing.assert_allclose(left, mean)


@pytest.mark.parametrize("law", LAWS)
def test_differential_entropy_agrees_with_scipy_and_mpmath(law):
    for scale in (0.02, 1, 7.5):
        judge = LAWS[law](scale=scale, loc=3).entropy()
        ours = differential_entropy(law, scale)
        assert ours == pytest.approx(judge, rel=1e-14, abs=1e-14)
    density = {
        "uniform": lambda x: mp.mpf(0.5),
        "exponential": lambda x: mp.exp(-x / 2) / 2,
        "laplace": lambda x: mp.exp(-abs(x) / 2) / 4,
        "normal": lambda x: mp.npdf(x, 0, 2),
        "logistic": lambda x: mp.sech(x / 4) ** 2 / 8,
    }[law]
    ends = {"uniform": [0, 2], "exponential": [0, 4, 20, 180]}
    sides = [-180, -20, -4, 0, 4, 20, 180]
    judge = mp.quad(
        lambda x: -density(x) * mp.log(density(x)), ends.get(law, sides)
    )
    assert differential_entropy(law, 2) == pytest.approx(
        float(judge), rel=1e-13
    )


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


def test_batches_of_tables_are_taken_one_by_one():
    p_xy = random_pairs(6, 8)[0].reshape(2, 4, 2, 3)
    joint, told = joint_entropy(p_xy), mutual_information(p_xy)
    unknown_x = conditional_entropy(p_xy, axis=-2)
    unknown_y = conditional_entropy(p_xy, axis=-1)
    assert joint.shape == told.shape == unknown_x.shape == (2, 4)
    for i in np.ndindex(2, 4):
        one = p_xy[i]
        assert joint[i] == pytest.approx(joint_entropy(one), rel=1e-14)
        assert told[i] == pytest.approx(mutual_information(one), rel=1e-12)
        for batch, axis in ((unknown_x, 0), (unknown_y, 1)):
            left = conditional_entropy(one, axis=axis)
            assert batch[i] == pytest.approx(left, rel=1e-14)
    for axis in (-2, -1):
        np.testing.assert_array_equal(
            conditional_entropy(p_xy, axis=axis),
            conditional_entropy(p_xy, axis=axis + 4),
        )


def test_tables_of_one_row_one_column_and_one_cell():
    row = np.array([[0.5, 0.25, 0.25]])
    assert joint_entropy(row, base=2) == 1.5
    assert mutual_information(row) == mutual_information(row.T) == 0
    assert conditional_entropy(row, axis=-2) == 0
    assert conditional_entropy(row, axis=-1, base=2) == 1.5
    cell = [[1.0]]
    for value in (
        joint_entropy(cell),
        mutual_information(cell),
        conditional_entropy(cell, axis=0),
    ):
        assert value == 0
        assert not np.signbit(value)
    assert mutual_information(np.ones((0, 1, 1))).shape == (0,)


def test_large_independent_tables_tell_nothing_to_within_rounding():
    p, q = np.random.default_rng(0).dirichlet(np.ones(700), 2)
    assert abs(mutual_information(np.outer(p, q))) < 1e-14


def test_scales_of_any_shape_and_size_have_an_entropy():
    scale = np.array([[1e-300, 1], [1e300, np.nextafter(0, 1)]])
    for law in LAWS:
        values = differential_entropy(law, scale)
        assert values.shape == (2, 2)
        assert np.isfinite(values).all()
    assert differential_entropy("normal", []).shape == (0,)


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
    p_xy = np.array([[0.5, 0.0], [0.25, 0.25]])
    joint_entropy(p_xy)
    mutual_information(p_xy)
    conditional_entropy(p_xy, axis=0)
    assert p_xy.tolist() == [[0.5, 0], [0.25, 0.25]]


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
    for call in (
        self_information,
        entropy,
        lambda p, base: joint_entropy([p], base=base),
        lambda p, base: mutual_information([p], base=base),
        lambda p, base: conditional_entropy([p], axis=0, base=base),
        lambda p, base: differential_entropy("normal", p, base=base),
    ):
        with pytest.raises(
            ValueError, match=r"^base must be finite and above"
        ):
            call([0.5, 0.5], base=base)


@pytest.mark.parametrize("base", ["2", None, 2 + 0j, [2, 3]])
def test_a_base_that_is_no_number_is_refused(base):
    with pytest.raises(TypeError, match=r"^base must be a real number"):
        cross_entropy([1.0], [1.0], base=base)


TWO_VARIABLES = {
    "joint_entropy": joint_entropy,
    "mutual_information": mutual_information,
    "conditional_entropy": lambda p_xy: conditional_entropy(p_xy, axis=-1),
}


@pytest.mark.parametrize("name", TWO_VARIABLES)
def test_what_is_no_joint_distribution_is_refused_by_its_name(name):
    measure = TWO_VARIABLES[name]
    with pytest.raises(ValueError, match=r"^p_xy must have a table .* \(2,\)"):
        measure([0.5, 0.5])
    # two rows that are distributions each: the likeliest mistake
    with pytest.raises(ValueError, match=r"^p_xy must sum to 1 over its last"):
        measure([[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(ValueError, match=r"^p_xy must be without negative"):
        measure([[1.5, -0.5]])
    with pytest.raises(ValueError, match=r"^p_xy must be finite, got nan"):
        measure([[1, math.nan]])
    with pytest.raises(TypeError, match=r"^p_xy must hold real numbers"):
        measure([["heads"]])


@pytest.mark.parametrize("axis", [-3, 2, 7])
def test_an_axis_that_is_none_of_a_table_is_refused(axis):
    with pytest.raises(
        ValueError, match=rf"^axis must be one of the last two, .* got {axis}"
    ):
        conditional_entropy(TABLE, axis=axis)


def test_the_axis_of_a_batch_is_refused_and_so_is_no_axis():
    batch = np.full((3, 2, 2), 0.25)
    for axis in (0, -3):
        with pytest.raises(ValueError, match=r"^axis must .* of 3 axes$"):
            conditional_entropy(batch, axis=axis)
    for axis in (None, 1.0, "x", (0, 1)):
        with pytest.raises(TypeError, match=r"^axis must be an integer, got"):
            conditional_entropy(TABLE, axis=axis)


def test_a_law_that_is_unknown_or_has_no_width_is_refused():
    with pytest.raises(ValueError, match=r"^law must be .*'logistic'\], got"):
        differential_entropy("cauchy", 1)
    for law in (None, ["normal"], scipy.stats.norm):
        with pytest.raises(TypeError, match=r"^law must be a string, got"):
            differential_entropy(law, 1)
    for scale in (0, -1, [1, -0.5]):
        with pytest.raises(ValueError, match=r"^scale must be above 0, got"):
            differential_entropy("normal", scale)
    for scale in (math.nan, math.inf):
        with pytest.raises(ValueError, match=r"^scale must be finite, got"):
            differential_entropy("normal", scale)
    with pytest.raises(TypeError, match=r"^scale must hold real numbers"):
        differential_entropy("normal", "wide")
