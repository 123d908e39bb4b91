"""Layers do what one computes by hand, and what torch does."""

import numpy as np
import pytest
import torch

from lib.live.layers import ACTIVATIONS, Layer, forward

JUDGES = {
    "identity": torch.nn.Identity(),
    "relu": torch.nn.ReLU(),
    "sigmoid": torch.nn.Sigmoid(),
    "silu": torch.nn.SiLU(),
    "tanh": torch.nn.Tanh(),
}


def test_a_layer_is_a_product_a_bias_and_an_activation():
    layer = Layer(np.array([[1, 2], [3, -4]]), np.array([5, 6]), "relu")
    assert forward([layer], np.array([1, 3])).tolist() == [12, 0]


def test_layers_follow_one_another():
    one = Layer(np.array([[2.0]]), np.array([1.0]), "identity")
    two = Layer(np.array([[1.0], [-1.0]]), np.zeros(2), "relu")
    assert forward([one, two], np.array([[1.0], [-2.0]])).tolist() == [
        [3, 0],
        [0, 3],
    ]


def test_each_activation_has_a_judge():
    assert ACTIVATIONS.keys() == JUDGES.keys()


@pytest.mark.parametrize("name", JUDGES)
def test_activations_are_those_of_torch(name):
    x = torch.linspace(-900, 900, 1801, dtype=torch.float64)
    wanted = JUDGES[name](x).numpy()
    found = ACTIVATIONS[name](x.numpy())
    assert np.allclose(found, wanted, rtol=1e-12, atol=1e-12)
