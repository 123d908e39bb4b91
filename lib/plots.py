"""One colour, line and marker a role, and functions that draw on given axes.

A page says what a thing *is* (`role="p"`), never how it looks. Colours differ
by at least 10 units of CAM02-UCS, for normal vision and for simulated deuter-,
prot- and tritanopia, on the light and on the dark ground; every colour has a
contrast of at least 3:1 with its ground; dashes and markers survive in grey.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

STYLE = Path(__file__).with_name("book.mplstyle")
SOLID = ()


class Role(NamedTuple):
    """How one object of the book looks; lengths of dashes in line widths."""

    light: str  # colour on a white ground
    dark: str  # colour on a dark ground
    dash: tuple[float, ...]  # on, off, ...; empty is solid
    marker: str
    meaning: str


ROLES = {
    "p": Role("#0072B2", "#5283B0", SOLID, "o", "the truth, real data"),
    "q": Role("#D55E00", "#E87E0B", (3.5, 1.5), "^", "the model, fakes"),
    "m": Role("#4B0082", "#968BFB", (4, 1.5, 1, 1.5), "s", "a mixture"),
    "critic": Role("#14532D", "#43BA6A", SOLID, "D", "discriminator, critic"),
    "latent": Role("#CC79A7", "#93697C", SOLID, "o", "a latent code"),
    "reference": Role("#767676", "#9E9E9E", (1, 1.5), "x", "bound, optimum"),
    "kl": Role("#AE0B46", "#D63932", SOLID, "o", "KL(P‖Q)"),
    "reverse_kl": Role("#C1199D", "#FD9EDF", (3.5, 1.5), "^", "KL(Q‖P)"),
    "js": Role("#A17DF5", "#9B4BED", (4, 1.5, 1, 1.5), "s", "Jensen–Shannon"),
    "tv": Role("#715802", "#D3D250", (7, 1.5), "v", "total variation"),
    "w1": Role("#1E6473", "#06EAB5", SOLID, "D", "Wasserstein distance"),
}


def check_role(role: str) -> Role:
    """The look of `role`; a name that no role has is refused."""
    if role not in ROLES:
        raise ValueError(f"role must be one of {[*ROLES]}, got {role!r}")
    return ROLES[role]


def role_css() -> str:
    """The roles' colours as CSS variables, `--role-p` and so on.

    Light by default; dark where the website or JupyterLab says so. A class
    `role-p` sets `--c` and, for a line of 2 pixels, `--dash`.
    """
    light, dark = (
        ";".join(f"--role-{n}:{getattr(r, k)}" for n, r in ROLES.items())
        for k in ("light", "dark")
    )
    classes = "".join(
        f".role-{n}{{--c:var(--role-{n});--dash:{_css_dash(r.dash)}}}"
        for n, r in ROLES.items()
    )
    return (
        f":root{{{light}}}"
        f"html[data-theme=dark],body[data-jp-theme-light=false]{{{dark}}}"
        f"{classes}"
    )


def _css_dash(dash: tuple[float, ...]) -> str:
    return " ".join(f"{2 * length:g}px" for length in dash) or "none"


def use_style() -> None:
    """Load the book's style sheet for all figures that follow."""
    plt.style.use(STYLE)


def line_look(role: str) -> dict:
    """Colour and dashes of `role`, as matplotlib's line options."""
    look = check_role(role)
    return {
        "color": look.light,
        "linestyle": (0, look.dash) if look.dash else "-",
    }


def draw_line(
    ax: Axes, x: ArrayLike, y: ArrayLike, *, role: str, label: str = ""
) -> None:
    """A line of a function that is continuous between its samples.

    It breaks where `y` is not finite; for a function that jumps use
    `draw_points`.
    """
    ax.plot(x, y, label=label or None, **line_look(role))


def draw_points(
    ax: Axes, x: ArrayLike, y: ArrayLike, *, role: str, label: str = ""
) -> None:
    """Markers only: samples, or values of a function that jumps."""
    look = check_role(role)
    ax.plot(
        x, y, color=look.light, marker=look.marker, ls="", label=label or None
    )


