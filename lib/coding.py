"""Coding: names of outcomes that take as few symbols as can be."""

import heapq
from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lib.checks import check_distributions

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class HuffmanCode(NamedTuple):
    """A word for each outcome, and how long they are on average."""

    words: tuple[str, ...]  # digits; no word begins another
    mean_length: float  # symbols per outcome


def huffman_code(p: ArrayLike, *, alphabet: int = 2) -> HuffmanCode:
    r"""Prefix-free words of least mean length $\sum_i p_i \ell_i$.

    The lightest outcomes are merged into one, again and again: how often
    an outcome takes part is the length of its word. Of equally light ones
    the older goes first, an outcome before what was merged, and outcomes
    in their order; of all optimal codes that gives the one whose longest
    word and variance are least. Equal means equal as floats. The words of
    one length, from short to long, are numbers that count upwards.

    Args:
        p: Probabilities of one distribution, shape (k,). An outcome
            without mass has a word too.
        alphabet: How many symbols there are, 2 to 36: 2 gives bits.

    Returns:
        The words, k strings of digits 0...9a...z in the order and shape of
        `p`, a lone outcome having the empty one; and their mean length in
        symbols. With the entropy H of p in the base `alphabet` it is in
        [H, H + 1), or H + 1 where one of several outcomes is sure.

    Raises:
        TypeError: If `p` does not hold real numbers, or `alphabet` is no
            integer.
        ValueError: If `p` is not one distribution, or `alphabet` is not
            in 2...36.

    Source: Huffman (1952); the rule for ties: Schwartz (1964).
    """
    (p,) = check_distributions(p=p)
    if p.ndim != 1:
        raise ValueError(f"p must have the shape (k,), got {p.shape}")
    if not isinstance(alphabet, Integral):
        raise TypeError(f"alphabet must be an integer, got {alphabet!r}")
    if not 2 <= alphabet <= len(DIGITS):
        raise ValueError(f"alphabet must be in 2...36, got {alphabet}")
    lengths = _lengths(p.tolist(), alphabet)
    return HuffmanCode(_words(lengths, alphabet), float(np.dot(p, lengths)))


def _lengths(p: list[float], alphabet: int) -> list[int]:
    """How often each outcome takes part in a merger of `alphabet` nodes."""
    # Nodes are numbered by age, so that (mass, number) sorts as promised.
    heap = [(mass, number) for number, mass in enumerate(p)]
    heapq.heapify(heap)
    parent = [0] * len(p)
    # Only the first merger may be of fewer: the gaps that it leaves lie
    # deepest, where they cost least. From then on `alphabet` of them fit.
    size = 2 + (len(p) - 2) % (alphabet - 1)
    while len(heap) > 1:
        merged = [heapq.heappop(heap) for _ in range(size)]
        for _, number in merged:
            parent[number] = len(parent)
        heapq.heappush(heap, (sum(mass for mass, _ in merged), len(parent)))
        parent.append(0)
        size = alphabet

    depth = [0] * len(parent)
    for number in reversed(range(len(parent) - 1)):  # parents come first
        depth[number] = depth[parent[number]] + 1
    return depth[: len(p)]


def _words(lengths: list[int], alphabet: int) -> tuple[str, ...]:
    """Words of these lengths, none of which begins another."""
    # Each word is the last one plus 1, with zeros behind where it is to be
    # longer. Kraft's inequality says that the numbers do not run out.
    last = DIGITS[alphabet - 1]
    words, word = [""] * len(lengths), ""
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if word:
            stem = word.rstrip(last)
            word = stem[:-1] + DIGITS[DIGITS.index(stem[-1]) + 1]
        word = words[number] = word.ljust(lengths[number], "0")
    return tuple(words)
