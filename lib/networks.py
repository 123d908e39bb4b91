"""Networks: plain stacks of layers, made by functions.

What a stack *means* (a distribution, a critic) is said elsewhere: there
networks arrive as arguments.
"""

import itertools
import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn
from torch.nn.utils import skip_init


def mlp(
    *widths: int,
    activation: Callable[[], nn.Module] = nn.SiLU,
    generator: Generator | None = None,
) -> nn.Sequential:
    """Linear layers of these widths, an activation between any two.

    The output is left as it is: logits, scores, or a mean and a log-variance
    side by side. Weights and biases are uniform on +-1 / sqrt(fan_in), which
    is what torch draws when it is left alone.

    Args:
        widths: Numbers of units, input first: `mlp(784, 400, 40)` takes
            (..., 784) to (..., 40). Two at least.
        activation: What makes a layer between two others, as nn.SiLU,
            nn.ReLU, or nn.Identity for a linear network.
        generator: Where the weights come from; None is torch's own.

    Returns:
        The stack; its last layer is `net[-1]`.

    Raises:
        ValueError: If there are fewer than two widths, or one is below 1.

    Source: Elfwing, Uchibe & Doya (2018) for SiLU, x sigmoid(x).
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(
            f"widths must be two or more numbers above 0, got {widths}"
        )
    layers = [
        # empty at first: else torch would draw from its own generator, too
        _drawn(skip_init(nn.Linear, fan_in, fan_out), fan_in, generator)
        for fan_in, fan_out in itertools.pairwise(widths)
    ]
    return _stacked(layers, activation)


@torch.no_grad()
def start_at_mean(layer: nn.Linear, x: Tensor) -> None:
    r"""Let a layer of logits begin at the mean picture.

    Its bias becomes $\log(m / (1 - m))$ of each pixel's mean m, and its
    weights are halved: training starts where a model without any code would
    end, and does not spend its first hundred steps on the frame of paper.

    Args:
        layer: The last layer of a decoder, with one output a pixel.
        x: The pictures, shape (n, *event), in [0, 1]; event has as many
            pixels as the layer has outputs.

    Raises:
        ValueError: If the number of pixels differs or x leaves [0, 1].

    Source: Laplace's rule for the mean: Laplace (1814), a pixel that was
    never inked in n pictures has m = 1 / (n + 2), so no logit is infinite.
    """
    pixels = x.flatten(1)
    if pixels.shape[1] != layer.out_features:
        raise ValueError(
            f"layer must have one output a pixel, got {layer.out_features} "
            f"for {pixels.shape[1]} pixels"
        )
    if not (pixels.min() >= 0 and pixels.max() <= 1):
        raise ValueError(
            f"x must lie in [0, 1], got {pixels.min():.3g} to "
            f"{pixels.max():.3g}"
        )
    mean = (pixels.sum(0) + 1) / (len(pixels) + 2)
    layer.bias.copy_(mean.logit())
    layer.weight.mul_(0.5)


class Linears(nn.Module):
    """Linear layers side by side, one for each of several runs.

    Runs share no number, so that training them at once is training each
    alone, in one product of matrices instead of many small ones. `mlps`
    draws the weights, which are empty at first.

    Args:
        runs: How many.
        fan_in: Numbers in.
        fan_out: Numbers out.
    """

    def __init__(self, runs: int, fan_in: int, fan_out: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(runs, fan_in, fan_out))
        self.bias = nn.Parameter(torch.empty(runs, 1, fan_out))

    def forward(self, x: Tensor) -> Tensor:
        """Rows of each run, (runs, batch, in), to (runs, batch, out)."""
        return torch.baddbmm(self.bias, x, self.weight)


def mlps(
    runs: int,
    *widths: int,
    activation: Callable[[], nn.Module] = nn.SiLU,
    generator: Generator | None = None,
) -> nn.Sequential:
    """As many nets like `mlp` as there are runs, side by side.

    Args:
        runs: How many, 1 or more.
        widths: Numbers of units, as for `mlp`.
        activation: As for `mlp`.
        generator: As for `mlp`.

    Returns:
        The stack; it takes (runs, batch, widths[0]) to
        (runs, batch, widths[-1]).

    Raises:
        ValueError: If there are fewer than two widths, or one of them or
            `runs` is below 1.

    Source: `mlp`.
    """
    if len(widths) < 2 or min(*widths, runs) < 1:
        raise ValueError(
            "runs and two or more widths must be numbers above 0, got "
            f"{runs} and {widths}"
        )
    layers = [
        _drawn(Linears(runs, fan_in, fan_out), fan_in, generator)
        for fan_in, fan_out in itertools.pairwise(widths)
    ]
    return _stacked(layers, activation)


def _drawn(
    layer: nn.Module, fan_in: int, generator: Generator | None
) -> nn.Module:
    """The layer, its weights and biases uniform on +-1 / sqrt(fan_in)."""
    bound = 1 / math.sqrt(fan_in)
    for parameter in (layer.weight, layer.bias):
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return layer


def _stacked(
    layers: list[nn.Module], activation: Callable[[], nn.Module]
) -> nn.Sequential:
    """The layers, an activation between any two."""
    net = nn.Sequential()
    for layer in layers:
        net.extend([layer, activation()])
    return net[:-1]
