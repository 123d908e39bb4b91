"""Two networks against each other: the loop of a GAN."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

Outputs = Callable[..., Tensor]


class Losses(Protocol):
    """What each player minimises, of outputs (..., batch), to (...)."""

    @property
    def discriminator(self) -> Outputs:
        """Of real and of fake outputs."""

    @property
    def generator(self) -> Outputs:
        """Of fake outputs."""


class Optimizers(NamedTuple):
    """Who moves which player: each holds the weights of one of the two."""

    generator: Optimizer
    discriminator: Optimizer


class GanStep(NamedTuple):
    """One update of G and those of D before it: means over the runs."""

    discriminator: float  # its loss before its last update, all in all
    penalty: float  # the part of it that is penalty
    generator: float  # its loss before its update


def train_gan(
    generator: nn.Module,
    discriminator: nn.Module,
    batches: Iterator[Tensor],
    losses: Losses,
    optimizers: Optimizers,
    *,
    draw: Callable[[], Tensor],
    discriminator_steps: int = 1,
    penalty: Callable[[nn.Module, Tensor, Tensor], Tensor] | None = None,
    after_discriminator: Callable[[nn.Module], None] | None = None,
    foresee: Callable[[nn.Module, Tensor, Tensor], Outputs] | None = None,
) -> Iterator[GanStep]:
    """Algorithm 1: k steps of the discriminator, then one of the generator.

    Each player is moved by its own loss only: the fakes that D learns from
    are cut off from G, and only G's weights get a gradient from G's loss.
    Real and fake samples pass D in one batch: without batch normalisation
    that is the same as two, and faster.

    Runs that share nothing may be trained side by side, by networks that
    hold many sets of weights: their losses are added, and a sum of terms
    without a common weight is many descents at once.

    Args:
        generator: Noise (..., batch, latent_dim) to samples, shape
            (..., batch, *event).
        discriminator: Samples to logits or scores, shape (..., batch, 1).
        batches: Real samples, one batch a step of D. The steps end when
            they do.
        losses: What D and what G minimises.
        optimizers: Of the weights of G and of D.
        draw: Makes fresh noise at each call, for as many samples as a batch.
        discriminator_steps: The k of the paper, 1 or more.
        penalty: Of D, real and fake samples, to (...); added to D's loss.
        after_discriminator: Called with D after each update of it, as to
            clip its weights.
        foresee: Of D, real and fake samples, to the function of samples that
            the generator learns against in D's place, as `lib.gans.unrolled`.

    Returns:
        An iterator over steps, one for each update of the generator. They
        are made as it is pulled.

    Raises:
        ValueError: If `discriminator_steps` is below 1, or `draw` makes more
            or fewer noises than a batch has samples.
        FloatingPointError: In the step in which a loss is infinite or nan.

    Source: Goodfellow et al. (2014), algorithm 1.
    """
    if discriminator_steps < 1:
        raise ValueError(
            f"discriminator_steps must be 1 or more, got {discriminator_steps}"
        )

    def steps() -> Iterator[GanStep]:
        while True:
            for _ in range(discriminator_steps):
                real = next(batches, None)
                if real is None:
                    return
                fake, axis = _fakes(generator, draw(), real)
                both = discriminator(torch.cat([real, fake], dim=axis))
                loss = losses.discriminator(*both.squeeze(-1).chunk(2, -1))
                held = penalty(discriminator, real, fake) if penalty else 0.0
                update(optimizers.discriminator, loss + held, "discriminator")
                if after_discriminator:
                    after_discriminator(discriminator)

            fake = generator(draw())
            faced = discriminator
            if foresee:
                faced = foresee(discriminator, real, fake)
            felt = losses.generator(faced(fake).squeeze(-1))
            update(optimizers.generator, felt, "generator")

            yield GanStep(*map(_mean, (loss + held, held, felt)))

    return steps()


def _fakes(
    generator: nn.Module, noise: Tensor, real: Tensor
) -> tuple[Tensor, int]:
    """Fakes cut off from the generator, and the axis of the batch.

    Where the batch is, the noise knows: runs stand before it.
    """
    with torch.no_grad():
        fake = generator(noise)
    if real.shape != fake.shape:
        raise ValueError(
            "draw must make a noise for each sample of a batch: batches have "
            f"shape {tuple(real.shape)}, fakes {tuple(fake.shape)}"
        )
    return fake, noise.ndim - 2


def _mean(value: Tensor | float) -> float:
    """Over the runs, if there are several."""
    return value.mean().item() if isinstance(value, Tensor) else value


def update(optimizer: Optimizer, losses: Tensor, player: str) -> None:
    """One step of one player down the sum of its runs' losses.

    Only the weights that the optimiser holds get a gradient.

    Args:
        optimizer: Of the player's weights; several players may share it.
        losses: One number a run, shape (...).
        player: What an error calls it.

    Raises:
        FloatingPointError: If a loss is infinite or nan.
    """
    if not losses.isfinite().all():
        raise FloatingPointError(
            f"the loss of the {player} is {losses.tolist()}: lower the "
            "learning rate, or hold the discriminator back by a penalty"
        )
    weights = [p for group in optimizer.param_groups for p in group["params"]]
    optimizer.zero_grad()
    losses.sum().backward(inputs=weights)
    optimizer.step()
