"""Diagrams of models: boxes, circles and arrows in the roles' colours."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Patch, Polygon

from lib.plots import check_role

MARGIN = 0.15
ROUND = 48  # corners of a circle
CORNERS = {
    "box": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
    "encoder": [(-1, -1), (1, -0.45), (1, 0.45), (-1, 1)],
    "decoder": [(-1, -0.45), (1, -1), (1, 1), (-1, 0.45)],
    "diamond": [(-1, 0), (0, -1), (1, 0), (0, 1)],
}


class Node(NamedTuple):
    """A thing of the model: what it is, where it stands, how it looks."""

    x: float
    y: float
    text: str
    role: str = "reference"
    shape: str = "box"  # or encoder, decoder, diamond, circle, text
    width: float = 1.0
    height: float = 0.8


Arrow = tuple[str, str] | tuple[str, str, str]


def draw_diagram(
    ax: Axes, nodes: Mapping[str, Node], arrows: Iterable[Arrow]
) -> None:
    """Nodes, and arrows from one to another.

    The figure becomes as tall as the diagram needs, and the axes are taken
    away: one unit of x is as long as one of y.

    Args:
        ax: The only axes of their figure.
        nodes: What stands where, by name.
        arrows: (from, to) or (from, to, words), names of nodes; the words
            stand in the middle, above the arrow.

    Raises:
        ValueError: If a shape is unknown, or an arrow names no node.
    """
    patches = {name: _patch(ax, node) for name, node in nodes.items()}
    for start, end, *words in arrows:
        for name in (start, end):
            if name not in nodes:
                raise ValueError(
                    f"arrows must join nodes, one of {[*nodes]}, got {name!r}"
                )
        _join(ax, nodes[start], nodes[end], patches[start], patches[end])
        for text in words:
            at = np.mean([_place(nodes[start]), _place(nodes[end])], 0)
            ax.text(*at, text, ha="center", va="bottom")
    _frame(ax, [*nodes.values()])


def _place(node: Node) -> tuple[float, float]:
    return node.x, node.y


def _patch(ax: Axes, node: Node) -> Patch:
    """The node's outline and its words."""
    turn = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    shapes = CORNERS | {
        "circle": np.stack([np.cos(turn), np.sin(turn)], -1),
        "text": CORNERS["box"],
    }
    if node.shape not in shapes:
        raise ValueError(
            f"shape must be one of {[*shapes]}, got {node.shape!r}"
        )
    half = node.width / 2, node.height / 2
    corners = np.array(shapes[node.shape]) * half + _place(node)
    colour, bare = check_role(node.role).light, node.shape == "text"
    outline = Polygon(
        corners, fc="none", ec="none" if bare else colour, lw=1.6, zorder=2
    )
    if not bare:
        ax.add_patch(Polygon(corners, fc=colour, alpha=0.18, lw=0, zorder=1))
    ax.add_patch(outline)
    ax.text(*_place(node), node.text, ha="center", va="center", zorder=3)
    return outline


def _join(ax: Axes, a: Node, b: Node, start: Patch, end: Patch) -> None:
    arrow = FancyArrowPatch(
        _place(a),
        _place(b),
        arrowstyle="-|>",
        mutation_scale=11,
        color=plt.rcParams["text.color"],
        lw=1.2,
        patchA=start,
        patchB=end,
        shrinkA=1,
        shrinkB=1,
        zorder=2,
    )
    ax.add_patch(arrow)


def _frame(ax: Axes, nodes: list[Node]) -> None:
    sides = {}
    for axis, size in (("x", "width"), ("y", "height")):
        middles = [(getattr(n, axis), getattr(n, size) / 2) for n in nodes]
        low = min(m - half for m, half in middles) - MARGIN
        high = max(m + half for m, half in middles) + MARGIN
        sides[axis] = low, high
    (left, right), (bottom, top) = sides["x"], sides["y"]
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    ax.set_axis_off()
    width = ax.figure.get_figwidth()
    ax.figure.set_figheight(width * (top - bottom) / (right - left))
