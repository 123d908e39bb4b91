"""Loops: what a step moves, what it reports, how it starts and ends."""

import math
from itertools import chain, islice, pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional

from lib.autoencoders import VAE, Autoencoder, gaussian_pixels
from lib.networks import mlp
from lib.training.descent import (
    BETAS,
    WARM_UP,
    TrainStep,
    VaeStep,
    train_autoencoder,
    train_network,
    train_vae,
)
from tests.seeds import seeded


def stripes(count=256, seed=0):
    """Pictures of 4 x 4 pixels, each all ink in one half: two kinds."""
    which = torch.randint(2, (count, 1, 1), generator=seeded(seed))
    side = (torch.arange(4) < 2).float().expand(4, 4)
    return torch.where(which == 1, side, 1 - side).flatten(1)


def a_vae(seed=0):
    rng = seeded(seed)
    encoder = mlp(16, 16, 4, generator=rng)
    return VAE(encoder, mlp(2, 16, 16, generator=rng), 2)


def an_autoencoder(seed=0):
    rng = seeded(seed)
    nets = mlp(16, 8, 2, generator=rng), mlp(2, 8, 16, generator=rng)
    return Autoencoder(*nets, gaussian_pixels(1.0))


PLAN = {"steps": 100, "batch_size": 32, "learning_rate": 1e-2}


# --- it learns ---------------------------------------------------------------


def test_a_vae_ends_nearer_than_it_began():
    x = stripes()
    history = list(train_vae(a_vae(), x, **PLAN, generator=seeded()))
    assert len(history) == 100
    # 16 log 2 = 11.1 nats for a model that knows nothing, log 2 at best
    assert history[0].loss > 11
    assert history[-1].loss < 4
    # the code has to say which of two kinds it is: log 2 nats at least
    assert history[-1].kl > math.log(2)


def test_an_autoencoder_ends_nearer_than_it_began():
    history = list(
        train_autoencoder(
            an_autoencoder(), stripes(), **PLAN, generator=seeded()
        )
    )
    constant = 16 * math.log(2 * math.pi) / 2
    assert history[0].loss - constant > 3
    assert history[-1].loss - constant < 0.5


def test_a_network_finds_the_least_squares_line():
    x = torch.randn(512, 3, generator=seeded()).double()
    y = x @ torch.tensor([[1.0], [-2.0], [0.5]]).double() + 3
    net = mlp(3, 1, generator=seeded()).double()
    plan = {"steps": 800, "batch_size": 64, "learning_rate": 0.1}

    def loss(x, y):
        return functional.mse_loss(net(x), y)

    *_, last = train_network(net, loss, x, y, **plan, generator=seeded())
    assert last.loss < 1e-9
    assert net[0].bias.item() == pytest.approx(3, abs=1e-4)


# --- judge: the same loop, written plainly -----------------------------------


def check_loop(loop):
    """A few steps of the VAE's loop beside one with nothing shared."""
    x, ours, theirs = stripes(64), a_vae(), a_vae()
    history = list(loop(ours, x, **{**PLAN, "steps": 9}, generator=seeded(5)))

    rng = seeded(5)
    optimizer = torch.optim.Adam(theirs.parameters(), betas=BETAS)
    for n, step in enumerate(history):
        if n % 2 == 0:  # 64 rows are two batches
            order = torch.randperm(64, generator=rng)
        elbo = theirs.elbo(x[order[32 * (n % 2) :][:32]], generator=rng)
        loss = -elbo.total.mean()
        optimizer.zero_grad()
        loss.backward()
        # one step of warm-up at most: from the height straight down
        optimizer.param_groups[0]["lr"] = 1e-2 * (9 - n) / 9
        optimizer.step()
        expected = ((n + 1) / 2, 1e-2 * (9 - n) / 9, loss.item())
        assert step[:3] == pytest.approx(expected, rel=1e-4)
        assert step.kl == pytest.approx(elbo.kl.mean().item(), rel=1e-4)
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_the_loop_of_the_vae_is_adam_on_minus_the_mean_elbo():
    check_loop(train_vae)


