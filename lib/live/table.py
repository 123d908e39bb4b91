"""A scene evaluated on the grid of its controls, ready for the browser."""

from dataclasses import fields
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lib.live.codes import (
    INF,
    NAN,
    SHADES,
    Axis,
    bridge,
    encode_exactly,
    mark_gaps,
)
from lib.live.decoder import packed
from lib.live.grid import Grid
from lib.live.limits import axes_of, picture_of
from lib.live.marks import Area, Decoded, Image, Label, Line, Mark, Rule
from lib.live.marks import is_names as named
from lib.live.pack import Stream
from lib.live.scene import Panel, Scene
from lib.live.text import number_and_unit, say

MAX_BYTES = 300_000


class Table(NamedTuple):
    """What a figure's browser side gets."""

    spec: dict  # axes, kinds, roles and where each channel lies
    data: bytes
    weights: dict[str, int]  # deflated bytes of each mark, alone
    decoders: bytes  # the numbers of the networks that the browser runs


def tabulate(scene, grid: Grid) -> Table:
    """Evaluate `scene` at every state of `grid` and pack what it shows.

    Raises:
        TypeError: If the scene does not return a `Scene`.
        ValueError: If marks change kind, role, label or order over the grid,
            or the packed data weigh more than MAX_BYTES.
    """
    scenes = [scene(**values) for values in grid]
    for result, values in zip(scenes, grid, strict=True):
        check_same(scenes[0], result, values)
    stream = Stream(grid.shape)
    decoders = _marks(scenes[0], "decoder")
    stream.decoders = [*dict.fromkeys(d for (d,) in decoders if d is not None)]
    panels = [
        _panel([s.panels[i] for s in scenes], stream, grid)
        for i in range(len(scenes[0].panels))
    ]
    for name in scenes[0].numbers:
        texts = [say(number_and_unit(s.numbers[name])[0]) for s in scenes]
        stream.add_words(f"number {name}", texts, f"number {name!r}")
    numbers = scenes[0].numbers.items()
    units = [[name, number_and_unit(v)[1]] for name, v in numbers]
    data = stream.packed()
    if len(data) > MAX_BYTES:
        raise ValueError(_too_heavy(data, stream.weights, grid))
    spec = {"shape": list(grid.shape), "panels": panels, "numbers": units}
    spec["decoders"], networks = packed(stream.decoders)
    return Table(spec, data, stream.weights, networks)


def _too_heavy(data: bytes, weights: dict[str, int], grid: Grid) -> str:
    heaviest = sorted(weights.items(), key=lambda pair: -pair[1])
    rows = "; ".join(f"{name}: {n / 1000:.1f} KB" for name, n in heaviest)
    return (
        f"the figure's data weigh {len(data) / 1000:.0f} KB, more than "
        f"{MAX_BYTES / 1000:.0f} KB, on a grid of {grid.shape}: take larger "
        f"steps or fewer samples. {rows}"
    )


def check_same(first: Scene, other: Scene, values: dict) -> None:
    """Refuse a scene that is not made of the same marks at all states."""
    if not isinstance(other, Scene):
        raise TypeError(f"the scene must return a Scene, got {other!r}")
    for what, of in _IDENTITY.items():
        if of(first) != of(other):
            raise ValueError(
                f"{what} must not change over the grid: at {values} they are "
                f"{of(other)}, at the first state {of(first)}"
            )


def _marks(scene: Scene, *names: str) -> list:
    return [
        tuple(getattr(m, n, None) for n in names)
        for p in scene.panels
        for m in p.marks
    ]


def _frames(scene: Scene) -> list:
    options = [f.name for f in fields(Panel) if f.name != "marks"]
    return [
        (len(p.marks), *(getattr(p, name) for name in options))
        for p in scene.panels
    ]


_IDENTITY = {
    "panels": _frames,
    "kinds, roles and labels of marks": lambda s: _marks(
        s, "kind", "role", "label"
    ),
    "sizes, widths, maps and limits of marks": lambda s: _marks(
        s, "size", "width", "map", "zlim"
    ),
    "decoders (make them once, outside of the scene)": lambda s: _marks(
        s, "decoder"
    ),
    "numbers and their units": lambda s: [
        (name, number_and_unit(v)[1]) for name, v in s.numbers.items()
    ],
}


