"""GANs: losses of the two players, and what holds a discriminator back.

Losses are pure functions of the outputs of the discriminator D, its logits
or scores, with a batch on the last axis; axes before it, if there are any,
are runs that share nothing. They are minimised, by either player.
"""

from lib.gans.discriminators import (
    Packed,
    clip_weights,
    unrolled,
    with_spectral_norm,
)
from lib.gans.losses import (
    HINGE,
    MINIMAX,
    NON_SATURATING,
    WASSERSTEIN,
    AdversarialLoss,
    Outputs,
)
from lib.gans.penalties import (
    consistency_penalty,
    divergence_penalty,
    gradient_penalty,
    r1_penalty,
)

__all__ = [
    "HINGE",
    "MINIMAX",
    "NON_SATURATING",
    "WASSERSTEIN",
    "AdversarialLoss",
    "Outputs",
    "Packed",
    "clip_weights",
    "consistency_penalty",
    "divergence_penalty",
    "gradient_penalty",
    "r1_penalty",
    "unrolled",
    "with_spectral_norm",
]
