"""wasserstein_1d against SciPy and POT."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import ot
from scipy.stats import wasserstein_distance

from lib.transport import wasserstein_1d

from .rounds import Row, compare


def rows() -> Iterator[Row]:
    """Samples, as many or not, and weighted atoms."""
    rng = np.random.default_rng(0)
    for n in (10**3, 10**4, 10**5, 10**6):
        x, y = rng.normal(size=n), rng.normal(0.3, 1.1, size=n)
        yield from against_others(f"W1, {n} samples each", x, y)
    for n in (10**3, 10**5):
        x, y = rng.normal(size=n), rng.normal(0.3, 1.1, size=7 * n // 10)
        yield from against_others(f"W1, {n} and {y.size} samples", x, y)
        p, q = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(y.size))
        yield from against_others(f"W1, {n} and {y.size} atoms", x, y, p, q)


def against_others(job: str, *arguments: np.ndarray) -> Iterator[Row]:
    """One row for SciPy and for each of POT's two ways."""
    return compare(
        job,
        partial(wasserstein_1d, *arguments),
        {
            "scipy": partial(wasserstein_distance, *arguments),
            "POT emd2_1d": partial(ot.emd2_1d, *arguments, metric="euclidean"),
            "POT wasserstein_1d": partial(ot.wasserstein_1d, *arguments),
        },
    )
