"""Our loop for GANs against the one that most repositories share.

The reference is written in the style of the common collections of GANs in
PyTorch: two classes of layers with leaky units, tanh and sigmoid at the ends,
64 digits a batch from a DataLoader, Adam at 2e-4 with betas 0.5 and 0.999,
binary cross-entropy; real and fake in two passes, the generator first, and
gradients of the discriminator that its own step throws away. Ours has the
same layers, batch and step sizes. The times are for updates of both players.
"""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from lib.datasets import load_mnist
from lib.gans import NON_SATURATING
from lib.networks import mlp, mlps
from lib.training import Optimizers, train_gan

from .bench_training import Pictures
from .rounds import Row, compare

BATCH, LATENT, UPDATES = 64, 100, 30
RATE, BETAS = 2e-4, (0.5, 0.999)
WIDTHS = {"small": (128,), "large": (256, 512)}
SEEDS = 10


def stack(*widths: int, end: type[nn.Module]) -> nn.Sequential:
    """The reference's layers."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1], end())


def train(
    generator: nn.Module, discriminator: nn.Module, data: Dataset, d: int
) -> int:
    """The reference's loop; how many samples it has seen."""
    move_g, move_d = (
        torch.optim.Adam(net.parameters(), lr=RATE, betas=BETAS)
        for net in (generator, discriminator)
    )
    bce, seen = nn.BCELoss(), 0
    for x, *_ in DataLoader(data, batch_size=BATCH, shuffle=True):
        real = x.view(-1, d)
        valid, fake = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        move_g.zero_grad()
        made = generator(torch.randn(len(real), LATENT))
        g_loss = bce(discriminator(made), valid)
        g_loss.backward()
        move_g.step()
        move_d.zero_grad()
        real_loss = bce(discriminator(real), valid)
        fake_loss = bce(discriminator(made.detach()), fake)
        d_loss = (real_loss + fake_loss) / 2
        d_loss.backward()
        move_d.step()
        g_loss.item(), d_loss.item()
        seen += len(real)
        if seen == UPDATES * BATCH:
            return seen
    raise ValueError("data must hold enough samples for all updates")


def ours(generator: nn.Module, discriminator: nn.Module, x: Tensor) -> int:
    """The same by `train_gan`; a batch is drawn from the whole set."""
    adam = partial(torch.optim.Adam, lr=RATE, betas=BETAS, fused=True)
    both = Optimizers(
        *(adam(net.parameters()) for net in (generator, discriminator))
    )
    runs = x.shape[:-2]
    batches = (
        x[..., torch.randint(x.shape[-2], (BATCH,)), :] for _ in range(UPDATES)
    )
    steps = train_gan(
        generator,
        discriminator,
        batches,
        NON_SATURATING,
        both,
        draw=lambda: torch.randn(*runs, BATCH, LATENT),
    )
    return sum(1 for _ in steps) * BATCH


def rows() -> Iterator[Row]:
    """Digits by two sizes of networks, then ten seeds in the plane."""
    mnist = load_mnist()
    x = torch.tensor(mnist.train_images).flatten(1) / 255
    others = {
        "DataLoader, floats ready": TensorDataset(x),
        "DataLoader, one by one": Pictures(
            mnist.train_images, mnist.train_labels
        ),
    }
    leaky = partial(nn.LeakyReLU, 0.2)
    for name, hidden in WIDTHS.items():
        up, down = (LATENT, *hidden, 784), (784, *hidden[::-1], 1)
        g, d = (mlp(*widths, activation=leaky) for widths in (up, down))
        plain = stack(*up, end=nn.Sigmoid), stack(*down, end=nn.Sigmoid)
        yield from compare(
            f"GAN on digits, {name}, {UPDATES} updates of {BATCH}",
            partial(ours, nn.Sequential(g, nn.Sigmoid()), d, x),
            {
                way: partial(train, *plain, of, 784)
                for way, of in others.items()
            },
        )
    yield from side_by_side(leaky)


def side_by_side(leaky: partial) -> Iterator[Row]:
    """The nets of the census' size, ten seeds: at once, or one by one."""
    up, down = (LATENT, 64, 64, 2), (2, 64, 64, 1)
    points = torch.randn(10_000, 2)
    nets = [mlps(SEEDS, *widths, activation=leaky) for widths in (up, down)]
    plain = stack(*up, end=nn.Identity), stack(*down, end=nn.Sigmoid)
    data = TensorDataset(points)
    yield from compare(
        f"GAN in the plane, {SEEDS} seeds, {UPDATES} updates",
        partial(ours, *nets, points.expand(SEEDS, -1, -1)),
        {
            "one seed after another": lambda: [
                train(*plain, data, 2) for _ in range(SEEDS)
            ][-1]
        },
    )
