"""Distributions: laws in the plane for models to learn, known exactly."""

import math

import torch
from torch import Generator, Tensor


class Bells:
    """Round normal bells, all equally likely and equally wide.

    Args:
        centres: Where they stand, shape (k, d).
        std: Of each bell along each axis, above 0.

    Raises:
        ValueError: If `centres` is not finite and of shape (k, d), or `std`
            is not finite and above 0.
    """

    def __init__(self, centres: Tensor, std: float):
        if centres.ndim != 2 or not len(centres):
            raise ValueError(
                f"centres must be (k, d), got {tuple(centres.shape)}"
            )
        if not centres.isfinite().all() or not 0 < std < math.inf:
            raise ValueError(
                f"centres must be finite and std above 0, got std {std}"
            )
        self.centres, self.std = centres, std

    def sample(
        self, *shape: int, generator: Generator | None = None
    ) -> Tensor:
        """Points, shape (*shape, d): a bell by chance, a normal draw of it."""
        bell = torch.randint(len(self.centres), shape, generator=generator)
        noise = torch.randn(
            (*shape, self.centres.shape[1]), generator=generator
        )
        return self.centres[bell] + self.std * noise

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density at points (..., d), in nats, shape (...)."""
        k, d = self.centres.shape
        away = (x[..., None, :] - self.centres).square().sum(-1)
        height = d * math.log(self.std * math.sqrt(2 * math.pi)) + math.log(k)
        return (-away / (2 * self.std**2)).logsumexp(-1) - height


def ring_of_bells(
    modes: int = 8, *, radius: float = 1.0, std: float = 0.01
) -> Bells:
    """Bells on a circle, the first of them on the right.

    Source: Metz et al. (2017), section 3.1; the widths of Srivastava et al.
    (2017), section 4.1: a hundredth of the radius.
    """
    if modes < 1 or not 0 < radius < math.inf:
        raise ValueError(
            f"modes must be 1 or more, radius above 0, got {modes}, {radius}"
        )
    turn = 2 * math.pi * torch.arange(modes) / modes
    return Bells(radius * torch.stack([turn.cos(), turn.sin()], -1), std)


def grid_of_bells(
    side: int = 5, *, spacing: float = 2.0, std: float = 0.05
) -> Bells:
    """Bells on a square grid around the origin, side times side of them.

    Source: Srivastava et al. (2017), section 4.1: 25 bells, 2 apart.
    """
    if side < 1 or not 0 < spacing < math.inf:
        raise ValueError(
            f"side must be 1 or more, spacing above 0, got {side}, {spacing}"
        )
    along = spacing * (torch.arange(side) - (side - 1) / 2)
    return Bells(torch.cartesian_prod(along, along), std)
