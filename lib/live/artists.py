"""Each mark on matplotlib's axes."""

import numpy as np
from matplotlib.axes import Axes as MplAxes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from numpy.typing import NDArray

from lib.live.codes import INF, LEVELS, bridge, encode_places, runs
from lib.live.marks import (
    Area,
    Arrows,
    Bars,
    Decoded,
    Image,
    Label,
    Line,
    Mark,
    Points,
    Rule,
    is_names,
)
from lib.plots import ROLES, line_look

LANE = 1.08  # the height of infinity, in heights of the panel
FEW = 12  # points that are kept in view and told apart


def draw_mark(ax: MplAxes, mark: Mark, axes: dict, place: tuple) -> None:
    """Draw `mark`; `place` is (i, n) for the i-th of n groups of bars."""
    _DRAW[type(mark)](ax, mark, axes, place)


def draw_codes(ax: MplAxes, x, y, inside: bool = False, **look) -> None:
    """A line given in codes; clipped to the panel where `inside`."""
    look = {"transform": ax.transAxes, "clip_on": inside} | look
    x, y = np.asarray(x, float), np.asarray(y, float)
    for line in ax.plot(x / LEVELS, y / LEVELS, **look):
        line.set_in_layout(False)  # far values must not push the axes away


def _line(ax: MplAxes, mark: Line | Area, axes: dict, place) -> None:
    x, y = np.broadcast_arrays(mark.x, mark.y)
    x = encode_places(x, axes["x"])
    y = bridge(x, axes["y"].encode(y))
    height = np.where(y == INF, LANE * LEVELS, y)
    look, found = line_look(mark.role), runs(x, y)
    for run in found.lines:
        draw_codes(ax, x[run], height[run], inside=y[run[0]] != INF, **look)
    spot = {"color": look["color"], "ls": "", "marker": "o", "ms": 5}
    draw_codes(ax, x[found.open], height[found.open], mfc="white", **spot)
    draw_codes(ax, x[found.dots], height[found.dots], **spot)
    if mark.label:
        ax.plot([], [], label=mark.label, **look)


def _area(ax: MplAxes, mark: Area, axes: dict, place) -> None:
    x, y, base = np.broadcast_arrays(mark.x, mark.y, mark.base)
    colour = ROLES[mark.role].light
    ax.fill_between(x, y, base, alpha=0.18, lw=0, color=colour)
    _line(ax, mark, axes, place)


def ranks(x: NDArray, y: NDArray, near: float) -> list[int]:
    """How many earlier points lie within `near` of each: its ring."""
    out = []
    for k in range(len(x)):
        with np.errstate(invalid="ignore"):
            far = np.hypot(x[:k] - x[k], y[:k] - y[k])
        out.append(int((far <= near).sum()))
    return out


def _rank(ax: MplAxes, where: str, x: float, y: float) -> int:
    """How many of the points drawn on `ax` so far stand at (x, y)."""
    shown = ax.__dict__.setdefault("_live_shown", {}).setdefault(where, [])
    shown.append((x, y))
    return ranks(*np.array(shown).T, near=LEVELS / 80)[-1]


def _points(ax: MplAxes, mark: Points, axes: dict, place) -> None:
    role = ROLES[mark.role]
    x, y = np.broadcast_arrays(mark.x, mark.y)
    look = {"color": role.light, "ls": "", "marker": role.marker, "zorder": 5}
    look |= {"ms": mark.size, "mec": "white", "mew": 0.6}
    if len(y) > FEW:
        ax.plot(x, y, label=mark.label or None, **look)
        return
    x, y = axes["x"].encode(x).astype(float), axes["y"].encode(y)
    lane, y = y == INF, np.where(y == INF, LANE * LEVELS, y.astype(float))
    off = (x < 0) | (x > LEVELS) | (y < 0) | ((y > LEVELS) & ~lane)
    edge = {"ms": mark.size + 2, "mfc": "none", "mew": 1.6}
    edge["mec"] = role.light
    seen = np.isfinite(mark.x) & ~np.isnan(mark.y)
    at = np.clip(x, 0, LEVELS), np.where(lane, y, np.clip(y, 0, LEVELS))
    _rings(ax, [v[seen & ~off] for v in at], look)
    for x, y in zip(*(v[seen & off] for v in at), strict=True):
        draw_codes(ax, *_beside(ax, x, y), **look | edge)
    if mark.label:
        ax.plot([], [], label=mark.label, **look)


