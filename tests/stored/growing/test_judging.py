"""Digits at all scales, and what is measured of drawn ones."""

import numpy as np
import pytest
import torch

from lib.progressive import pyramid
from lib.stored.growing.judging import (
    FAKES,
    STAGES,
    as_bytes,
    bands,
    draw_scales,
    framed,
    judged,
    load_scales,
    unframed,
)
from lib.stored.growing.training import adversaries
from tests.seeds import seeded


@pytest.fixture(scope="module")
def digits():
    return load_scales()


class Same(torch.nn.Module):
    """Draws the pictures it was given, whatever the noise."""

    def __init__(self, pictures):
        super().__init__()
        self.pictures = pictures

    def forward(self, z):
        return self.pictures[: len(z)]


def test_a_frame_of_paper_is_put_on_and_taken_off():
    x = torch.rand(2, 1, 28, 28, generator=seeded())
    found = framed(x)
    assert found.shape == (2, 1, 32, 32)
    assert (found[..., :2, :] == -1).all()
    assert torch.allclose(unframed(found), x, atol=1e-6)


def test_bands_add_up_to_the_pictures():
    x = framed(torch.rand(3, 1, 28, 28, generator=seeded()))
    parts = [
        b.reshape(3, s, s)
        for b, s in zip(bands(pyramid(x, STAGES)), (4, 8, 16, 32), strict=True)
    ]
    whole = sum(
        np.repeat(np.repeat(b, 32 // b.shape[1], 1), 32 // b.shape[1], 2)
        for b in parts
    )
    assert np.allclose(whole, x[:, 0] / 2, atol=1e-6)


@pytest.mark.parametrize("name", ["growing", "multi-scale"])
def test_pictures_of_all_scales_are_drawn_the_same_twice(name):
    net, _ = adversaries(name, seeded())
    one, two = draw_scales(net, 3), draw_scales(net, 3)
    assert [x.shape[-1] for x in one] == [4, 8, 16, 32]
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
    assert as_bytes(one).shape == (3, 16 + 64 + 256 + 1024)
    if name == "growing":
        net.grow(1)
        assert draw_scales(net, 3)[-1].shape[-1] == 32


def test_bytes_reach_from_0_to_255():
    ends = [torch.full((1, 1, 4, 4), v) for v in (-1.0, 1.0)]
    assert as_bytes(ends).tolist() == [[0] * 16 + [255] * 16]


def test_the_judge_has_not_seen_what_the_players_learn_from(digits):
    assert len(digits.scales[-1]) == 20_000
    assert digits.features.shape == (10_000, 32)


def test_digits_are_nearer_to_digits_than_noise_is(digits):
    noise = torch.rand(FAKES, 1, 32, 32, generator=seeded()) * 2 - 1
    good = judged(Same(digits.scales[-1]), digits)
    bad = judged(Same(noise), digits)
    assert good.keys() == {
        "frechet",
        *(f"sliced {4 * 2**k}" for k in range(4)),
    }
    for measure, number in good.items():
        assert number < bad[measure] / 4, measure
    assert good["frechet"] < 3
