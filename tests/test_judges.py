"""Judges of samples against closed forms, scipy, POT and clouds we know."""

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.spatial import KDTree

from lib.judges import (
    PrecisionRecall,
    frechet_distance,
    frechet_gaussian,
    neighbour_radii,
    precision_recall,
)

few = settings(max_examples=30, deadline=None)
seeds, sizes = st.integers(0, 2**32 - 1), st.integers(1, 5)


def law(rng, d, rank=None):
    """A mean and a covariance."""
    a = rng.standard_normal((d, rank or d + 2))
    return rng.standard_normal(d), a @ a.T


# --- Fréchet distance --------------------------------------------------------


def test_one_number_has_a_closed_form():
    assert frechet_gaussian([1], [[4]], [3], [[25]]) == pytest.approx(13)
    real, fake = [[0.0], [2.0]], [[5.0], [5.0]]  # variances 2 and 0
    assert frechet_distance(real, fake) == pytest.approx(16 + 2)


def test_covariances_that_commute_have_a_closed_form():
    value = frechet_gaussian([0, 0], np.diag([1, 9]), [1, 0], np.diag([4, 4]))
    assert value == pytest.approx(1 + 1 + 1)


@few
@given(seeds, sizes)
def test_scipy_and_pot_give_the_same_distance(seed, d):
    rng = np.random.default_rng(seed)
    (m, a), (n, b) = law(rng, d), law(rng, d)
    root = sqrtm(a)
    cross = np.trace(sqrtm(root @ b @ root).real)
    direct = ((m - n) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * cross
    value = frechet_gaussian(m, a, n, b)
    assert value == pytest.approx(direct, rel=1e-6, abs=1e-6)
    judge = ot.gaussian.bures_wasserstein_distance(m, n, a, b)
    assert value == pytest.approx(judge**2, rel=1e-6, abs=1e-5)


@few
@given(seeds, sizes)
def test_distance_obeys_its_laws(seed, d):
    rng = np.random.default_rng(seed)
    p, q = law(rng, d), law(rng, d)
    value = frechet_gaussian(*p, *q)
    turn, _ = np.linalg.qr(rng.standard_normal((d, d)))
    shift = rng.standard_normal(d)

    def moved(m, s):
        return 3 * turn @ m + shift, 9 * turn @ s @ turn.T

    assert value >= 0
    assert frechet_gaussian(*q, *p) == pytest.approx(value, rel=1e-9)
    assert 0 <= frechet_gaussian(*p, *p) < 1e-9
    assert frechet_gaussian(*moved(*p), *moved(*q)) == pytest.approx(9 * value)
    only_shift = frechet_gaussian(p[0], p[1], p[0] + shift, p[1])
    assert only_shift == pytest.approx((shift**2).sum())


def test_root_of_the_distance_obeys_the_triangle_inequality():
    rng = np.random.default_rng(0)
    for _ in range(50):
        p, q, r = (law(rng, 3) for _ in range(3))
        pq, qr, pr = (
            np.sqrt(frechet_gaussian(*a, *b))
            for a, b in ((p, q), (q, r), (p, r))
        )
        assert pr <= pq + qr + 1e-9


def test_singular_covariances_are_no_obstacle():
    rng = np.random.default_rng(1)
    (m, a), (n, b) = law(rng, 4, rank=1), law(rng, 4, rank=2)
    near = frechet_gaussian(m, a + 1e-10 * np.eye(4), n, b + 1e-10 * np.eye(4))
    assert frechet_gaussian(m, a, n, b) == pytest.approx(near, abs=1e-4)
    zero = np.zeros((4, 4))
    assert frechet_gaussian(m, zero, m, b) == pytest.approx(np.trace(b))
    assert frechet_gaussian(m, a, m, a) == pytest.approx(0, abs=1e-12)


def test_samples_are_judged_by_their_moments():
    rng = np.random.default_rng(2)
    real = rng.standard_normal((50, 3))
    fake = real @ rng.standard_normal((3, 3)) + 1
    moments = [
        m for x in (real, fake) for m in (x.mean(0), np.cov(x, rowvar=False))
    ]
    value = frechet_distance(real, fake)
    assert value == pytest.approx(frechet_gaussian(*moments))
    assert frechet_distance(real, real[::-1]) == pytest.approx(0, abs=1e-12)
    signs = np.where(rng.random(50) < 0.5, -1.0, 1.0)[:, None]
    signs -= signs.mean()
    signs /= signs.std()
    normal = rng.standard_normal((50, 1))
    normal = (normal - normal.mean()) / normal.std()
    assert frechet_distance(signs, normal) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("where", ["real", "fake"])
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([[1.0, 2.0]], "n at least 2"),
        ([1.0, 2.0], "shape"),
        (np.zeros((3, 0)), "shape"),
        ([[1.0, np.nan], [1, 2]], "finite"),
        ([[1.0, np.inf], [1, 2]], "finite"),
    ],
)
def test_bad_samples_are_refused_by_name(where, bad, said):
    good = np.arange(10.0).reshape(5, 2)
    arguments = {"real": good, "fake": good, where: bad}
    for judge in (frechet_distance, precision_recall):
        with pytest.raises(
            ValueError,
            match=f"{where} must be.*{said}|{where} must have.*{said}",
        ):
            judge(**arguments)


