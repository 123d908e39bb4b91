"""Losses without a critic beside plans, POT and closed forms."""

import math

import numpy as np
import ot
import pytest
import torch

from lib.matching import directions, sinkhorn_loss, sliced_loss
from lib.transport import optimal_coupling, sinkhorn, sliced_wasserstein
from tests.seeds import seeded

DOUBLE = torch.float64


def clouds(*shape):
    """Two clouds of points, the second wider and elsewhere."""
    x, y = torch.randn(2, *shape, generator=seeded(), dtype=DOUBLE)
    return x, 2 * y + 1


def entropic_cost(x, y, epsilon):
    """The least of cost plus entropy, by the plan of `lib.transport`."""
    cost = torch.cdist(x, y).numpy()
    p, q = (np.full(n, 1 / n) for n in cost.shape)
    plan = sinkhorn(cost, p, q, epsilon)
    shares = plan[plan > 0] / (p[:, None] * q)[plan > 0]
    return (plan * cost).sum() + epsilon * (
        plan[plan > 0] * np.log(shares)
    ).sum()


def test_directions_have_length_one_and_turn_every_way():
    found = directions(3, 4000, dimension=2, generator=seeded())
    assert found.shape == (3, 4000, 2)
    assert torch.allclose(found.norm(dim=-1), torch.ones(3, 4000))
    assert found.mean((0, 1)).abs().max() < 0.03
    # E cos^2 = 1/2: no direction is preferred
    assert (found.square().mean((0, 1)) - 0.5).abs().max() < 0.02


def test_sliced_w1_is_that_of_the_library_of_measures():
    x, y = clouds(30, 3)
    along = directions(7, dimension=3, generator=seeded(2)).double()
    found = sliced_loss(x, y, along, power=1).item()
    measured = sliced_wasserstein(x.numpy(), y.numpy(), along.numpy())
    assert found == pytest.approx(measured, rel=1e-12)


def test_sliced_w2_squared_is_that_of_pot():
    x, y = clouds(30, 3)
    along = directions(7, dimension=3, generator=seeded(2)).double()
    theirs = ot.sliced_wasserstein_distance(
        x.numpy(), y.numpy(), projections=along.T.numpy(), p=2
    )
    assert sliced_loss(x, y, along).item() == pytest.approx(theirs**2)


def test_a_shift_seen_from_everywhere_is_half_its_square_in_the_plane():
    # along u the shift is <u, v>, and E <u, v>^2 = |v|^2 / 2
    x = torch.randn(16, 2, generator=seeded(), dtype=DOUBLE)
    along = directions(20_000, dimension=2, generator=seeded(1)).double()
    shift = torch.tensor([3.0, 4.0], dtype=DOUBLE)
    assert sliced_loss(x + shift, x, along) == pytest.approx(12.5, rel=0.02)


@pytest.mark.parametrize("epsilon", [0.5, 2.0])
def test_the_sinkhorn_divergence_is_that_of_converged_plans(epsilon):
    x, y = clouds(25, 2)
    found = sinkhorn_loss(x, y[:20], epsilon, 200).item()
    wanted = (
        entropic_cost(x, y[:20], epsilon)
        - (
            entropic_cost(x, x, epsilon)
            + entropic_cost(y[:20], y[:20], epsilon)
        )
        / 2
    )
    assert found == pytest.approx(wanted, abs=1e-7)


def test_between_two_points_the_divergence_is_their_distance():
    x = torch.tensor([[0.0, 0.0]], dtype=DOUBLE)
    y = torch.tensor([[3.0, 4.0]], dtype=DOUBLE)
    for epsilon in (0.1, 10.0):
        assert sinkhorn_loss(x, y, epsilon, 5) == pytest.approx(5.0)


