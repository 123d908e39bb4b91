"""Pictures in the reader's theme."""

import re
from xml.etree import ElementTree

import matplotlib
import pytest
from matplotlib.figure import Figure

from lib.plots import ROLES, STYLE
from lib.site.figures import inline, recolour, slim, themed_file
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
