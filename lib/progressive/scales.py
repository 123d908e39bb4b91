"""Pictures at several scales, and the order in which a network meets them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

FIRST = 4  # the side of the coarsest picture


class Level(NamedTuple):
    """How far a network has grown."""

    stage: int  # it paints pictures of side 4 * 2**stage
    alpha: float  # weight of the newest level; 1 is in full


def check_alpha(alpha: float) -> None:
    """Refuse a weight of the newest level outside [0, 1].

    Raises:
        ValueError: If `alpha` leaves [0, 1] or is nan.
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie in [0, 1], got {alpha}")


def enlarged(x: Tensor) -> Tensor:
    """Pictures (batch, channels, rows, columns) of twice the side."""
    return at_side(x, 2 * x.shape[-1])


def at_side(x: Tensor, side: int) -> Tensor:
    """Pictures (batch, channels, rows, columns), each pixel repeated.

    Raises:
        ValueError: If `side` is no multiple of the pictures' own.
    """
    times, rest = divmod(side, x.shape[-1])
    if times < 1 or rest:
        raise ValueError(
            f"side must be a multiple of {x.shape[-1]}, got {side}"
        )
    return functional.interpolate(x, scale_factor=times, mode="nearest")


def halved(x: Tensor) -> Tensor:
    """Pictures (..., rows, columns) of half the side: means of 2 x 2."""
    return functional.avg_pool2d(x, 2)


def pyramid(x: Tensor, stages: int) -> list[Tensor]:
    """The same pictures at all scales, the coarsest first.

    Args:
        x: Pictures, shape (batch, 1, side, side), side 4 * 2**(stages - 1).
        stages: How many scales, 1 or more.

    Returns:
        Pictures of the sides 4, 8, ..., side: each the means of 2 x 2
        pixels of the next.

    Raises:
        ValueError: If the side does not fit the stages.
    """
    side = FIRST * 2 ** (stages - 1)
    if x.ndim != 4 or x.shape[1:] != (1, side, side):
        raise ValueError(
            f"x must have shape (batch, 1, {side}, {side}), got "
            f"{tuple(x.shape)}"
        )
    scales = [x]
    for _ in range(stages - 1):
        scales.append(halved(scales[-1]))
    return scales[::-1]


def stacked(scales: Iterable[Tensor]) -> Tensor:
    """Pictures of several scales side by side, shape (batch, pixels)."""
    return torch.cat([x.flatten(1) for x in scales], dim=1)


def unstacked(x: Tensor, stages: int) -> list[Tensor]:
    """The inverse of `stacked`, for the sides 4, 8, ... of so many stages.

    Raises:
        ValueError: If the number of pixels does not fit the stages.
    """
    sides = [FIRST * 2**k for k in range(stages)]
    areas = [side**2 for side in sides]
    if x.ndim != 2 or x.shape[1] != sum(areas):
        raise ValueError(
            f"x must have shape (batch, {sum(areas)}), got {tuple(x.shape)}"
        )
    parts = x.split(areas, dim=1)
    return [p.view(-1, 1, s, s) for p, s in zip(parts, sides, strict=True)]


def faded(x: Tensor, alpha: float) -> Tensor:
    r"""Real pictures as blurred as those of a level that is fading in.

    $(1 - \alpha) \operatorname{up}(\operatorname{down}(x)) + \alpha x$: at 0
    the pictures of the level before, at 1 those of this one.

    Args:
        x: Pictures, shape (batch, channels, side, side), side even.
        alpha: Weight of the finest detail, in [0, 1].

    Returns:
        Pictures of the shape of `x`.

    Raises:
        ValueError: If `alpha` leaves [0, 1].

    Source: Karras et al. (2018), appendix A.1.
    """
    check_alpha(alpha)
    return x if alpha == 1 else torch.lerp(enlarged(halved(x)), x, alpha)


def growth(fade: Sequence[int], hold: Sequence[int]) -> list[Level]:
    """Which level a network has at each step: fade in, hold, next level.

    Args:
        fade: For each level after the first: steps in which alpha rises.
        hold: For each level: steps with it in full.

    Returns:
        A level a step. In the n steps of a fade alpha is 1/n, 2/n, ..., 1.

    Raises:
        ValueError: If `fade` does not have one number less than `hold`, or
            a number is negative.

    Source: Karras et al. (2018), figure 2 and appendix A.1.
    """
    if len(fade) != len(hold) - 1 or min(0, *fade, *hold) < 0:
        raise ValueError(
            "fade must have one number less than hold, none negative, got "
            f"{list(fade)} and {list(hold)}"
        )
    return [
        level
        for stage, (rising, still) in enumerate(
            zip((0, *fade), hold, strict=True)
        )
        for level in (
            *(Level(stage, (step + 1) / rising) for step in range(rising)),
            *[Level(stage, 1.0)] * still,
        )
    ]