def draw_density(
    ax: Axes, x: ArrayLike, y: ArrayLike, *, role: str, label: str = ""
) -> None:
    """A density: its line over an area of the same colour."""
    ax.fill_between(x, y, alpha=0.18, lw=0, color=check_role(role).light)
    draw_line(ax, x, y, role=role, label=label)


def draw_bars(
    ax: Axes,
    x: ArrayLike,
    height: ArrayLike,
    *,
    role: str,
    label: str = "",
    place: tuple[int, int] = (0, 1),
) -> None:
    """Bars on places 0, 1, ... or on names.

    Args:
        ax: Where to draw.
        x: Places or names, shape (n,).
        height: Heights from zero, shape (n,).
        role: What the bars are.
        label: Their name in the legend.
        place: (i, n) for the i-th of n groups that stand side by side.
    """
    i, n = place
    if not 0 <= i < n:
        raise ValueError(f"place must be (i, n) with 0 <= i < n, got {place}")
    at = np.arange(len(x)) if np.asarray(x).dtype.kind == "U" else x
    if at is not x:
        ax.set_xticks(at, x)
    ax.bar(
        np.asarray(at, float) + (i - (n - 1) / 2) * 0.8 / n,
        height,
        0.75 / n,
        color=check_role(role).light,
        label=label or None,
    )


def draw_band(
    ax: Axes,
    x: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    role: str,
) -> None:
    """The spread around a line, from `low` to `high`, shape (n,)."""
    ax.fill_between(
        x, low, high, alpha=0.22, lw=0, color=check_role(role).light
    )


def mosaic(images: ArrayLike, columns: int, *, gap: int = 2) -> NDArray:
    """Grey pictures side by side, row after row, as one picture.

    Args:
        images: Shape (n, height, width), row 0 of each at the top.
        columns: Pictures a row; places that are left over stay paper, 0.
        gap: Pixels of paper between two pictures.

    Returns:
        The picture, shape (rows * (height + gap) - gap, columns * (width +
        gap) - gap), row 0 at the top. An `Image` of a live figure wants it
        with row 0 at the bottom: `mosaic(...)[::-1]`.

    Raises:
        ValueError: If `images` has not three axes, or `columns` is below 1.
    """
    images = np.asarray(images, float)
    if images.ndim != 3 or 0 in images.shape or columns < 1:
        raise ValueError(
            "images must have the shape (n, height, width), in 1 column or "
            f"more, got {images.shape} and {columns}"
        )
    n, height, width = images.shape
    rows = -(-n // columns)
    out = np.zeros((rows * (height + gap), columns * (width + gap)))
    for k, image in enumerate(images):
        row, column = divmod(k, columns)
        top, left = row * (height + gap), column * (width + gap)
        out[top : top + height, left : left + width] = image
    return out[: out.shape[0] - gap, : out.shape[1] - gap]


def draw_images(
    ax: Axes,
    images: ArrayLike,
    columns: int,
    *,
    rows: Sequence[str] = (),
    under: Sequence[str] = (),
) -> None:
    """Grey pictures in [0, 1] side by side, ink dark on paper.

    Args:
        ax: The only axes of their figure, which becomes as tall as needed.
        images: Shape (n, height, width), row 0 at the top.
        columns: Pictures a row.
        rows: What each row shows, written at its left.
        under: What each column shows, written below.
    """
    whole = mosaic(images, columns)
    ax.imshow(whole, cmap="gray_r", vmin=0, vmax=1)
    height, width = (length + 2 for length in np.shape(images)[1:])
    ax.set_yticks([height * (k + 0.5) - 1 for k in range(len(rows))], rows)
    ax.set_xticks([width * (k + 0.5) - 1 for k in range(len(under))], under)
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    wide = ax.figure.get_figwidth()
    words = 0.5 if under else 0.0  # inches, for these and the axis' label
    tall = wide * whole.shape[0] / whole.shape[1]
    ax.figure.set_figheight(tall + words)
