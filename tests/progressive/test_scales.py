"""Pictures at several scales, and the order of a growth."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib.progressive import (
    Level,
    at_side,
    enlarged,
    faded,
    growth,
    halved,
    pyramid,
    stacked,
    unstacked,
)
from tests.seeds import seeded


def pictures(count=3, side=16):
    return torch.rand(count, 1, side, side, generator=seeded())


def test_halved_takes_means_of_two_by_two():
    x = torch.arange(16.0).view(1, 1, 4, 4)
    assert halved(x).tolist() == [[[[2.5, 4.5], [10.5, 12.5]]]]


def test_enlarged_repeats_pixels_as_numpy_does():
    x = pictures(side=4)
    twice = np.repeat(np.repeat(x.numpy(), 2, axis=2), 2, axis=3)
    assert np.array_equal(enlarged(x).numpy(), twice)


def test_a_side_is_reached_at_once_or_by_doubling():
    x = pictures(side=4)
    assert torch.equal(at_side(x, 16), enlarged(enlarged(x)))
    assert torch.equal(at_side(x, 4), x)
    assert torch.equal(at_side(x, 12)[..., ::3, 2::3], x)


@pytest.mark.parametrize("side", [2, 6, 0])
def test_a_side_that_is_no_multiple_is_refused(side):
    with pytest.raises(ValueError, match="side must be a multiple of 4"):
        at_side(pictures(side=4), side)


def test_what_was_enlarged_is_halved_to_itself():
    x = pictures()
    assert torch.equal(halved(enlarged(x)), x)


def test_a_pyramid_ends_with_the_pictures_and_keeps_their_mean():
    x = pictures(side=32)
    scales = pyramid(x, 4)
    assert [s.shape[-1] for s in scales] == [4, 8, 16, 32]
    assert scales[-1] is x
    for scale in scales:
        assert torch.allclose(scale.mean((1, 2, 3)), x.mean((1, 2, 3)))
    blocks = x.view(3, 1, 4, 8, 4, 8).mean((3, 5))
    assert torch.allclose(scales[0], blocks, atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 1, 8, 16), (3, 2, 16, 16), (16, 16)])
def test_a_pyramid_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"x must have shape \(batch, 1, 16"):
        pyramid(torch.zeros(shape), 3)


@given(st.integers(1, 4))
def test_stacked_scales_come_apart_again(stages):
    scales = pyramid(pictures(side=4 * 2 ** (stages - 1)), stages)
    flat = stacked(scales)
    assert flat.shape == (3, sum(16 * 4**k for k in range(stages)))
    for one, two in zip(scales, unstacked(flat, stages), strict=True):
        assert torch.equal(one, two)


def test_a_wrong_number_of_pixels_does_not_come_apart():
    with pytest.raises(ValueError, match="80"):
        unstacked(torch.zeros(3, 81), 2)


def test_a_fade_begins_at_the_coarser_pictures_and_ends_at_the_finer():
    x = pictures()
    assert torch.equal(faded(x, 0.0), enlarged(halved(x)))
    assert torch.equal(faded(x, 1.0), x)
    half = (x + enlarged(halved(x))) / 2
    assert torch.allclose(faded(x, 0.5), half, atol=1e-6)


@given(st.floats(0, 1))
def test_a_fade_never_changes_the_coarser_pictures(alpha):
    x = pictures()
    assert torch.allclose(halved(faded(x, alpha)), halved(x), atol=1e-6)


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan")])
def test_a_fade_outside_0_to_1_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        faded(pictures(), alpha)


def test_a_growth_by_hand():
    assert list(growth([2, 1], [1, 1, 2])) == [
        Level(0, 1.0),
        *(Level(1, 0.5), Level(1, 1.0), Level(1, 1.0)),
        *(Level(2, 1.0), Level(2, 1.0), Level(2, 1.0)),
    ]


@given(
    st.lists(st.integers(0, 5), min_size=3, max_size=3),
    st.lists(st.integers(0, 5), min_size=4, max_size=4),
)
def test_a_growth_never_shrinks_and_takes_all_its_steps(fade, hold):
    levels = list(growth(fade, hold))
    assert len(levels) == sum(fade) + sum(hold)
    assert levels == sorted(levels)
    assert all(0 < level.alpha <= 1 for level in levels)


@pytest.mark.parametrize(
    ("fade", "hold"), [([1], [1]), ([], []), ([-1], [1, 1]), ([1], [1, -1])]
)
def test_a_growth_of_other_numbers_is_refused(fade, hold):
    with pytest.raises(ValueError, match="fade must have"):
        growth(fade, hold)
