"""Autoencoders: their laws, their bounds, and the gradients through them.

`check_elbo` takes a model's class as its argument: the library has to pass
it, and models with a slip have to fail it.
"""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import (
    Independent,
    MultivariateNormal,
    Normal,
    kl_divergence,
)
from torch.nn import functional

from lib.autoencoders import (
    VAE,
    Autoencoder,
    BernoulliPixels,
    Elbo,
    gaussian_pixels,
    reparameterise,
)
from lib.networks import mlp
from tests.seeds import seeded

PIXELS, LATENT = 6, 3


def small(kind=VAE, seed=0, latent_dim=LATENT, **options):
    """An untrained VAE in float64, its head far from the prior."""
    rng = seeded(seed)
    encoder = mlp(PIXELS, 5, 2 * latent_dim, generator=rng)
    decoder = mlp(latent_dim, 4, PIXELS, generator=rng)
    model = kind(encoder, decoder, latent_dim, **options).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model


def grey(count=4, seed=1):
    return torch.rand(count, PIXELS, generator=seeded(seed)).double()


# --- pixels ------------------------------------------------------------------


def test_a_bernoulli_pixel_by_hand():
    # m = 3/4: ink costs log 4/3, paper log 4, half a grey the mean of both
    law = BernoulliPixels(torch.tensor(math.log(3.0)).double())
    found = law.log_prob(torch.tensor([1.0, 0.0, 0.5]).double())
    expected = torch.tensor([0.75, 0.25, math.sqrt(3) / 4]).double().log()
    torch.testing.assert_close(found, expected)
    assert law.mean.item() == pytest.approx(0.75)


@pytest.mark.parametrize("bad", [-0.01, 1.01, 255.0, math.nan])
def test_pixels_outside_the_unit_interval_are_refused(bad):
    law = BernoulliPixels(torch.zeros(2))
    with pytest.raises(ValueError, match=r"x must lie in \[0, 1\]"):
        law.log_prob(torch.tensor([0.5, bad]))


def test_gaussian_pixels_are_the_squared_error_in_nats():
    mean, x = torch.zeros(2, 3).double(), grey(2)[:, :3]
    law = Independent(gaussian_pixels(0.5)(mean), 1)
    expected = -2 * (x**2).sum(1) - 1.5 * math.log(2 * math.pi * 0.25)
    torch.testing.assert_close(law.log_prob(x), expected)


@pytest.mark.parametrize("std", [0.0, -1.0, math.nan, math.inf])
def test_a_width_that_cannot_be_is_refused(std):
    with pytest.raises(ValueError, match=r"std must be finite and above 0"):
        gaussian_pixels(std)


# --- draws -------------------------------------------------------------------


def test_a_draw_is_the_mean_plus_std_times_noise():
    mean, std = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, 3.0]])
    law = Independent(Normal(mean, std), 1)
    noise = torch.randn(1, 2, generator=seeded(7))
    drawn = reparameterise(law, generator=seeded(7))
    torch.testing.assert_close(drawn, mean + std * noise)


def test_draws_are_those_of_torch_at_the_same_seed():
    law = small().posterior(grey())
    torch.manual_seed(5)
    theirs = law.rsample((2,))
    torch.manual_seed(5)
    torch.testing.assert_close(reparameterise(law, 2), theirs)


def test_draws_have_the_mean_and_the_spread_of_the_law():
    law = small().posterior(grey(1))
    z = reparameterise(law, 200_000, generator=seeded())
    assert z.shape == (200_000, 1, LATENT)
    torch.testing.assert_close(z.mean(0), law.mean, atol=0.02, rtol=0.01)
    torch.testing.assert_close(z.std(0), law.stddev, atol=0, rtol=0.01)


# --- the plain autoencoder ---------------------------------------------------


def an_autoencoder(**options):
    rng = seeded()
    encoder = mlp(PIXELS, LATENT, generator=rng)
    decoder = mlp(LATENT, PIXELS, generator=rng)
    return Autoencoder(encoder, decoder, **options).double()


def test_an_autoencoder_scores_and_reconstructs_through_its_code():
    model, x = an_autoencoder(), grey()
    logits = model.decoder(model.encoder(x))
    torch.testing.assert_close(model.reconstruction(x), logits.sigmoid())
    expected = -functional.binary_cross_entropy(
        logits.sigmoid(), x, reduction="none"
    ).sum(1)
    torch.testing.assert_close(model.log_likelihood(x), expected)
    assert model.log_likelihood(x).shape == (4,)


