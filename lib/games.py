"""Games of two players: where each of them would move.

A point of a game is a pair, shape (..., 2): the number of the first player,
who minimises (x, or the generator's theta), and that of the second, who
maximises (y, or the discriminator's psi).
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lib.checks import check_finite, refuse

LOSSES = ("minimax", "non-saturating", "wasserstein")
_NODES = np.linspace(-9, 9, 145)  # of a standard normal, for means over it
_MASS = np.exp(-(_NODES**2) / 2)
_MASS /= _MASS.sum()


class Game(NamedTuple):
    """Where two players would move, and how far the second one may go."""

    velocity: Callable[[NDArray], NDArray]  # points (..., 2) -> (..., 2)
    bound: float = math.inf  # the second player stays in [-bound, bound]


# x minimises and y maximises xy: the velocity is z, turned by a right angle
XY_GAME = Game(lambda z: np.stack([-z[..., 1], z[..., 0]], -1))


def dirac_gan(
    loss: str,
    *,
    clip: float = math.inf,
    penalty: float = 0.0,
    target: float = 0.0,
    noise: float = 0.0,
) -> Game:
    r"""One real point at 0, one fake at theta, the logit psi x for "real".

    The discriminator ascends $\log D(0) + \log(1 - D(\theta))$, less
    $\frac\lambda2 (|\psi| - g)^2$; the generator descends $\log(1 -
    D(\theta))$ or $-\log D(\theta)$. In the Wasserstein game both play
    for the difference of scores, $-\psi\theta$. R1 is a penalty with
    target 0; that of WGAN-GP has a target above 0, and a kink at psi = 0.

    Args:
        loss: One of LOSSES, the generator's.
        clip: The discriminator stays in [-clip, clip]; above 0.
        penalty: Weight lambda, at least 0.
        target: The slope g that |psi| shall have, at least 0.
        noise: Standard deviation of the normal noise that each point, real
            or fake, gets before it is judged; at least 0.

    Returns:
        The game. Velocities have the points' shape, (..., 2); those with
        noise are means over it, right to 1e-10 while |psi| noise < 5.

    Raises:
        ValueError: If `loss` is unknown, or a number is out of its range.

    Source: Mescheder, Geiger & Nowozin (2018), sections 2 and 3; the sign
    of psi is the other one there: their logit grows for fakes.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss must be one of {LOSSES}, got {loss!r}")
    if not clip > 0:
        raise ValueError(f"clip must be above 0, got {clip}")
    check_weights(penalty=penalty, target=target, noise=noise)

    def velocity(z: NDArray) -> NDArray:
        theta, psi = z[..., 0], z[..., 1]
        pull, push = _slopes(loss, theta, psi, noise)
        inward = penalty * (psi - target * np.sign(psi))
        return np.stack([psi * pull, push - inward], -1)

    return Game(velocity, clip)


def _slopes(
    loss: str, theta: NDArray, psi: NDArray, noise: float
) -> tuple[NDArray, NDArray]:
    """-dL_G/dlogit of the fake, and dV/dpsi without a penalty."""
    if loss == "wasserstein":
        return np.ones_like(psi), -theta
    nodes, mass = (_NODES, _MASS) if noise else (np.zeros(1), np.ones(1))
    real, fake = noise * nodes, theta[..., None] + noise * nodes
    logit = psi[..., None] * fake
    push = real * expit(-psi[..., None] * real) - fake * expit(logit)
    pull = expit(logit if loss == "minimax" else -logit)
    return pull @ mass, push @ mass


def check_weights(**named: float) -> None:
    """Raise ValueError unless each is a finite number of at least 0."""
    arrays = check_finite(**named)
    for name, array in zip(named, arrays, strict=True):
        refuse(array < 0, "at least 0", **{name: array})
