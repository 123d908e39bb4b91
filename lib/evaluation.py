"""Evaluation: what a trained model is worth, on data it has not seen."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

# A unit whose mean moves less than this over the data is not in use. The
# spread of these variances has two bumps far on both sides of it.
ACTIVE = 0.01


@torch.no_grad()
def in_batches(
    function: Callable[[Tensor], Tensor | tuple[Tensor, ...]],
    x: Tensor,
    *,
    batch_size: int = 1000,
) -> Tensor | tuple[Tensor, ...]:
    """function(x), in parts that fit into memory, without gradients.

    Args:
        function: Takes (batch, *event) to values per row: a tensor of shape
            (batch, ...), or a named tuple of such, as `model.elbo` does.
        x: The rows, shape (n, *event).
        batch_size: Rows a part.

    Returns:
        What the function returns, for all n rows.

    Raises:
        ValueError: If `x` has no rows or `batch_size` is below 1.
    """
    if len(x) == 0 or batch_size < 1:
        raise ValueError(
            "x must have rows and batch_size be 1 or more, got "
            f"{len(x)} rows and {batch_size}"
        )
    parts = [function(part) for part in x.split(batch_size)]
    if isinstance(parts[0], Tensor):
        return torch.cat(parts)
    return type(parts[0])(*map(torch.cat, zip(*parts, strict=True)))


def unit_activity(model: nn.Module, x: Tensor) -> Tensor:
    """Variance over the data of the mean of q(z|x), per coordinate of z.

    A coordinate below `ACTIVE` says the same about every picture, that is
    nothing: its posterior has collapsed onto the prior.

    Args:
        model: Has `posterior(x)`, a distribution of shape (batch, d).
        x: Two pictures or more, shape (n, *event).

    Returns:
        The variances, shape (d,), in squared units of z; at least 0.

    Raises:
        ValueError: If `x` has fewer than two rows.

    Source: Burda, Grosse & Salakhutdinov (2016), section 5.2.
    """
    if len(x) < 2:
        raise ValueError(f"x must have two rows or more, got {len(x)}")
    return in_batches(lambda part: model.posterior(part).mean, x).var(0)


class ModeCount(NamedTuple):
    """What of a law with several modes is in samples; each of shape (...)."""

    modes: Tensor  # how many have a good sample, from 0 to k
    quality: Tensor  # share of samples that are good, from 0 to 1
    imbalance: Tensor  # KL(shares of the modes || uniform), nats


def count_modes(
    samples: Tensor, centres: Tensor, std: float, *, within: float = 3.0
) -> ModeCount:
    r"""Modes that are reached, and samples that are near one.

    A sample belongs to the centre nearest to it, and is *good* if it lies
    within 3 standard deviations of it. A mode counts if it has one good
    sample or more, so that the count grows with the number of samples:
    compare equal numbers only. For a plane with modes far apart, the law
    itself has $1 - e^{-9/2}$ = 98.9 % good samples.

    Args:
        samples: Points, shape (..., n, d).
        centres: Of the k modes, shape (k, d), all equally likely.
        std: Of each mode along each axis, in the units of the points.
        within: How many standard deviations are near, above 0.

    Returns:
        Modes, quality and imbalance (which looks at all samples, good or
        not: 0 if all modes get equally many, log k if one gets all).

    Raises:
        ValueError: If the shapes do not fit, there are no samples, a sample
            is infinite or nan, or `std` or `within` is not above 0.

    Source: Srivastava et al. (2017), section 4.1, and Lin et al. (2018),
    section 4.1, whose reverse KL is our imbalance.
    """
    _check_points(samples, centres)
    if not (0 < std < math.inf and 0 < within < math.inf):
        raise ValueError(
            f"std and within must be finite and above 0, got {std}, {within}"
        )
    distances = torch.cdist(samples, centres.to(samples))
    nearest, owner = distances.min(-1)
    good = nearest <= within * std
    owned = nn.functional.one_hot(owner, len(centres))
    reached = (owned * good[..., None]).amax(-2)
    shares = owned.to(samples).mean(-2)
    surplus = torch.special.xlogy(shares, shares * len(centres))
    return ModeCount(
        reached.sum(-1), good.to(samples).mean(-1), surplus.sum(-1)
    )


def _check_points(samples: Tensor, centres: Tensor) -> None:
    fits = centres.ndim == 2 and samples.ndim >= 2
    if not fits or samples.shape[-1] != centres.shape[-1]:
        raise ValueError(
            "samples must be (..., n, d) and centres (k, d), got "
            f"{tuple(samples.shape)} and {tuple(centres.shape)}"
        )
    if not samples.numel() or not samples.isfinite().all():
        raise ValueError("samples must be one or more finite points")