def test_least_squares_is_a_gaussian_likelihood():
    model, x = an_autoencoder(pixels=gaussian_pixels(0.1)), grey()
    error = ((x - model.reconstruction(x)) ** 2).sum(1)
    constant = PIXELS * math.log(2 * math.pi * 0.01) / 2
    expected = -(error / 0.02 + constant)
    torch.testing.assert_close(model.log_likelihood(x), expected)


def test_what_was_seen_is_encoded_and_what_was_meant_is_scored():
    model, x, noisy = an_autoencoder(), grey(), grey(seed=2)
    expected = model.likelihood(model.encoder(noisy)).log_prob(x)
    assert torch.equal(model.log_likelihood(x, noisy), expected)
    assert not torch.equal(model.log_likelihood(x), expected)


def test_codes_may_come_on_a_grid_and_pictures_keep_their_axes():
    decoder = nn.Sequential(mlp(2, 12), nn.Unflatten(-1, (3, 4)))
    encoder = nn.Sequential(nn.Flatten(), mlp(12, 2))
    model = Autoencoder(encoder, decoder)
    law = model.likelihood(torch.zeros(5, 6, 2))
    assert law.batch_shape == (5, 6)
    assert law.event_shape == (3, 4)
    assert model.log_likelihood(torch.rand(7, 3, 4)).shape == (7,)


# --- the ELBO ----------------------------------------------------------------


def test_elbo_has_a_total_and_a_weight():
    elbo = Elbo(torch.tensor([-5.0, -7.0]), torch.tensor([2.0, 1.0]))
    assert elbo.total.tolist() == [-7, -8]
    assert elbo.weighted(1.0).tolist() == elbo.total.tolist()
    assert elbo.weighted(4.0).tolist() == [-13, -11]
    assert elbo.weighted(0).tolist() == [-5, -7]


def check_elbo(kind):
    """Both terms, per picture, and the bound, against written-out sums."""
    model, x = small(kind), grey()
    mean, log_var = model.encoder(x).chunk(2, -1)
    elbo = model.elbo(x, generator=seeded(3))
    assert elbo.log_likelihood.shape == elbo.kl.shape == (4,)

    # torch's own KL, between two Gaussians with full covariances
    posterior = MultivariateNormal(mean, torch.diag_embed(log_var.exp()))
    prior = MultivariateNormal(
        torch.zeros(LATENT).double(), torch.eye(LATENT).double()
    )
    kl = kl_divergence(posterior, prior)
    torch.testing.assert_close(elbo.kl, kl)

    noise = torch.randn(4, LATENT, generator=seeded(3), dtype=torch.float64)
    logits = model.decoder(mean + (log_var / 2).exp() * noise)
    bce = functional.binary_cross_entropy_with_logits(
        logits, x, reduction="none"
    )
    torch.testing.assert_close(elbo.log_likelihood, -bce.sum(1))
    torch.testing.assert_close(elbo.total, -bce.sum(1) - kl)


def test_elbo_is_its_two_terms_per_picture():
    check_elbo(VAE)


class VarianceForStd(VAE):
    def posterior(self, x):
        mean, log_var = self.encoder(x).chunk(2, dim=-1)
        return Independent(Normal(mean, log_var.exp()), 1)


class LogStdForLogVar(VAE):
    def elbo(self, x, *, generator=None):
        found = super().elbo(x, generator=generator)
        mean, s = self.encoder(x).chunk(2, dim=-1)
        kl = ((2 * s).exp() + mean**2 - 1 - 2 * s).sum(-1) / 2
        return found._replace(kl=kl)


class MissingDimension(VAE):
    def elbo(self, x, *, generator=None):
        found = super().elbo(x, generator=generator)
        p, q = self.prior().base_dist, self.posterior(x).base_dist
        return found._replace(kl=kl_divergence(q, p)[:, 1:].sum(-1))


class ReverseKl(VAE):
    def elbo(self, x, *, generator=None):
        found = super().elbo(x, generator=generator)
        q = self.posterior(x)
        p = self.prior().expand(q.batch_shape)
        return found._replace(kl=kl_divergence(p, q))


