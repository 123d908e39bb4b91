"""`make stored-vae`: the page's VAE, and its twin on binary pictures."""

import time
from collections.abc import Iterator
from functools import partial

import torch
from torch import Generator, Tensor

from lib.autoencoders import VAE
from lib.datasets import load_mnist
from lib.evaluation import ACTIVE, in_batches, unit_activity
from lib.networks import mlp, start_at_mean
from lib.stored import save_run
from lib.training import train_vae

SEEDS = range(5)
RECIPE = {"steps": 1400, "batch_size": 128, "learning_rate": 8e-3}
WIDTHS = {"encoder": [784, 400, 40], "decoder": [20, 400, 784]}
BOUND = {"samples": 500, "pictures": 2000}  # of the importance-weighted bound


def main() -> None:
    """Five seeds on grey pictures, and five on binary ones."""
    torch.set_num_threads(1)
    mnist = load_mnist()
    train, test = (
        torch.tensor(images).flatten(1) / 255
        for images in (mnist.train_images, mnist.test_images)
    )
    for name, binary in (("vae_grey", False), ("vae_binary", True)):
        store(name, list(rows(train, test, binary)), binary)


def rows(
    train: Tensor, test: Tensor, binary: bool
) -> Iterator[tuple[float, dict[str, float]]]:
    """Seconds of the processor, and results, of one seed after the other."""
    if binary:  # once and for all, by coins of its own
        coins = torch.Generator().manual_seed(2016)
        test = torch.bernoulli(test, generator=coins)
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        prepare = partial(torch.bernoulli, generator=generator)
        start = time.process_time()
        model = trained(train, prepare if binary else None, generator)
        seconds = time.process_time() - start
        yield seconds, worth(model, test, generator)


def trained(x: Tensor, prepare, generator: Generator) -> VAE:
    """The model of the page, by the page's recipe."""
    encoder = mlp(*WIDTHS["encoder"], generator=generator)
    decoder = mlp(*WIDTHS["decoder"], generator=generator)
    start_at_mean(decoder[-1], x)
    model = VAE(encoder, decoder, WIDTHS["decoder"][0])
    steps = train_vae(model, x, **RECIPE, prepare=prepare, generator=generator)
    for _ in steps:
        pass
    return model


def worth(model: VAE, x: Tensor, generator: Generator) -> dict[str, float]:
    """Nats per picture on pictures that were not seen."""
    draw = partial(model.elbo, generator=generator)
    elbo = in_batches(draw, x)
    bound = partial(
        model.importance_weighted_bound,
        samples=BOUND["samples"],
        generator=generator,
    )
    tight = in_batches(bound, x[: BOUND["pictures"]], batch_size=20)
    in_use = unit_activity(model, x) > ACTIVE
    return {
        "loss": -elbo.total.mean().item(),
        "distortion": -elbo.log_likelihood.mean().item(),
        "rate": elbo.kl.mean().item(),
        "tight_loss": -tight.mean().item(),
        "units_in_use": in_use.sum().item(),
    }


def store(
    name: str, found: list[tuple[float, dict[str, float]]], binary: bool
) -> None:
    """Write what was found for all seeds."""
    seconds, results = zip(*found, strict=True)
    path = save_run(
        name,
        command="make stored-vae",
        packages=["torch"],
        settings={**RECIPE, **WIDTHS, "bound": BOUND, "binary": binary},
        seeds=SEEDS,
        results={key: [row[key] for row in results] for key in results[0]},
        seconds=seconds,
    )
    print(f"{path.name}: {[round(row['loss'], 2) for row in results]}")


if __name__ == "__main__":
    main()
