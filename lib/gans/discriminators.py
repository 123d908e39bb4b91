"""Discriminators held back, packed, or seen a few of their steps ahead."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.parametrizations import spectral_norm

from lib.gans.losses import AdversarialLoss, Outputs


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


def unrolled(
    losses: AdversarialLoss, steps: int, learning_rate: float
) -> Callable[[nn.Module, Tensor, Tensor], Outputs]:
    """The discriminator as it would be after some more steps of its own.

    What it returns takes D, real and fake samples, lets a copy of D go
    `steps` steps of plain gradient descent against these very samples, and
    returns the copy, as a function of samples. The steps can be
    differentiated in the fakes: a generator that learns against the copy
    feels how D would answer. D itself stays as it is.

    Args:
        losses: What D minimises.
        steps: How many steps ahead, 1 or more.
        learning_rate: Of these steps, finite and above 0.

    Raises:
        ValueError: If `steps` or `learning_rate` is out of its range.

    Source: Metz et al. (2017), equations 6 to 10, by plain descent.
    """
    if steps < 1 or not 0 < learning_rate < math.inf:
        raise ValueError(
            "steps must be 1 or more, learning_rate finite and above 0, got "
            f"{steps} and {learning_rate}"
        )

    def ahead(discriminator: nn.Module, real: Tensor, fake: Tensor) -> Outputs:
        weights = dict(discriminator.named_parameters())
        for _ in range(steps):
            outputs = (
                functional_call(discriminator, weights, (x,)).squeeze(-1)
                for x in (real, fake)
            )
            weights = _descended(
                weights, losses.discriminator(*outputs).sum(), learning_rate
            )
        return lambda x: functional_call(discriminator, weights, (x,))

    return ahead


def _descended(
    weights: dict[str, Tensor], loss: Tensor, learning_rate: float
) -> dict[str, Tensor]:
    """One step down, which can be differentiated itself."""
    slopes = torch.autograd.grad(
        loss, list(weights.values()), create_graph=True
    )
    return {
        name: weight - learning_rate * slope
        for (name, weight), slope in zip(weights.items(), slopes, strict=True)
    }
