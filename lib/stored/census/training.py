"""One method of the census, trained several times side by side."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LinearLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lib.distributions import Bells
from lib.evaluation import count_modes
from lib.networks import mlps
from lib.stored.census.methods import (
    HIDDEN,
    METHODS,
    TARGETS,
    Method,
    discriminator_of,
)
from lib.training import Optimizers, train_gan

BATCH, SAMPLES = 256, 2500
MEMORY = 0.99  # of the average of G's weights over steps


def players(
    method: Method,
    learning_rate: float,
    strength: float,
    runs: int,
    generator: Generator,
) -> tuple[nn.Module, nn.Module, Optimizers]:
    """G and D of each run, drawn anew, and what moves them."""
    activation = method.activation
    net = mlps(runs, 2, *HIDDEN, 2, activation=activation, generator=generator)
    judge = discriminator_of(method, strength, runs, generator)
    return (
        net,
        judge,
        Optimizers(
            method.optimizer(net.parameters(), learning_rate),
            method.optimizer(judge.parameters(), learning_rate),
        ),
    )


def averages(
    method: Method,
    target: Bells,
    learning_rate: float,
    strength: float,
    *,
    steps: int,
    runs: int,
    generator: Generator,
    batch: int = BATCH,
) -> Iterator[nn.Module]:
    """G's average over the steps so far, after each of its steps."""
    net, judge, both = players(
        method, learning_rate, strength, runs, generator
    )
    shape, k = (runs, batch), method.discriminator_steps
    loop = train_gan(
        net,
        judge,
        (target.sample(*shape, generator=generator) for _ in range(k * steps)),
        method.losses,
        both,
        draw=lambda: torch.randn(*shape, 2, generator=generator),
        discriminator_steps=k,
        **method.more(strength),
    )
    return averaged(net, loop, both, steps)


def averaged(
    net: nn.Module,
    loop: Iterable[Any],
    optimizers: Iterable[Optimizer],
    steps: int,
) -> Iterator[nn.Module]:
    """A net's average over the steps so far, after each step of the loop.

    Learning rates fall on a straight line to zero.
    """
    falling = [
        LinearLR(one, 1.0, 0.0, total_iters=steps) for one in optimizers
    ]
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(MEMORY))
    for _ in loop:
        average.update_parameters(net)
        for one in falling:
            one.step()
        yield average


def count(
    target: str,
    method: str,
    learning_rate: float,
    strength: float,
    steps: int,
    seeds: list[int],
    shown: list[int],
) -> dict[str, Any]:
    """Modes, quality and imbalance of each seed, and samples of some.

    Seeds share one stream of random numbers, which begins at the first.

    Args:
        target: A key of `TARGETS`.
        method: A key of `METHODS`.
        learning_rate: Of both players, at the first step.
        strength: The method's own number.
        steps: Of the generator.
        seeds: One a run.
        shown: The steps after which samples of the runs are kept.

    Returns:
        "modes", "quality", "imbalance": a number a seed. "samples": for each
        step in `shown` points of shape (seeds, 200, 2), in thousandths.
        "seconds": of the processor, for all seeds. If a loss was not finite:
        "diverged", its step, alone.
    """
    torch.set_num_threads(1)
    # penalties and spectral norms draw from torch's own generator
    generator, runs = torch.manual_seed(seeds[0]), len(seeds)
    start, law, kept, step = time.process_time(), TARGETS[target](), [], 0
    setting = (learning_rate, strength)
    how = {"steps": steps, "runs": runs, "generator": generator}
    try:
        for model in averages(METHODS[method], law, *setting, **how):
            step += 1
            if step in shown:
                kept.append(drawn(model, 200, runs).mul(1000).round().int())
    except FloatingPointError:
        return {"diverged": step + 1}
    seconds = time.process_time() - start
    found = count_modes(drawn(model, SAMPLES, runs), law.centres, law.std)
    return {
        **{key: value.tolist() for key, value in found._asdict().items()},
        "samples": [part.tolist() for part in kept],
        "seconds": seconds,
    }


@torch.no_grad()
def drawn(model: nn.Module, count: int, runs: int) -> Tensor:
    """Samples (runs, count, 2) from noise that is the same at each call."""
    generator = Generator().manual_seed(2500)
    return model(torch.randn(runs, count, 2, generator=generator))