def with_sum_for_mean(model, x, **plan):
    class Summed(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def elbo(self, batch, generator):
            elbo = model.elbo(batch, generator=generator)
            return elbo._replace(kl=elbo.kl * len(batch))

    return train_vae(Summed(), x, **plan)


def with_half_the_kl(model, x, **plan):
    return train_vae(model, x, beta=0.5, **plan)


def with_no_shuffle(model, x, *, generator, **plan):
    return train_vae(model, x.flip(0), **plan, generator=generator)


@pytest.mark.parametrize(
    "mutant", [with_sum_for_mean, with_half_the_kl, with_no_shuffle]
)
def test_a_loop_with_a_slip_is_caught(mutant):
    with pytest.raises(AssertionError):
        check_loop(mutant)


# --- laws --------------------------------------------------------------------


def test_the_same_seed_gives_the_same_history_and_another_does_not():
    x = stripes()
    one, same, other = (
        list(train_vae(a_vae(), x, **PLAN, generator=seeded(s)))
        for s in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_a_generator_leaves_that_of_torch_alone():
    before = torch.get_rng_state()
    next(train_vae(a_vae(), stripes(), **PLAN, generator=seeded()))
    next(train_autoencoder(an_autoencoder(), stripes(), **PLAN))
    after = torch.get_rng_state()
    assert not torch.equal(before, after)  # the second had none of its own
    next(train_vae(a_vae(), stripes(), **PLAN, generator=seeded()))
    assert not torch.equal(before, after)


def test_a_step_says_what_its_terms_are():
    (step,) = islice(train_vae(a_vae(), stripes(), beta=4.0, **PLAN), 1)
    assert isinstance(step, VaeStep)
    assert all(type(number) is float for number in step)
    expected = 4 * step.kl - step.log_likelihood
    assert step.loss == pytest.approx(expected, rel=1e-6)
    assert step.passes == 32 / 256


def test_beta_trades_rate_for_distortion():
    ends = [
        list(train_vae(a_vae(), stripes(), beta=b, **PLAN))[-1]
        for b in (0.0, 1.0, 20.0)
    ]
    free, plain, dear = (end.kl for end in ends)
    assert free > plain > dear
    assert dear < 0.1


def test_the_learning_rate_climbs_for_three_percent_and_falls_to_zero():
    plan = {**PLAN, "steps": 200}
    history = list(train_vae(a_vae(), stripes(), **plan))
    rates = [step.learning_rate for step in history]
    top = round(WARM_UP * 200)
    assert rates.index(max(rates)) == top - 1
    assert max(rates) == pytest.approx(1e-2)
    climb = [b - a for a, b in pairwise(rates[:top])]
    fall = [b - a for a, b in pairwise(rates[top - 1 :])]
    assert climb == pytest.approx([1e-2 / top] * (top - 1))
    assert fall == pytest.approx([-rates[-1]] * len(fall))
    assert 0 < rates[-1] < 1e-4


def test_every_pass_shows_every_row_once_to_all_tensors_alike():
    x = torch.arange(10.0)[:, None]
    net, seen = mlp(1, 1), []

    def loss(a, b):
        assert torch.equal(a, b / 2)
        seen.append(a.flatten().tolist())
        return net(a).square().mean()

    plan = {"steps": 6, "batch_size": 3, "learning_rate": 1e-3}
    list(train_network(net, loss, x, 2 * x, **plan, generator=seeded()))
    first, second = [*chain(*seen[:3])], [*chain(*seen[3:])]
    # the tenth row waits for another pass
    assert len(set(first)) == len(set(second)) == 9
    assert first != second


def test_no_update_is_made_before_it_is_pulled():
    model = a_vae()
    before = model.encoder[0].weight.detach().clone()
    steps = train_vae(model, stripes(), **PLAN)
    assert torch.equal(model.encoder[0].weight, before)
    next(steps)
    assert not torch.equal(model.encoder[0].weight, before)


def test_what_asks_for_no_gradient_is_not_moved():
    model = a_vae()
    model.decoder.requires_grad_(False)
    frozen = [p.clone() for p in model.decoder.parameters()]
    moved = model.encoder[0].weight.detach().clone()
    list(train_vae(model, stripes(), **{**PLAN, "steps": 3}))
    assert not torch.equal(model.encoder[0].weight, moved)
    for one, other in zip(model.decoder.parameters(), frozen, strict=True):
        assert torch.equal(one, other)


def test_every_parameter_is_moved_from_the_first_step_on():
    model = a_vae()
    before = [p.detach().clone() for p in model.parameters()]
    next(train_vae(model, stripes(), **PLAN))
    for one, other in zip(model.parameters(), before, strict=True):
        assert not torch.equal(one, other)


def test_the_clean_picture_comes_out_of_the_corrupted_one():
    x, shown = stripes(), []

    class Watched(Autoencoder):
        def log_likelihood(self, x, seen=None):
            shown.append((x, seen))
            return super().log_likelihood(x, seen)

    model = Watched(mlp(16, 2), mlp(2, 16))
    next(train_autoencoder(model, x, corrupt=lambda b: 0 * b, **PLAN))
    next(train_autoencoder(model, x, **PLAN))
    (clean, corrupted), (same, itself) = shown
    assert clean.sum() > 0
    assert corrupted.sum() == 0
    assert same is itself


def test_every_batch_is_prepared_afresh():
    shown = []

    class Watched(VAE):
        def elbo(self, x, *, generator=None):
            shown.append(x)
            return super().elbo(x, generator=generator)

    model, grey = Watched(mlp(16, 4), mlp(2, 16), 2), torch.full((64, 16), 0.5)
    plan = {"steps": 2, "batch_size": 64, "learning_rate": 1e-3}
    rng = seeded()

    def binary(batch):
        return torch.bernoulli(batch, generator=rng)

    list(train_vae(model, grey, prepare=binary, **plan, generator=rng))
    one, other = shown
    assert set(one.unique().tolist()) == {0, 1}
    assert not torch.equal(one, other)
    assert (grey == 0.5).all()


# --- refusals ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"steps": 0}, "steps must be 1 or more, got 0"),
        ({"batch_size": 0}, r"batch_size must be in \[1, 256\]"),
        ({"batch_size": 257}, "the rows of the data, got 257"),
        ({"learning_rate": 0.0}, "learning_rate must be finite and above 0"),
        ({"learning_rate": math.nan}, "learning_rate must be finite"),
        ({"beta": -1.0}, "beta must be finite and at least 0"),
        ({"beta": math.inf}, "beta must be finite and at least 0"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_the_call(changed, message):
    with pytest.raises(ValueError, match=message):
        train_vae(a_vae(), stripes(), **{**PLAN, **changed})


def test_tensors_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"data must be equally many rows"):
        train_network(
            mlp(1, 1), print, torch.zeros(4, 1), torch.zeros(3, 1), **PLAN
        )
    with pytest.raises(ValueError, match=r"batch_size must be in \[1, 0\]"):
        train_vae(a_vae(), torch.zeros(0, 16), **PLAN)


def test_a_loss_that_is_no_number_ends_the_loop_by_name():
    model, net = a_vae(), mlp(1, 1)
    with torch.no_grad():
        model.encoder[-1].bias[0] = math.nan
    with pytest.raises(
        FloatingPointError, match=r"loss is nan in step 1 of 100: lower lear"
    ):
        next(train_vae(model, stripes(), **PLAN))
    losses = iter([1.0, math.inf])

    def loss(x):
        return net(x).mean() + next(losses)

    steps = train_network(net, loss, stripes()[:, :1], **PLAN)
    assert isinstance(next(steps), TrainStep)
    with pytest.raises(FloatingPointError, match=r"loss is inf in step 2"):
        next(steps)
