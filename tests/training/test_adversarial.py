"""The loop of a GAN: who is moved when, by what, and in what order."""

import copy
import math
from itertools import islice

import pytest
import torch
from torch import nn

from lib.gans import (
    MINIMAX,
    NON_SATURATING,
    WASSERSTEIN,
    Packed,
    clip_weights,
    gradient_penalty,
    r1_penalty,
    unrolled,
)
from lib.networks import mlp, mlps
from lib.training.adversarial import GanStep, Optimizers, train_gan
from tests.seeds import seeded


def players(seed=0):
    rng = seeded(seed)
    return mlp(2, 16, 2, generator=rng), mlp(2, 16, 1, generator=rng)


def descent(generator, discriminator, rate=0.01):
    return Optimizers(
        torch.optim.SGD(generator.parameters(), rate),
        torch.optim.SGD(discriminator.parameters(), rate),
    )


def batches(count=10_000, *shape, seed=5):
    rng = seeded(seed)
    size = shape or (32, 2)
    for _ in range(count):
        yield torch.randn(*size, generator=rng) + 2


def play(generator, discriminator, steps=3, **more):
    rng = seeded(1)
    given = {
        "batches": batches(),
        "losses": NON_SATURATING,
        "optimizers": descent(generator, discriminator),
        "draw": lambda: torch.randn(32, 2, generator=rng),
    }
    return [
        *islice(train_gan(generator, discriminator, **given | more), steps)
    ]


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def moved(nets, before):
    """How many of the nets have other weights than before."""
    pairs = zip(nets, before, strict=True)
    return sum(not torch.equal(weights(net), was) for net, was in pairs)


def test_steps_are_plain_numbers_and_made_when_pulled():
    nets = players()
    before = [weights(net) for net in nets]
    rng = seeded(1)
    steps = train_gan(
        *nets,
        batches(),
        MINIMAX,
        descent(*nets),
        draw=lambda: torch.randn(32, 2, generator=rng),
    )
    assert not moved(nets, before)
    step = next(steps)
    assert isinstance(step, GanStep)
    assert all(type(value) is float for value in step)
    assert moved(nets, before) == 2


def test_one_step_is_algorithm_1_written_out():
    nets = players()
    theirs, mine = nets, copy.deepcopy(nets)
    play(*theirs, steps=2, discriminator_steps=2)

    rng, data = seeded(1), batches()
    generator, discriminator = mine
    for _ in range(2):
        for _ in range(2):
            real, z = next(data), torch.randn(32, 2, generator=rng)
            d_real = discriminator(real).sigmoid()
            d_fake = discriminator(generator(z)).sigmoid()
            value = (d_real.log() + (1 - d_fake).log()).mean()
            slopes = torch.autograd.grad(value, [*discriminator.parameters()])
            with torch.no_grad():
                for p, g in zip(
                    discriminator.parameters(), slopes, strict=True
                ):
                    p += 0.01 * g  # ascent
        z = torch.randn(32, 2, generator=rng)
        felt = -discriminator(generator(z)).sigmoid().log().mean()
        slopes = torch.autograd.grad(felt, [*generator.parameters()])
        with torch.no_grad():
            for p, g in zip(generator.parameters(), slopes, strict=True):
                p -= 0.01 * g
    for a, b in zip(theirs, mine, strict=True):
        assert torch.allclose(weights(a), weights(b), atol=1e-6)


def test_the_generator_is_untouched_by_steps_of_the_discriminator():
    generator, discriminator = players()
    before = weights(generator)
    seen = []
    play(
        generator,
        discriminator,
        steps=1,
        discriminator_steps=3,
        penalty=lambda d, real, fake: gradient_penalty(
            lambda x: d(x)[..., 0], real, fake
        ),
        after_discriminator=lambda d: seen.append(weights(generator)),
    )
    assert len(seen) == 3
    assert all(torch.equal(was, before) for was in seen)
    assert all(p.grad is not None for p in generator.parameters())


def test_the_discriminator_is_untouched_by_the_step_of_the_generator():
    generator, discriminator = players()
    seen = []
    play(
        generator,
        discriminator,
        steps=1,
        after_discriminator=lambda d: seen.append(weights(d)),
    )
    assert torch.equal(seen[-1], weights(discriminator))


def test_each_loss_gives_gradients_to_its_own_player_only():
    generator, discriminator = players()
    seen = []

    def watch(net):
        assert all(p.grad is None for p in generator.parameters())
        seen.extend(p.grad.clone() for p in net.parameters())

    play(generator, discriminator, steps=1, after_discriminator=watch)
    for was, p in zip(seen, discriminator.parameters(), strict=True):
        assert torch.equal(was, p.grad)
    assert all(p.grad is not None for p in generator.parameters())


def test_the_discriminator_moves_first():
    generator, discriminator = players()
    order = []
    draw = torch.randn(32, 2, generator=seeded())

    def drawn():
        order.append(weights(discriminator))
        return draw

    play(generator, discriminator, steps=1, draw=drawn)
    assert not torch.equal(order[0], order[1])  # D moved before G's draw


