"""One method of the table, trained several times side by side."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor, nn

from lib.distributions import Bells
from lib.evaluation import count_modes
from lib.networks import mlps
from lib.stored.census.methods import HIDDEN, TARGETS, Method
from lib.stored.census.training import (
    SAMPLES,
    averaged,
    averages,
    drawn,
)
from lib.stored.variants.methods import METHODS, Matching
from lib.training import train_matching
from lib.transport import sample_wasserstein

BATCH = 128
COMPARED = 1000  # samples of the model, and as many of the data
TRUE_SEED = 77  # of the samples of the data that models are compared with


def models(
    method: Method | Matching,
    law: Bells,
    learning_rate: float,
    strength: float,
    *,
    steps: int,
    runs: int,
    generator: Generator,
) -> Iterator[nn.Module]:
    """G's average over the steps so far, after each of its steps."""
    how = {"steps": steps, "runs": runs, "generator": generator}
    if isinstance(method, Method):
        setting = (learning_rate, strength)
        return averages(method, law, *setting, **how, batch=BATCH)
    net = mlps(runs, 2, *HIDDEN, 2, activation=nn.ReLU, generator=generator)
    optimizer = torch.optim.Adam(
        net.parameters(), learning_rate, betas=(0.5, 0.9), fused=True
    )
    shape = (runs, BATCH)
    loop = train_matching(
        net,
        (law.sample(*shape, generator=generator) for _ in range(steps)),
        method.loss(strength, generator),
        optimizer,
        draw=partial(torch.randn, *shape, 2, generator=generator),
    )
    return averaged(net, loop, [optimizer], steps)


def measure(
    target: str,
    method: str,
    learning_rate: float,
    strength: float,
    steps: int,
    seeds: list[int],
    shown: list[int],
) -> dict[str, Any]:
    """Distance, modes and quality of each seed, and samples on the way.

    Seeds share one stream of random numbers, which begins at the first.

    Args:
        target: A key of `TARGETS`.
        method: A key of `METHODS`.
        learning_rate: Of both players, at the first step.
        strength: The method's own number.
        steps: Of the generator.
        seeds: One a run.
        shown: The steps after which models are compared; the last is there
            in any case.

    Returns:
        "w1", "modes", "quality": a list over the steps compared, of a number
        a seed. "samples": as many, each points of shape (seeds, 200, 2), in
        thousandths. "seconds": of the processor up to each of these steps,
        for all seeds, without the comparing. If a loss was not finite:
        "diverged", its step, alone.
    """
    torch.set_num_threads(1)
    # penalties, dropout and spectral norms draw from torch's own generator
    generator, runs = torch.manual_seed(seeds[0]), len(seeds)
    law, found, step = TARGETS[target](), [], 0
    setting = (learning_rate, strength)
    how = {"steps": steps, "runs": runs, "generator": generator}
    start, aside = time.process_time(), 0.0
    try:
        for model in models(METHODS[method], law, *setting, **how):
            step += 1
            if step in {*shown, steps}:
                now = time.process_time()
                found.append({"seconds": now - start - aside})
                found[-1] |= compared(model, law, runs)
                aside += time.process_time() - now
    except FloatingPointError:
        return {"diverged": step + 1}
    return {key: [each[key] for each in found] for key in found[0]}


def compared(model: nn.Module, law: Bells, runs: int) -> dict[str, Any]:
    """What is said of a model, one number a run, and samples of it."""
    points = drawn(model, SAMPLES, runs)
    found = count_modes(points, law.centres, law.std)
    kept = drawn(model, 200, runs).mul(1000).round().int()
    return {
        "w1": [exact_w1(run, true_samples(law)) for run in points],
        "modes": found.modes.tolist(),
        "quality": found.quality.tolist(),
        "samples": kept.tolist(),
    }


def true_samples(law: Bells, seed: int = TRUE_SEED) -> Tensor:
    """Samples of the law itself, the same at each call."""
    generator = Generator().manual_seed(seed)
    return law.sample(COMPARED, generator=generator)


def exact_w1(x: Tensor, y: Tensor) -> float:
    """W_1 between the first samples of each, by their cheapest plan."""
    return sample_wasserstein(x[:COMPARED], y[:COMPARED])
