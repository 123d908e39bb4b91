"""A network in few bytes, for a picture that is right to half a grey level.

All that reaches a large layer is a function of a code of a few numbers, so
that it varies in few directions. The layer is stored as two thin ones with
these directions between them, and every layer with the largest step of
rounding that the picture bears.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lib.live.layers import Layer, forward

ALLOWED = 0.42 / 255  # grey, at the codes tried: half a level at all others
THIN = 0.5  # the share of it for thin layers; rounding has the rest
LARGE = 4096  # weights; a smaller layer is not worth two thin ones
FITTED, JUDGED = 700, 1500  # codes that find the directions, and that judge
FINEST = 2.0**-24  # of a layer's largest number


class Stored(NamedTuple):
    """A layer as integers: table[i] = codes[i] * step * 2^powers[i]."""

    codes: NDArray  # int32, (out, in + 1): weights, then the bias
    step: float
    powers: NDArray  # int, (out,)
    activation: str

    @property
    def layer(self) -> Layer:
        """The layer with the very numbers that the integers stand for."""
        table = self.codes * (self.step * 2.0 ** self.powers[:, None])
        return Layer(table[:, :-1], table[:, -1], self.activation)


class Judge(NamedTuple):
    """Codes, and the picture of each that is to be met."""

    z: NDArray
    wanted: NDArray

    def error(self, layers: list[Layer]) -> float:
        """The largest error of any pixel, in grey."""
        return abs(forward(layers, self.z) - self.wanted).max()

    def mean_error(self, layers: list[Layer]) -> float:
        """The root of the mean squared error, in grey."""
        return np.sqrt(((forward(layers, self.z) - self.wanted) ** 2).mean())


def shrink(layers: list[Layer], reach: float) -> list[Stored]:
    """The network in few bytes, right to half a grey level.

    Args:
        layers: From codes to greys in [0, 1].
        reach: The picture is to be right at all codes within +-reach.

    Returns:
        The same layers or thin ones in their place, rounded.
    """
    dim = layers[0].weight.shape[1]
    seen, judged = (_codes(n, dim, reach) for n in (FITTED, JUDGED))
    judge = Judge(judged, forward(layers, judged))
    done, powers = layers[:1], [np.zeros(len(layers[0].bias), int)]
    for k, layer in enumerate(layers[1:], 1):
        found = _thin(done, layer, layers[k + 1 :], seen, judge)
        done = [*done, *(part for part, _ in found)]
        powers += [power for _, power in found]
    return _rounded(done, powers, judge)


def _codes(n: int, dim: int, reach: float) -> NDArray:
    """Codes in the box, some of them on its faces and corners."""
    inside = np.random.default_rng(n).uniform(-1.1, 1.1, (n, dim))
    return reach * np.clip(inside, -1, 1)


def _thin(
    done: list[Layer],
    layer: Layer,
    rest: list[Layer],
    seen: NDArray,
    judge: Judge,
) -> list[tuple[Layer, NDArray]]:
    """Two layers in the place of one, if they are good and smaller."""
    out, fan_in = layer.weight.shape
    whole = [(layer, np.zeros(out, int))]
    if layer.weight.size < LARGE:
        return whole
    reached = forward(done, seen) @ layer.weight.T
    _, amplitude, ways = np.linalg.svd(reached, full_matrices=False)
    powers = np.round(np.log2(amplitude + 1e-300)).astype(int)

    def pair(r: int) -> list[tuple[Layer, NDArray]]:
        # what flows between them is of size 1 in each direction, so that one
        # step is right for all rows before and for all columns behind
        size, basis = 2.0 ** powers[:r, None], ways[:r]
        first = Layer(basis @ layer.weight / size, np.zeros(r), "identity")
        last = Layer((basis * size).T, layer.bias, layer.activation)
        return [(first, -powers[:r]), (last, np.zeros(out, int))]

    def good(r: int) -> bool:
        parts = [part for part, _ in pair(r)]
        return judge.error([*done, *parts, *rest]) <= THIN * ALLOWED

    most = min(len(powers), int(1.2 * layer.weight.size / (out + fan_in)))
    r = _first(good, most)
    return whole if r is None else pair(r)


def _first(good, most: int) -> int | None:
    """The smallest number up to `most` from which on `good` holds."""
    if not good(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle + 1, high)
    return high


def _rounded(
    layers: list[Layer], powers: list[NDArray], judge: Judge
) -> list[Stored]:
    tables = [
        np.column_stack([layer.weight, layer.bias]) / 2.0 ** power[:, None]
        for layer, power in zip(layers, powers, strict=True)
    ]

    def stored(steps: list[float]) -> list[Stored]:
        rows = zip(layers, powers, tables, steps, strict=True)
        return [
            Stored(np.round(t / s).astype(np.int32), s, p, layer.activation)
            for layer, p, t, s in rows
        ]

    def steps(share: float) -> list[float]:
        return [max(f, share * e) for f, e in zip(finest, even, strict=True)]

    def good(k: int) -> bool:
        tried = [s.layer for s in stored(steps(2.0 ** (-k / 32)))]
        return judge.error(tried) <= ALLOWED

    finest = [FINEST * abs(t).max() for t in tables]
    even = _even_steps(layers, stored(finest), tables, judge)
    k = _first(lambda k: good(k - 160), 1280)
    return stored(finest if k is None else steps(2.0 ** ((160 - k) / 32)))


def _even_steps(
    layers: list[Layer], exact: list[Stored], tables: list, judge: Judge
) -> list[float]:
    """Steps by which each number adds the same to the picture's error.

    So no layer spends bytes on digits that another one drowns.
    """
    judge = Judge(judge.z, forward(layers, judge.z))
    steps = []
    for i, (one, table) in enumerate(zip(exact, tables, strict=True)):
        step = abs(table).max() / 4096
        codes = np.round(table / step).astype(np.int32)
        coarse = one._replace(codes=codes, step=step).layer
        error = judge.mean_error([*layers[:i], coarse, *layers[i + 1 :]])
        steps.append(step * np.sqrt(table.size) / max(error, 1e-12))
    return steps
