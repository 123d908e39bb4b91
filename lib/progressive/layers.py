"""Layers of the Progressive GAN, which keep its signals at their size."""

import math

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

GROUP = 4  # samples that are compared with each other
TINY = 1e-8  # under a root or a fraction bar: of squares that are near 1


class Equalized(nn.Module):
    r"""A layer whose weights are drawn from N(0, 1) and scaled when used.

    It works with $w\, g / \sqrt{n}$, where n is its number of inputs to one
    output, and Adam, whose steps do not depend on the size of the gradient,
    moves the w of every layer by about the same *share* of its size.

    Args:
        layer: Linear or convolution. Its weights are drawn anew, its biases
            become zero.
        gain: The g: sqrt(2) before units that cut half of the signal off,
            else 1.
        generator: Where the weights come from; None is torch's own.

    Source: Karras et al. (2018), section 4.1; He et al. (2015) for the gain.
    """

    def __init__(
        self,
        layer: nn.Linear | nn.Conv2d,
        *,
        gain: float = math.sqrt(2),
        generator: Generator | None = None,
    ):
        super().__init__()
        nn.init.normal_(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)
        self.layer = layer
        self.scale = gain / math.sqrt(layer.weight[0].numel())

    def forward(self, x: Tensor) -> Tensor:
        """What the layer makes of x with its scaled weights."""
        layer, weight = self.layer, self.layer.weight * self.scale
        if isinstance(layer, nn.Linear):
            return functional.linear(x, weight, layer.bias)
        return functional.conv2d(x, weight, layer.bias, padding=layer.padding)


class PixelNorm(nn.Module):
    """Features of each place divided by the root of their mean square.

    Shape (batch, channels, ...); a code (batch, latent_dim) is one place.

    Source: Karras et al. (2018), section 4.2.
    """

    def forward(self, x: Tensor) -> Tensor:
        return x * (x.square().mean(1, keepdim=True) + TINY).rsqrt()


class MinibatchDeviation(nn.Module):
    """One more channel: how much the samples of a group differ.

    The standard deviation over the group of each feature at each place,
    averaged to one number, which every sample of the group is given. Groups
    are neighbours in the batch, so that real ones stay among themselves.

    Args:
        group: Samples in a group, 2 or more.

    Raises:
        ValueError: If `group` is below 2; when used, if it does not divide
            the batch.

    Source: Karras et al. (2018), section 3.
    """

    def __init__(self, group: int = GROUP):
        super().__init__()
        if group < 2:
            raise ValueError(f"group must be 2 or more, got {group}")
        self.group = group

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, rows, columns) to one channel more."""
        if len(x) % self.group:
            raise ValueError(
                f"group must divide the batch, got {self.group} and {len(x)}"
            )
        groups = x.unflatten(0, (-1, self.group))
        spread = (groups.var(1, correction=0) + TINY).sqrt()
        number = spread.mean((1, 2, 3)).repeat_interleave(self.group)
        shown = number.view(-1, 1, 1, 1).expand(-1, 1, *x.shape[2:])
        return torch.cat([x, shown], dim=1)
