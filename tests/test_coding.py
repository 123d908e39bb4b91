"""Huffman's code against the laws of codes and against all codes there are.

`check_...` take an implementation as their argument: the library has to
pass them, and codes with a slip have to fail them.
"""

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.coding import DIGITS, HuffmanCode, huffman_code
from lib.information import entropy
from tests.strategies import distributions

ALPHABETS = st.integers(2, 36)


def lengths(p, alphabet=2):
    return [len(word) for word in huffman_code(p, alphabet=alphabet).words]


# --- by hand -----------------------------------------------------------------


def test_halves_of_halves_have_the_words_of_a_question_tree():
    code = huffman_code([0.5, 0.25, 0.125, 0.125])
    assert code == HuffmanCode(("0", "10", "110", "111"), 1.75)


def test_a_code_of_three_symbols_for_six_outcomes_of_paper():
    # Cover & Thomas, section 5.6: 0.1 and 0.1 first, as 6 is no 1 + 2 n
    code = huffman_code([0.25, 0.25, 0.2, 0.1, 0.1, 0.1], alphabet=3)
    assert code.words == ("0", "1", "20", "220", "221", "21")
    assert code.mean_length == pytest.approx(1.7)


def test_of_two_optimal_codes_the_one_with_the_shorter_long_words():
    # {1, 2, 3, 4, 4} means 2.2 as well: 0.1 + 0.1 ties with 0.2 and 0.2
    code = huffman_code([0.4, 0.2, 0.2, 0.1, 0.1])
    assert code.words == ("00", "01", "10", "110", "111")
    assert code.mean_length == pytest.approx(2.2)


def test_equally_light_outcomes_merge_in_their_order():
    assert lengths([0.2] * 5) == [3, 3, 2, 2, 2]
    assert lengths([0.25] * 4, alphabet=3) == [2, 2, 1, 1]
    # an outcome goes before what was merged, wherever it stands
    assert lengths([1 / 3, 1 / 6, 1 / 6, 1 / 3]) == [2, 2, 2, 2]


def test_eight_equal_outcomes_take_three_bits_one_byte_or_two_digits():
    assert huffman_code([1 / 8] * 8).words == tuple(
        f"{i:03b}" for i in range(8)
    )
    assert huffman_code([1 / 8] * 8, alphabet=8).words == tuple("01234567")
    assert huffman_code([1 / 36] * 36, alphabet=36).words == tuple(DIGITS)


# --- laws --------------------------------------------------------------------


def is_prefix_free(words):
    """In alphabetical order a word stands right before what it begins."""
    ordered = sorted(words)
    return not any(b.startswith(a) for a, b in itertools.pairwise(ordered))


def kraft_sum(words, alphabet):
    return sum(Fraction(1, alphabet ** len(word)) for word in words)


@given(distributions(count=1), ALPHABETS)
def test_no_word_begins_another_and_every_digit_is_one(drawn, alphabet):
    words = huffman_code(drawn[0], alphabet=alphabet).words
    assert len(words) == len(drawn[0])
    assert is_prefix_free(words)
    assert set("".join(words)) <= set(DIGITS[:alphabet])


@given(distributions(count=1), ALPHABETS)
def test_only_what_is_missing_for_a_full_tree_is_left_unused(drawn, alphabet):
    words = huffman_code(drawn[0], alphabet=alphabet).words
    left = 1 - kraft_sum(words, alphabet)
    # a tree with n branchings ends in 1 + n (alphabet - 1) words; those
    # that k outcomes do not need lie deepest
    missing = (1 - len(words)) % (alphabet - 1)
    deepest = max(map(len, words))
    assert left == Fraction(missing, alphabet**deepest)


@given(distributions(count=1), ALPHABETS)
def test_the_mean_length_lies_within_one_symbol_of_the_entropy(
    drawn, alphabet
):
    (p,) = drawn
    code = huffman_code(p, alphabet=alphabet)
    least = entropy(p, base=alphabet)
    assert least - 1e-13 <= code.mean_length <= least + 1
    # a word of one symbol for what is sure is the most that is wasted
    assert code.mean_length < least + 1 or p.max() == 1
    told = [len(word) for word in code.words]
    assert code.mean_length == pytest.approx((p * told).sum(), rel=1e-14)