def test_a_gan_finds_where_the_data_are():
    generator, discriminator = players()
    optimizers = Optimizers(
        torch.optim.Adam(generator.parameters(), 5e-3, betas=(0.5, 0.9)),
        torch.optim.Adam(discriminator.parameters(), 5e-3, betas=(0.5, 0.9)),
    )
    z = torch.randn(2000, 2, generator=seeded(8))
    assert (generator(z).mean(0) - 2).norm() > 2
    play(
        generator,
        discriminator,
        steps=400,
        optimizers=optimizers,
        penalty=lambda d, real, fake: 0.5 * r1_penalty(d, real),
    )
    assert (generator(z).mean(0) - 2).norm() < 0.5


def test_clipping_is_called_after_each_step_of_the_discriminator():
    generator, discriminator = players()
    play(
        generator,
        discriminator,
        losses=WASSERSTEIN,
        after_discriminator=lambda d: clip_weights(d, 0.05),
    )
    assert weights(discriminator).abs().max() <= 0.05


def test_the_penalty_is_part_of_the_loss():
    nets = players()
    (step,) = play(
        *nets,
        steps=1,
        losses=WASSERSTEIN,
        penalty=lambda d, real, fake: torch.tensor(7.0),
    )
    (bare,) = play(*players(), steps=1, losses=WASSERSTEIN)
    assert step.penalty == 7
    assert bare.penalty == 0
    assert step.discriminator == pytest.approx(
        bare.discriminator + 7, rel=1e-5
    )


def test_a_generator_that_foresees_learns_against_what_d_will_be():
    data, noise = torch.full((8, 2), 3.0), torch.ones(8, 2)
    seen = []

    def foresee(net, real, fake):
        seen.append((net, real, fake))
        return lambda x: (x - 1).square().sum(-1, keepdim=True) * -1

    nets, alone = players(), players()
    for pair, how in ((nets, foresee), (alone, None)):
        play(
            *pair,
            steps=1,
            batches=iter([data]),
            draw=lambda: noise,
            foresee=how,
        )
    ((net, real, fake),) = seen
    assert net is nets[1]
    assert real is data
    assert fake.requires_grad
    assert torch.equal(weights(nets[1]), weights(alone[1]))
    # G went where the other function is high, a step of its own gradient
    start = players()[0]
    made = start(noise)
    felt = NON_SATURATING.generator(-(made - 1).square().sum(-1))
    slopes = torch.autograd.grad(felt, list(start.parameters()))
    for p, slope, now in zip(
        start.parameters(), slopes, nets[0].parameters(), strict=True
    ):
        assert torch.allclose(now, p - 0.01 * slope, atol=1e-7)


def test_packs_are_not_mixed_of_real_and_fake():
    generator, _ = players()
    kinds = []

    class Watcher(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = mlp(4, 8, 1)

        def forward(self, x):
            kinds.append(x.detach())
            return self.net(x)

    discriminator = Packed(Watcher(), 2)
    fixed = torch.zeros(6, 2)
    real = torch.full((6, 2), 9.0)
    with torch.no_grad():
        fake = generator(fixed)
    play(
        generator,
        discriminator,
        steps=1,
        batches=iter([real]),
        draw=lambda: fixed,
    )
    assert torch.equal(kinds[0][:3], real.view(3, 4))
    assert torch.allclose(kinds[0][3:], fake.view(3, 4))


@pytest.mark.parametrize("foresee", [None, unrolled(NON_SATURATING, 2, 0.5)])
def test_runs_side_by_side_share_nothing(foresee):
    def both(runs):
        nets = (
            mlps(3, 2, 8, 2, generator=seeded()),
            mlps(3, 2, 8, 1, generator=seeded(1)),
        )
        data = torch.randn(3, 16, 2, generator=seeded(2))
        noise = torch.randn(3, 16, 2, generator=seeded(3))
        data[runs], noise[runs] = 40.0, -9.0  # a run gone wild
        play(
            *nets,
            steps=5,
            batches=iter([data] * 5),
            draw=lambda: noise,
            optimizers=descent(*nets),
            foresee=foresee,
        )
        return nets

    calm, wild = both(slice(0, 0)), both(slice(2, 3))
    for a, b in zip(calm, wild, strict=True):
        for p, q in zip(a.parameters(), b.parameters(), strict=True):
            assert torch.allclose(p[:2], q[:2], atol=1e-6)
            assert not torch.allclose(p[2], q[2], atol=1e-3)


def test_same_seeds_same_history():
    assert play(*players(4)) == play(*players(4))


def test_the_steps_end_with_the_batches():
    assert len(play(*players(), steps=9, batches=batches(4))) == 4
    short = {"batches": batches(5), "discriminator_steps": 2}
    assert len(play(*players(), steps=9, **short)) == 2


def test_a_loss_that_is_not_finite_stops_with_the_players_name():
    generator, discriminator = players()
    nn.init.constant_(discriminator[-1].bias, math.nan)
    with pytest.raises(FloatingPointError, match="the discriminator is"):
        play(generator, discriminator, steps=1)
    generator, discriminator = players()
    with pytest.raises(FloatingPointError, match="the generator is"):
        play(
            generator,
            discriminator,
            losses=MINIMAX,
            after_discriminator=lambda d: nn.init.constant_(
                d[-1].bias, math.inf
            ),
        )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"discriminator_steps": 0}, "discriminator_steps must be 1"),
        ({"draw": lambda: torch.zeros(31, 2)}, "draw must make a noise"),
    ],
)
def test_what_the_loop_refuses(more, says):
    with pytest.raises(ValueError, match=says):
        play(*players(), **more)