class MeanForSum(VAE):
    def elbo(self, x, *, generator=None):
        found = super().elbo(x, generator=generator)
        mean = found.log_likelihood / x.shape[1]
        return found._replace(log_likelihood=mean)


class MeanKlForSum(VAE):
    def elbo(self, x, *, generator=None):
        found = super().elbo(x, generator=generator)
        return found._replace(kl=found.kl / LATENT)


class KlOfTheBatch(VAE):
    def elbo(self, x, *, generator=None):
        found = super().elbo(x, generator=generator)
        return found._replace(kl=found.kl.mean().expand(len(x)))


class NoNoise(VAE):
    def elbo(self, x, *, generator=None):
        found = super().elbo(x, generator=generator)
        law = self.likelihood(self.posterior(x).mean)
        return found._replace(log_likelihood=law.log_prob(x))


@pytest.mark.parametrize(
    "mutant",
    [
        VarianceForStd,
        LogStdForLogVar,
        MissingDimension,
        ReverseKl,
        MeanForSum,
        MeanKlForSum,
        KlOfTheBatch,
        NoNoise,
    ],
)
def test_an_elbo_with_a_slip_is_caught(mutant):
    with pytest.raises(AssertionError):
        check_elbo(mutant)


class PyTorchExample(nn.Module):
    """The loss of the VAE that most people meet first, written plainly.

    After pytorch/examples, vae/main.py: two heads, a sigmoid at the end,
    sums over pixels and over the batch.
    """

    def __init__(self, model):
        super().__init__()
        first, _, heads = model.encoder
        self.fc1, self.fc3, self.fc4 = first, model.decoder[0], model.decoder
        self.weight, self.bias = heads.weight, heads.bias

    def loss(self, x, noise):
        h1 = functional.silu(self.fc1(x))
        half = len(self.bias) // 2
        mu = functional.linear(h1, self.weight[:half], self.bias[:half])
        logvar = functional.linear(h1, self.weight[half:], self.bias[half:])
        std = torch.exp(0.5 * logvar)
        recon_x = torch.sigmoid(self.fc4(mu + noise * std))
        bce = functional.binary_cross_entropy(recon_x, x, reduction="sum")
        kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        return bce + kld


def test_minus_elbo_is_the_loss_of_the_pytorch_example_to_the_last_digit():
    rng = seeded(4)
    encoder = mlp(784, 400, 40, generator=rng)
    decoder = mlp(20, 400, 784, generator=rng)
    x = torch.rand(128, 784, generator=rng)
    for dtype, digits in ((torch.float64, 1e-14), (torch.float32, 1e-6)):
        model = VAE(encoder, decoder, 20).to(dtype)
        batch = x.to(dtype)
        noise = torch.randn(128, 20, generator=seeded(9), dtype=dtype)
        theirs = PyTorchExample(model).loss(batch, noise).item()
        ours = -model.elbo(batch, generator=seeded(9)).total.sum().item()
        assert ours == pytest.approx(theirs, rel=digits)


def test_kl_is_zero_iff_the_code_says_nothing():
    model = small()
    with torch.no_grad():
        model.encoder[-1].weight.zero_()
        model.encoder[-1].bias.zero_()
    assert model.elbo(grey()).kl.tolist() == [0, 0, 0, 0]
    assert (small().elbo(grey()).kl > 0).all()


# --- log p(x) by quadrature --------------------------------------------------


CODES = torch.linspace(-40, 40, 40_001, dtype=torch.float64)[:, None]
STEP = 80 / 40_000


def exact(model, x):
    """log p(x), shape (batch,), and log p(x, z) at each of the codes."""
    log_prior = model.prior().log_prob(CODES)
    law = model.likelihood(CODES)
    log_joint = torch.stack([log_prior + law.log_prob(row) for row in x])
    return log_joint.logsumexp(1) + math.log(STEP), log_joint


def test_elbo_and_the_kl_from_the_true_posterior_are_log_p():
    model, x = small(latent_dim=1), grey()
    log_p, log_joint = exact(model, x)
    log_q = model.posterior(x).base_dist.log_prob(CODES[:, None])[..., 0].T
    q = log_q.exp() * STEP
    log_likelihood = log_joint - model.prior().log_prob(CODES)
    elbo = (q * log_likelihood).sum(1) - model.elbo(x).kl
    gap = (q * (log_q - log_joint + log_p[:, None])).sum(1)
    torch.testing.assert_close(elbo + gap, log_p, rtol=0, atol=1e-9)
    assert (gap > 1e-3).all()


