"""Networks that paint at several scales: growing, or all scales at once.

One trunk, two ways to use it. A stack of blocks doubles the side of a grid of
features again and again, and a head at each level paints them as a picture:

    noise -> start -> block -> block -> block        features, sides 2 4 8 16
               |        |        |        |
             head     head     head     head         pictures, 4 8 16 32

`GrowingGenerator` shows the picture of one level, and blends a new level in.
`MultiScaleGenerator` shows those of all levels. The discriminators are the
mirror.
"""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn

from lib.progressive.layers import Equalized, MinibatchDeviation, PixelNorm
from lib.progressive.scales import (
    Level,
    check_alpha,
    enlarged,
    halved,
    stacked,
    unstacked,
)

SLOPE = 0.2  # of the leaky units, left of zero


class _Grown(nn.Module):
    """What grows: knows its level, and the widths of its levels."""

    def __init__(self, widths: Sequence[int]):
        super().__init__()
        if len(widths) < 1 or min(widths) < 1:
            raise ValueError(
                f"widths must be numbers above 0, got {list(widths)}"
            )
        self.widths = tuple(widths)
        self.level = Level(len(widths) - 1, 1.0)

    def grow(self, stage: int, alpha: float = 1.0) -> None:
        """From now on: pictures of that stage, its level blended by alpha.

        Raises:
            ValueError: If there is no such stage, or `alpha` leaves [0, 1].
        """
        if not 0 <= stage < len(self.widths):
            raise ValueError(
                f"stage must be one of 0 to {len(self.widths) - 1}, got "
                f"{stage}"
            )
        check_alpha(alpha)
        self.level = Level(stage, alpha)

    def blended(self, old: Tensor, new: Tensor) -> Tensor:
        """(1 - alpha) old + alpha new."""
        return torch.lerp(old, new, self.level.alpha)

    @property
    def blends(self) -> bool:
        """Whether the level before is still heard."""
        return self.level.stage > 0 and self.level.alpha < 1


class GrowingGenerator(_Grown):
    """Noise (batch, latent_dim) to pictures of the stage it has grown to.

    Args:
        widths: Channels of the features of each level, coarsest first.
        latent_dim: Numbers in a code.
        generator: Where the weights come from; None is torch's own.

    Source: Karras et al. (2018), figure 2; Shi et al. (2016) for painting
    four pixels at once.
    """

    def __init__(
        self,
        widths: Sequence[int],
        latent_dim: int,
        *,
        generator: Generator | None = None,
    ):
        super().__init__(widths)
        first = nn.Linear(latent_dim, 4 * widths[0])
        self.start = nn.Sequential(
            PixelNorm(),
            Equalized(first, generator=generator),
            nn.LeakyReLU(SLOPE),
            nn.Unflatten(1, (widths[0], 2, 2)),
            PixelNorm(),
        )
        self.blocks = nn.ModuleList(
            nn.Sequential(
                _conv(before, 4 * after, generator),
                nn.PixelShuffle(2),
                nn.LeakyReLU(SLOPE),
                PixelNorm(),
            )
            for before, after in itertools.pairwise(widths)
        )
        self.heads = nn.ModuleList(
            nn.Sequential(
                _conv(width, 4, generator, gain=1.0), nn.PixelShuffle(2)
            )
            for width in widths
        )

    def features(self, z: Tensor, stage: int) -> list[Tensor]:
        """Those of all levels up to a stage: (batch, width, side, side)."""
        found = [self.start(z)]
        for block in self.blocks[:stage]:
            found.append(block(found[-1]))
        return found

    def forward(self, z: Tensor) -> Tensor:
        """Pictures, shape (batch, 1, side, side)."""
        stage = self.level.stage
        found = self.features(z, stage)
        new = self.heads[stage](found[stage])
        if not self.blends:
            return new
        old = self.heads[stage - 1](found[stage - 1])
        return self.blended(enlarged(old), new)


class MultiScaleGenerator(GrowingGenerator):
    """The same weights, used at once: noise to pictures of all scales.

    Source: Karnewar & Wang (2020), figure 2.
    """

    def forward(self, z: Tensor) -> Tensor:
        """Pictures of all levels, `stacked`, shape (batch, pixels)."""
        found = self.features(z, len(self.widths) - 1)
        return stacked(h(f) for h, f in zip(self.heads, found, strict=True))


class GrowingDiscriminator(_Grown):
    """Pictures of the stage it has grown to, to logits (batch, 1).

    The mirror of `GrowingGenerator`: `heads` read pictures, `blocks` halve
    the grid, `end` judges.

    Args:
        widths: As of the generator.
        generator: Where the weights come from; None is torch's own.

    Source: Karras et al. (2018), figure 2 and section 3.
    """

    def __init__(
        self, widths: Sequence[int], *, generator: Generator | None = None
    ):
        super().__init__(widths)
        self.heads = nn.ModuleList(
            _reader(4, width, generator) for width in widths
        )
        self.blocks = nn.ModuleList(
            _reader(4 * after, before, generator)
            for before, after in itertools.pairwise(widths)
        )
        hidden = nn.Linear(4 * (widths[0] + 1), widths[0])
        self.end = nn.Sequential(
            MinibatchDeviation(),
            nn.Flatten(),
            Equalized(hidden, generator=generator),
            nn.LeakyReLU(SLOPE),
            Equalized(nn.Linear(widths[0], 1), gain=1.0, generator=generator),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits, shape (batch, 1), of pictures of the stage's side."""
        stage = self.level.stage
        seen = self.heads[stage](x)
        for k in reversed(range(stage)):
            seen = self.blocks[k](seen)
            if k == stage - 1 and self.blends:
                seen = self.blended(self.heads[k](halved(x)), seen)
        return self.end(seen)


class MultiScaleDiscriminator(GrowingDiscriminator):
    """The same weights: each scale joins at its level, and all are judged.

    Where the paper concatenates what is read at a scale to the features
    that come from the finer one, we add the two.

    Source: Karnewar & Wang (2020), figure 2 and section 2.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Logits, shape (batch, 1), of pictures of all scales, `stacked`."""
        scales = unstacked(x, len(self.widths))
        seen = self.heads[-1](scales[-1])
        for k in reversed(range(len(self.blocks))):
            seen = self.blocks[k](seen) + self.heads[k](scales[k])
        return self.end(seen)


def _conv(
    before: int,
    after: int,
    generator: Generator | None,
    *,
    gain: float = math.sqrt(2),
) -> Equalized:
    layer = nn.Conv2d(before, after, 3, padding=1)
    return Equalized(layer, gain=gain, generator=generator)


def _reader(
    before: int, after: int, generator: Generator | None
) -> nn.Sequential:
    """Four pixels to one place, then a convolution there."""
    return nn.Sequential(
        nn.PixelUnshuffle(2),
        _conv(before, after, generator),
        nn.LeakyReLU(SLOPE),
    )
