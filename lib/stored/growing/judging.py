"""Digits at all scales, and how far drawn ones are from them."""

import itertools
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor, nn
from torch.nn import functional

from lib.datasets import load_mnist
from lib.judges import frechet_distance
from lib.progressive import at_side, enlarged, pyramid, stacked, unstacked
from lib.stored.critics import trained_judge
from lib.transport import random_directions, sliced_wasserstein

SIDES, CODE = (4, 8, 16, 32), 32
STAGES = len(SIDES)
FAKES = 2000  # pictures judged


class ScaledDigits(NamedTuple):
    """Real pictures at all scales, and what a judge makes of test digits."""

    scales: list[Tensor]  # in [-1, 1], coarsest first, (n, 1, side, side)
    judge: nn.Module  # (n, 784) in [0, 1] to features
    features: Tensor  # of the test digits
    bands: list[NDArray]  # of test digits, `bands`


def load_scales() -> ScaledDigits:
    """20,000 to learn from, 30,000 for the judge, 10,000 to compare with."""
    mnist = load_mnist()
    train, test = (
        torch.tensor(images)[:, None] / 255
        for images in (mnist.train_images, mnist.test_images)
    )
    labels = torch.tensor(mnist.train_labels[20_000:50_000]).long()
    judge = trained_judge(train[20_000:50_000].flatten(1), labels)
    order = torch.randperm(
        len(test), generator=Generator().manual_seed(1)
    )  # the first half of the test digits is neater than the second
    return ScaledDigits(
        pyramid(framed(train[:20_000]), STAGES),
        judge,
        judge(test.flatten(1)),
        bands(pyramid(framed(test[order[:FAKES]]), STAGES)),
    )


def framed(x: Tensor) -> Tensor:
    """Digits (n, 1, 28, 28) in [0, 1] as (n, 1, 32, 32) in [-1, 1]."""
    return functional.pad(2 * x - 1, (2, 2, 2, 2), value=-1.0)


def unframed(x: Tensor) -> Tensor:
    """The inverse of `framed`, what is darker than ink or paper clipped."""
    return (x[..., 2:-2, 2:-2].clamp(-1, 1) + 1) / 2


def bands(scales: list[Tensor]) -> list[NDArray]:
    """What each scale adds to the coarser one, flat, in grey levels.

    Source: Burt & Adelson (1983), the Laplacian pyramid.
    """
    added = [x - enlarged(coarse) for coarse, x in itertools.pairwise(scales)]
    return [(x / 2).flatten(1).double().numpy() for x in (scales[0], *added)]


@torch.no_grad()
def draw_scales(network: nn.Module, count: int) -> list[Tensor]:
    """The first draws of a generator, at all scales, in [-1, 1]."""
    z = torch.randn(count, CODE, generator=Generator().manual_seed(77))
    x = network(z).clamp(-1, 1)
    if x.ndim == 2:
        return unstacked(x, STAGES)
    return pyramid(at_side(x, SIDES[-1]), STAGES)


def as_bytes(scales: list[Tensor]) -> NDArray:
    """`stacked` pictures in [-1, 1] as grey levels 0 to 255."""
    return ((stacked(scales) + 1) * 127.5).round().to(torch.uint8).numpy()


def judged(network: nn.Module, digits: ScaledDigits) -> dict[str, float]:
    """The `distances` of the finest pictures that a generator draws."""
    return distances(draw_scales(network, FAKES)[-1], digits)


def distances(finest: Tensor, digits: ScaledDigits) -> dict[str, float]:
    """Fréchet distance, and sliced Wasserstein distance of each band."""
    features = digits.judge(unframed(finest).flatten(1))
    found = {"frechet": frechet_distance(digits.features, features)}
    rng = np.random.default_rng(5)
    both = zip(digits.bands, bands(pyramid(finest, STAGES)), strict=True)
    for side, (real, fake) in zip(SIDES, both, strict=True):
        directions = random_directions(128, real.shape[1], rng)
        found[f"sliced {side}"] = sliced_wasserstein(real, fake, directions)
    return found
