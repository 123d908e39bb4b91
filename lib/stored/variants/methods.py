"""What the table compares: ten ways to a law, by how they hold the critic."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from lib.gans import (
    NON_SATURATING,
    WASSERSTEIN,
    consistency_penalty,
    divergence_penalty,
    gradient_penalty,
    r1_penalty,
)
from lib.matching import directions, sinkhorn_loss, sliced_loss
from lib.stored.census.methods import (
    Method,
    clipped,
    held_by,
    pairs,
    r1,
)

CRITIC_STEPS = 3  # for each step of the generator, for all with a critic
RATE, RATES = 4e-3, (2e-3, 4e-3)
ROUNDS = 10  # of rows and columns, for the Sinkhorn divergence
Loss = Callable[[Tensor, Tensor], Tensor]


class Matching(NamedTuple):
    """A generator without a critic."""

    # of the strength and a source of draws, to a loss of fake and real
    loss: Callable[[float, Generator], Loss]
    trials: tuple[tuple[float, float], ...]


def _r2(net: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    return r1_penalty(net, fake)


def _consistency(weight: float) -> dict[str, Any]:
    """Beside a gradient penalty of weight 1, as the paper has both."""

    def penalty(net: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        slope = gradient_penalty(net, real, fake)
        return slope + weight * consistency_penalty(net, real)

    return {"penalty": penalty}


def _sliced(count: float, generator: Generator) -> Loss:
    def loss(fake: Tensor, real: Tensor) -> Tensor:
        shape = (*fake.shape[:-2], int(count))
        along = directions(*shape, dimension=2, generator=generator)
        return sliced_loss(fake, real, along)

    return loss


def _sinkhorn(epsilon: float, generator: Generator) -> Loss:
    def loss(fake: Tensor, real: Tensor) -> Tensor:
        return sinkhorn_loss(fake, real, epsilon, ROUNDS)

    return loss


METHODS: dict[str, Method | Matching] = {
    "clipping": Method(
        WASSERSTEIN,
        CRITIC_STEPS,
        more=clipped,
        optimizer=torch.optim.RMSprop,
        trials=((3e-4, 0.03), *pairs((1e-3,), (0.03, 0.1))),
    ),
    "gradient penalty": Method(
        WASSERSTEIN,
        CRITIC_STEPS,
        more=held_by(gradient_penalty),
        trials=pairs((RATE,), (0.1, 1.0)),
    ),
    "one-sided": Method(
        WASSERSTEIN,
        CRITIC_STEPS,
        more=held_by(partial(gradient_penalty, one_sided=True)),
        trials=pairs((RATE,), (0.1, 1.0)),
    ),
    # a factor on the scores moves nothing that Adam does: rates only
    "spectral norm": Method(
        WASSERSTEIN,
        CRITIC_STEPS,
        spectral=True,
        trials=pairs((RATE, 2 * RATE), (1.0,)),
    ),
    # a critic that need only be flat on one side has no best mean score
    "R1": Method(
        NON_SATURATING,
        CRITIC_STEPS,
        more=held_by(r1),
        trials=pairs((RATE,), (0.1, 0.5)),
    ),
    "R2": Method(
        NON_SATURATING,
        CRITIC_STEPS,
        more=held_by(_r2),
        trials=pairs((RATE,), (0.1, 0.5)),
    ),
    "WGAN-div": Method(
        WASSERSTEIN,
        CRITIC_STEPS,
        more=held_by(divergence_penalty),
        trials=pairs((RATE,), (0.1, 2.0)),
    ),
    "consistency": Method(
        WASSERSTEIN,
        CRITIC_STEPS,
        more=_consistency,
        dropout=0.1,
        trials=((RATE, 0.2), *pairs(RATES, (2.0,))),
    ),
    "sliced": Matching(_sliced, pairs(RATES, (16.0, 64.0))),
    "Sinkhorn": Matching(_sinkhorn, pairs(RATES, (0.3, 1.0))),
}
