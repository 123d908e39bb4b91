"""Evaluation: what a trained model is worth, on data it has not seen."""

from collections.abc import Callable

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