def test_other_refusals_name_the_culprit():
    x, y = np.zeros((4, 2)), np.zeros((4, 3))
    for judge in (frechet_distance, precision_recall):
        with pytest.raises(ValueError, match="as many columns, got 2 and 3"):
            judge(x, y)
    with pytest.raises(TypeError, match="fake must hold real numbers"):
        frechet_distance(x, y.astype(complex))
    one, zero = np.eye(2), np.zeros(2)
    with pytest.raises(ValueError, match="must have the shapes"):
        frechet_gaussian(zero, one, np.zeros(3), one)
    with pytest.raises(ValueError, match="must have the shapes"):
        frechet_gaussian(0.0, 1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="covariance_q must have no negative"):
        frechet_gaussian(zero, one, zero, np.diag([1.0, -0.1]))
    with pytest.raises(ValueError, match="covariance_p must be symmetric"):
        frechet_gaussian(zero, [[1, 0.5], [0, 1]], zero, one)
    with pytest.raises(ValueError, match="mean_q must be finite"):
        frechet_gaussian(zero, one, [0, np.nan], one)


# --- precision and recall ----------------------------------------------------


def test_radii_on_a_line_by_hand():
    x = [[0.0], [1.0], [3.0], [7.0]]
    assert neighbour_radii(x, 1).tolist() == [1, 1, 2, 4]
    assert neighbour_radii(x, 2).tolist() == [3, 2, 3, 6]
    assert neighbour_radii([[0.0], [0.0], [1.0]], 1).tolist() == [0, 0, 1]


def test_shares_on_a_line_by_hand():
    real = [[0.0], [1.0], [2.0], [3.0]]  # balls reach from -1 to 4
    fake = [[-1.0], [4.0], [4.5], [9.0]]
    found = precision_recall(real, fake, k=1)
    # balls of the fakes: 5 around -1, 0.5 around 4 and 4.5, 4.5 around 9
    assert found == PrecisionRecall(precision=0.5, recall=1.0)


@few
@given(seeds, sizes, st.integers(1, 4))
def test_a_tree_gives_the_same_shares(seed, d, k):
    rng = np.random.default_rng(seed)
    real, fake = rng.standard_normal((30, d)), rng.standard_normal((20, d)) + 1
    shares = []
    for centres, x in ((real, fake), (fake, real)):
        radii = KDTree(centres).query(centres, k + 1)[0][:, k]
        far = np.linalg.norm(x[:, None] - centres, axis=-1)
        shares.append((far <= radii).any(1).mean())
    assert precision_recall(real, fake, k=k) == pytest.approx(tuple(shares))


@few
@given(seeds)
def test_shares_obey_their_laws(seed):
    rng = np.random.default_rng(seed)
    real, fake = rng.standard_normal((40, 3)), rng.standard_normal((25, 3))
    found = precision_recall(real, fake)
    assert precision_recall(fake, real) == found[::-1]
    assert precision_recall(real, real) == (1, 1)
    assert precision_recall(real, fake + 1e3) == (0, 0)
    wider = precision_recall(real, fake, k=5)
    assert wider.precision >= found.precision
    assert wider.recall >= found.recall
    order = rng.permutation(40)
    assert precision_recall(real[order], fake) == found


def test_what_is_dropped_costs_recall_and_what_is_invented_precision():
    rng = np.random.default_rng(0)
    near, far = (rng.uniform(0, 1, (300, 2)) + at for at in (0, [9, 0]))
    both = np.concatenate([near, far])
    fresh = rng.uniform(0, 1, (300, 2))
    half = precision_recall(both, fresh)
    assert half.precision > 0.9
    assert 0.4 < half.recall <= 0.5
    swapped = precision_recall(fresh, both)
    assert 0.4 < swapped.precision <= 0.5
    assert swapped.recall > 0.9


def test_a_ball_of_equal_laws_holds_k_others_on_average():
    rng = np.random.default_rng(3)
    real, fake = rng.standard_normal((2, 2000, 4))
    far = np.linalg.norm(real[:, None] - fake[:1000], axis=-1)
    inside = far <= neighbour_radii(real, 3)[:, None]
    assert inside.sum(0).mean() == pytest.approx(3, abs=0.15)


def test_copies_shrink_the_balls_to_nothing():
    rng = np.random.default_rng(5)
    real, once = rng.uniform(0, 1, (2, 200, 2))
    assert precision_recall(real, once).recall > 0.8
    often = np.repeat(once, 4, axis=0)
    assert (neighbour_radii(often, 3) == 0).all()
    assert precision_recall(real, often).recall == 0


def test_blocks_do_not_change_the_answer(monkeypatch):
    rng = np.random.default_rng(4)
    real, fake = rng.standard_normal((33, 2)), rng.standard_normal((21, 2))
    whole, radii = precision_recall(real, fake), neighbour_radii(real, 3)
    monkeypatch.setattr("lib.judges.BLOCK", 8)
    assert precision_recall(real, fake) == whole
    assert neighbour_radii(real, 3) == pytest.approx(radii)


@pytest.mark.parametrize("k", [0, -1, 5, 1.5, None])
def test_neighbours_that_do_not_exist_are_refused(k):
    x, more = np.zeros((5, 2)), np.zeros((9, 2))
    with pytest.raises(ValueError, match="k must be an integer"):
        neighbour_radii(x, k)
    with pytest.raises(ValueError, match="rows of real less one"):
        precision_recall(x, more, k=k)
    with pytest.raises(ValueError, match=r"rows of (fake|real) less one"):
        precision_recall(more, x, k=k)