def test_one_sample_is_an_unbiased_estimate_of_the_bound():
    model, x = small(latent_dim=1), grey(1)
    many = model.elbo(x.expand(100_000, PIXELS), generator=seeded())
    law = model.posterior(x)
    weight = law.log_prob(CODES).exp() * STEP
    expected = (weight * model.likelihood(CODES).log_prob(x)).sum()
    error = many.log_likelihood.std() / math.sqrt(100_000)
    assert abs(many.log_likelihood.mean() - expected) < 4 * error


def test_importance_weighting_climbs_from_the_elbo_to_log_p():
    model, x = small(latent_dim=1), grey()
    log_p, _ = exact(model, x)
    rng, means = seeded(), []
    for samples, repeats in ((1, 4000), (4, 2000), (16, 1000), (4096, 10)):
        tiled = x.repeat(repeats, 1)
        found = model.importance_weighted_bound(tiled, samples, generator=rng)
        means.append(found.view(repeats, 4).mean(0))
    elbo = model.elbo(x.repeat(4000, 1), generator=rng).total.view(4000, 4)
    error = elbo.std(0) / math.sqrt(2000)  # of the difference of two means
    assert ((means[0] - elbo.mean(0)).abs() < 4 * error).all()
    for less, more in itertools.pairwise(means):
        assert (more > less).all()
    torch.testing.assert_close(means[-1], log_p, rtol=0, atol=0.02)


def test_one_importance_sample_is_the_bound_with_a_sampled_kl():
    model, x = small(), grey()
    found = model.importance_weighted_bound(x, 1, generator=seeded(2))
    z = reparameterise(model.posterior(x), generator=seeded(2))
    expected = (
        model.likelihood(z).log_prob(x)
        + model.prior().log_prob(z)
        - model.posterior(x).log_prob(z)
    )
    torch.testing.assert_close(found, expected)


def test_weights_are_averaged_and_not_their_logarithms():
    model, x = small(), grey()
    rng = seeded(2)
    z = reparameterise(model.posterior(x), 8, generator=rng)
    log_weights = (
        model.likelihood(z).log_prob(x)
        + model.prior().log_prob(z)
        - model.posterior(x).log_prob(z)
    )
    found = model.importance_weighted_bound(x, 8, generator=seeded(2))
    torch.testing.assert_close(found, log_weights.exp().mean(0).log())
    assert (found > log_weights.mean(0)).all()


def test_linear_gaussian_bound_is_tight_at_the_solution_of_ppca():
    # Tipping & Bishop (1999), section 3.2: W = U (L - s^2 I)^(1/2), s^2 the
    # mean of the variances left out; the posterior of z is Gaussian, with
    # the covariance s^2 M^-1, M = L here, so a VAE can be exact
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, PIXELS)) @ np.diag([3, 2, 1.5, 0.5, 0.4, 0.3])
    centre = x.mean(0)
    variances, columns = np.linalg.eigh(np.cov(x.T, bias=True))
    variances, columns = variances[::-1].copy(), columns[:, ::-1].copy()
    noise = variances[2:].mean()
    kept = variances[:2]
    ppca = (
        -(
            PIXELS * math.log(2 * math.pi)
            + np.log(kept).sum()
            + (PIXELS - 2) * math.log(noise)
            + PIXELS
        )
        / 2
    )

    decoder, encoder = nn.Linear(2, PIXELS), nn.Linear(PIXELS, 4)
    mixing = columns[:, :2] * np.sqrt(kept - noise)
    reading = (mixing / kept).T
    model = VAE(encoder, decoder, 2, gaussian_pixels(math.sqrt(noise)))
    model = model.double()
    with torch.no_grad():
        decoder.weight.copy_(torch.tensor(mixing))
        decoder.bias.copy_(torch.tensor(centre))
        encoder.weight.zero_()
        encoder.weight[:2] = torch.tensor(reading)
        encoder.bias[:2] = torch.tensor(-reading @ centre)
        encoder.bias[2:] = torch.tensor(np.log(noise / kept))
    bound = model.importance_weighted_bound(torch.tensor(x), 1)
    assert bound.mean().item() == pytest.approx(ppca, rel=1e-12)
    # with an exact posterior every single weight is p(x)
    again = model.importance_weighted_bound(torch.tensor(x), 1)
    torch.testing.assert_close(again, bound)


