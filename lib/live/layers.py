"""A small network on arrays; `front/decoder.js` is its twin."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


def _sigmoid(x: NDArray) -> NDArray:
    return (1 + np.tanh(x / 2)) / 2  # exp would overflow


ACTIVATIONS: dict[str, Callable[[NDArray], NDArray]] = {
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": _sigmoid,
    "silu": lambda x: x * _sigmoid(x),
    "tanh": np.tanh,
}


class Layer(NamedTuple):
    """x to activation(weight @ x + bias)."""

    weight: NDArray  # (out, in)
    bias: NDArray  # (out,)
    activation: str  # one of ACTIVATIONS


def forward(layers: list[Layer], x: NDArray) -> NDArray:
    """What the layers make of x, shape (..., in) to (..., out)."""
    for layer in layers:
        x = ACTIVATIONS[layer.activation](x @ layer.weight.T + layer.bias)
    return x
