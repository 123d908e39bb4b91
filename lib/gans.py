r"""GANs: losses of the two players, and what holds a discriminator back.

Losses are pure functions of the outputs of the discriminator D, its logits
or scores, with a batch on the last axis; axes before it, if there are any,
are runs that share nothing. They are minimised, by either player.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

Outputs = Callable[..., Tensor]


class AdversarialLoss(NamedTuple):
    """What each player of a GAN minimises: shape (..., batch) to (...)."""

    discriminator: Outputs  # of real and of fake outputs
    generator: Outputs  # of fake outputs


def _told_apart(real: Tensor, fake: Tensor) -> Tensor:
    """-log D(x) - log(1 - D(G(z))), with D the sigmoid of the logit."""
    return (functional.softplus(-real) + functional.softplus(fake)).mean(-1)


# Goodfellow et al. (2014), equation 1: the generator lowers log(1 - D(G(z))),
# whose slope in the logit is -D(G(z)): none where D is sure of a fake.
MINIMAX = AdversarialLoss(
    discriminator=_told_apart,
    generator=lambda fake: -functional.softplus(fake).mean(-1),
)
# The same, section 3: the generator lowers -log D(G(z)) instead.
NON_SATURATING = AdversarialLoss(
    discriminator=_told_apart,
    generator=lambda fake: functional.softplus(-fake).mean(-1),
)
# Arjovsky, Chintala & Bottou (2017), algorithm 1: scores, not logits.
WASSERSTEIN = AdversarialLoss(
    discriminator=lambda real, fake: (fake - real).mean(-1),
    generator=lambda fake: -fake.mean(-1),
)
# Lim & Ye (2017); Miyato et al. (2018), equation 16.
HINGE = AdversarialLoss(
    discriminator=lambda real, fake: (
        functional.relu(1 - real) + functional.relu(1 + fake)
    ).mean(-1),
    generator=lambda fake: -fake.mean(-1),
)


def gradient_penalty(
    discriminator: Outputs,
    real: Tensor,
    fake: Tensor,
    *,
    target: float = 1.0,
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
        event_dim: How many axes one sample has: 1 for points and flat
            pictures, 3 for pictures of channels, rows and columns.
        generator: Where u comes from; None is torch's own.

    Returns:
        The penalty, shape (...), at least 0.

    Raises:
        ValueError: If the shapes differ, have no axis for a batch, or
            `target` is not finite and at least 0.

    Source: Gulrajani et al. (2017), equation 3 and algorithm 1.
    """
    if real.shape != fake.shape:
        raise ValueError(
            f"fake must have the shape of real, {tuple(real.shape)}, got "
            f"{tuple(fake.shape)}"
        )
    if not 0 <= target < math.inf:
        raise ValueError(f"target must be finite and at least 0, got {target}")
    _check_event(real, event_dim)
    each = (*real.shape[: real.ndim - event_dim], *[1] * event_dim)
    u = torch.rand(each, dtype=real.dtype, generator=generator)
    places = torch.lerp(fake.detach(), real.detach(), u)
    squares = _squared_slopes(discriminator, places, event_dim)
    # the root of 0 has no finite slope, and a network that is flat somewhere
    # would fill its weights with nan: 1e-12 moves no slope above 1e-4
    return ((squares + 1e-12).sqrt() - target).square().mean(-1)


def r1_penalty(
    discriminator: Outputs, real: Tensor, *, event_dim: int = 1
) -> Tensor:
    """Half the mean of |grad D(x)|^2 over real samples.

    Its weight is the gamma of the paper. It asks for a flat discriminator
    where the data are, and leaves it alone elsewhere.

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


@torch.no_grad()
def clip_weights(discriminator: nn.Module, clip: float) -> None:
    """Move every parameter, weight or bias, into [-clip, clip].

    Raises:
        ValueError: If `clip` is not finite and above 0.

    Source: Arjovsky, Chintala & Bottou (2017), algorithm 1, line 7.
    """
    if not 0 < clip < math.inf:
        raise ValueError(f"clip must be finite and above 0, got {clip}")
    for parameter in discriminator.parameters():
        parameter.clamp_(-clip, clip)


def with_spectral_norm(net: nn.Sequential) -> nn.Sequential:
    """The same net, each weight matrix divided by its largest stretch.

    The stretch is estimated by torch's power iteration, one step a forward
    pass in training. Layers 1-Lipschitz in between, as ReLU, make the whole
    net nearly 1-Lipschitz.

    Raises:
        ValueError: If `net` has no layer with a weight.

    Source: Miyato et al. (2018), algorithm 1; `torch.nn.utils`.
    """
    layers = [m for m in net.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    if not layers:
        raise ValueError("net must have a linear or convolutional layer")
    for layer in layers:
        spectral_norm(layer)
    return net


class Packed(nn.Module):
    """A discriminator that judges several samples at once, all of one kind.

    A generator that makes few kinds of sample is found out sooner: real
    packs are varied.

    Args:
        net: (..., batch / size, size * d) to (..., batch / size, 1).
        size: How many samples a pack holds, 1 or more.

    Source: Lin et al. (2018), section 2.
    """

    def __init__(self, net: nn.Module, size: int):
        super().__init__()
        if size < 1:
            raise ValueError(f"size must be 1 or more, got {size}")
        self.net, self.size = net, size

    def forward(self, x: Tensor) -> Tensor:
        """Samples (..., batch, d) to outputs (..., batch / size, 1)."""
        *runs, batch, d = x.shape
        if batch % self.size:
            raise ValueError(
                f"x must come in packs of {self.size}, got {batch} samples"
            )
        return self.net(x.reshape(*runs, batch // self.size, self.size * d))


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
