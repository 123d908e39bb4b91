"""The GANs of the census differ in what they say they differ in."""

import numpy as np
import pytest
import torch
from torch import nn

from lib.gans import Packed
from lib.stored import FOLDER, load_run
from lib.stored.census.methods import (
    METHODS,
    TARGETS,
    SideBySide,
    discriminator_of,
)
from tests.seeds import seeded


@pytest.mark.parametrize(
    ("target", "modes", "ratio"), [("ring", 8, 0.01), ("grid", 25, 0.025)]
)
def test_the_laws_are_those_of_the_published_tables(target, modes, ratio):
    law = TARGETS[target]()
    assert len(law.centres) == modes
    # the ring's radius, and the grid's spacing
    unit = 4.0 if target == "ring" else 2.0
    assert law.std / unit == pytest.approx(ratio)
    apart = torch.cdist(law.centres, law.centres)
    assert apart[apart > 0].min() > 6 * law.std


@pytest.mark.parametrize("name", METHODS)
def test_each_discriminator_judges_each_run_by_its_own_weights(name):
    method = METHODS[name]
    net = discriminator_of(method, 1.0, 3, seeded())
    x = torch.randn(1, 8, 2, generator=seeded(1)).expand(3, 8, 2)
    found = net(x)
    assert found.shape == (3, 8 // method.pack, 1)
    assert not torch.allclose(found[0], found[1])
    kinds = {type(m) for m in net.modules()}
    assert type(method.activation()) in kinds
    assert (nn.LeakyReLU in kinds) == (name == "leaky units")
    assert isinstance(net, Packed) == (name == "packing")
    assert isinstance(net, SideBySide) == (name == "spectral norm")


@pytest.mark.parametrize("name", METHODS)
def test_each_method_tries_several_settings_and_passes_its_strength(name):
    method = METHODS[name]
    assert len(set(method.trials)) == len(method.trials) >= 2
    more = method.more(0.5)
    assert len(more) == (
        name in {"unrolled", "R1", "clipping", "gradient penalty"}
    )


def test_the_strength_of_spectral_norm_is_the_bound_of_the_slope():
    method, x = METHODS["spectral norm"], torch.randn(2, 8, 2)
    torch.manual_seed(0)
    one, five = (
        discriminator_of(method, scale, 2, seeded()).eval()
        for scale in (1.0, 5.0)
    )
    five.nets.load_state_dict(one.nets.state_dict())
    assert torch.allclose(five(x), 5 * one(x))


def test_strengths_reach_the_penalties():
    net, rng = nn.Linear(2, 1), seeded()
    real, fake = torch.randn(2, 8, 2, generator=rng)
    slope = net.weight.square().sum()
    half = METHODS["R1"].more(0.5)["penalty"](net, real, fake)
    assert torch.isclose(half, 0.5 * slope / 2)
    tenth = METHODS["gradient penalty"].more(0.1)["penalty"](net, real, fake)
    assert torch.isclose(tenth, 0.1 * (slope.sqrt() - 1).square())
    METHODS["clipping"].more(0.01)["after_discriminator"](net)
    assert net.weight.abs().max() <= 0.01


@pytest.mark.parametrize("target", TARGETS)
def test_the_stored_census_is_of_these_methods(target):
    run = load_run(f"census_{target}")
    chosen = run.settings["chosen"]
    assert chosen.keys() == METHODS.keys()
    assert len(set(run.seeds)) >= 10
    modes = len(TARGETS[target]().centres)
    for name, method in METHODS.items():
        assert tuple(chosen[name]) in method.trials
        for key, top in (("modes", modes), ("quality", 1)):
            row = run.results[f"{name}: {key}"]
            assert 0 <= min(row) <= max(row) <= top
    kept = np.load(FOLDER / f"census_{target}.npz")
    assert kept["samples"].shape[0] == len(METHODS)
    assert kept["steps"][-1] == run.settings["steps"]
