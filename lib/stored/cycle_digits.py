"""`make stored-cyclegan`, second part: digits and reliefs of other digits.

X is digits, Y is reliefs, lit from the upper left, of digits that are not in
X. How each relief was made is known to us and to none of the players.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from lib.cyclegan import (
    CycleStep,
    ImageBuffer,
    Translators,
    absolute_error,
    train_cyclegan,
)
from lib.datasets import load_mnist
from lib.gans import NON_SATURATING, r1_penalty
from lib.stored import save_run
from lib.stored.cycle_clouds import cycle_optimizers, slow_down

SEEDS = range(10, 13)
WEIGHTS_OF_CYCLE = (0.0, 1.0, 10.0)
STEPS, BATCH, CHANNELS, RATE, R1 = 1000, 16, 8, 4e-3, 0.1
HALF, TEST, NOISE = 10_000, 500, 0.05


class Halves(NamedTuple):
    """Pictures of shape (n, 1, 14, 14), values in [0, 1]."""

    x: Tensor  # digits
    y: Tensor  # reliefs of other digits
    test: Tensor  # digits that nobody has seen


class Translated(NamedTuple):
    """How good both maps are on digits that nobody has seen."""

    paired_there: float  # share of G(x) whose nearest relief is its own
    paired_back: float  # share of F(y) whose nearest digit is its own
    error_there: float  # mean |G(x) - relief of x|
    error_back: float  # mean |F(relief of x) - x|
    cycle: float  # mean |F(G(x)) - x|
    noisy: float  # the same, with noise of std 0.05 on G(x)


def relief(x: Tensor) -> Tensor:
    """Light from the upper left: 1/2 + (x - x moved down and right) / 2."""
    return 0.5 + (x - functional.pad(x, (1, 0, 1, 0))[..., :-1, :-1]) / 2


def load_halves() -> Halves:
    """Ten thousand digits, reliefs of ten thousand others, 500 for test."""
    mnist = load_mnist()
    train, test = (
        functional.avg_pool2d(torch.tensor(images)[:, None] / 255, 2)
        for images in (mnist.train_images[: 2 * HALF], mnist.test_images)
    )
    return Halves(train[:HALF], relief(train[HALF:]), test[:TEST])


def local_map(generator: Generator) -> nn.Sequential:
    """Three layers of 3 x 3: a pixel sees 7 x 7 others, and no more."""
    layers = (1, CHANNELS), (CHANNELS, CHANNELS), (CHANNELS, 1)
    net = nn.Sequential()
    for count, out in layers:
        net.extend([nn.Conv2d(count, out, 3, padding=1), nn.ReLU()])
    return drawn_from(generator, net[:-1])


def patch_judge(generator: Generator) -> nn.Sequential:
    """One logit for each two by two pixels; it sees ten by ten."""
    return drawn_from(
        generator,
        nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4, 32, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(32, 32, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(32, 1, 1),
        ),
    )


@torch.no_grad()
def drawn_from(generator: Generator, net: nn.Sequential) -> nn.Sequential:
    """Weights and biases as torch draws them, from one's own generator."""
    for layer in net:
        if isinstance(layer, nn.Conv2d):
            bound = layer.weight[0].numel() ** -0.5
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
    return net


def play_digits(
    halves: Halves,
    cycle_weight: float,
    *,
    steps: int = STEPS,
    generator: Generator,
) -> Iterator[tuple[Translators, CycleStep]]:
    """One run: its networks and what they paid, step after step."""
    nets = Translators(
        *(local_map(generator) for _ in range(2)),
        *(patch_judge(generator) for _ in range(2)),
    )
    both = cycle_optimizers(nets, RATE)
    loop = train_cyclegan(
        nets,
        unpaired(halves, steps, generator),
        NON_SATURATING,
        both,
        cycle_weight=cycle_weight,
        buffers=tuple(ImageBuffer(50, generator=generator) for _ in range(2)),
        penalty=lambda net, real, fake: (
            R1
            * r1_penalty(lambda x: net(x).flatten(1).sum(1), real, event_dim=3)
        ),
        event_dim=3,
    )
    for done, step in enumerate(loop, start=1):
        slow_down(both, RATE, done / steps)
        yield nets, step


def unpaired(
    halves: Halves, count: int, generator: Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Digits and reliefs, drawn without a look at each other."""
    for _ in range(count):
        yield tuple(
            part[torch.randint(len(part), (BATCH,), generator=generator)]
            for part in halves[:2]
        )


def share_paired(made: Tensor, wanted: Tensor) -> float:
    """Share of the pictures made whose nearest among all wanted is theirs."""
    apart = torch.cdist(made.flatten(1), wanted.flatten(1))
    return (apart.argmin(1) == torch.arange(len(made))).float().mean().item()


@torch.no_grad()
def translated(nets: Translators, x: Tensor) -> Translated:
    """All that is known of two maps."""
    y = relief(x)
    made, back = nets.there(x), nets.back(y)
    noise = torch.randn(x.shape, generator=Generator().manual_seed(7))

    def gap(a: Tensor, b: Tensor) -> float:
        return absolute_error(a, b, event_dim=3).item()

    return Translated(
        share_paired(made, y),
        share_paired(back, x),
        gap(made, y),
        gap(back, x),
        gap(nets.back(made), x),
        gap(nets.back(made + NOISE * noise), x),
    )


def main() -> None:
    """All weights of the cycle, all seeds."""
    torch.set_num_threads(1)
    halves, results = load_halves(), {}
    seconds = [0.0] * len(SEEDS)
    jobs = [(w, i) for i in range(len(SEEDS)) for w in WEIGHTS_OF_CYCLE]
    for weight, i in tqdm(jobs):
        start = time.process_time()
        generator = Generator().manual_seed(SEEDS[i])
        for nets, _ in play_digits(halves, weight, generator=generator):
            last = nets
        seconds[i] += time.process_time() - start
        for what, number in translated(last, halves.test)._asdict().items():
            results.setdefault(f"{weight:g}: {what}", []).append(number)
    path = save_run(
        "cycle_digits",
        command="make stored-cyclegan",
        packages=["torch"],
        settings={"steps": STEPS, "batch": BATCH, "channels": CHANNELS}
        | {"rate": RATE, "r1": R1, "half": HALF, "test": TEST}
        | {"noise": NOISE, "cycle": list(WEIGHTS_OF_CYCLE)},
        seeds=list(SEEDS),
        results=results,
        seconds=seconds,
    )
    print(path.name)


if __name__ == "__main__":
    main()
