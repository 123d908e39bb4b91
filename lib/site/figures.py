"""Matplotlib's pictures in the reader's theme: light, dark, or on paper.

They are drawn in the light colours of `lib.plots`; here these become CSS
variables. Small pictures go into the page; large ones stay files.
"""

import base64
import io
import re
from html import escape
from pathlib import Path

import numpy as np
from docutils import nodes
from PIL import Image
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

LOG = logging.getLogger(__name__)
LARGEST = 100_000  # characters that a page takes in; about 25 KB gzipped
QUALITY = 50  # of WebP: greys are wrong by one or two in a hundred
GROUND, INK, GRID = "#ffffff", "#222222", "#d9d9d9"
# for a picture in a file of its own, which cannot see the page's variables
FILE_COLOURS = {
    "light": {"ground": "#ffffff", "ink": "#222222", "grid": "#d9d9d9"},
    "dark": {"ground": "#121212", "ink": "#ced6dd", "grid": "#48566b"},
}


def variables() -> dict[str, str]:
    """The CSS variable for each colour that the book draws in."""
    from lib.plots import ROLES  # costs half a second: only where it is used

    fixed = {GROUND: "ground", INK: "ink", GRID: "grid"}
    roles = {role.light.lower(): f"role-{n}" for n, role in ROLES.items()}
    return fixed | roles


def recolour(svg: str) -> str:
    """`svg` with the book's colours as variables."""
    found = variables()

    def replace(match: re.Match) -> str:
        name = found.get(match[0].lower())
        return f"var(--{name})" if name else match[0]

    return re.sub(r"(?<![\w&(])#[0-9a-fA-F]{6}\b", replace, svg)


def slim(svg: str) -> str:
    """`svg` without prolog, metadata, comments, and idle digits."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
    # matplotlib's one rule would hold for the whole page: `label` repeats it
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.S)
    svg = re.sub(r"<defs>\s*</defs>", "", svg)
    svg = re.sub(r' (d|x|y|points)="([^"]*)"', _shorter, svg)
    svg = re.sub(r"(?<=translate\()[^)]*", lambda m: _round(m[0]), svg)
    svg = re.sub(r' style="([^"]*)"', lambda m: m[0].replace("; ", ";"), svg)
    svg = re.sub(r"data:image/png;base64,([^\"]*)", _grey_webp, svg)
    return re.sub(r">\s+<", "><", svg).strip()


def _shorter(match: re.Match) -> str:
    text = _round(" ".join(match[2].split()))
    return f' {match[1]}="{text}"'


def _grey_webp(match: re.Match) -> str:
    """An image of greys, as handwritten digits are, at a seventh the weight.

    One with colours, which may carry numbers, stays as it is.
    """
    image = Image.open(io.BytesIO(base64.b64decode(match[1]))).convert("RGBA")
    grey = image.convert("L")
    if not np.array_equal(image, grey.convert("RGBA")):
        return match[0]
    out = io.BytesIO()
    grey.save(out, "webp", quality=QUALITY, method=6)
    return (
        "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
    )


def _round(text: str) -> str:
    """Hundredths of a point are finer than any screen."""
    return re.sub(
        r"-?\d+\.\d{3,}",
        lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."),
        text,
    )


def own_ids(svg: str, prefix: str) -> str:
    """`svg` with ids of its own, and only those that something refers to."""
    used = re.findall(r'(?:href="|url\()#([^")]+)', svg)
    order = enumerate(dict.fromkeys(used))
    short = {name: f"{prefix}-{i}" for i, name in order}

    def define(match: re.Match) -> str:
        return f' id="{short[match[1]]}"' if match[1] in short else ""

    svg = re.sub(r' id="([^"]*)"', define, svg)
    return re.sub(
        r'((?:href="|url\()#)([^")]+)',
        lambda m: m[1] + short[m[2]],
        svg,
    )


def label(svg: str, alt: str) -> str:
    """`svg` as one picture, named by what it shows."""
    start = (
        f'<svg class="drawn" role="img" aria-label="{escape(alt)}" '
        'style="stroke-linejoin:round;stroke-linecap:butt"'
    )
    return svg.replace("<svg", start, 1)


def inline(svg: str, alt: str, prefix: str) -> str:
    """A picture as a part of the page."""
    return label(own_ids(recolour(slim(svg)), prefix), alt)


def themed_file(svg: str) -> str:
    """A picture as a file; it follows the colour scheme of its page."""
    if "data-themed" in svg:
        return svg
    from lib.plots import ROLES

    rules = []
    for theme, colours in FILE_COLOURS.items():
        roles = {f"role-{n}": getattr(r, theme) for n, r in ROLES.items()}
        pairs = (colours | roles).items()
        rules.append("svg{" + ";".join(f"--{n}:{c}" for n, c in pairs) + "}")
    light, dark = rules
    query = "@media (prefers-color-scheme:dark)"
    style = f"<style>{light}{query}{{{dark}}}</style>"
    body = recolour(slim(svg)).replace("<svg", '<svg data-themed=""', 1)
    return body.replace(">", f">{style}", 1)


class Themed(SphinxPostTransform):
    """Put a page's SVG pictures into the page."""

    default_priority = 30  # after MyST-NB has chosen each output's form
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """What Sphinx calls for each page."""
        for picture in list(self.document.findall(nodes.image)):
            path = Path(self.app.srcdir, picture["uri"].lstrip("/"))
            made_here = "jupyter_execute" in path.parts
            if made_here and not picture.get("alt"):
                LOG.warning("a picture has no alt text", location=picture)
            if made_here and path.suffix == ".svg":
                self.show(picture, path)

    def show(self, picture: nodes.image, path: Path) -> None:
        """Inline a small picture; a large one is themed where it is."""
        text = path.read_text("utf8")
        small = inline(text, picture.get("alt", ""), f"f{path.stem[:8]}")
        still = "still" in picture["classes"]  # not for every reader
        if len(small) <= LARGEST and not still:
            picture.replace_self(nodes.raw("", small, format="html"))
        else:
            picture["classes"].append("dark-light")  # the theme lets it be
            path.write_text(themed_file(text), "utf8")


def register(app) -> None:
    """Look at the pictures of each page that is written."""
    app.add_post_transform(Themed)
