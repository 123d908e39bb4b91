"""A stream of int16, packed for the browser; `front/table.js` undoes it.

A channel that does not change along a control is stored once. Each channel is
differenced once or twice, along its samples or along the states, whichever is
shortest; then zigzag, all high bytes before all low bytes, deflate.
"""

import json
import zlib

import numpy as np
from numpy.typing import NDArray

SAMPLE = 100_000  # codes that decide between the ways of differencing


def reduce(values: NDArray, shape: tuple) -> tuple[list[int], NDArray]:
    """Drop the controls along which nothing changes.

    Args:
        values: One row a state, shape (states, ...), or one row for all.
        shape: The grid's shape; its product is the number of states.

    Returns:
        The stride of each control in rows, and the rows that are left.
    """
    if values.shape[0] == 1:
        return [0] * len(shape), values
    v = values.reshape(*shape, *values.shape[1:])
    for axis in range(len(shape)):
        if (v == v.take([0], axis)).all():
            v = v.take([0], axis)
    kept = v.shape[: len(shape)]
    strides = [
        int(np.prod(kept[i + 1 :])) if kept[i] > 1 else 0
        for i in range(len(shape))
    ]
    return strides, v.reshape(-1, *v.shape[len(shape) :])


class Stream:
    """The codes of all channels, the words beside them, and their weight."""

    def __init__(self, shape: tuple) -> None:
        self.shape = shape
        self.parts: list[NDArray] = []
        self.length = 0
        self.words: dict[str, list] = {}
        self.decoders: list = []  # a mark's code goes through one of them
        self.weights: dict[str, int] = {}
        self._known: dict[tuple, list] = {}

    def add(self, codes: NDArray, owner: str) -> list:
        """Where a channel lies: [offset, size, order, step, n, strides].

        Args:
            codes: int16 of shape (states or 1, n).
            owner: The mark that the channel's weight is said of.
        """
        strides, v = reduce(codes, self.shape)
        key = (tuple(strides), v.shape, v.tobytes())
        if key not in self._known:
            order, turned = _way(v)
            part = zigzag(v.T if turned else v, order)
            rows, n = v.shape
            step = rows if turned else 1
            strides = strides if turned else [s * n for s in strides]
            place = [self.length, v.size, order, step, n, strides]
            self._known[key] = place
            self.parts.append(part)
            self.length += v.size
            weight = len(zlib.compress(split(part), 6))
            self.weights[owner] = self.weights.get(owner, 0) + weight
        return self._known[key]

    def add_words(self, name: str, words: list, owner: str) -> None:
        """A text, or a list of texts, for each state."""
        texts = np.array([json.dumps(w, ensure_ascii=False) for w in words])
        strides, v = reduce(texts, self.shape)
        self.words[name] = [strides, [json.loads(t) for t in v.tolist()]]
        weight = len(zlib.compress("".join(v.tolist()).encode(), 6))
        self.weights[owner] = self.weights.get(owner, 0) + weight

    def packed(self) -> bytes:
        """Number of codes as uint32, codes, then the words as JSON."""
        tail = json.dumps(self.words, ensure_ascii=False).encode()
        codes = np.concatenate([np.empty(0, "<u2"), *self.parts])
        head = np.array([len(codes)], "<u4").tobytes()
        return zlib.compress(head + split(codes) + tail, 9)


def zigzag(codes: NDArray, order: int) -> NDArray:
    """Differences along each row, small ones of either sign made small.

    Every row starts anew, so that the browser decodes only what it draws.
    """
    d = codes.astype("<i2")
    for _ in range(order):
        d = np.diff(d, axis=1, prepend=np.int16(0))  # wraps; so does the sum
    return np.ravel((d << 1) ^ (d >> 15)).view("<u2")


def split(codes: NDArray) -> bytes:
    """All high bytes, then all low bytes."""
    b = np.ascontiguousarray(codes).view(np.uint8).reshape(-1, 2)
    return b[:, 1].tobytes() + b[:, 0].tobytes()


def _way(v: NDArray) -> tuple[int, bool]:
    rows, n = v.shape
    few = v[: 1 + SAMPLE // n], v[:, :: 1 + v.size // SAMPLE].T
    turns = (False, True) if rows > 1 else (False,)

    def size(way: tuple[int, bool]) -> int:
        return len(zlib.compress(split(zigzag(few[way[1]], way[0])), 1))

    return min(((o, t) for o in (1, 2) for t in turns), key=size)
