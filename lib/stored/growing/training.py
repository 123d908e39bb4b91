"""One trunk, three ways to train it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lib.gans import NON_SATURATING, r1_penalty
from lib.progressive import (
    GrowingDiscriminator,
    GrowingGenerator,
    Level,
    MultiScaleDiscriminator,
    MultiScaleGenerator,
    faded,
    growth,
    stacked,
)
from lib.stored.growing.judging import CODE, FAKES, STAGES, ScaledDigits
from lib.training import GanStep, Optimizers, train_gan

BUDGET = 3600  # in steps of the plain network
MOMENTS = 12  # at which the pictures are judged, equally far apart
WIDTHS, BATCH = (64, 48, 32, 16), 32
RATE, BETAS = 1e-2, (0.0, 0.99)
GAMMA, EVERY = 0.1, 8  # R1, in one step of eight with eight times the weight
AVERAGE = 0.99  # of the generator's weights, a step
# what a step costs, of the plain network's: median of five rounds in turn
COSTS, ALL_SCALES = (0.14, 0.36, 0.62, 1.0), 1.15
# shares of the budget in which a level fades in, and then is held
FADES, HOLDS = (0.02, 0.04, 0.08), (0.02, 0.04, 0.08, 0.72)
METHODS = ("plain", "growing", "multi-scale")


def recipe() -> dict[str, Any]:
    """All that led to the numbers."""
    return {
        "budget": BUDGET,
        "moments": MOMENTS,
        "widths": WIDTHS,
        "code": CODE,
        "batch": BATCH,
        "learning_rate": RATE,
        "betas": BETAS,
        "r1": GAMMA,
        "r1_every": EVERY,
        "average": AVERAGE,
        "costs": COSTS,
        "cost_of_all_scales": ALL_SCALES,
        "fades": FADES,
        "holds": HOLDS,
        "fakes": FAKES,
    }


class Moment(NamedTuple):
    """The averaged generator, after so many steps."""

    step: int
    network: nn.Module


def levels(name: str, budget: int = BUDGET) -> list[Level]:
    """The level at each step, for as many steps as the budget pays for."""
    if name != "growing":
        full = Level(STAGES - 1, 1.0)
        return [full] * round(budget / price(name, full))
    return growth(
        [
            round(budget * share / cost)
            for share, cost in zip(FADES, COSTS[1:], strict=True)
        ],
        [
            round(budget * share / cost)
            for share, cost in zip(HOLDS, COSTS, strict=True)
        ],
    )


def price(name: str, level: Level) -> float:
    """Of a step, in steps of the plain network."""
    return ALL_SCALES if name == "multi-scale" else COSTS[level.stage]


def adversaries(
    name: str, generator: Generator
) -> tuple[nn.Module, nn.Module]:
    """Generator and discriminator: the same weights, used in one way."""
    kinds = {"multi-scale": (MultiScaleGenerator, MultiScaleDiscriminator)}
    make, judge = kinds.get(name, (GrowingGenerator, GrowingDiscriminator))
    return (
        make(WIDTHS, CODE, generator=generator),
        judge(WIDTHS, generator=generator),
    )


def moments(
    name: str, seed: int, digits: ScaledDigits, budget: int = BUDGET
) -> Iterator[Moment]:
    """The averaged generator after each twelfth of the budget."""
    rng = Generator().manual_seed(seed)
    net, judge = adversaries(name, rng)
    adam = [
        torch.optim.Adam(n.parameters(), RATE, betas=BETAS, fused=True)
        for n in (net, judge)
    ]
    real = real_batches(judge, digits.scales, rng)
    steps = _game(net, judge, real, Optimizers(*adam), rng)
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE))
    plan = levels(name, budget)
    spent = np.cumsum([price(name, level) for level in plan]) / budget
    # a sum of so many prices is off by 1e-12 or so: by less than 1e-9 none
    due = np.searchsorted(
        spent, spent[-1] * np.arange(1, MOMENTS + 1) / MOMENTS - 1e-9
    )
    for step, (level, share) in enumerate(zip(plan, spent, strict=True)):
        for grown in (net, judge, average.module):
            grown.grow(*level)
        for optimizer in adam:
            optimizer.param_groups[0]["lr"] = rate(share)
        next(steps)
        average.update_parameters(net)
        if step in due:
            yield Moment(step + 1, average.module)


def _game(
    net: nn.Module,
    judge: nn.Module,
    real: Iterator[Tensor],
    adam: Optimizers,
    generator: Generator,
) -> Iterator[GanStep]:
    """The non-saturating game, its discriminator held by R1."""
    flat = takes_all_scales(judge)
    return train_gan(
        net,
        judge,
        real,
        NON_SATURATING,
        adam,
        draw=partial(torch.randn, BATCH, CODE, generator=generator),
        penalty=lazy(partial(r1_penalty, event_dim=1 if flat else 3)),
    )


def rate(spent: float) -> float:
    """The learning rate: constant for half of the budget, then to zero."""
    return RATE * min(1.0, 2 * (1 - spent) + 1e-3)


def lazy(penalty: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """R1 in one step of eight, with eight times the weight.

    Source: Karras et al. (2020), appendix B.
    """
    count = 0

    def penalised(judge: nn.Module, real: Tensor, _: Tensor) -> Tensor:
        nonlocal count
        count += 1
        if count % EVERY != 1:
            return torch.zeros(())
        return GAMMA * EVERY * penalty(judge, real)

    return penalised


def takes_all_scales(judge: nn.Module) -> bool:
    """Whether a discriminator takes all scales, `stacked`."""
    return isinstance(judge, MultiScaleDiscriminator)


def real_batches(
    judge: nn.Module, scales: list[Tensor], generator: Generator
) -> Iterator[Tensor]:
    """Real pictures as the discriminator of the moment takes them."""
    while True:
        chosen = torch.randint(len(scales[0]), (BATCH,), generator=generator)
        if takes_all_scales(judge):
            yield stacked(x[chosen] for x in scales)
        else:
            stage, alpha = judge.level
            real = scales[stage][chosen]
            yield faded(real, alpha) if stage else real
