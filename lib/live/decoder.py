"""A network that the reader's browser runs: from a code to a picture."""

import functools
import itertools
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.live.layers import Layer, forward
from lib.live.rounding import Stored, shrink

MAX_BYTES = 400_000  # of all decoders of a figure
MAX_DIM = 32
HIDDEN = ("identity", "relu", "silu", "tanh")
OUTPUTS = ("sigmoid", "identity")


class Decoder:
    """A picture of a code, with the very weights that the browser has.

    The weights are rounded so far that no pixel is wrong by more than half a
    grey level, for codes within +-reach.

    Args:
        layers: (weight, bias) of each layer, shapes (out, in) and (out,).
        activation: What stands between layers: identity, relu, silu or tanh;
            one for all, or one for each layer but the last.
        output: "sigmoid" if the network ends in logits; "identity" if in
            greys, of which those outside [0, 1] are drawn as paper or ink.
        shape: Rows and columns of the picture; row 0 is at the top.
        reach: No coordinate of a code leaves [-reach, reach].

    Raises:
        ValueError: If shapes do not fit together or an argument is unknown.
    """

    def __init__(
        self,
        layers: Sequence[tuple[ArrayLike, ArrayLike]],
        activation: str | Sequence[str] = "silu",
        output: str = "sigmoid",
        shape: tuple[int, int] = (28, 28),
        reach: float = 4.0,
    ) -> None:
        if not len(layers):
            raise ValueError("layers must not be empty")
        names = _names(activation, len(layers) - 1, output)
        self.exact = [
            _layer(i, *pair, name)
            for i, (pair, name) in enumerate(zip(layers, names, strict=True))
        ]
        _check_chain(self.exact, shape)
        if not 0 < reach < np.inf:
            raise ValueError(f"reach must be finite and > 0, got {reach}")
        self.shape, self.reach = tuple(map(int, shape)), float(reach)
        self.latent_dim = self.exact[0].weight.shape[1]

    @classmethod
    def of(cls, network: Any, **options: Any) -> "Decoder":
        """That of torch's Linear, SiLU, ReLU, Tanh and Identity in sequence.

        Raises:
            TypeError: If the network has other layers, or in another order.
        """
        layers, names = [], []
        for layer in network:
            name = type(layer).__name__
            if name == "Linear":
                if len(layers) > len(names):
                    names.append("identity")
                layers.append(_arrays(layer))
            elif name.lower() in HIDDEN and len(layers) > len(names):
                names.append(name.lower())
            else:
                raise TypeError(
                    f"network: cannot decode with {layer!r} here; known are "
                    "Linear layers, with SiLU, ReLU, Tanh or Identity behind"
                )
        if len(names) == len(layers) and names[-1:] not in ([], ["identity"]):
            raise TypeError(
                f"network: it ends in {layer!r}; it must end in a Linear "
                "layer, and output= says what its outputs are"
            )
        return cls(layers, names[: len(layers) - 1], **options)

    @functools.cached_property
    def stored(self) -> list[Stored]:
        """The layers as the browser gets them."""
        return shrink(self.exact, self.reach)

    @functools.cached_property
    def layers(self) -> list[Layer]:
        """The layers with the numbers that the browser has."""
        return [s.layer for s in self.stored]

    def __call__(self, z: ArrayLike) -> NDArray:
        """Codes (..., latent_dim) to pictures (..., rows, columns), ink 1."""
        z = np.asarray(z, float)
        if z.ndim < 1 or z.shape[-1] != self.latent_dim:
            raise ValueError(
                f"z must have shape (..., {self.latent_dim}), got {z.shape}"
            )
        greys = forward(self.layers, z)
        return greys.reshape(*z.shape[:-1], *self.shape)

    def __repr__(self) -> str:
        widths = [len(layer.bias) for layer in self.exact]
        return "Decoder " + "-".join(map(str, [self.latent_dim, *widths]))


def _names(activation: Any, hidden: int, output: str) -> list[str]:
    names = (
        [activation] * hidden if isinstance(activation, str) else activation
    )
    if len(names) != hidden:
        raise ValueError(
            f"activation must be one name or {hidden}, got {activation!r}"
        )
    for name in names:
        if name not in HIDDEN:
            raise ValueError(f"activation must be of {HIDDEN}, got {name!r}")
    if output not in OUTPUTS:
        raise ValueError(f"output must be one of {OUTPUTS}, got {output!r}")
    return [*names, output]


def _arrays(layer: Any) -> tuple[NDArray, NDArray]:
    weight = layer.weight.detach().cpu().numpy()
    if layer.bias is None:
        return weight, np.zeros(len(weight))
    return weight, layer.bias.detach().cpu().numpy()


def _layer(i: int, weight: ArrayLike, bias: ArrayLike, name: str) -> Layer:
    weight, bias = np.array(weight, float), np.array(bias, float)
    if weight.ndim != 2 or bias.shape != weight.shape[:1] or not weight.size:
        raise ValueError(
            f"layer {i}: weight must have shape (out, in) and bias (out,), "
            f"got {weight.shape} and {bias.shape}"
        )
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise ValueError(f"layer {i}: weight and bias must be finite")
    return Layer(weight, bias, name)


def _check_chain(layers: list[Layer], shape: tuple) -> None:
    for i, (one, two) in enumerate(itertools.pairwise(layers)):
        if len(one.bias) != two.weight.shape[1]:
            raise ValueError(
                f"layer {i + 1}: weight takes {two.weight.shape[1]} numbers, "
                f"but layer {i} gives {len(one.bias)}"
            )
    dim, pixels = layers[0].weight.shape[1], len(layers[-1].bias)
    if dim > MAX_DIM:
        raise ValueError(f"layer 0: codes of {dim} numbers, over {MAX_DIM}")
    if len(shape) != 2 or min(shape) < 1 or np.prod(shape) != pixels:
        raise ValueError(
            f"shape must be (rows, columns) of {pixels} pixels, got {shape}"
        )


def packed(decoders: list[Decoder]) -> tuple[list[dict], bytes]:
    """What the browser gets: how to read the bytes, and the bytes.

    Raises:
        ValueError: If they weigh more than MAX_BYTES.
    """
    data = _deflated([s for d in decoders for s in d.stored])
    if len(data) > MAX_BYTES:
        rows = "; ".join(
            f"{d!r}: {len(_deflated(d.stored)) / 1000:.0f} KB"
            for d in decoders
        )
        raise ValueError(
            f"the figure's decoders weigh {len(data) / 1000:.0f} KB, more "
            f"than {MAX_BYTES / 1000:.0f} KB: take fewer hidden units, or a "
            f"smaller reach. {rows}"
        )
    return [{"layers": [_spec(s) for s in d.stored]} for d in decoders], data


def _spec(stored: Stored) -> dict:
    return {
        "size": [*stored.codes.shape],
        "step": float(stored.step),
        "powers": stored.powers.tolist() if stored.powers.any() else [],
        "activation": stored.activation,
    }


def _deflated(layers: list[Stored]) -> bytes:
    """Zigzag; all high bytes first, all low ones last; deflate."""
    if not layers:
        return b""
    codes = np.concatenate([s.codes.ravel() for s in layers])
    zigzag = ((codes << 1) ^ (codes >> 31)).astype("<u4")
    planes = zigzag.view(np.uint8).reshape(-1, 4).T[::-1]
    return zlib.compress(planes.tobytes(), 9)
