"""What the census compares: the laws to learn, and nine ways to learn."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from lib.distributions import Bells, grid_of_bells, ring_of_bells
from lib.gans import (
    HINGE,
    MINIMAX,
    NON_SATURATING,
    WASSERSTEIN,
    AdversarialLoss,
    Packed,
    clip_weights,
    gradient_penalty,
    r1_penalty,
    unrolled,
    with_spectral_norm,
)
from lib.networks import mlp, mlps

# Those of Srivastava et al. (2017), the ring four times as large: a network
# as drawn here begins as a cloud a fraction of a unit wide.
TARGETS: dict[str, Callable[[], Bells]] = {
    "ring": partial(ring_of_bells, 8, radius=4.0, std=0.04),
    "grid": partial(grid_of_bells, 5, spacing=2.0, std=0.05),
}
HIDDEN = (64, 64, 64)  # units of G and of D


class Method(NamedTuple):
    """What tells one GAN from another; `strength` is its own number."""

    losses: AdversarialLoss = NON_SATURATING
    discriminator_steps: int = 1
    # of the strength, to what `train_gan` takes beside the losses
    more: Callable[[Any], dict[str, Any]] = lambda strength: {}
    pack: int = 1
    spectral: bool = False
    dropout: float = 0.0  # share of D's units that each pass leaves out
    activation: Callable[[], nn.Module] = nn.ReLU  # of G and of D
    optimizer: Callable[..., torch.optim.Optimizer] = partial(
        torch.optim.Adam, betas=(0.5, 0.9), fused=True
    )
    # what is tried: pairs of a learning rate and a strength
    trials: tuple[tuple[float, float], ...] = tuple(
        (rate, 0.0) for rate in (1e-3, 2e-3, 4e-3, 8e-3)
    )


def pairs(
    rates: tuple[float, ...], strengths: tuple[float, ...]
) -> tuple[tuple[float, float], ...]:
    """Every rate with every strength."""
    return tuple((rate, s) for s in strengths for rate in rates)


def held_by(penalty: Callable[..., Tensor]) -> Callable[[Any], dict[str, Any]]:
    """Of a weight: what `train_gan` takes for that penalty, so weighted.

    Args:
        penalty: Of D, real and fake samples.
    """

    def more(weight: float) -> dict[str, Any]:
        return {"penalty": lambda *three: weight * penalty(*three)}

    return more


def r1(net: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """The penalty on real samples alone."""
    return r1_penalty(net, real)


def clipped(clip: float) -> dict[str, Any]:
    """What `train_gan` takes for weights within that bound."""
    return {"after_discriminator": partial(clip_weights, clip=clip)}


def _ahead(rate: float) -> dict[str, Any]:
    return {"foresee": unrolled(NON_SATURATING, 5, rate)}


METHODS: dict[str, Method] = {
    "minimax": Method(MINIMAX),
    "non-saturating": Method(),
    "leaky units": Method(activation=partial(nn.LeakyReLU, 0.2)),
    "unrolled": Method(more=_ahead, trials=pairs((4e-3,), (0.003, 0.01))),
    "packing": Method(pack=2),
    "R1": Method(more=held_by(r1), trials=pairs((2e-3, 4e-3), (0.2, 0.5))),
    # at the bound 1 of the paper D says next to nothing about so small a law
    "spectral norm": Method(
        HINGE,
        spectral=True,
        trials=((4e-3, 1.0), *pairs((2e-3, 4e-3), (5.0, 20.0))),
    ),
    "clipping": Method(
        WASSERSTEIN,
        5,
        more=clipped,
        optimizer=torch.optim.RMSprop,
        trials=(*pairs((3e-4, 1e-3), (0.03,)), (1e-3, 0.1)),
    ),
    "gradient penalty": Method(
        WASSERSTEIN,
        5,
        more=held_by(gradient_penalty),
        trials=pairs((2e-3, 4e-3), (0.1, 1.0)),
    ),
}


class SideBySide(nn.Module):
    """Nets that cannot share one product of matrices, a run each.

    Args:
        nets: One for each run.
        scale: What all outputs are multiplied by.
    """

    def __init__(self, nets: Iterable[nn.Module], scale: float):
        super().__init__()
        self.nets, self.scale = nn.ModuleList(nets), scale

    def forward(self, x: Tensor) -> Tensor:
        """(runs, batch, in) to (runs, batch, out)."""
        both = zip(self.nets, x, strict=True)
        return self.scale * torch.stack([net(part) for net, part in both])


def discriminator_of(
    method: Method, strength: float, runs: int, generator: Generator
) -> nn.Module:
    """D of the method, drawn anew for each run."""
    widths = (2 * method.pack, *HIDDEN, 1)
    activation = method.activation
    if method.dropout:
        activation = partial(_dropped, activation, method.dropout)
    more = {"activation": activation, "generator": generator}
    if method.spectral:
        nets = (mlp(*widths, **more) for _ in range(runs))
        return SideBySide(map(with_spectral_norm, nets), strength)
    net = mlps(runs, *widths, **more)
    return Packed(net, method.pack) if method.pack > 1 else net


def _dropped(activation: Callable[[], nn.Module], share: float) -> nn.Module:
    return nn.Sequential(activation(), nn.Dropout(share))
