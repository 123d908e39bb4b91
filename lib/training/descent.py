"""One model that goes down one loss: Adam, batch after batch."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

# Adam's own are (0.9, 0.999). A run of a thousand steps has no time to
# average squares over the last thousand.
BETAS = (0.9, 0.99)
WARM_UP = 0.03  # of all steps

Terms = Callable[..., tuple[Tensor, ...]]


class TrainStep(NamedTuple):
    """One update: what the batch cost before it."""

    passes: float  # over the data, so far
    learning_rate: float
    loss: float  # mean over the batch


class VaeStep(NamedTuple):
    """One update of a VAE: its batch before it, in nats per picture."""

    passes: float  # over the data, so far
    learning_rate: float
    loss: float  # beta * kl - log_likelihood
    log_likelihood: float
    kl: float


def train_network(
    model: nn.Module,
    loss: Callable[..., Tensor],
    *data: Tensor,
    steps: int,
    batch_size: int,
    learning_rate: float,
    generator: Generator | None = None,
) -> Iterator[TrainStep]:
    """Lower a loss by Adam, batch after batch of shuffled data.

    The learning rate climbs for the first 3 % of the steps and then falls
    in a straight line, so that the last step is next to none: stopped
    early, a model is left with the noise of large steps.

    Args:
        model: Whose parameters are moved: those that ask for a gradient.
        loss: Takes a batch of each tensor of `data`, returns its loss, a
            tensor of no shape.
        data: Tensors with as many rows each; one shuffle serves all.
        steps: How many updates.
        batch_size: Rows a batch; what is left of a pass is passed over.
        learning_rate: Adam's, at its height.
        generator: Where the shuffles come from; None is torch's own.

    Returns:
        An iterator over `steps` steps. An update is made as it is pulled.

    Raises:
        ValueError: If `data` is empty or differs in rows, `batch_size` is
            not in [1, rows], `steps` is below 1, or `learning_rate` is not
            finite and above 0.
        FloatingPointError: In the step whose loss is infinite or nan.

    Source: Kingma & Ba (2015), algorithm 1; the schedule: Goyal et al.
    (2017), section 2.2, and Devlin et al. (2019), appendix A.2.
    """

    def terms(*batch: Tensor) -> tuple[Tensor]:
        return (loss(*batch),)

    rates = _learning_rates(learning_rate, steps)
    batches = _batches(data, batch_size, generator)
    updates = _descend(model, terms, batches, rates)
    a_batch = batch_size / len(data[0])
    return (TrainStep(n * a_batch, *made) for n, made in updates)


def train_autoencoder(
    model: nn.Module,
    x: Tensor,
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    corrupt: Callable[[Tensor], Tensor] | None = None,
    generator: Generator | None = None,
) -> Iterator[TrainStep]:
    """Raise log p(x|z) at the code of x, or of a corrupted copy of it.

    Arguments, shapes and errors are those of `train_network`, and:

    Args:
        model: Has `log_likelihood(x, seen)`, in nats, shape (batch,).
        x: The pictures, shape (n, *event).
        corrupt: Makes what the encoder sees of a batch, in its shape; it
            is still the clean batch that has to come out.

    Returns:
        An iterator over the steps, whose loss is -log p(x|z) in nats.

    Source: Vincent et al. (2008), section 2.3, for `corrupt`.
    """

    def loss(batch: Tensor) -> Tensor:
        seen = batch if corrupt is None else corrupt(batch)
        return -model.log_likelihood(batch, seen).mean()

    return train_network(
        model,
        loss,
        x,
        steps=steps,
        batch_size=batch_size,
        learning_rate=learning_rate,
        generator=generator,
    )


def train_vae(
    model: nn.Module,
    x: Tensor,
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    beta: float = 1.0,
    prepare: Callable[[Tensor], Tensor] | None = None,
    generator: Generator | None = None,
) -> Iterator[VaeStep]:
    """Raise the mean of log_likelihood - beta * kl over the data.

    Arguments, shapes and errors are those of `train_network`, and:

    Args:
        model: Has `elbo(x, generator=...)`, which returns an `Elbo`, in
            nats, shape (batch,).
        x: The pictures, shape (n, *event).
        beta: Weight of the KL, finite and at least 0; 1 is the ELBO.
        prepare: What becomes of a batch before the model sees it, as
            torch.bernoulli: fresh binary pictures in every pass.
        generator: Where shuffles and codes come from.

    Returns:
        An iterator over the steps.

    Source: Kingma & Welling (2014), algorithm 1; `beta`: Higgins et al.
    (2017), section 2.
    """
    if not 0 <= beta < math.inf:
        raise ValueError(f"beta must be finite and at least 0, got {beta}")

    def terms(batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        shown = batch if prepare is None else prepare(batch)
        elbo = model.elbo(shown, generator=generator)
        loss = -elbo.weighted(beta).mean()
        return loss, elbo.log_likelihood.mean(), elbo.kl.mean()

    rates = _learning_rates(learning_rate, steps)
    batches = _batches((x,), batch_size, generator)
    updates = _descend(model, terms, batches, rates)
    return (VaeStep(n * batch_size / len(x), *made) for n, made in updates)


def _descend(
    model: nn.Module,
    terms: Terms,
    batches: Iterator[tuple[Tensor, ...]],
    rates: list[float],
) -> Iterator[tuple[int, tuple[float, ...]]]:
    """Adam on the first of the terms; yields the rate and all terms."""
    moved = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(moved, betas=BETAS, fused=True)
    for n, (rate, batch) in enumerate(zip(rates, batches), 1):  # noqa: B905
        loss, *others = terms(*batch)
        if not loss.isfinite():
            raise FloatingPointError(
                f"loss is {loss.item()} in step {n} of {len(rates)}: lower "
                "learning_rate, or look for nan and infinity in the data"
            )

        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()

        yield n, (rate, loss.item(), *(term.item() for term in others))


def _learning_rates(height: float, steps: int) -> list[float]:
    """Up for WARM_UP of the steps, down to 0 just after the last."""
    if steps < 1:
        raise ValueError(f"steps must be 1 or more, got {steps}")
    if not 0 < height < math.inf:
        raise ValueError(
            f"learning_rate must be finite and above 0, got {height}"
        )
    top = max(1, round(WARM_UP * steps))
    up = [height * n / top for n in range(1, top)]
    fall = steps - len(up)
    return [*up, *(height * n / fall for n in range(fall, 0, -1))]


def _batches(
    data: tuple[Tensor, ...], batch_size: int, generator: Generator | None
) -> Iterator[tuple[Tensor, ...]]:
    """The same rows of all tensors, without end, shuffled every pass."""
    rows = {len(tensor) for tensor in data}
    if len(rows) != 1:
        raise ValueError(f"data must be equally many rows, got {rows}")
    (count,) = rows
    if not 1 <= batch_size <= count:
        raise ValueError(
            f"batch_size must be in [1, {count}], the rows of the data, "
            f"got {batch_size}"
        )

    def shuffled() -> Iterator[tuple[Tensor, ...]]:
        while True:
            order = torch.randperm(count, generator=generator)
            whole = order[: count - count % batch_size]
            for chosen in whole.view(-1, batch_size):
                yield tuple(t.index_select(0, chosen) for t in data)

    return shuffled()
