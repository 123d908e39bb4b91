"""What the two players of a GAN minimise."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn import functional

Outputs = Callable[..., Tensor]


class AdversarialLoss(NamedTuple):
    """What each player of a GAN minimises: shape (..., batch) to (...)."""

    discriminator: Outputs  # of real and of fake outputs
    generator: Outputs  # of fake outputs


def _told_apart(real: Tensor, fake: Tensor) -> Tensor:
    """-log D(x) - log(1 - D(G(z))), with D the sigmoid of the logit."""
    return (functional.softplus(-real) + functional.softplus(fake)).mean(-1)


# Goodfellow et al. (2014), equation 1: the generator lowers log(1 - D(G(z))),
# whose slope in the logit is -D(G(z)): none where D is sure of a fake.
MINIMAX = AdversarialLoss(
    discriminator=_told_apart,
    generator=lambda fake: -functional.softplus(fake).mean(-1),
)
# The same, section 3: the generator lowers -log D(G(z)) instead.
NON_SATURATING = AdversarialLoss(
    discriminator=_told_apart,
    generator=lambda fake: functional.softplus(-fake).mean(-1),
)
# Arjovsky, Chintala & Bottou (2017), algorithm 1: scores, not logits.
WASSERSTEIN = AdversarialLoss(
    discriminator=lambda real, fake: (fake - real).mean(-1),
    generator=lambda fake: -fake.mean(-1),
)
# Lim & Ye (2017); Miyato et al. (2018), equation 16.
HINGE = AdversarialLoss(
    discriminator=lambda real, fake: (
        functional.relu(1 - real) + functional.relu(1 + fake)
    ).mean(-1),
    generator=lambda fake: -fake.mean(-1),
)
