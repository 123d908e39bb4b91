"""A generator alone goes down a loss between samples."""

import pytest
import torch
from torch import nn

from lib.networks import mlps
from lib.training import train_matching
from tests.seeds import seeded


def apart(fake, real):
    """Squared distance of the means, of each run."""
    return (fake.mean(-2) - real.mean(-2)).square().sum(-1)


def test_a_step_is_one_of_plain_descent_on_a_fresh_batch():
    net = nn.Linear(1, 1)
    start = net.bias.item()
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    batches = iter([torch.ones(4, 1), 3 * torch.ones(4, 1)])
    steps = train_matching(
        net, batches, apart, optimizer, draw=lambda: torch.zeros(4, 1)
    )
    assert next(steps) == pytest.approx((start - 1) ** 2)
    moved = start - 0.2 * (start - 1)
    assert net.bias.item() == pytest.approx(moved)
    assert next(steps) == pytest.approx((moved - 3) ** 2)
    assert net.bias.item() == pytest.approx(moved - 0.2 * (moved - 3))
    assert next(steps, None) is None


def test_runs_side_by_side_are_descents_of_their_own():
    nets = mlps(2, 1, 1, generator=seeded())
    before = [p.detach().clone() for p in nets.parameters()]
    optimizer = torch.optim.SGD(nets.parameters(), 0.1)
    means = torch.tensor([1.0, 100.0])[:, None, None].expand(2, 4, 1)
    steps = train_matching(
        nets,
        iter([means]),
        apart,
        optimizer,
        draw=lambda: torch.zeros(2, 4, 1),
    )
    loss = next(steps)
    bias = before[1].flatten()
    gaps = bias - torch.tensor([1.0, 100.0])
    assert loss == pytest.approx(gaps.square().mean().item(), rel=1e-5)
    moved = next(p for p in [*nets.parameters()][1:]).flatten()
    assert torch.allclose(moved, bias - 0.2 * gaps, rtol=1e-4)


def test_a_loss_that_is_not_finite_stops_before_the_step():
    net = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    before = net.bias.item()
    steps = train_matching(
        net,
        iter([torch.ones(4, 1)]),
        lambda fake, real: fake.sum() * float("inf"),
        optimizer,
        draw=lambda: torch.ones(4, 1),
    )
    with pytest.raises(FloatingPointError, match="the loss is"):
        next(steps)
    assert net.bias.item() == before
