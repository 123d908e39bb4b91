"""The picture that stands for the book where somebody links to it."""

from pathlib import Path
from textwrap import wrap


def draw_card(title: str, target: Path) -> None:
    """Write 1200 x 630 pixels: the title over two bell curves that meet."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from lib.plots import ROLES
    from lib.site.figures import INK

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
    ax = figure.add_axes((0, 0, 1, 0.62), facecolor="none")
    x = np.linspace(-6, 6, 600)
    curves = {
        "p": np.exp(-((x + 1.2) ** 2) / 2),
        "q": 0.82 * np.exp(-((x - 1.3) ** 2) / 3),
    }
    both = np.minimum(*curves.values())
    ax.fill_between(x, both, color=ROLES["m"].light, alpha=0.25)
    for role, curve in curves.items():
        ax.plot(x, curve, color=ROLES[role].light, lw=9)
    ax.set(xlim=(-6, 6), ylim=(-0.02, 1.1))
    ax.axis("off")
    style = {"size": 46, "weight": "bold", "color": INK, "va": "top"}
    lines = "\n".join(wrap(title, 26))
    figure.text(0.05, 0.94, lines, linespacing=1.15, **style)
    FigureCanvasAgg(figure).print_png(target, metadata={"Software": None})
