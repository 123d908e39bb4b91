"""Evaluation in parts is evaluation at once; units that sleep are found."""

import math

import pytest
import torch
from torch.distributions import Independent, Normal

from lib.autoencoders import VAE, Elbo
from lib.distributions import grid_of_bells, ring_of_bells
from lib.evaluation import ACTIVE, count_modes, in_batches, unit_activity
from lib.networks import mlp
from tests.seeds import seeded


def a_vae():
    rng = seeded()
    return VAE(mlp(6, 8, generator=rng), mlp(4, 6, generator=rng), 4)


class Known:
    """A model whose codes have the means that it is given."""

    def __init__(self, scale):
        self.scale = scale

    def posterior(self, x):
        mean = x * self.scale
        return Independent(Normal(mean, torch.ones_like(mean)), 1)


def test_parts_are_joined_in_order_and_the_last_may_be_short():
    x = torch.arange(7.0)[:, None]
    sizes = []

    def square(part):
        sizes.append(len(part))
        return part**2

    assert torch.equal(in_batches(square, x, batch_size=3), x**2)
    assert sizes == [3, 3, 1]


def test_an_elbo_in_parts_is_the_elbo_at_once():
    model, x = a_vae(), torch.rand(9, 6, generator=seeded())
    one, two = seeded(1), seeded(1)
    parts = in_batches(
        lambda part: model.elbo(part, generator=one), x, batch_size=9
    )
    assert isinstance(parts, Elbo)
    whole = model.elbo(x, generator=two)
    assert torch.equal(parts.total, whole.total)
    split = in_batches(model.elbo, x, batch_size=2)
    torch.testing.assert_close(split.kl, whole.kl)
    assert split.total.shape == (9,)


def test_no_gradient_is_kept():
    model, x = a_vae(), torch.rand(4, 6, generator=seeded())
    assert model.elbo(x).total.requires_grad
    assert not in_batches(model.elbo, x).total.requires_grad
    assert not unit_activity(model, x).requires_grad


def test_activity_is_the_variance_of_the_means_over_the_data():
    x = torch.tensor([[1.0, 5.0, 0.0], [3.0, 5.0, 1.0]])
    found = unit_activity(Known(torch.tensor([1.0, 1.0, 0.1])), x)
    # (1, 3) has the variance 2, with the divisor n - 1
    torch.testing.assert_close(found, torch.tensor([2.0, 0.0, 0.005]))
    assert (found > ACTIVE).tolist() == [True, False, False]


def test_activity_is_not_moved_by_the_width_of_the_posterior():
    model, x = a_vae(), torch.rand(500, 6, generator=seeded())
    expected = model.posterior(x).mean.var(0)
    torch.testing.assert_close(unit_activity(model, x), expected)
    with torch.no_grad():
        model.encoder[-1].bias[4:] += math.log(100)
    torch.testing.assert_close(unit_activity(model, x), expected)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_parts_without_rows_are_refused(batch_size):
    with pytest.raises(ValueError, match=r"got 4 rows and"):
        in_batches(torch.abs, torch.zeros(4), batch_size=batch_size)


def test_data_without_rows_is_refused():
    with pytest.raises(ValueError, match=r"x must have rows"):
        in_batches(torch.abs, torch.zeros(0, 3))
    with pytest.raises(ValueError, match=r"two rows or more, got 1"):
        unit_activity(a_vae(), torch.zeros(1, 6))


# --- modes -------------------------------------------------------------------


def test_modes_of_samples_whose_coverage_is_known():
    centres = torch.tensor([[0.0, 0.0], [4.0, 0.0], [8.0, 0.0]])
    samples = torch.tensor(
        [
            [0.0, 0.2],  # good
            [0.0, -0.31],  # just outside of three standard deviations
            [4.0, 0.29],  # good
            [6.2, 0.0],  # nearest to the third, and no good
        ]
    )
    found = count_modes(samples, centres, 0.1)
    assert found.modes == 2
    assert found.quality == 0.5
    shares = torch.tensor([0.5, 0.25, 0.25])
    assert torch.isclose(found.imbalance, (shares * (3 * shares).log()).sum())


def test_modes_of_a_law_by_its_own_samples():
    law = ring_of_bells()
    found = count_modes(
        law.sample(20_000, generator=seeded()),
        law.centres,
        law.std,
    )
    assert found.modes == 8
    assert abs(found.quality - (1 - math.exp(-4.5))) < 0.003
    assert 0 <= found.imbalance < 0.002


def test_one_mode_alone_has_the_largest_imbalance():
    law = grid_of_bells()
    found = count_modes(law.centres[:1].expand(9, 2), law.centres, law.std)
    assert (found.modes, found.quality) == (1, 1)
    assert torch.isclose(found.imbalance, torch.tensor(math.log(25)))


def test_modes_of_runs_side_by_side():
    law = ring_of_bells()
    samples = torch.stack([law.centres, law.centres[:1].expand(8, 2)])
    assert count_modes(samples, law.centres, law.std).modes.tolist() == [8, 1]


@pytest.mark.parametrize(
    ("samples", "centres", "std", "says"),
    [
        (torch.zeros(3, 2), torch.zeros(2, 3), 1.0, "samples must be"),
        (torch.zeros(3), torch.zeros(2, 3), 1.0, "samples must be"),
        (torch.zeros(0, 2), torch.zeros(2, 2), 1.0, "finite points"),
        (torch.full((1, 2), math.nan), torch.zeros(2, 2), 1.0, "finite"),
        (torch.zeros(3, 2), torch.zeros(2, 2), 0.0, "std and within"),
    ],
)
def test_what_the_count_of_modes_refuses(samples, centres, std, says):
    with pytest.raises(ValueError, match=says):
        count_modes(samples, centres, std)
