"""Information of two variables, codes and fits against plain loops."""

import math
from collections.abc import Iterator

import numpy as np
from scipy.optimize import minimize
from scipy.stats import Mixture, Normal

from lib.coding import huffman_code
from lib.fits import fit_gaussian
from lib.information import mutual_information

from .rounds import Row, compare


def rows() -> Iterator[Row]:
    """Batches of tables, codes of many outcomes, and one fit."""
    yield from tables()
    yield from codes()
    yield from fits()


def tables() -> Iterator[Row]:
    """10 000 small tables, and a single large one."""
    rng = np.random.default_rng(0)
    small = rng.dirichlet(np.ones(12), 10_000).reshape(-1, 3, 4)
    large = rng.dirichlet(np.ones(90_000)).reshape(300, 300)
    yield from compare(
        "mutual_information, 10 000 tables of 3 x 4",
        lambda: mutual_information(small),
        {
            "Python loop": lambda: [*map(by_cells, small.tolist())],
            "table by table": lambda: [*map(mutual_information, small)],
        },
    )
    yield from compare(
        "mutual_information, one table of 300 x 300",
        lambda: mutual_information(large),
        {"Python loop": lambda: by_cells(large.tolist())},
    )


def by_cells(table: list[list[float]]) -> float:
    """The definition, cell by cell."""
    p_x = [sum(row) for row in table]
    p_y = [sum(column) for column in zip(*table, strict=True)]
    return sum(
        p * math.log(p / (x * y))
        for row, x in zip(table, p_x, strict=True)
        for p, y in zip(row, p_y, strict=True)
        if p > 0
    )


def codes() -> Iterator[Row]:
    """Mean lengths of binary codes."""
    for k in (10, 100, 2000):
        p = np.random.default_rng(k).dirichlet(np.ones(k))
        yield from compare(
            f"huffman_code, {k} outcomes",
            lambda p=p: huffman_code(p).mean_length,
            {"sort, merge, again": lambda p=p: by_sorting(p.tolist())},
        )


def by_sorting(p: list[float]) -> float:
    """Sort all, merge the two lightest, and carry the words along."""
    nodes = [(mass, [number]) for number, mass in enumerate(p)]
    words = [""] * len(p)
    while len(nodes) > 1:
        nodes.sort(key=lambda node: node[0])
        (a, left), (b, right), *rest = nodes
        for number in left:
            words[number] = "0" + words[number]
        for number in right:
            words[number] = "1" + words[number]
        nodes = [*rest, (a + b, left + right)]
    return sum(mass * len(word) for mass, word in zip(p, words, strict=True))


def fits() -> Iterator[Row]:
    """The least KL(N || target) of two bumps, 6 apart."""
    bumps = [Normal(mu=-3.0, sigma=1.0), Normal(mu=3.0, sigma=1.0)]
    target = Mixture(bumps, weights=np.array([0.6, 0.4]))
    z, step = np.linspace(-9, 9, 2049, retstep=True)
    weights = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * step

    def kl(fit):
        log_p = target.logpdf(fit[0] + math.exp(fit[1]) * z)
        return -math.log(2 * math.pi * math.e) / 2 - fit[1] - log_p @ weights

    yield from compare(
        "fit_gaussian, reverse, two bumps",
        lambda: fit_gaussian(target, direction="reverse").kl,
        {
            "Nelder-Mead, 3 starts": lambda: min(
                minimize(
                    kl,
                    start,
                    method="Nelder-Mead",
                    options={"xatol": 1e-8, "fatol": 1e-12},
                ).fun
                for start in ([-3, 0], [3, 0], [0, 1])
            )
        },
    )
