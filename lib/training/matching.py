"""A generator alone: moved by a loss between its samples and the data."""

from collections.abc import Callable, Iterator

from torch import Tensor, nn
from torch.optim import Optimizer


def train_matching(
    generator: nn.Module,
    batches: Iterator[Tensor],
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
    *,
    draw: Callable[[], Tensor],
) -> Iterator[float]:
    """One step of the generator a batch, down a loss between samples.

    No second network is trained. Runs side by side are as in `train_gan`.

    Args:
        generator: Noise (..., batch, latent_dim) to samples, shape
            (..., batch, *event).
        batches: Real samples. The steps end when they do.
        loss: Of fake and of real samples, to (...).
        optimizer: Of the generator's weights.
        draw: Makes fresh noise at each call.

    Returns:
        An iterator over steps: the loss before each, mean over the runs.
        They are made as it is pulled.

    Raises:
        FloatingPointError: In the step in which a loss is infinite or nan.

    Source: Deshpande, Zhang & Schwing (2018), algorithm 1.
    """
    for real in batches:
        losses = loss(generator(draw()), real)
        if not losses.isfinite().all():
            raise FloatingPointError(
                f"the loss is {losses.tolist()}: lower the learning rate"
            )
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
        yield losses.mean().item()
