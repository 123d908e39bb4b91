"""What a discriminator may put out, drawn by seed."""

import torch

from tests.seeds import seeded


def outputs(seed=0, *shape):
    """Two batches, of real and of fake, of the given shape."""
    rng = seeded(seed)
    size = shape or (64,)
    return (3 * torch.randn(*size, generator=rng) for _ in range(2))
