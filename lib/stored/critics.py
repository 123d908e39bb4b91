"""`make stored-critics`: does a critic's estimate tell how good digits are?

A WGAN on digits, under four leashes and from five seeds each. Now and then
its critic's estimate is taken down, on digits that it never saw, beside what
others say of the same fakes: the Fréchet distance on a classifier's features,
and the exact distance of some of them in pixels.
"""

import time
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from lib.datasets import load_mnist
from lib.gans import WASSERSTEIN, clip_weights, gradient_penalty
from lib.judges import frechet_distance
from lib.networks import mlp, start_at_mean
from lib.stored import save_run
from lib.training import Optimizers, train_gan, train_network
from lib.transport import sample_wasserstein

SEEDS = range(5)
STEPS, BATCH, CODE, HIDDEN = 1200, 32, 32, 256
SHOWN = [25, 50, 100, *range(200, 1201, 100)]
FAKES, EXACT = 2000, 400  # for the estimate and Fréchet; for the exact W1
JUDGE = {"steps": 1000, "batch_size": 128, "learning_rate": 3e-3}
MEASURES = ("estimate", "slope", "frechet", "exact")


class Leash(NamedTuple):
    """What holds a critic, and how long it may learn."""

    critic_steps: int  # for each step of the generator
    penalty: float = 0.0  # weight of the two-sided penalty
    clip: float = 0.0  # of the weights
    learning_rate: float = 1e-3


LEASHES = {
    "penalty": Leash(5, penalty=10.0),
    "loose penalty": Leash(5, penalty=0.1),
    "one step": Leash(1, penalty=10.0),
    "clipping": Leash(5, clip=0.03, learning_rate=3e-4),
}


class Digits(NamedTuple):
    """Pictures of shape (n, 784), and what a judge makes of the real ones."""

    seen: Tensor  # by critic and generator
    fresh: Tensor  # by the critic only when it is asked
    features: nn.Module
    real: Tensor  # features of the test digits


def main() -> None:
    """All leashes, all seeds."""
    torch.set_num_threads(1)
    digits, results, seconds = load_digits(), {}, torch.zeros(len(SEEDS))
    jobs = [(name, i) for name in LEASHES for i in range(len(SEEDS))]
    for name, i in tqdm(jobs):
        start = time.process_time()
        for step, row in course(LEASHES[name], SEEDS[i], digits):
            for measure, number in zip(MEASURES, row, strict=True):
                key = f"{name}: {measure} after {step}"
                results.setdefault(key, []).append(number)
        seconds[i] += time.process_time() - start
    path = save_run(
        "critics",
        command="make stored-critics",
        packages=["torch"],
        settings=conditions(),
        seeds=list(SEEDS),
        results=results,
        seconds=seconds.tolist(),
    )
    print(path.name)


def conditions() -> dict[str, Any]:
    """All that led to the numbers."""
    return {
        "steps": STEPS,
        "batch": BATCH,
        "code": CODE,
        "hidden": HIDDEN,
        "shown": SHOWN,
        "fakes": FAKES,
        "exact": EXACT,
        "judge": JUDGE,
        "leashes": {name: leash._asdict() for name, leash in LEASHES.items()},
    }


def load_digits() -> Digits:
    """20,000 to learn from, 30,000 for the judge, 10,000 that stay fresh."""
    mnist = load_mnist()
    train, test = (
        torch.tensor(images).flatten(1) / 255
        for images in (mnist.train_images, mnist.test_images)
    )
    labels = torch.tensor(mnist.train_labels[20_000:50_000]).long()
    judge = trained_judge(train[20_000:50_000], labels)
    return Digits(train[:20_000], train[50_000:], judge, judge(test))


def trained_judge(x: Tensor, labels: Tensor) -> nn.Module:
    """A classifier without its last layer: (n, 784) to (n, 32)."""
    generator = Generator().manual_seed(10)
    net = mlp(784, 128, 32, 10, generator=generator)
    steps = train_network(
        net,
        lambda x, y: functional.cross_entropy(net(x), y),
        x,
        labels,
        **JUDGE,
        generator=generator,
    )
    for _ in steps:
        pass
    return net[:4].requires_grad_(False)


def course(
    leash: Leash, seed: int, digits: Digits
) -> Iterator[tuple[int, tuple[float, ...]]]:
    """After some of the steps: which, and the measures in their order."""
    generator = Generator().manual_seed(seed)
    net = mlp(
        CODE, HIDDEN, HIDDEN, 784, activation=nn.ReLU, generator=generator
    )
    start_at_mean(net[-1], digits.seen)
    net.append(nn.Sigmoid())
    leaky = partial(nn.LeakyReLU, 0.2)
    critic = mlp(784, HIDDEN, HIDDEN, 1, activation=leaky, generator=generator)
    loop = train_gan(
        net,
        critic,
        batches(digits.seen, leash.critic_steps * STEPS, generator),
        WASSERSTEIN,
        optimizers(leash, net, critic),
        draw=partial(torch.randn, BATCH, CODE, generator=generator),
        discriminator_steps=leash.critic_steps,
        **held(leash, generator),
    )
    for step, _ in enumerate(loop, start=1):
        if step in SHOWN:
            yield step, measures(net, critic, digits)


def batches(x: Tensor, count: int, generator: Generator) -> Iterator[Tensor]:
    """Some rows of x, drawn anew each time."""
    for _ in range(count):
        yield x[torch.randint(len(x), (BATCH,), generator=generator)]


def optimizers(leash: Leash, *nets: nn.Module) -> Optimizers:
    """Adam without momentum; RMSprop where weights are clipped."""
    if leash.clip:
        kind = torch.optim.RMSprop
    else:
        kind = partial(torch.optim.Adam, betas=(0.0, 0.9), fused=True)
    return Optimizers(
        *(kind(n.parameters(), leash.learning_rate) for n in nets)
    )


def held(leash: Leash, generator: Generator) -> dict[str, Any]:
    """What `train_gan` takes beside the losses."""
    if leash.clip:
        return {"after_discriminator": partial(clip_weights, clip=leash.clip)}
    penalty = partial(gradient_penalty, generator=generator)
    return {"penalty": lambda *both: leash.penalty * penalty(*both)}


def measures(
    net: nn.Module, critic: nn.Module, digits: Digits
) -> tuple[float, ...]:
    """The critic's estimate, its mean slope, Fréchet distance, exact W1."""
    noise = Generator().manual_seed(2500)
    with torch.no_grad():
        fake = net(torch.randn(FAKES, CODE, generator=noise))
        real = digits.fresh[:FAKES]
        estimate = critic(real).mean() - critic(fake).mean()
        frechet = frechet_distance(digits.real, digits.features(fake))
    places = torch.lerp(fake, real, torch.rand(FAKES, 1, generator=noise))
    (slopes,) = torch.autograd.grad(
        critic(places.requires_grad_()).sum(), places
    )
    return (
        estimate.item(),
        slopes.norm(dim=-1).mean().item(),
        frechet,
        sample_wasserstein(real[:EXACT], fake[:EXACT]),
    )


if __name__ == "__main__":
    main()
