"""What is added to a discriminator's loss, so that its slope stays small."""

import math

import torch
from torch import Generator, Tensor

from lib.gans.losses import Outputs


def gradient_penalty(
    discriminator: Outputs,
    real: Tensor,
    fake: Tensor,
    *,
    target: float = 1.0,
    one_sided: bool = False,
    event_dim: int = 1,
    generator: Generator | None = None,
) -> Tensor:
    r"""Mean of (|grad D(x)| - target)^2 between real and fake samples.

    The places are $x = u x_{real} + (1 - u) x_{fake}$, one u a pair, uniform
    on [0, 1]. It can be differentiated in D's weights (a double backward
    pass), and never reaches the generator.

    Args:
        discriminator: Samples to outputs, shape (..., batch), each of which
            depends on its own sample only: no batch normalisation.
        real: Samples, shape (..., batch, *event).
        fake: As many, in the shape of `real`.
        target: The slope wanted, at least 0, per unit of x.
        one_sided: Whether slopes below the target are free, so that it is a
            bound: the mean of max(0, |grad D(x)| - target)^2.
        event_dim: How many axes one sample has: 1 for points and flat
            pictures, 3 for pictures of channels, rows and columns.
        generator: Where u comes from; None is torch's own.

    Returns:
        The penalty, shape (...), at least 0.

    Raises:
        ValueError: If the shapes differ, have no axis for a batch, or
            `target` is not finite and at least 0.

    Source: Gulrajani et al. (2017), equation 3 and algorithm 1; one-sided:
    Petzka, Fischer & Lukovnikov (2018), equation 8.
    """
    if not 0 <= target < math.inf:
        raise ValueError(f"target must be finite and at least 0, got {target}")
    places = _between(real, fake, event_dim, generator)
    squares = _squared_slopes(discriminator, places, event_dim)
    # the root of 0 has no finite slope, and a network that is flat somewhere
    # would fill its weights with nan: 1e-12 moves no slope above 1e-4
    above = (squares + 1e-12).sqrt() - target
    return (above.relu() if one_sided else above).square().mean(-1)


def r1_penalty(
    discriminator: Outputs, real: Tensor, *, event_dim: int = 1
) -> Tensor:
    """Half the mean of |grad D(x)|^2 over real samples.

    Its weight is the gamma of the paper. It asks for a flat discriminator
    where the data are, and leaves it alone elsewhere. Given fake samples
    instead, it is the R2 of the paper.

    Args:
        discriminator: As for `gradient_penalty`.
        real: Samples, shape (..., batch, *event).
        event_dim: How many axes one sample has.

    Returns:
        The penalty, shape (...), at least 0.

    Raises:
        ValueError: If `real` has no axis for a batch.

    Source: Mescheder, Geiger & Nowozin (2018), equation 9.
    """
    _check_event(real, event_dim)
    return _squared_slopes(discriminator, real, event_dim).mean(-1) / 2


def divergence_penalty(
    discriminator: Outputs,
    real: Tensor,
    fake: Tensor,
    *,
    power: float = 6.0,
    event_dim: int = 1,
    generator: Generator | None = None,
) -> Tensor:
    """Mean of |grad D(x)|^power between real and fake samples.

    No slope is asked for: a steeper D gains what it tells apart, and pays a
    power of its slope. Places, arguments and errors are those of
    `gradient_penalty`, and:

    Args:
        discriminator: As there.
        real: As there.
        fake: As there.
        power: Above 1, or a steeper D would gain as much as it pays.
        event_dim: As there.
        generator: As there.

    Returns:
        The penalty, shape (...), at least 0.

    Raises:
        ValueError: If `power` is not finite and above 1.

    Source: Wu et al. (2018), equation 8; k = 2, its weight, and p = 6 are
    the choice of their section 4.
    """
    if not 1 < power < math.inf:
        raise ValueError(f"power must be finite and above 1, got {power}")
    places = _between(real, fake, event_dim, generator)
    squares = _squared_slopes(discriminator, places, event_dim)
    # as above: below a power of 2 a slope of 0 has none itself
    return (squares + 1e-12).pow(power / 2).mean(-1)


def consistency_penalty(
    discriminator: Outputs,
    real: Tensor,
    *,
    margin: float = 0.0,
    event_dim: int = 1,
) -> Tensor:
    """Mean of max(0, |D'(x) - D''(x)| - margin) over real samples.

    D' and D'' are two passes of a discriminator that draws something anew
    in each, as dropout does: two copies of a sample that differ a little
    shall be judged alike. Without such noise it is 0.

    Args:
        discriminator: As for `gradient_penalty`.
        real: Samples, shape (..., batch, *event).
        margin: The difference that is free, at least 0.
        event_dim: How many axes one sample has.

    Returns:
        The penalty, shape (...), at least 0.

    Raises:
        ValueError: If `real` has no axis for a batch, or `margin` is not
            finite and at least 0.

    Source: Wei et al. (2018), equation 4, without its term on the last
    hidden layer.
    """
    if not 0 <= margin < math.inf:
        raise ValueError(f"margin must be finite and at least 0, got {margin}")
    _check_event(real, event_dim)
    apart = (discriminator(real) - discriminator(real)).abs()
    each = real.shape[: real.ndim - event_dim]
    return (apart.reshape(each) - margin).relu().mean(-1)


def _between(
    real: Tensor,
    fake: Tensor,
    event_dim: int,
    generator: Generator | None,
) -> Tensor:
    """A place between each pair, uniform on the way from one to the other."""
    if real.shape != fake.shape:
        raise ValueError(
            f"fake must have the shape of real, {tuple(real.shape)}, got "
            f"{tuple(fake.shape)}"
        )
    _check_event(real, event_dim)
    each = (*real.shape[: real.ndim - event_dim], *[1] * event_dim)
    u = torch.rand(each, dtype=real.dtype, generator=generator)
    return torch.lerp(fake.detach(), real.detach(), u)


def _check_event(real: Tensor, event_dim: int) -> None:
    if not 1 <= event_dim < real.ndim:
        raise ValueError(
            f"real must have an axis for the batch before the {event_dim} of "
            f"a sample, got shape {tuple(real.shape)}"
        )


def _squared_slopes(
    discriminator: Outputs, x: Tensor, event_dim: int
) -> Tensor:
    """|grad D(x)|^2 of each sample, differentiable in D: (..., batch)."""
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(
        discriminator(x).sum(), x, create_graph=True
    )
    return slope.flatten(-event_dim).square().sum(-1)
