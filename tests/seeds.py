"""Where the draws of a test come from."""

import torch


def seeded(seed: int = 0) -> torch.Generator:
    """Draws that are the same in every run of a test."""
    return torch.Generator().manual_seed(seed)
