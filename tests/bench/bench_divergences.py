"""Divergences and gradients against quadrature and plain loops."""

import math
from collections.abc import Iterator

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from lib.divergences import js, js_gaussian, kl, theta_shift
from lib.gradients import generator_gradients

from .rounds import Row, compare

PLAIN = "Python loop"


def rows() -> Iterator[Row]:
    """One number by quadrature, and batches by loops."""
    yield from gaussians()
    yield from generators()
    yield from batches()
    yield from curves()


def gaussians() -> Iterator[Row]:
    """JS of two Gaussians."""
    for mean, std in ((0.5, 1.0), (2.0, 1.0), (6.0, 1.0), (1.0, 0.2)):
        yield from compare(
            f"JS(N(0, 1), N({mean}, {std}))",
            lambda mean=mean, std=std: js_gaussian(0, 1, mean, std),
            {
                "scipy quad, norm.pdf": lambda mean=mean, std=std: js_by_quad(
                    norm.pdf, mean, std
                ),
                "scipy quad, math.exp": lambda mean=mean, std=std: js_by_quad(
                    density, mean, std
                ),
            },
        )


def js_by_quad(density, mean: float, std: float) -> float:
    """The definition, handed to the adaptive rule."""

    def integrand(x):
        p, q = density(x, 0, 1), density(x, mean, std)
        m = (p + q) / 2
        return sum(d * math.log(d / m) for d in (p, q) if d > 0) / 2

    ends = (min(-9, mean - 9 * std), max(9, mean + 9 * std))
    return quad(integrand, *ends, epsabs=1e-14, limit=200)[0]


def density(x: float, mean: float, std: float) -> float:
    """The normal density of one float."""
    z = (x - mean) / std
    return math.exp(-z * z / 2) / (std * math.sqrt(2 * math.pi))


def generators() -> Iterator[Row]:
    """The saturating gradient E_q[theta D]."""

    def by_quad():
        return quad(
            lambda x: 4 * density(x, 4, 1) / (1 + math.exp(4 * x - 8)),
            -6,
            14,
            epsabs=1e-13,
        )[0]

    yield from compare(
        "generator's gradient at distance 4",
        lambda: generator_gradients(4)[0],
        {"scipy quad, math.exp": by_quad},
    )


def batches() -> Iterator[Row]:
    """10 000 pairs of distributions on 10 outcomes."""
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(10), size=(2, 10_000))

    def kl_of_row(p, q):
        return sum(a * math.log(a / b) for a, b in zip(p, q, strict=True))

    def js_of_row(p, q):
        m = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
        return (kl_of_row(p, m) + kl_of_row(q, m)) / 2

    for measure, of_row in ((kl, kl_of_row), (js, js_of_row)):
        yield from compare(
            f"{measure.__name__}, 10 000 x 10 outcomes",
            lambda measure=measure: measure(p, q),
            {
                PLAIN: lambda of_row=of_row: [
                    of_row(*row)
                    for row in zip(p.tolist(), q.tolist(), strict=True)
                ],
                f"{measure.__name__} row by row": lambda measure=measure: [
                    measure(*row) for row in zip(p, q, strict=True)
                ],
            },
        )


def curves() -> Iterator[Row]:
    """What a live figure draws in one state: 161 shifts, blurred."""
    theta = np.linspace(-1, 1, 161)
    yield from compare(
        "theta_shift, 161 shifts",
        lambda: theta_shift(theta, 0.1),
        {
            "shift by shift": lambda: np.transpose(
                [theta_shift(t, 0.1) for t in theta]
            )
        },
    )
