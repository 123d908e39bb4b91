"""Transport problems: random ones, and one from a lecture."""

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.spatial.distance import cdist

# Σ mass x distance of the lecture's piles is 5
PILES, WANTED = np.array([3.0, 2, 1, 4]), np.array([1.0, 2, 4, 3])
AT = np.arange(4.0)
STEPS = np.abs(np.subtract.outer(AT, AT))


@st.composite
def problems(draw, most=7):
    """A cost and two laws, some of whose masses may be 0."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m = draw(st.integers(1, most)), draw(st.integers(1, most))
    sparse = draw(st.booleans())
    p, q = (law(rng, k, sparse) for k in (n, m))
    return rng.normal(size=(n, m)), p, q


def law(rng, k, sparse=False):
    """Random masses of total 1, one of them at least above 0."""
    masses = rng.exponential(size=k)
    if sparse:
        masses[rng.permutation(k)[1:]] *= rng.random(k - 1) < 0.5
    return masses / masses.sum()


def clouds(rng, n, m, d=2):
    """Distances between points of two clouds, and a law on each."""
    x, y = rng.normal(size=(n, d)), rng.normal(1, 2, size=(m, d))
    return cdist(x, y), law(rng, n), law(rng, m)


def by_linear_program(cost, p, q):
    """The least cost, by SciPy's general solver: another judge."""
    n, m = cost.shape
    rows = np.kron(np.eye(n), np.ones(m))
    columns = np.kron(np.ones(n), np.eye(m))
    found = linprog(
        cost.ravel(),
        A_eq=np.vstack([rows, columns]),
        b_eq=np.concatenate([p, q]),
        method="highs",
    )
    assert found.status == 0, found.message
    return found.fun
