"""The matplotlib twin: the same scene, for print, slides and previews."""

import numpy as np
from matplotlib.axes import Axes as MplAxes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lib.live.artists import LANE, draw_codes, draw_mark
from lib.live.codes import LEVELS, Axis
from lib.live.marks import Bars
from lib.live.scene import Panel, Scene
from lib.live.text import number_and_unit, power_of_ten, say


def draw(scene: Scene, specs: list[dict]) -> Figure:
    """Draw on new axes, one beside the other.

    Args:
        scene: What to draw.
        specs: The panels of the table's spec: limits that hold all the grid.
    """
    n = len(scene.panels)
    fig = Figure(figsize=(4.6 * n if n > 1 else 6.4, 3.9))
    fig.set_layout_engine("constrained")
    for i, (panel, spec) in enumerate(zip(scene.panels, specs, strict=True)):
        draw_panel(fig.add_subplot(1, n, i + 1), panel, spec)
    _legend(fig, scene)
    return fig


def _legend(fig: Figure, scene: Scene) -> None:
    handles = {}
    for ax in fig.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    text = {}
    for name, number in scene.numbers.items():
        value, unit = number_and_unit(number)
        text[name] = f"{name}  {say(value)} {unit}".strip()
    if handles:
        labels = [text.pop(name, name) for name in handles]
        where = {"loc": "outside upper left", "ncols": 3, "fontsize": 9}
        fig.legend(handles.values(), labels, frameon=False, **where)
    if text:
        fig.supxlabel(
            "    ".join(text.values()), fontsize=9, x=0.01, ha="left"
        )


def draw_panel(ax: MplAxes, panel: Panel, spec: dict) -> None:
    """Axes, lane and marks of one panel."""
    axes = {name: Axis(*spec["axes"][name]) for name in "xy"}
    for name in "xy":
        _scale(ax, name, axes[name])
    ax.set_xlabel(panel.x)
    ax.set_title(
        panel.y, loc="left", fontsize=9, pad=24 if spec["lane"] else 6
    )
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25, linewidth=0.6)
    if spec["names"]:
        ax.set_xticks(range(len(spec["names"])), spec["names"])
    if spec["lane"]:
        _lane(ax)
    bars = [m for m in panel.marks if isinstance(m, Bars)]
    for mark in panel.marks:
        place = (bars.index(mark), len(bars)) if mark in bars else None
        draw_mark(ax, mark, axes, place)
    if panel.equal:
        ax.set_aspect("equal")
    if spec["picture"]:  # its pixels are its only scale
        ax.set(xticks=[], yticks=[], aspect="equal")
        ax.spines[:].set_visible(True)


def _lane(ax: MplAxes) -> None:
    """Where infinity is drawn: above a dotted line, marked ∞."""
    draw_codes(ax, [0, LEVELS], [1.03 * LEVELS] * 2, color="0.5", lw=0.8)
    place = {"ha": "right", "va": "center", "transform": ax.transAxes}
    ax.text(-0.015, LANE, "∞", fontsize=11, **place)


def _scale(ax: MplAxes, name: str, axis: Axis) -> None:
    side = getattr(ax, f"{name}axis")
    getattr(ax, f"set_{name}scale")("log" if axis.log else "linear")
    getattr(ax, f"set_{name}lim")(axis.low, axis.high)
    if axis.log:
        form = FuncFormatter(lambda v, _: power_of_ten(round(np.log10(v))))
        side.set_major_formatter(form)
    else:
        side.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