def _beside(ax: MplAxes, x: float, y: float) -> tuple[list, list]:
    """Arrowheads at one place of the edge stand side by side."""
    rank, across = _rank(ax, "edge", x, y), y in (0, LEVELS)
    inwards = 1 if (x if across else y) < LEVELS / 2 else -1
    step = rank * LEVELS / 25 * inwards
    return ([x + step], [y]) if across else ([x], [y + step])


def _rings(ax: MplAxes, at: list[NDArray], look: dict) -> None:
    """Points of which those that coincide become rings round each other."""
    for x, y in zip(*at, strict=True):
        rank = _rank(ax, "inside", x, y)
        ring = {"mfc": "none", "mec": look["color"], "mew": 2}
        ring["ms"] = look["ms"] + 6 * rank
        draw_codes(ax, [x], [y], **look | (ring if rank else {}))


def _bars(ax: MplAxes, mark: Bars, axes: dict, place: tuple) -> None:
    i, n = place
    x = np.arange(len(mark.x)) if is_names(mark.x) else mark.x
    x, y, base = np.broadcast_arrays(x, mark.y, mark.base)
    low, high = axes["y"].low, axes["y"].high
    over = np.isposinf(y)
    top = np.where(over, low + (high - low) * LANE, y)
    width = mark.width / n
    ax.bar(
        x + (i - (n - 1) / 2) * width,
        top - base,
        width * 0.94,
        base,
        color=ROLES[mark.role].light,
        label=mark.label or None,
        hatch="///" if ROLES[mark.role].dash else None,
        edgecolor="white",
        linewidth=0,
        clip_on=not over.any(),
    )


def _arrows(ax: MplAxes, mark: Arrows, axes: dict, place) -> None:
    to = mark.to_x - mark.x, mark.to_y - mark.y
    ax.quiver(
        mark.x,
        mark.y,
        *to,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.004,
        color=ROLES[mark.role].light,
        label=mark.label or None,
    )


def _image(ax: MplAxes, mark: Image, axes: dict, place) -> None:
    low, high = mark.zlim or (np.nanmin(mark.z), np.nanmax(mark.z))
    smooth = mark.map == "p-q"
    art = ax.imshow(
        mark.z,
        cmap=_between() if smooth else mark.map.replace("grey", "gray_r"),
        vmin=low,
        vmax=high,
        origin="lower",
        extent=[*axes["x"][:2], *axes["y"][:2]],
        aspect="auto",
        zorder=0,
        interpolation="bilinear" if smooth else "nearest",
    )
    ax.grid(False)
    if mark.label:
        ax.figure.colorbar(art, ax=ax, label=mark.label, shrink=0.7, pad=0.02)


def _decoded(ax: MplAxes, mark: Decoded, axes: dict, place) -> None:
    picture, (rows, columns) = mark.decoder(mark.z), mark.decoder.shape
    edges = [0, columns, 0, rows]
    ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1, extent=edges)
    if mark.label:
        ax.plot([], [], ls="", label=mark.label)


def _between() -> LinearSegmentedColormap:
    q, p = (to_rgba(ROLES[role].light, 0.55) for role in "qp")
    return LinearSegmentedColormap.from_list("p-q", [q, (1, 1, 1, 0), p])


def _rule(ax: MplAxes, mark: Rule, axes: dict, place) -> None:
    look = line_look(mark.role) | {"lw": 1.2}
    for draw_rule, value in ((ax.axvline, mark.x), (ax.axhline, mark.y)):
        if np.isfinite(value[0]):
            draw_rule(value[0], label=mark.label or None, **look)


def _label(ax: MplAxes, mark: Label, axes: dict, place) -> None:
    for x, y, text in zip(mark.x, mark.y, mark.text, strict=True):
        if np.isfinite([x, y]).all():
            ax.annotate(
                text,
                (x, y),
                xytext=(5, 5),
                fontsize=9,
                textcoords="offset points",
            )


_DRAW = {
    Line: _line,
    Area: _area,
    Points: _points,
    Bars: _bars,
    Arrows: _arrows,
    Decoded: _decoded,
    Image: _image,
    Rule: _rule,
    Label: _label,
}
