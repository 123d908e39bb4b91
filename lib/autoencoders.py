"""Autoencoders: models that speak in distributions of codes and pictures.

`x` is a batch of pictures, shape (batch, *event), `z` their codes, shape
(..., latent_dim). All logarithms are natural, all values nats per picture.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.distributions import (
    Bernoulli,
    Distribution,
    Independent,
    Normal,
    kl_divergence,
)

Pixels = Callable[[Tensor], Distribution]


class BernoulliPixels(Bernoulli):
    r"""One Bernoulli a pixel: $x \log m + (1 - x) \log(1 - m)$.

    A law of pixels that are 0 or 1. Grey values between are let in, as most
    code for VAEs does: `log_prob` is then minus the binary cross-entropy,
    the logarithm of no normalised density, and never to be compared with
    that of binary pictures.

    Args:
        logits: log(m / (1 - m)) of each pixel, any shape.

    Raises:
        ValueError: From `log_prob`, if a pixel is outside [0, 1].

    Source: Kingma & Welling (2014), appendix C.1.
    """

    def __init__(self, logits: Tensor):
        super().__init__(logits=logits, validate_args=False)

    def log_prob(self, value: Tensor) -> Tensor:
        """Nats of each pixel, shape of logits and value together."""
        if not (value.min() >= 0 and value.max() <= 1):
            raise ValueError(
                "x must lie in [0, 1] for Bernoulli pixels, got "
                f"{value.min():.3g} to {value.max():.3g}"
            )
        return super().log_prob(value)


def gaussian_pixels(std: float) -> Pixels:
    r"""A law for pixels: the decoder's output plus noise of one width.

    Then $-\log p(x|z) = \|x - \hat x\|^2 / (2 \sigma^2) + \frac d2
    \log(2 \pi \sigma^2)$ for d pixels: the squared error, up to a scale and
    a constant. The scale is a choice: a small `std` makes a VAE's
    reconstruction heavy and its KL light.

    Args:
        std: The standard deviation in the unit of x, above 0, fixed.

    Returns:
        What turns the decoder's output, the mean, any shape, into one
        normal law a pixel.

    Raises:
        ValueError: If `std` is not finite and above 0.

    Source: Kingma & Welling (2014), appendix C.2.
    """
    if not 0 < std < math.inf:
        raise ValueError(f"std must be finite and above 0, got {std}")
    return lambda mean: Normal(mean, std, validate_args=False)


def reparameterise(
    law: Independent,
    samples: int | None = None,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Draws z = mean + std * noise from a Gaussian law.

    The randomness is all in the noise, N(0, I), so gradients reach mean and
    standard deviation. The same as `law.rsample()`, from a generator.

    Args:
        law: Gaussian with independent coordinates, shape (batch, d).
        samples: How many draws; None is one, without an axis of its own.
        generator: Where the noise comes from; None is torch's own.

    Returns:
        The draws, shape (batch, d) or (samples, batch, d).

    Source: Kingma & Welling (2014), section 2.4.
    """
    mean, std = law.mean, law.stddev
    shape = mean.shape if samples is None else (samples, *mean.shape)
    like = {"dtype": mean.dtype, "device": mean.device}
    return mean + std * torch.randn(shape, generator=generator, **like)


