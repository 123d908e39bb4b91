"""Losses between two batches of samples, without a critic between them.

Both are functions of the samples alone and can be differentiated in them;
axes before the batch, if there are any, are runs that share nothing.
"""

import math

import torch
from torch import Generator, Tensor


def directions(
    *shape: int, dimension: int, generator: Generator | None = None
) -> Tensor:
    """Directions drawn evenly over the sphere: (*shape, dimension).

    Raises:
        ValueError: If `dimension` is below 1.

    Source: Muller (1959): normal draws, each divided by its length.
    """
    if dimension < 1:
        raise ValueError(f"dimension must be 1 or more, got {dimension}")
    drawn = torch.randn(*shape, dimension, generator=generator)
    return torch.nn.functional.normalize(drawn, dim=-1)


def sliced_loss(
    x: Tensor, y: Tensor, along: Tensor, *, power: float = 2.0
) -> Tensor:
    r"""Mean of $|x_{(i)} - y_{(i)}|^p$ over directions and ranks.

    Along a direction samples are numbers, and the cheapest plan between as
    many numbers pairs them in order: the i-th smallest of `x` with the i-th
    smallest of `y`.

    Args:
        x: Samples, shape (..., n, d).
        y: As many, shape (..., n, d).
        along: Directions, shape (..., k, d), each of length 1.
        power: The p, at least 1. For 1 it is the sliced W_1, for 2 the
            square of the sliced W_2.

    Returns:
        The loss in the unit of `x` to that power, shape (...), at least 0.

    Raises:
        ValueError: If the shapes of `x` and `y` differ, `along` does not
            fit, or `power` is not finite and at least 1.

    Source: Deshpande, Zhang & Schwing (2018), equation 9 and algorithm 1.
    """
    if x.shape != y.shape or x.ndim < 2:
        raise ValueError(
            f"y must have the shape (..., n, d) of x, {tuple(x.shape)}, got "
            f"{tuple(y.shape)}"
        )
    if along.ndim < 2 or along.shape[-1] != x.shape[-1]:
        raise ValueError(
            f"along must have shape (..., k, {x.shape[-1]}), got "
            f"{tuple(along.shape)}"
        )
    if not 1 <= power < math.inf:
        raise ValueError(f"power must be finite and at least 1, got {power}")
    places = ((along @ part.mT).sort(-1).values for part in (x, y))
    apart = torch.sub(*places).abs()
    return apart.pow(power).mean((-2, -1))


def sinkhorn_loss(x: Tensor, y: Tensor, epsilon: float, rounds: int) -> Tensor:
    r"""Sinkhorn divergence $T(x, y) - \frac12 T(x, x) - \frac12 T(y, y)$.

    T is the least of $\sum \gamma_{ij} |x_i - y_j| + \varepsilon \sum
    \gamma_{ij} \log \frac{\gamma_{ij}}{p_i q_j}$ over plans between equal
    masses. T itself is not 0 between equal batches, and least for an x that
    has shrunk; the two other terms take that away. Towards epsilon 0 it is
    W_1 between the batches, towards infinity half their energy distance.

    The prices are found without gradients, in logarithms. At the optimum
    the slope of T is that of the costs under the plan that they make: only
    a last round is differentiated.

    Args:
        x: Samples, shape (..., n, d).
        y: Samples, shape (..., m, d).
        epsilon: In the unit of `x`, finite and above 0.
        rounds: Of scaling rows and columns, 1 or more. Few of them, or a
            small epsilon, leave the prices and the value a little off.

    Returns:
        The loss in the unit of `x`, shape (...); at least 0 once the rounds
        have converged, and 0 where x and y are the same samples.

    Raises:
        ValueError: If the dimensions of `x` and `y` differ, `epsilon` is
            not finite and above 0, or `rounds` is below 1.

    Source: Genevay, Peyré & Cuturi (2018), equations 2 and 3; the slope:
    Feydy et al. (2019), section 3.2.
    """
    if min(x.ndim, y.ndim) < 2 or x.shape[-1] != y.shape[-1]:
        raise ValueError(
            "x and y must have shapes (..., n, d) and (..., m, d), got "
            f"{tuple(x.shape)} and {tuple(y.shape)}"
        )
    if not 0 < epsilon < math.inf or rounds < 1:
        raise ValueError(
            "epsilon must be finite and above 0, rounds 1 or more, got "
            f"{epsilon} and {rounds}"
        )
    f, g = _prices(x, y, epsilon, rounds)
    f_x, _ = _prices(x, x, epsilon, rounds)
    _, g_y = _prices(y, y, epsilon, rounds)
    return (f - f_x).mean(-1) + (g - g_y).mean(-1)


def _prices(
    x: Tensor, y: Tensor, epsilon: float, rounds: int
) -> tuple[Tensor, Tensor]:
    """f of each x and g of each y; f can be differentiated in x, g in y.

    Both sides move at once and by half, which keeps f and g the same where
    x and y are.
    """
    with torch.no_grad():
        costs = _distances(x, y)
        back = costs.mT.contiguous()
        f, g = (c.new_zeros(c.shape[:-1]) for c in (costs, back))
        widest = costs.amax((-2, -1))[..., None]
        for k in range(rounds):
            wide = (widest * 0.5**k).clamp(min=epsilon)  # it comes down first
            f, g = (
                (f + _answer(costs, g, wide)) / 2,
                (g + _answer(back, f, wide)) / 2,
            )
    last = costs.new_tensor([epsilon])
    return (
        _answer(_distances(x, y.detach()), g, last),
        _answer(_distances(y, x.detach()), f, last),
    )


def _answer(costs: Tensor, prices: Tensor, epsilon: Tensor) -> Tensor:
    """The row prices that make the rows right, given those of the columns."""
    logs = (prices[..., None, :] - costs) / epsilon[..., None]
    return epsilon * (math.log(costs.shape[-1]) - logs.logsumexp(-1))


def _distances(x: Tensor, y: Tensor) -> Tensor:
    """|x_i - y_j|: by differences, for products lose the small ones."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
