"""CycleGAN: two games that share two generators, tied by two cycles.

G takes an x to the law of Y, F a y to the law of X, without pairs.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from lib.training.adversarial import Losses, Optimizers, update

Pair = tuple[Tensor, Tensor]  # something of X, something of Y


class Translators(NamedTuple):
    """The four networks of a CycleGAN."""

    there: nn.Module  # G: X to Y
    back: nn.Module  # F: Y to X
    discriminator_x: nn.Module  # judges x against F(y)
    discriminator_y: nn.Module  # judges y against G(x)


class CycleStep(NamedTuple):
    """One update of G and F, then of their judges: means over the runs."""

    discriminator: float  # losses of both judges, with their penalties
    adversarial: float  # what G and F pay for fakes told apart
    cycle: float  # both cycle errors, unweighted
    identity: float  # both identity errors, unweighted; nan if not asked


class ImageBuffer:
    """A pool of past fakes, from which a discriminator is shown half.

    While there is room a fake is kept and given back. Afterwards each fake
    is given back as it is with probability 1/2; else it takes the place of
    an old one, which is given back instead. The fakes of one call take
    different places, so that a batch must fit.

    Args:
        capacity: How many fakes it holds, 1 or more.
        axis: The axis of the batch; others before it are runs, which share
            the draws and nothing else.
        generator: Where the draws come from; None is torch's own.

    Raises:
        ValueError: If `capacity` is below 1 or smaller than a batch.

    Source: Shrivastava et al. (2017), section 2.3; 50 and one fake at a
    time as in Zhu et al. (2017), section 4.
    """

    def __init__(
        self,
        capacity: int = 50,
        *,
        axis: int = 0,
        generator: Generator | None = None,
    ):
        if capacity < 1:
            raise ValueError(f"capacity must be 1 or more, got {capacity}")
        self.capacity, self.axis, self.generator = capacity, axis, generator
        self.held: Tensor | None = None

    def __call__(self, fake: Tensor) -> Tensor:
        """Fakes to as many fakes, new or old, cut off from their makers."""
        fresh = fake.detach().movedim(self.axis, 0).clone()
        if len(fresh) > self.capacity:
            raise ValueError(
                f"capacity must be at least a batch, {len(fresh)}, got "
                f"{self.capacity}"
            )
        held = fresh[:0] if self.held is None else self.held
        room = self.capacity - len(held)
        kept, late = fresh[:room], fresh[room:]

        swapped = torch.rand(len(late), generator=self.generator) < 0.5
        places = torch.randperm(len(held), generator=self.generator)
        places = places[: len(late)][swapped]
        given = late.clone()
        given[swapped] = held[places]
        held[places] = late[swapped]

        self.held = torch.cat([held, kept])
        return torch.cat([kept, given]).movedim(0, self.axis)


def absolute_error(a: Tensor, b: Tensor, event_dim: int = 1) -> Tensor:
    """Mean of |a - b|, shape (..., batch, *event) each, over all but `...`.

    Raises:
        ValueError: If the shapes differ or have no axis for a batch.

    Source: Zhu et al. (2017), equation 2, as a mean over coordinates.
    """
    if a.shape != b.shape or a.ndim <= event_dim:
        raise ValueError(
            "a and b must have one shape, (..., batch, *event) with "
            f"{event_dim} axes a sample, got {tuple(a.shape)} and "
            f"{tuple(b.shape)}"
        )
    return (a - b).abs().flatten(a.ndim - 1 - event_dim).mean(-1)


def train_cyclegan(
    nets: Translators,
    batches: Iterator[Pair],
    losses: Losses,
    optimizers: Optimizers,
    *,
    cycle_weight: float | Tensor = 10.0,
    identity_weight: float | Tensor = 0.0,
    buffers: tuple[ImageBuffer, ImageBuffer] | None = None,
    penalty: Callable[[nn.Module, Tensor, Tensor], Tensor] | None = None,
    event_dim: int = 1,
) -> Iterator[CycleStep]:
    """Both generators take a step together, then both discriminators.

    G and F minimise what their fakes cost them, plus `cycle_weight` times
    |F(G(x)) - x| + |G(F(y)) - y|, plus `identity_weight` times
    |G(y) - y| + |F(x) - x|. As in `train_gan`, runs that share nothing may
    be trained side by side: their losses are added.

    Args:
        nets: G and F keep the shape (..., batch, *event); the judges give
            logits or scores, shape (..., batch, 1) or one a patch.
        batches: Samples of X and of Y. The steps end when they do.
        losses: What a judge and what a generator minimises.
        optimizers: One of the weights of G and F, one of both judges.
        cycle_weight: At least 0; the paper takes 10. One number, or one a
            run, shape (...).
        identity_weight: Likewise; the paper takes 0, for paintings 5.
        buffers: Of fake x and of fake y; None shows the newest fakes.
        penalty: Of a judge, real and fake samples; added to its loss.
        event_dim: How many axes one sample has: 1 for points, 3 for
            pictures of channels, rows and columns.

    Returns:
        An iterator over steps, made as it is pulled.

    Raises:
        ValueError: If a weight is not finite and at least 0.
        FloatingPointError: In the step in which a loss is infinite or nan.

    Source: Zhu et al. (2017), equations 1 to 3 and section 5.2; the order
    and the joint step of G and F are those of the authors' program.
    """
    weights = cycle_weight, identity_weight
    _check_weights(cycle_weight=cycle_weight, identity_weight=identity_weight)
    game = _Game(losses, penalty, event_dim)

    def steps() -> Iterator[CycleStep]:
        for x, y in batches:
            fakes = nets.back(y), nets.there(x)
            paid = game.translators_pay(nets, (x, y), fakes, weights)
            update(optimizers.generator, paid[0], "generators")

            shown = fakes
            if buffers:
                shown = [b(f) for b, f in zip(buffers, fakes, strict=True)]
            loss = game.judge_pays(nets.discriminator_x, x, shown[0])
            loss = loss + game.judge_pays(nets.discriminator_y, y, shown[1])
            update(optimizers.discriminator, loss, "discriminators")

            told = (loss, *paid[1:])
            yield CycleStep(*(part.mean().item() for part in told))

    return steps()


class _Game(NamedTuple):
    """What each of the four players minimises."""

    losses: Losses
    penalty: Callable[[nn.Module, Tensor, Tensor], Tensor] | None
    event_dim: int

    def judged(self, discriminator: nn.Module, samples: Tensor) -> Tensor:
        """Outputs, those of all patches behind one another."""
        outputs = discriminator(samples)
        return outputs.flatten(samples.ndim - 1 - self.event_dim)

    def judge_pays(self, net: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        """The loss of one discriminator, cut off from the generators."""
        both = (self.judged(net, x) for x in (real, fake.detach()))
        told = self.losses.discriminator(*both)
        return told + self.penalty(net, real, fake) if self.penalty else told

    def translators_pay(
        self,
        nets: Translators,
        real: Pair,
        fakes: Pair,
        weights: tuple[float | Tensor, float | Tensor],
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """All in all; for fakes told apart; cycle and identity error."""
        there, back, *judges = nets
        felt = sum(
            self.losses.generator(self.judged(judge, fake))
            for judge, fake in zip(judges, fakes, strict=True)
        )
        with torch.set_grad_enabled(_asked(weights[0])):
            returned = back(fakes[1]), there(fakes[0])
            cycle = self.apart(returned, real)
        total, same = (
            felt + weights[0] * cycle,
            torch.full_like(felt, math.nan),
        )
        if _asked(weights[1]):
            same = self.apart((back(real[0]), there(real[1])), real)
            total = total + weights[1] * same
        return total, felt, cycle, same

    def apart(self, made: Pair, real: Pair) -> Tensor:
        """The sum of both errors, in X and in Y."""
        return sum(
            absolute_error(a, b, self.event_dim)
            for a, b in zip(made, real, strict=True)
        )


def _asked(weight: float | Tensor) -> bool:
    """Whether any run has a weight above 0."""
    return bool((torch.as_tensor(weight) > 0).any())


def _check_weights(**weights: float | Tensor) -> None:
    for name, weight in weights.items():
        given = torch.as_tensor(weight)
        if not (given.isfinite() & (given >= 0)).all():
            said = f"{name} must be finite and at least 0, got {weight}"
            raise ValueError(said)