class Autoencoder(nn.Module):
    """Encoder and decoder: x to a code, and the code to a law of x.

    Nothing says which codes are likely: no draw from it makes sense.

    Args:
        encoder: x (batch, *event) -> z (batch, latent_dim).
        decoder: z (..., latent_dim) -> what `pixels` takes, (..., *event).
        pixels: Makes the law of each pixel: `BernoulliPixels` from logits,
            `gaussian_pixels(std)` from means.

    Source: Hinton & Salakhutdinov (2006).
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        pixels: Pixels = BernoulliPixels,
    ):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.pixels = pixels

    def likelihood(self, z: Tensor) -> Independent:
        """p(x|z), one independent law a pixel."""
        return _of_pictures(self.pixels(self.decoder(z)), z)

    def log_likelihood(self, x: Tensor, seen: Tensor | None = None) -> Tensor:
        """log p(x|z) at the code of x, or of what the encoder has `seen`.

        Shape (batch,). With a corrupted copy of x for `seen` it is what a
        denoising autoencoder raises.
        """
        z = self.encoder(x if seen is None else seen)
        return self.likelihood(z).log_prob(x)

    def reconstruction(self, x: Tensor) -> Tensor:
        """The mean of p(x|z) at the code of x, shape of x."""
        return self.likelihood(self.encoder(x)).mean


class Elbo(NamedTuple):
    """The two terms of the evidence lower bound, in nats, shape (batch,)."""

    log_likelihood: Tensor  # E_q[log p(x|z)], estimated with one z
    kl: Tensor  # KL(q(z|x) || p(z)), exact, >= 0

    @property
    def total(self) -> Tensor:
        return self.log_likelihood - self.kl

    def weighted(self, beta: float) -> Tensor:
        """log_likelihood - beta * kl: a bound on log p(x) for beta >= 1."""
        return self.log_likelihood - beta * self.kl


class VAE(nn.Module):
    """Variational autoencoder with a Gaussian code.

    Args:
        encoder: x (batch, *event) -> (batch, 2 * latent_dim), the mean and
            the log-variance of q(z|x), side by side.
        decoder: z (..., latent_dim) -> what `pixels` takes, (..., *event).
        latent_dim: Number of coordinates of z.
        pixels: Makes the law of each pixel: `BernoulliPixels` from logits,
            `gaussian_pixels(std)` from means.

    Source: Kingma & Welling (2014), sections 2.3 and 3.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        latent_dim: int,
        pixels: Pixels = BernoulliPixels,
    ):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.pixels = pixels
        self.register_buffer("origin", torch.zeros(latent_dim))

    def prior(self) -> Independent:
        """p(z) = N(0, I)."""
        return Independent(Normal(self.origin, self.origin + 1), 1)

    def posterior(self, x: Tensor) -> Independent:
        """q(z|x) = N(mean, diag(exp(log_var)))."""
        head = self.encoder(x)
        if head.shape[-1] != 2 * len(self.origin):
            raise ValueError(
                "encoder must give a mean and a log-variance for each of "
                f"{len(self.origin)} coordinates, got {head.shape[-1]} numbers"
            )
        mean, log_var = head.chunk(2, dim=-1)
        std = (log_var / 2).exp()
        return Independent(Normal(mean, std, validate_args=False), 1)

    def likelihood(self, z: Tensor) -> Independent:
        """p(x|z), one independent law a pixel."""
        return _of_pictures(self.pixels(self.decoder(z)), z)

    def elbo(self, x: Tensor, *, generator: Generator | None = None) -> Elbo:
        """The bound on log p(x), per picture, with one z each."""
        posterior = self.posterior(x)
        z = reparameterise(posterior, generator=generator)
        return Elbo(
            log_likelihood=self.likelihood(z).log_prob(x),
            kl=kl_divergence(posterior, self.prior()),
        )

    def importance_weighted_bound(
        self, x: Tensor, samples: int, *, generator: Generator | None = None
    ) -> Tensor:
        """log of the mean of p(x, z) / q(z|x) over `samples` draws of z.

        Shape (batch,). On average it is the ELBO for one draw, never falls
        with their number, and tends to log p(x).

        Source: Burda, Grosse & Salakhutdinov (2016), section 3.
        """
        if samples < 1:
            raise ValueError(f"samples must be 1 or more, got {samples}")
        posterior = self.posterior(x)
        z = reparameterise(posterior, samples, generator=generator)
        log_joint = self.prior().log_prob(z) + self.likelihood(z).log_prob(x)
        log_weights = log_joint - posterior.log_prob(z)
        return log_weights.logsumexp(0) - math.log(samples)

    def reconstruction(self, x: Tensor) -> Tensor:
        """The mean of p(x|z) at the mean of q(z|x), shape of x."""
        return self.likelihood(self.posterior(x).mean).mean


def _of_pictures(law: Distribution, z: Tensor) -> Independent:
    """One law a code: all axes after those of z's batch are one picture."""
    return Independent(law, len(law.batch_shape) - (z.ndim - 1))