def _panel(panels: list, stream: Stream, grid: Grid) -> dict:
    panel, axes = panels[0], axes_of(panels)
    shape = picture_of(panel)
    columns = [[p.marks[j] for p in panels] for j in range(len(panel.marks))]
    names = next((m.x for m in panel.marks if named(getattr(m, "x", 0))), None)
    entries = [_entry(c, axes, names, stream) for c in columns]
    bars = [e for e in entries if e["kind"] == "bars"]
    for i, entry in enumerate(bars):
        entry["rank"] = [i, len(bars)]
    return {
        "x": panel.x,
        "y": panel.y,
        "axes": {n: [a.low, a.high, a.log] for n, a in axes.items()},
        "equal": panel.equal,
        "drag": grid.dragged(panel.drag),
        "handles": (
            [float(x) for x in panel.drag.values()]
            if isinstance(panel.drag, dict)
            else None
        ),
        "picture": shape and [*shape],
        "names": None if names is None else [*names],
        "lane": any(e.pop("infinite") for e in entries),
        "marks": entries,
    }


def _entry(column: list[Mark], axes: dict, names, stream: Stream) -> dict:
    mark = column[0]
    owner = f"{mark.kind} {getattr(mark, 'label', '')!r} as {mark.role}"
    out = {"kind": mark.kind, "role": mark.role, "infinite": False}
    out["label"] = getattr(mark, "label", "")
    if isinstance(mark, Decoded):
        return out | _decoded(column, stream, owner)
    if isinstance(mark, Image):
        return out | _image(column, stream, owner)
    codes = {c: _channel(column, c, axes, names) for c in mark.channels}
    if isinstance(mark, Line | Area):
        codes["y"] = _bridged(codes["x"], codes["y"])
    if not isinstance(mark, Rule):
        out["infinite"] = bool((codes["y"] == INF).any())
    out["channels"] = {c: stream.add(v, owner) for c, v in codes.items()}
    for option in ("size", "width"):
        if hasattr(mark, option):
            out[option] = float(getattr(mark, option))
    if isinstance(mark, Label):
        out["text"] = f"text {len(stream.words)}"
        stream.add_words(out["text"], [m.text for m in column], owner)
    return out


def _bridged(x: NDArray, y: NDArray) -> NDArray:
    if len(x) == 1:
        return bridge(x[0], y)
    y = np.broadcast_to(y, (len(x), y.shape[1]))
    return np.array([bridge(a, b) for a, b in zip(x, y, strict=True)])


def _image(column: list[Image], stream: Stream, owner: str) -> dict:
    mark = column[0]
    if len({m.z.shape for m in column}) > 1:
        raise ValueError(f"{owner}: z must keep its shape over the grid")
    finite = np.concatenate([m.z[np.isfinite(m.z)] for m in column])
    low, high = mark.zlim or (finite.min(), finite.max())
    if not low < high:
        raise ValueError(f"{owner}: z is constant; give zlim")
    axis = Axis(float(low), float(high))
    codes = _stack(
        [m.z.ravel() for m in column], partial(axis.encode, levels=SHADES)
    )
    return {
        "channels": {"z": stream.add(codes, owner)},
        "zlim": [axis.low, axis.high],
        "shape": list(mark.z.shape),
        "map": mark.map,
    }


def _decoded(column: list[Decoded], stream: Stream, owner: str) -> dict:
    codes, scale = encode_exactly(np.array([m.z for m in column]))
    return {
        "channels": {"z": stream.add(codes, owner)},
        "scale": scale,
        "decoder": stream.decoders.index(column[0].decoder),
    }


def _channel(column: list[Mark], name: str, axes: dict, names) -> NDArray:
    mark = column[0]
    axis = axes[mark.channels[name]]
    if named(getattr(mark, name)):
        if any([*m.x] != [*names] for m in column):
            raise ValueError("bars of one panel must stand on the same names")
        return axis.encode(np.arange(len(names)))[None]
    rows = [getattr(m, name) for m in column]
    places = name == "x" and isinstance(mark, Line | Area)
    return _stack(rows, axis.encode, mark_gaps if places else None)


def _stack(values: list[NDArray], encode, mend=None) -> NDArray:
    """(states, n), short rows padded with nan; one row if all are the same.

    `encode` takes all samples at once, and what states share only once: one
    call of NumPy instead of thousands. `mend(row, codes)` sees a whole row.
    """
    seen = {id(v): v for v in values}
    ends = np.cumsum([len(v) for v in seen.values()])[:-1]
    codes = np.split(encode(np.concatenate([*seen.values()])), ends)
    rows = dict(zip(seen, codes, strict=True))
    if mend is not None:
        rows = {key: mend(seen[key], code) for key, code in rows.items()}
    if len(rows) == 1:
        return next(iter(rows.values()))[None]
    n = max(map(len, rows.values()))
    out = np.full((len(values), n), NAN, np.int16)
    for i, v in enumerate(values):
        out[i, : len(v)] = rows[id(v)]
    return out
