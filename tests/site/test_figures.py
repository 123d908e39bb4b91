"""Pictures in the reader's theme."""

import base64
import io
import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from docutils import nodes
from matplotlib.figure import Figure
from PIL import Image

from lib.datasets import load_mnist
from lib.plots import ROLES, STYLE, mosaic
from lib.site.figures import (
    LARGEST,
    Themed,
    inline,
    recolour,
    slim,
    themed_file,
)
from tests.site.conftest import ALT

ALIEN = "#123456"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """What matplotlib writes for a line, a label and an area."""
    file = tmp_path_factory.mktemp("figure") / "a.svg"
    with matplotlib.style.context(STYLE):
        figure = Figure()
        ax = figure.subplots()
        ax.plot([0, 1, 0.123456], color=ROLES["p"].light)
        ax.fill_between([0, 1], [0, 1], color=ROLES["js"].light, alpha=0.2)
        ax.plot([1, 0], color=ALIEN)
        ax.set_xlabel("θ, units of x")
        figure.savefig(file)
    return file.read_text("utf8")


def test_the_books_colours_become_variables_and_others_stay(drawn):
    themed = recolour(drawn)
    for name in ("role-p", "role-js", "ground", "ink", "grid"):
        assert f"var(--{name})" in themed
    assert ROLES["p"].light.lower() not in themed
    assert ALIEN in themed


def test_references_to_ids_are_no_colours():
    text = '<use xlink:href="#abcdef"/><g clip-path="url(#0072b2)"/>'
    assert recolour(text).count("#0072b2") == 1


def test_a_slim_picture_shows_the_same_paths(drawn):
    before, after = ElementTree.fromstring(drawn), slim(drawn)
    after = ElementTree.fromstring(after)
    path = "{http://www.w3.org/2000/svg}path"
    assert len(list(before.iter(path))) == len(list(after.iter(path)))
    for one, other in zip(before.iter(path), after.iter(path), strict=True):
        numbers = [
            [float(n) for n in re.findall(r"-?\d+\.?\d*", p.get("d", ""))]
            for p in (one, other)
        ]
        assert numbers[1] == pytest.approx(numbers[0], abs=0.0051)
        assert one.get("transform") == other.get("transform")


def test_a_slim_picture_is_lighter_and_has_no_rule_for_the_page(drawn):
    after = slim(drawn)
    assert len(after) < 0.8 * len(drawn)
    assert "<style" not in after
    assert "metadata" not in after
    assert after.startswith("<svg")


def pixels(svg):
    """The kind of a picture's one image, and its greys."""
    ((kind, data),) = re.findall(r"data:image/(\w+);base64,([^\"]*)", svg)
    return kind, Image.open(io.BytesIO(base64.b64decode(data))).convert("L")


@pytest.mark.parametrize(
    ("colours", "kind"), [("gray_r", "webp"), ("viridis", "png")]
)
def test_only_grey_pictures_lose_weight_and_few_greys(tmp_path, colours, kind):
    digits = mosaic(load_mnist().test_images[:50] / 255, 10)
    figure = Figure()
    figure.subplots().imshow(digits, cmap=colours)
    figure.savefig(tmp_path / "digits.svg")
    svg = (tmp_path / "digits.svg").read_text("utf8")
    (_, before), (found, after) = pixels(svg), pixels(slim(svg))
    assert found == kind
    wrong = np.abs(np.subtract(before, after, dtype=float))
    assert wrong.mean() < 0.01 * 255
    assert (len(slim(svg)) < len(svg) / 4) == (kind == "webp")


def test_ids_differ_between_pictures_and_are_all_defined(drawn):
    one, other = (inline(drawn, "A line.", prefix) for prefix in "ab")
    ids = [set(re.findall(r' id="([^"]*)"', text)) for text in (one, other)]
    assert not ids[0] & ids[1]
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', one))
    assert used == ids[0]
    assert len(ids[0]) == one.count(' id="')


def test_a_picture_says_what_it_shows(drawn):
    root = ElementTree.fromstring(inline(drawn, 'p < "q" & more', "a"))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'p < "q" & more'


def test_a_file_follows_the_colour_scheme_of_its_page(drawn):
    text = themed_file(drawn)
    ElementTree.fromstring(text)
    assert "@media (prefers-color-scheme:dark)" in text
    assert ROLES["p"].light in text
    assert ROLES["p"].dark in text
    assert themed_file(text) == text


def test_the_theme_puts_no_frame_around_a_large_picture(drawn, tmp_path):
    path = tmp_path / "large.svg"
    path.write_text(drawn.replace("</svg>", "<g/>" * LARGEST + "</svg>"))
    picture = nodes.image(uri=str(path), alt=ALT)
    Themed.show(None, picture, path)
    assert "data-themed" in path.read_text()
    # pydata's rule for dark pages: img:not(.only-dark, .dark-light)
    assert picture["classes"] == ["dark-light"]


def test_a_picture_of_a_page_stands_in_it(book):
    page = book.read("chapters/moving.html")
    (start,) = re.findall(r'<svg class="drawn"[^>]*>', page)
    assert f'aria-label="{ALT}"' in start
    assert "var(--role-p)" in page


def test_every_variable_of_a_picture_is_defined_in_both_themes(book):
    page, sheet = book.read("chapters/moving.html"), book.read(
        "_static/site.css"
    )  # fmt: skip
    for name in set(re.findall(r"var\((--[\w-]+)\)", page)):
        assert f"{name}:" in sheet, name
