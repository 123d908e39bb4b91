"""The limits of a panel: its author's, or what holds all that it shows."""

import numpy as np
from numpy.typing import NDArray

from lib.live.codes import Axis
from lib.live.marks import Area, Decoded, Image, Line, Mark
from lib.live.marks import is_names as named
from lib.live.scene import Panel


def picture_of(panel: Panel) -> tuple[int, int] | None:
    """Rows and columns of the picture that a panel shows, if it does."""
    if len(panel.marks) != 1:
        return None
    (mark,) = panel.marks
    if isinstance(mark, Decoded):
        return mark.decoder.shape
    if isinstance(mark, Image) and mark.map == "grey":
        return mark.z.shape
    return None


def axes_of(panels: list) -> dict[str, Axis]:
    """The panel's two axes, from the author or from all it will show."""
    panel, out = panels[0], {}
    if (shape := picture_of(panel)) is not None:
        rows, columns = map(float, shape)
        return {"x": Axis(0.0, columns), "y": Axis(0.0, rows)}
    for name in "xy":
        log = getattr(panel, f"{name}scale") == "log"
        lim = getattr(panel, f"{name}lim") or _extent(panels, name, log)
        out[name] = Axis(float(lim[0]), float(lim[1]), log)
    return out


def _extent(panels: list, name: str, log: bool) -> tuple[float, float]:
    first = panels[0].marks
    names = next((m.x for m in first if named(getattr(m, "x", 0))), None)
    if name == "x" and names is not None:
        return -0.5, len(names) - 0.5
    if any(isinstance(m, Image) for m in first):
        raise ValueError(f"a panel with an Image needs {name}lim")
    seen = {id(v): v for p in panels for m in p.marks for v in _drawn(m, name)}
    v = np.concatenate([np.zeros(0), *seen.values()])
    v = v[np.isfinite(v) & ((v > 0) if log else True)]
    v = np.log10(v) if log else v
    if not len(v):
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = v.min(), v.max()
    pad = 0.04 * (high - low) or 0.5
    lines = any(isinstance(m, Line | Area) for m in first)
    tight = name == "x" and lines
    grounded = name == "y" and low == 0 and not log
    low = low - (0 if tight or grounded else pad)
    high = high + (0 if tight else pad)
    return (10**low, 10**high) if log else (low, high)


def _drawn(mark: Mark, axis: str) -> list[NDArray]:
    return [
        getattr(mark, c)
        for c, a in mark.channels.items()
        if a == axis and not named(getattr(mark, c))
    ]
