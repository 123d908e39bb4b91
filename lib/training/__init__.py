"""Training: loops that yield a step of plain numbers after every update.

They print, plot and save nothing: who pulls the steps decides what becomes
of them. Models and losses arrive as arguments.

    descent      one model goes down one loss: autoencoders, VAEs
    adversarial  two networks, each with a loss of its own: GANs
    matching     a generator alone, by a loss between samples
"""

from .adversarial import GanStep, Optimizers, train_gan
from .descent import (
    TrainStep,
    VaeStep,
    train_autoencoder,
    train_network,
    train_vae,
)
from .matching import train_matching

__all__ = [
    "GanStep",
    "Optimizers",
    "TrainStep",
    "VaeStep",
    "train_autoencoder",
    "train_gan",
    "train_matching",
    "train_network",
    "train_vae",
]
