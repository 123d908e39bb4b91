"""One trunk: growing level by level, or all scales at once."""

import pytest
import torch
from torch.nn import functional

from lib.progressive import (
    GrowingDiscriminator,
    GrowingGenerator,
    MultiScaleDiscriminator,
    MultiScaleGenerator,
    enlarged,
    halved,
    pyramid,
    stacked,
    unstacked,
)
from tests.seeds import seeded

WIDTHS = (6, 5, 4)
GROWING = (GrowingGenerator, GrowingDiscriminator)
ALL_SCALES = (MultiScaleGenerator, MultiScaleDiscriminator)


def players(kinds=GROWING):
    return (
        kinds[0](WIDTHS, 7, generator=seeded()),
        kinds[1](WIDTHS, generator=seeded()),
    )


def noise(count=8):
    return torch.randn(count, 7, generator=seeded())


@pytest.mark.parametrize("stage", range(3))
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_pictures_have_the_side_of_their_stage(stage, alpha):
    net, judge = players()
    net.grow(stage, alpha)
    judge.grow(stage, alpha)
    x = net(noise())
    assert x.shape == (8, 1, 4 * 2**stage, 4 * 2**stage)
    assert judge(x).shape == (8, 1)


@pytest.mark.parametrize("stage", [1, 2])
def test_a_new_level_changes_nothing_while_alpha_is_0(stage):
    net, judge = players()
    net.grow(stage - 1)
    judge.grow(stage - 1)
    old = net(noise())
    said = judge(old)
    net.grow(stage, 0.0)
    judge.grow(stage, 0.0)
    assert torch.equal(net(noise()), enlarged(old))
    assert torch.equal(judge(enlarged(old)), said)


@pytest.mark.parametrize("stage", [1, 2])
def test_at_alpha_1_the_old_heads_are_not_heard(stage):
    net, judge = players()
    net.grow(stage)
    judge.grow(stage)
    x = net(noise())
    said = judge(x)
    with torch.no_grad():
        for player in (net, judge):
            for p in player.heads[stage - 1].parameters():
                p.fill_(torch.nan)
    assert torch.equal(net(noise()), x)
    assert torch.equal(judge(x), said)


def test_pictures_and_logits_move_on_a_line_between_alpha_0_and_1():
    net, _ = players()
    found = []
    for alpha in (0.0, 0.25, 1.0):
        net.grow(2, alpha)
        found.append(net(noise()))
    assert torch.allclose(
        found[1], 0.75 * found[0] + 0.25 * found[2], atol=1e-5
    )


def test_the_discriminator_blends_features_as_the_formula_says():
    _, judge = players()
    x = torch.randn(4, 1, 16, 16, generator=seeded())
    judge.grow(2, 0.3)
    new = judge.blocks[1](judge.heads[2](x))
    old = judge.heads[1](functional.avg_pool2d(x, 2))
    seen = judge.blocks[0](0.7 * old + 0.3 * new)
    assert torch.allclose(judge(x), judge.end(seen), atol=1e-6)


@pytest.mark.parametrize("stage", range(3))
@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_gradients_reach_the_levels_in_use_and_no_others(stage, alpha):
    net, judge = players()
    net.grow(stage, alpha)
    judge.grow(stage, alpha)
    judge(net(noise())).sum().backward()
    heads = {stage} | ({stage - 1} if stage and alpha < 1 else set())
    for player in (net, judge):
        felt = {
            name for name, p in player.named_parameters() if p.grad is not None
        }
        blocks = {n.split(".")[1] for n in felt if n.startswith("blocks")}
        assert blocks == {str(k) for k in range(stage)}
        used = {n.split(".")[1] for n in felt if n.startswith("heads")}
        assert used == {str(k) for k in heads}


def test_all_scales_are_the_heads_of_one_trunk():
    net, judge = players(ALL_SCALES)
    flat = net(noise())
    scales = unstacked(flat, 3)
    grown, _ = players()
    grown.load_state_dict(net.state_dict())
    for stage, x in enumerate(scales):
        grown.grow(stage)
        assert torch.allclose(grown(noise()), x, atol=1e-6)
    judge(flat).sum().backward()
    for player in (net, judge):
        assert all(p.grad is not None for p in player.parameters())


def test_every_scale_is_seen_by_the_discriminator_of_all_scales():
    _, judge = players(ALL_SCALES)
    x = pyramid(torch.randn(4, 1, 16, 16, generator=seeded()), 3)
    said = judge(stacked(x))
    for k in range(3):
        other = [2 * s if i == k else s for i, s in enumerate(x)]
        assert not torch.allclose(judge(stacked(other)), said)
    # by hand: each scale is read, and added to what the finer ones left
    seen = judge.heads[2](x[2])
    for k in (1, 0):
        seen = judge.blocks[k](seen) + judge.heads[k](x[k])
    assert torch.equal(judge.end(seen), said)


def test_growing_and_multi_scale_have_the_same_weights():
    for one, two in zip(players(), players(ALL_SCALES), strict=True):
        assert one.state_dict().keys() == two.state_dict().keys()
        for key, weight in one.state_dict().items():
            assert torch.equal(weight, two.state_dict()[key])


def test_the_noise_counts_by_its_direction_only():
    net, _ = players()
    assert torch.allclose(net(noise()), net(3 * noise()), atol=1e-5)


def test_real_ones_do_not_change_what_is_said_of_fakes():
    net, judge = players()
    fake = net(noise())
    real = torch.randn(8, 1, 16, 16, generator=seeded())
    both = judge(torch.cat([real, fake]))
    assert torch.allclose(both[8:], judge(fake), atol=1e-5)
    assert halved(real).shape[-1] == 8


@pytest.mark.parametrize(
    ("stage", "alpha", "culprit"),
    [(3, 1.0, "stage"), (-1, 1.0, "stage"), (1, 1.5, "alpha")],
)
def test_a_level_that_there_is_not_is_refused(stage, alpha, culprit):
    with pytest.raises(ValueError, match=culprit):
        players()[0].grow(stage, alpha)


@pytest.mark.parametrize("widths", [(), (4, 0)])
def test_widths_that_make_no_network_are_refused(widths):
    with pytest.raises(ValueError, match="widths"):
        GrowingGenerator(widths, 7)
    with pytest.raises(ValueError, match="widths"):
        GrowingDiscriminator(widths)