def test_a_small_epsilon_gives_w1_and_a_large_one_energy():
    x, y = clouds(12, 2)
    cost = torch.cdist(x, y).numpy()
    p = np.full(12, 1 / 12)
    w1 = (cost * optimal_coupling(cost, p, p)).sum()
    small, large = (sinkhorn_loss(x, y, e, 500).item() for e in (0.01, 1e4))
    assert small == pytest.approx(w1, rel=5e-3)
    own = (torch.cdist(x, x).mean() + torch.cdist(y, y).mean()) / 2
    energy = (torch.cdist(x, y).mean() - own).item()
    assert large == pytest.approx(energy, rel=1e-3)


def test_equal_batches_are_nothing_apart_in_any_order():
    x, _ = clouds(20, 2)
    assert abs(sinkhorn_loss(x, x.flip(0), 0.5, 200)) < 1e-10
    # a processor may round a product by the row it stands in: with so few
    # digits, and directions of 24, each product and sum is exact
    x = (1024 * x).round() / 1024
    along = directions(5, dimension=2, generator=seeded()).double()
    assert sliced_loss(x, x.flip(0), along) == 0


@pytest.mark.parametrize("loss", ["sliced", "Sinkhorn"])
def test_slopes_agree_with_differences(loss):
    x, y = clouds(10, 2)
    along = directions(6, dimension=2, generator=seeded()).double()

    def value(x, y):
        if loss == "sliced":
            return sliced_loss(x, y, along)
        return sinkhorn_loss(x, y, 1.0, 300)

    both = [x.requires_grad_(), y.requires_grad_()]
    slopes = torch.autograd.grad(value(*both), both)
    for k, slope in enumerate(slopes):
        ahead, behind = (
            [part.detach().clone() for part in both] for _ in "ab"
        )
        ahead[k][3, 1] += 1e-5
        behind[k][3, 1] -= 1e-5
        rise = (value(*ahead) - value(*behind)) / 2e-5
        assert slope[3, 1].item() == pytest.approx(rise.item(), rel=1e-4)


def test_runs_side_by_side_share_nothing():
    x, y = clouds(3, 15, 2)
    y[1] *= 100  # a run whose costs are large
    along = directions(3, 5, dimension=2, generator=seeded()).double()
    together = sliced_loss(x, y, along), sinkhorn_loss(x, y, 0.5, 8)
    for k in range(3):
        alone = (
            sliced_loss(x[k], y[k], along[k]),
            sinkhorn_loss(x[k], y[k], 0.5, 8),
        )
        for one, many in zip(alone, together, strict=True):
            assert one == pytest.approx(many[k].item(), rel=1e-12)


def test_float32_far_from_the_origin_is_as_good_as_double():
    x, y = torch.rand(2, 60, 2, generator=seeded(), dtype=DOUBLE) + 100
    exact = sinkhorn_loss(x, y, 0.1, 50).item()
    found = sinkhorn_loss(x.float(), y.float(), 0.1, 50).item()
    assert found == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda x: sliced_loss(x, x[:2], x), "y must have the shape"),
        (lambda x: sliced_loss(x[0], x[0], x), "y must have the shape"),
        (lambda x: sliced_loss(x, x, x[:, :1]), "along must have shape"),
        (lambda x: sliced_loss(x, x, x[0]), "along must have shape"),
        (lambda x: sliced_loss(x, x, x, power=0.5), "power must be"),
        (lambda x: sliced_loss(x, x, x, power=math.inf), "power must be"),
        (lambda x: sinkhorn_loss(x, x[:, :1], 1.0, 5), "x and y must have"),
        (lambda x: sinkhorn_loss(x, x[0], 1.0, 5), "x and y must have"),
        (lambda x: sinkhorn_loss(x, x, 0.0, 5), "epsilon must be"),
        (lambda x: sinkhorn_loss(x, x, math.inf, 5), "epsilon must be"),
        (lambda x: sinkhorn_loss(x, x, 1.0, 0), "rounds 1 or more"),
        (lambda x: directions(3, dimension=0), "dimension must be"),
    ],
)
def test_what_the_losses_refuse(call, says):
    with pytest.raises(ValueError, match=says):
        call(torch.randn(4, 2, generator=seeded()))