# --- gradients ---------------------------------------------------------------


def test_gradients_through_the_draw_agree_with_finite_differences():
    model, x = small(), grey()

    def loss():
        return -model.elbo(x, generator=seeded(6)).total.mean()

    loss().backward()
    rng = np.random.default_rng(0)
    for parameter in model.parameters():
        flat, grad = parameter.data.view(-1), parameter.grad.view(-1)
        for i in rng.choice(len(flat), min(4, len(flat)), replace=False):
            before, step = flat[i].item(), 1e-5
            flat[i] = before + step
            above = loss().item()
            flat[i] = before - step
            below = loss().item()
            flat[i] = before
            slope = (above - below) / (2 * step)
            assert grad[i].item() == pytest.approx(slope, rel=1e-6, abs=1e-8)


def touched(model, value):
    """Names of the parameters that a gradient of `value` reaches."""
    model.zero_grad()
    value.backward()
    return {
        name
        for name, p in model.named_parameters()
        if p.grad is not None and p.grad.abs().sum() > 0
    }


def test_gradients_reach_what_each_term_depends_on():
    model, x = small(), grey()
    every = {name for name, _ in model.named_parameters()}
    encoder = {name for name in every if name.startswith("encoder")}
    assert encoder < every
    assert touched(model, model.elbo(x).total.sum()) == every
    assert touched(model, model.elbo(x).log_likelihood.sum()) == every
    assert touched(model, model.elbo(x).kl.sum()) == encoder
    bound = model.importance_weighted_bound(x, 3)
    assert touched(model, bound.sum()) == every
    plain = an_autoencoder()
    every = {name for name, _ in plain.named_parameters()}
    assert touched(plain, plain.log_likelihood(x).sum()) == every


def test_the_prior_is_no_parameter_and_moves_with_the_model():
    model = small()
    assert "origin" not in dict(model.named_parameters())
    assert model.prior().mean.dtype == torch.float64
    assert model.prior().event_shape == (LATENT,)
    assert model.prior().stddev.tolist() == [1, 1, 1]


# --- reproducibility, edges, refusals ----------------------------------------


def test_the_same_generator_gives_the_same_bound():
    model, x = small(), grey()
    one, same, other = (model.elbo(x, generator=seeded(s)) for s in (1, 1, 2))
    assert torch.equal(one.total, same.total)
    assert not torch.equal(one.total, other.total)
    before = torch.get_rng_state()
    model.importance_weighted_bound(x, 2, generator=seeded())
    assert torch.equal(torch.get_rng_state(), before)


def test_a_reconstruction_uses_the_mean_of_the_code():
    model, x = small(), grey()
    code = model.encoder(x)[:, :LATENT]
    expected = model.decoder(code).sigmoid()
    torch.testing.assert_close(model.reconstruction(x), expected)


def test_pictures_with_rows_and_columns_are_summed_over_both():
    encoder = nn.Sequential(nn.Flatten(), mlp(12, 4))
    decoder = nn.Sequential(mlp(2, 12), nn.Unflatten(-1, (3, 4)))
    model = VAE(encoder, decoder, 2)
    x = torch.rand(5, 3, 4)
    assert model.elbo(x).total.shape == (5,)
    assert model.importance_weighted_bound(x, 7).shape == (5,)
    assert model.likelihood(torch.zeros(5, 2)).event_shape == (3, 4)


def test_binary_pictures_and_single_ones_are_taken():
    model = small()
    assert model.elbo(grey(1).round()).total.shape == (1,)
    law = model.likelihood(torch.zeros(LATENT).double())
    assert law.batch_shape == ()
    assert set(law.sample().tolist()) <= {0, 1}


def test_a_head_of_the_wrong_width_is_refused():
    model = VAE(mlp(PIXELS, LATENT), mlp(LATENT, PIXELS), LATENT)
    with pytest.raises(ValueError, match=r"encoder must give .* got 3 num"):
        model.elbo(grey().float())


def test_pictures_of_bytes_are_refused():
    with pytest.raises(ValueError, match=r"x must lie in \[0, 1\]"):
        small().elbo(255 * grey())


def test_a_bound_of_no_samples_is_refused():
    with pytest.raises(ValueError, match=r"samples must be 1 or more, got 0"):
        small().importance_weighted_bound(grey(), 0)
