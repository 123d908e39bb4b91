"""The files beside the pages."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest

from lib.site.finish import SHIPPED, rooted, sitemap
from tests.site.conftest import Built

SITE = "https://example.org/book/"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="chapters/a.html#b">', '<a href="/book/chapters/a.html#b">'),
        ('<a href="../a.html">', '<a href="/book/a.html">'),
        ('<img src="_static/a.png">', '<img src="/book/_static/a.png">'),
        ('<a href="#main">', '<a href="#main">'),
        ('<a href="https://a.org">', '<a href="https://a.org">'),
        ('<a href="mailto:a@b.org">', '<a href="mailto:a@b.org">'),
        ('<html data-content_root="./">', '<html data-content_root="/book/">'),
    ],
)
def test_addresses_hold_at_any_depth(before, after):
    assert rooted(before, SITE) == after
    assert rooted(after, SITE) == after


def test_the_sitemap_lists_every_page():
    root = ElementTree.fromstring(sitemap(SITE, ["a", "b c/d&e"]).encode())
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert [e.text for e in root.iter(f"{space}loc")] == [
        f"{SITE}a.html",
        f"{SITE}b%20c/d%26e.html",
    ]
    dates = [e.text for e in root.iter(f"{space}lastmod")]
    assert dates == [str(date.today())] * 2


def test_a_published_book_has_sitemap_robots_and_missing_page(published):
    site = "https://some-one.github.io/a.book/"
    assert f"Sitemap: {site}sitemap.xml" in published.read("robots.txt")
    pages = re.findall("<loc>(.*?)</loc>", published.read("sitemap.xml"))
    assert pages == [
        f"{site}chapters/index.html",
        f"{site}chapters/moving.html",
    ]
    missing = published.read("404.html")
    for address in re.findall(r' (?:href|src)="([^"]*)"', missing):
        assert re.match("/a.book/|#|https:", address), address


def test_an_unpublished_book_claims_no_address(book):
    for name in ("sitemap.xml", "robots.txt", "_static/card.png"):
        assert not (book.out / name).exists()
    assert (book.out / "404.html").is_file()


def test_the_root_leads_to_the_first_page(book):
    page = book.read("index.html")
    assert 'content="0; url=chapters/index.html"' in page
    assert '<a href="chapters/index.html">' in page
    assert "<title>Understand Deep Generative Models" in page


def test_licences_lie_beside_what_is_shipped(book):
    folder = book.out / "_static" / "licences"
    overview = (folder / "README.txt").read_text("utf8")
    texts = {path.stem for path in folder.glob("*.txt")} - {"README"}
    ours = {"mathjax", "font-awesome", "bootstrap", "clipboard"}
    assert texts == ours | set(SHIPPED)
    for name in texts:
        assert name in overview
        assert len((folder / f"{name}.txt").read_text("utf8")) > 500
    apache = (folder / "mathjax.txt").read_text("utf8")
    assert "Apache License" in apache
    icons = (folder / "font-awesome.txt").read_text("utf8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in icons


def test_the_reserved_name_of_the_icon_font_is_not_used(book):
    sheet = book.read("_static/site.css")
    faces = re.findall("font-family:([^;}]*)", sheet)
    assert not [face for face in faces if "Awesome" in face]
    assert "Book Icons" in sheet


def test_what_no_page_asks_for_is_not_published(book):
    for pattern in ("*.map", "fontawesome.js", "bootstrap.js", "*.ttf.map"):
        assert not list(book.out.rglob(pattern))


def test_the_style_sheet_keeps_both_themes_and_paper(book):
    sheet = book.read("_static/site.css")
    for part in ("html[data-theme=light]", "html[data-theme=dark]", "print"):
        assert part in sheet
    assert ".live-row" in sheet
    assert "mjx-c.mjx-c" not in sheet


def test_an_unchanged_book_is_not_styled_again(book):
    sheet = book.out / "_static" / "site.css"
    before = sheet.stat().st_mtime_ns
    again = Built(book.out.parents[1])
    assert again.status == 0, again.words
    assert sheet.stat().st_mtime_ns == before
