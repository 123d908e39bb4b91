"""Where a live figure will stand: as much room as it takes, and its picture.

The room is reserved so that the text does not jump when the figure is drawn;
the picture stands there when no script runs.
"""

import json
import math

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from lib.site.state import VIEW, references, shown_by

PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
WIDE, NARROW = 688, 358  # a column of text on a screen and on a phone, pixels


def gutter(spec: dict) -> float:
    """The room that a panel leaves for the texts of its ticks, pixels."""
    if spec.get("picture"):
        return 0
    low, high, log = spec.get("axes", {}).get("y", (0.0, 1.0, False))
    if log:
        return 35
    rough = (high - low) / (200 / 38)
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(m * ten for m in (1, 2, 5, 10) if m * ten >= rough * 0.999)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return 14 + 7 * max(len(f"{k * step:.{digits}f}") for k in (first, last))


def panel_height(
    spec: dict, width: float, side: float = 280, left: float = 36
) -> float:
    """The height that lib/live/front/panel.js gives a panel, pixels.

    A picture without axes is at most `side` high; all panels of a figure
    have the same gutter on their left.
    """
    across = max(60, math.floor(width - left - 14))
    height = min(280, max(170, 0.62 * across))
    if spec.get("picture"):
        rows, columns = spec["picture"]
        return min(across / columns, side / rows) * rows + 48
    axes = spec.get("axes") or {}
    if spec.get("equal") and "x" in axes and "y" in axes:
        (left, right), (low, high) = axes["x"][:2], axes["y"][:2]
        ratio = (high - low) / (right - left)
        height = min(across, 360 / max(1, ratio)) * ratio
    return height + 62 + (20 if spec.get("lane") else 0)


def figure_height(spec: dict, width: float) -> float:
    """Legend, panels beside and under one another, and the line below."""
    panels = spec["panels"]
    across = max(1, min(len(panels), int((width + 16) // 300)))
    most = 520 if len(panels) > 1 else 640
    each = min((width - 16 * (across - 1)) / across, most)
    side = 280 if across > 1 else 224
    left = max(map(gutter, panels))
    heights = [panel_height(panel, each, side, left) for panel in panels]
    rows = [heights[i : i + across] for i in range(0, len(heights), across)]
    labels = {m.get("label") for p in panels for m in p.get("marks", ())}
    numbers = {name for name, _ in spec.get("numbers", ())}
    names = numbers | labels - {None, ""}
    legend = 10 + 20 * math.ceil(len(names) / max(1, width // 170))
    return legend + sum(map(max, rows)) + 4 * (len(rows) - 1) + 28


def piles_height(spec: dict, width: float) -> float:
    """Key, heap, the plan's table beside or under it, and a button."""
    places = len(spec["p"])
    heap, table = 68 * places, 110 + 46 * places
    tall = 24 + 33 * (places + 2)
    beside = heap + 32 + table <= width
    return 48 + (max(236, tall) if beside else 244 + tall)


def room(state: dict, view: str, width: float) -> float:
    """The height of everything that a view shows, pixels."""
    model = state.get(view, {"model_name": "", "state": {}})
    own = model["state"]
    if "panels" in own.get("spec", ()):
        return figure_height(own["spec"], width)
    if "least" in own.get("spec", ()):
        return piles_height(own["spec"], width)
    if model["model_name"] == "HBoxModel":
        return 36
    if "children" in own:
        inner = references(own["children"])
        return sum(room(state, child, width) for child in inner)
    return 36


class Place(SphinxPostTransform):
    """A place for each view of a widget."""

    default_priority = 3  # before MyST-NB picks one of the bundle's forms
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """What Sphinx calls for each page."""
        stored = getattr(self.env, "nb_metadata", {}).get(self.env.docname, {})
        state = json.loads(stored.get("widgets") or '{"state":{}}')["state"]
        for bundle in list(self.document.findall(nodes.container)):
            forms = {c.get("mime_type"): c for c in bundle.children}
            if bundle.get("nb_element") == "mime_bundle" and VIEW in forms:
                forms[VIEW].children = self.place(forms, state)

    def place(self, forms: dict, state: dict) -> list[nodes.Node]:
        """The view's tag in a place of its own, and its picture."""
        view = shown_by(forms[VIEW])
        tall, short = (room(state, view, w) for w in (WIDE, NARROW))
        style = f"--wide:{tall:.0f}px;--narrow:{short:.0f}px"
        tag = f'<div class="live-place" style="{style}">'
        start = nodes.raw("", tag, format="html")
        end = nodes.raw("", "</div>\n", format="html")
        return [start, *forms[VIEW].children, *self.still(forms), end]

    def still(self, forms: dict) -> list[nodes.Node]:
        """The picture that stands there when no script runs."""
        kind = next((k for k in PICTURES if k in forms), None)
        if kind is None:
            return []
        picture = next(iter(forms[kind].findall(nodes.image))).deepcopy()
        picture["classes"] = ["still"]
        if "text/plain" in forms:
            picture["alt"] = forms["text/plain"].astext().strip()
        start = nodes.raw("", "<noscript>", format="html")
        return [start, picture, nodes.raw("", "</noscript>", format="html")]


def register(app) -> None:
    """Before each page is written."""
    app.add_post_transform(Place)
