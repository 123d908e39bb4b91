"""The widget: controls above the picture that they move."""

import io
import pathlib
import re
import weakref
from collections.abc import Callable
from typing import Any

import anywidget
import ipywidgets as widgets
import matplotlib.figure
import numpy as np
import traitlets

from lib.live.grid import Grid, index_of, value_of
from lib.live.marks import Decoded
from lib.live.picture import draw
from lib.live.scene import Scene
from lib.live.table import tabulate
from lib.live.text import number_and_unit, say
from lib.plots import role_css

HERE = pathlib.Path(__file__).parent
MODULES = ("table", "axes", "shapes", "decoder", "pad", "panel", "legend")
MODULES += ("export", "index")
_created: list[weakref.ref] = []


def joined(*modules: str) -> str:
    """The browser's modules as one, for a widget that takes a single file."""
    texts = [
        re.sub(
            r"^import .*?;\n|^export (?!default)",
            "",
            (HERE / "front" / f"{name}.js").read_text("utf8"),
            flags=re.M | re.S,
        )
        for name in modules
    ]
    return "".join(texts)


class Canvas(anywidget.AnyWidget):
    """What the browser draws; it reads the controls, and nothing writes it."""

    _esm = joined(*MODULES)
    _css = role_css() + (HERE / "live.css").read_text("utf8")
    # a list, for a notebook is stored with the keys of its dicts in ABC order
    controls = traitlets.List().tag(sync=True, **widgets.widget_serialization)
    spec = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    decoders = traitlets.Bytes().tag(sync=True)


class Live(widgets.VBox):
    """A scene and the controls that move it.

    The controls are the only truth: what the browser shows follows them, and
    `values` and `numbers` are computed from them, with or without a browser.
    """

    def __init__(
        self, scene: Callable[..., Scene], controls: dict[str, widgets.Widget]
    ) -> None:
        self.scene, self.controls = scene, controls
        self.grid = Grid(controls)
        self.table = tabulate(scene, self.grid)
        names = [c.description or n for n, c in controls.items()]
        about = {"alt": alt_text(scene), "name": name_of(scene)}
        self.canvas = Canvas(
            controls=[*controls.values()],
            spec=self.table.spec | about | {"controls": names},
            data=self.table.data,
            decoders=self.table.decoders,
        )
        rows = [with_slider(c) for c in controls.values()]
        super().__init__([*rows, self.canvas])
        self.add_class("live-box")
        _created.append(weakref.ref(self))

    @property
    def values(self) -> dict[str, Any]:
        """The controls' present values, by the scene's argument names."""
        return {name: value_of(c) for name, c in self.controls.items()}

    @property
    def numbers(self) -> dict[str, Any]:
        """The numbers shown at present, exact."""
        return numbers_of(self.scene(**self.values))

    def picture(self) -> matplotlib.figure.Figure:
        """The present state as a matplotlib figure."""
        return draw(self.scene(**self.values), self.table.spec["panels"])

    def expectations(self) -> dict:
        """What the browser must show at the controls' ends and middles.

        The scene is called anew for each of these states, so that this is a
        judge of the table and of the browser's reading of it.
        """
        start = [index_of(c) for c in self.controls.values()]
        states = {tuple(start)}
        for i, n in enumerate(self.grid.shape):
            for k in (0, n // 2, n - 1):
                states.add((*start[:i], k, *start[i + 1 :]))
        return {
            "name": name_of(self.scene),
            "controls": [
                {
                    "name": name,
                    "label": control.description or name,
                    "kind": type(control).__name__,
                    "values": [str(v) for v in self.grid.values[name]],
                }
                for name, control in self.controls.items()
            ],
            "states": [
                {"at": [*at], **shown(self.scene(**self.grid.at(at)))}
                for at in sorted(states)
            ],
        }

    def _repr_mimebundle_(self, **kwargs) -> Any:
        out = super()._repr_mimebundle_(**kwargs)
        return with_still(out, self.picture, alt_text(self.scene))


def with_still(
    out: Any, picture: Callable[[], matplotlib.figure.Figure], alt: str
) -> Any:
    """A widget's bundle, and what is seen where no widget can be shown."""
    bundle = out[0] if isinstance(out, tuple) else out
    if bundle is not None:
        file = io.BytesIO()
        picture().savefig(file, format="png", dpi=100)
        bundle["image/png"] = file.getvalue()
        bundle["text/plain"] = alt
    return out


def numbers_of(scene: Scene) -> dict[str, Any]:
    """The numbers of a scene without their units."""
    return {n: number_and_unit(v)[0] for n, v in scene.numbers.items()}


def shown(scene: Scene) -> dict:
    """Its numbers as texts, its decoded pictures as levels of ink, 0..255."""
    marks = [m for p in scene.panels for m in p.marks]
    greys = [m.decoder(m.z) for m in marks if isinstance(m, Decoded)]
    inks = [(255 * np.clip(grey, 0, 1)).round(2).tolist() for grey in greys]
    numbers = {name: say(v) for name, v in numbers_of(scene).items()}
    return {"numbers": numbers, "decoded": inks}


def alt_text(scene: Callable) -> str:
    """The first paragraph of the scene's docstring: what the picture shows."""
    text = " ".join((scene.__doc__ or "").strip().split("\n\n")[0].split())
    if not text:
        raise ValueError(
            f"{name_of(scene)} needs a docstring: it is the figure's alt text"
        )
    return text


def name_of(scene: Callable) -> str:
    """The scene's own name."""
    return getattr(scene, "__name__", type(scene).__name__)


def with_slider(control: widgets.Widget) -> widgets.Widget:
    """A Play gets a slider beside it that it moves and that moves it."""
    if not isinstance(control, widgets.Play):
        return control
    options = {n: getattr(control, n) for n in ("min", "max", "step", "value")}
    slider = widgets.IntSlider(**options, description=control.description)
    widgets.jslink((control, "value"), (slider, "value"))
    return widgets.HBox([control, slider])


def live(scene: Callable[..., Scene], **controls: widgets.Widget) -> Live:
    """The figure of `scene(**values)`, moved by `controls`.

    Args:
        scene: A pure function of the controls' values. The first paragraph
            of its docstring is the figure's alt text.
        controls: ipywidgets with finitely many values, by argument name:
            FloatSlider, IntSlider, Play, SelectionSlider, Dropdown,
            ToggleButtons, RadioButtons, Checkbox.

    Returns:
        The widget; its `values` and `numbers` follow the controls.

    Raises:
        TypeError: If a control has no finite set of values, or the scene does
            not return a `Scene`.
        ValueError: If the grid or the packed data are too large, a mark is
            not well formed, marks change over the grid, or the docstring is
            missing.
    """
    alt_text(scene)
    return Live(scene, controls)


def expectations() -> list[dict]:
    """Those of every live figure of this kernel, in order of creation."""
    figures = [reference() for reference in _created]
    return [f.expectations() for f in figures if f is not None]
