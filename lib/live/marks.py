"""The vocabulary of a live figure: marks that name roles, never colours.

Infinity is drawn in a lane marked ∞ above the panel, and a line breaks where
a coordinate is nan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.live.decoder import Decoder
from lib.plots import check_role

MAPS = ("viridis", "p-q", "grey")


@dataclass(eq=False)
class Mark:
    """What all marks share; `channels` says which axis scales which field."""

    channels: ClassVar[dict[str, str]] = {"x": "x", "y": "y"}

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()

    def __post_init__(self) -> None:
        check_role(self.role)
        for name in self.channels:
            if not (name == "x" and is_names(self.x)):
                setattr(self, name, self._numbers(name))
        lengths = {name: len(getattr(self, name)) for name in self.channels}
        if len(set(lengths.values()) - {1}) > 1:
            raise ValueError(
                f"{self._who()}: its channels differ in length: {lengths}"
            )

    def _numbers(self, name: str) -> NDArray:
        value = np.atleast_1d(np.asarray(getattr(self, name)))
        if value.dtype.kind not in "fiub" or value.ndim != 1:
            raise ValueError(
                f"{self._who()}: {name} must be real numbers of shape (n,), "
                f"got {value.dtype} of shape {value.shape}"
            )
        return value.astype(float, copy=False)

    def _who(self) -> str:
        label, kind = getattr(self, "label", ""), type(self).__name__
        return f"{kind} {label!r}" if label else kind


def is_names(x: Any) -> bool:
    """Whether bars stand on names instead of numbers."""
    return (
        isinstance(x, Sequence | np.ndarray)
        and len(x) > 0
        and isinstance(x[0], str)
    )


@dataclass(eq=False)
class Line(Mark):
    """A line through (x, y); for a function that jumps sample at `jump`."""

    x: ArrayLike
    y: ArrayLike
    role: str
    label: str = ""


@dataclass(eq=False)
class Area(Mark):
    """The area between y and base, under a line."""

    channels: ClassVar = {"x": "x", "y": "y", "base": "y"}
    x: ArrayLike
    y: ArrayLike
    role: str
    label: str = ""
    base: ArrayLike = 0.0


@dataclass(eq=False)
class Points(Mark):
    """Markers of the role's shape; up to 12 are never lost from view."""

    x: ArrayLike
    y: ArrayLike
    role: str
    label: str = ""
    size: float = 6.0  # diameter in pixels


@dataclass(eq=False)
class Bars(Mark):
    """Bars on numbers or on names; several of them stand side by side."""

    channels: ClassVar = {"x": "x", "y": "y", "base": "y"}
    x: ArrayLike | Sequence[str]
    y: ArrayLike
    role: str
    label: str = ""
    base: ArrayLike = 0.0
    width: float = 0.8  # of all bars at one place, in units of x


@dataclass(eq=False)
class Arrows(Mark):
    """Arrows from (x, y) to (to_x, to_y)."""

    channels: ClassVar = {"x": "x", "y": "y", "to_x": "x", "to_y": "y"}
    x: ArrayLike
    y: ArrayLike
    to_x: ArrayLike
    to_y: ArrayLike
    role: str
    label: str = ""


@dataclass(eq=False)
class Image(Mark):
    """A field z[row, column], row 0 at the bottom, over the whole panel.

    Grey and alone in its panel it is a picture: a frame, no axes, no limits.
    """

    channels: ClassVar = {"z": "z"}
    z: ArrayLike
    role: str = "critic"
    label: str = ""
    zlim: tuple[float, float] | None = None
    map: str = "viridis"  # or "p-q": from the colour of q to p's; or "grey"

    def __post_init__(self) -> None:
        check_role(self.role)
        self.z = np.asarray(self.z, float)
        if self.z.ndim != 2 or 0 in self.z.shape:
            raise ValueError(
                f"{self._who()}: z must have shape (rows, columns), "
                f"got {self.z.shape}"
            )
        if self.map not in MAPS:
            raise ValueError(f"map must be one of {MAPS}, got {self.map!r}")
        if self.zlim is not None:
            low, high = map(float, self.zlim)
            if not -np.inf < low < high < np.inf:
                raise ValueError(f"zlim must be finite and rise: {self.zlim}")
            self.zlim = low, high


@dataclass(eq=False)
class Decoded(Mark):
    """The picture that a decoder makes of the code z, ink dark on paper.

    The browser decodes it, so that a code may move in steps too many for
    pictures to be stored. It is the only mark of its panel, which has no axes.
    """

    channels: ClassVar = {"z": "z"}
    decoder: Decoder
    z: ArrayLike  # (latent_dim,)
    role: str = "q"
    label: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.decoder, Decoder):
            raise TypeError(f"decoder must be a Decoder: {self.decoder!r}")
        super().__post_init__()
        dim, reach = self.decoder.latent_dim, self.decoder.reach
        if self.z.shape != (dim,) or not np.isfinite(self.z).all():
            raise ValueError(
                f"{self._who()}: z must be {dim} finite numbers, got {self.z}"
            )
        most = abs(self.z).max()
        if most > reach + 1e-9:
            raise ValueError(
                f"{self._who()}: z = {self.z} leaves the decoder's reach of "
                f"+-{reach:g}: make the decoder with reach={most:g} or more"
            )


@dataclass(eq=False)
class Rule(Mark):
    """A line across the panel, at one x or at one y."""

    x: float = np.nan
    y: float = np.nan
    role: str = "reference"
    label: str = ""


@dataclass(eq=False)
class Label(Mark):
    """Words beside the point (x, y), or one word for each of several."""

    x: ArrayLike
    y: ArrayLike
    text: str | Sequence[str]
    role: str = "reference"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.text = [self.text] if isinstance(self.text, str) else [*self.text]
        if len(self.text) != len(self.y):
            raise ValueError(
                f"Label: {len(self.text)} texts for {len(self.y)} places"
            )