@given(distributions(count=1), ALPHABETS)
def test_a_heavier_outcome_never_has_a_longer_word(drawn, alphabet):
    (p,) = drawn
    word_lengths = np.array(lengths(p, alphabet))
    heavier = p[:, None] > p
    assert (word_lengths[:, None] <= word_lengths)[heavier].all()


@given(distributions(count=1), st.randoms(use_true_random=False))
def test_the_order_of_the_outcomes_does_not_change_the_mean(drawn, random):
    (p,) = drawn
    shuffled = random.sample(p.tolist(), len(p))
    assert huffman_code(shuffled).mean_length == pytest.approx(
        huffman_code(p).mean_length, rel=1e-14
    )


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_dyadic_masses_are_coded_in_exactly_their_information(steps):
    # stop a chain of halvings anywhere, split one leaf again and again
    p = [1.0]
    for step in steps:
        half = p.pop(step % len(p)) / 2
        p += [half, half]
    code = huffman_code(p)
    assert [len(word) for word in code.words] == [-math.log2(x) for x in p]
    assert code.mean_length == pytest.approx(entropy(p, base=2), rel=1e-15)


# --- judges: every code there is ---------------------------------------------


def all_lengths(k, alphabet):
    """Every non-decreasing vector of k lengths that satisfies Kraft."""
    longest = k - 1  # an optimal code needs no longer word

    def extend(found, room):
        if len(found) == k:
            yield tuple(found)
            return
        for length in range(found[-1] if found else 1, longest + 1):
            share = Fraction(1, alphabet**length)
            if share <= room:
                yield from extend([*found, length], room - share)

    return extend([], Fraction(1))


CODES = {
    (k, alphabet): np.array(list(all_lengths(k, alphabet)))
    for k in range(2, 7)
    for alphabet in (2, 3)
}


def masses(k):
    """Whole weights, many of them equal, some 0; their sum is 2^i."""
    rng = np.random.default_rng(k)
    for total in (8, 16, 64):
        for _ in range(40):
            cuts = np.sort(rng.integers(0, total + 1, k - 1))
            yield np.diff(cuts, prepend=0, append=total) / total


def check_optimal(lengths):
    """Least mean of all codes, and of those the least longest and spread.

    Sixteenths add without rounding: ties are ties here, and a mean that
    is not the least is above it.
    """
    for (k, alphabet), codes in CODES.items():
        for p in masses(k):
            found = np.array(lengths(p, alphabet))
            # the best place for the lengths of a code: short for heavy
            means = codes @ np.sort(p)[::-1]
            assert found @ p == means.min()
            best = codes[means == means.min()]
            assert found.max() == best.max(1).min()
            spread = (found - found @ p) ** 2 @ p
            spreads = (best - means.min()) ** 2 @ np.sort(p)[::-1]
            assert spread == pytest.approx(spreads.min(), abs=1e-14)
            assert kraft_sum(["-" * n for n in found], alphabet) <= 1


def test_no_code_of_two_or_three_symbols_is_shorter_nor_steadier():
    check_optimal(lengths)


def merged(p, alphabet, *, first=None, order=1):
    """Huffman's lengths, with the two rules as arguments."""
    k = len(p)
    heap = [(mass, order * i, [i]) for i, mass in enumerate(p)]
    heapq.heapify(heap)
    word_lengths, age = [0] * k, itertools.count(k)
    size = 2 + (k - 2) % (alphabet - 1) if first is None else first
    while len(heap) > 1:
        lightest = [heapq.heappop(heap) for _ in range(min(size, len(heap)))]
        under = [i for _, _, leaves in lightest for i in leaves]
        for i in under:
            word_lengths[i] += 1
        mass = sum(node[0] for node in lightest)
        heapq.heappush(heap, (mass, order * next(age), under))
        size = alphabet
    return word_lengths


