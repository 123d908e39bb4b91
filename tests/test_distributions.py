"""Laws in the plane, beside torch.distributions."""

import math

import pytest
import torch
from torch.distributions import (
    Categorical,
    Independent,
    MixtureSameFamily,
    Normal,
)

from lib.distributions import Bells, grid_of_bells, ring_of_bells
from tests.seeds import seeded


def judge(law):
    kinds = Categorical(torch.ones(len(law.centres)))
    bells = Independent(Normal(law.centres, law.std), 1)
    return MixtureSameFamily(kinds, bells)


@pytest.mark.parametrize(
    "law",
    [ring_of_bells(std=0.3), grid_of_bells(3, std=0.7), ring_of_bells(1)],
)
def test_the_density_is_that_of_torch(law):
    x = 3 * torch.randn(50, 4, 2, generator=seeded())
    assert torch.allclose(law.log_prob(x), judge(law).log_prob(x), rtol=1e-4)
    assert law.log_prob(x).shape == (50, 4)


def test_a_ring_stands_on_its_circle_with_equal_steps():
    centres = ring_of_bells(8, radius=2.0).centres
    assert torch.allclose(centres[0], torch.tensor([2.0, 0.0]))
    assert torch.allclose(centres[2], torch.tensor([0.0, 2.0]), atol=1e-6)
    assert torch.allclose(centres.norm(dim=1), torch.tensor(2.0))
    steps = (centres - centres.roll(1, 0)).norm(dim=1)
    assert torch.allclose(steps, torch.tensor(4 * math.sin(math.pi / 8)))


def test_a_grid_is_centred_and_spaced():
    centres = grid_of_bells(5).centres
    assert centres.shape == (25, 2)
    assert torch.allclose(centres.mean(0), torch.zeros(2))
    assert sorted({*centres[:, 0].tolist()}) == [-4, -2, 0, 2, 4]


def test_samples_have_the_shares_and_the_width_of_the_law():
    law = ring_of_bells(8, std=0.02)
    x = law.sample(8, 1000, generator=seeded())
    assert x.shape == (8, 1000, 2)
    away, owner = torch.cdist(x.flatten(0, 1), law.centres).min(1)
    counts = owner.bincount(minlength=8)
    assert (abs(counts - 1000) < 5 * math.sqrt(1000)).all()
    width = (away.square().mean() / 2).sqrt()
    assert abs(width - 0.02) < 5e-4


def test_same_seed_same_samples():
    draws = [ring_of_bells().sample(9, generator=seeded(3)) for _ in range(2)]
    assert torch.equal(*draws)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Bells(torch.zeros(3), 1.0), "centres must be"),
        (lambda: Bells(torch.zeros(0, 2), 1.0), "centres must be"),
        (lambda: Bells(torch.full((1, 2), math.nan), 1.0), "must be finite"),
        (lambda: Bells(torch.zeros(1, 2), 0.0), "std above 0"),
        (lambda: ring_of_bells(0), "modes must be 1"),
        (lambda: ring_of_bells(radius=-1.0), "radius above 0"),
        (lambda: grid_of_bells(0), "side must be 1"),
        (lambda: grid_of_bells(spacing=math.nan), "spacing above 0"),
    ],
)
def test_what_laws_refuse(make, says):
    with pytest.raises(ValueError, match=says):
        make()
