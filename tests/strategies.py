"""Random distributions for the tests of the measures."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays


@st.composite
def distributions(draw, count=2):
    """Distributions on the same 2 to 8 outcomes, some without mass."""
    k = draw(st.integers(2, 8))
    weights = arrays(float, k, elements=st.floats(0, 1, width=32))
    heavy = weights.filter(lambda w: w.sum() > 1e-3)
    found = [draw(heavy) for _ in range(count)]
    return [w / w.sum() for w in found]


@st.composite
def joints(draw):
    """Joint tables of 1 to 5 rows and columns, some cells without mass."""
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    weights = arrays(float, shape, elements=st.floats(0, 1, width=32))
    found = draw(weights.filter(lambda w: w.sum() > 1e-3))
    return found / found.sum()


def random_pairs(k, count=1000):
    """`count` pairs of distributions on k outcomes, shapes (count, k)."""
    rng = np.random.default_rng(k)
    return rng.dirichlet(np.ones(k), count), rng.dirichlet(np.ones(k), count)