def without_dummies(p, alphabet):
    return merged(p, alphabet, first=alphabet)


def youngest_first(p, alphabet):
    return merged(p, alphabet, order=-1)


def shannons_lengths(p, alphabet):
    information = -np.log(np.maximum(p, 1e-9)) / math.log(alphabet)
    return np.ceil(information - 1e-9).clip(1).astype(int)


def lengths_of_bits(p, alphabet):
    return lengths(p, 2)


def test_the_check_of_optimality_accepts_the_rules_written_plainly():
    check_optimal(merged)


@pytest.mark.parametrize(
    "wrong",
    [without_dummies, youngest_first, shannons_lengths, lengths_of_bits],
)
def test_the_check_of_optimality_finds_the_slip(wrong):
    with pytest.raises(AssertionError):
        check_optimal(wrong)


# --- edges -------------------------------------------------------------------


def test_a_sure_outcome_needs_no_word_and_two_need_one_symbol():
    assert huffman_code([1.0]) == HuffmanCode(("",), 0.0)
    assert huffman_code([1.0], alphabet=36) == HuffmanCode(("",), 0.0)
    for alphabet in (2, 3, 36):
        code = huffman_code([0, 1], alphabet=alphabet)
        assert code == HuffmanCode(("0", "1"), 1.0)


def test_outcomes_without_mass_have_words_and_stay_deepest():
    code = huffman_code([0.5, 0, 0.5, 0, 0])
    assert is_prefix_free(code.words)
    assert len(set(code.words)) == 5
    assert [len(word) for word in code.words] == [2, 4, 1, 4, 3]
    assert code.mean_length == 1.5
    ternary = huffman_code([0.5, 0, 0.5, 0], alphabet=3).words
    assert [len(word) for word in ternary] == [1, 2, 1, 2]


def test_masses_that_halve_to_the_end_of_floats_have_words_of_all_lengths():
    p = 0.5 ** np.arange(1, 1075)
    p = np.append(p, p[-1])
    assert lengths(p) == [*range(1, 1075), 1074]


def test_a_hundred_thousand_outcomes_are_coded_near_their_entropy():
    p = np.random.default_rng(0).dirichlet(np.ones(100_000))
    for alphabet in (2, 10):
        code = huffman_code(p, alphabet=alphabet)
        assert is_prefix_free(code.words)
        least = entropy(p, base=alphabet)
        assert least <= code.mean_length < least + 0.1


def test_masses_are_left_as_they_were_and_may_be_a_list():
    p = np.array([0.5, 0.25, 0.25])
    assert huffman_code(p) == huffman_code(p.tolist())
    assert p.tolist() == [0.5, 0.25, 0.25]
    assert isinstance(huffman_code(p).mean_length, float)
    assert huffman_code(p, alphabet=np.int64(3)).words == ("0", "1", "2")


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([0.5, 0.6], "must sum to 1 along its last axis"),
        ([1.5, -0.5], "must be without negative mass"),
        ([1, math.nan], "must be finite, got nan"),
        ([], "must have outcomes"),
        (1.0, "must have outcomes"),
        ([[0.5, 0.5]], r"must have the shape \(k,\), got \(1, 2\)$"),
    ],
)
def test_what_is_not_one_distribution_is_refused_by_its_name(wrong, said):
    with pytest.raises(ValueError, match=f"^p {said}"):
        huffman_code(wrong)


def test_an_alphabet_that_has_no_digits_is_refused():
    with pytest.raises(TypeError, match=r"^p must hold real numbers"):
        huffman_code(["a", "b"])
    for alphabet in (-2, 0, 1, 37, True):
        with pytest.raises(
            ValueError,
            match=rf"^alphabet must be in 2\.\.\.36, got {alphabet}",
        ):
            huffman_code([0.5, 0.5], alphabet=alphabet)
    for alphabet in (2.0, "2", None):
        with pytest.raises(TypeError, match=r"^alphabet must be an integer"):
            huffman_code([0.5, 0.5], alphabet=alphabet)
