"""What stands round a page's text."""

import re
from types import SimpleNamespace

import pytest

from lib.site.pages import mended, replaced, shorten


def test_a_short_text_stays():
    assert shorten(" Two\n words. ") == "Two words."


def test_a_long_text_ends_with_a_sentence_where_it_can():
    text = "A" * 70 + " ends here. And " + "goes on " * 40
    assert shorten(text) == "A" * 70 + " ends here."


def test_a_long_sentence_ends_after_a_word():
    found = shorten("word, " * 100)
    assert len(found) <= 202
    assert found.endswith("word …")


def script(filename=None, **attributes):
    return SimpleNamespace(filename=filename, attributes=attributes)


@pytest.mark.parametrize(
    "known",
    [
        script("_static/doctools.js"),
        script("_static/scripts/sphinx-book-theme.js?digest=1"),
        script(body="DOCUMENTATION_OPTIONS.pagename = 'a'"),
        script(type="application/vnd.jupyter.widget-state+json", body="{}"),
    ],
)
def test_scripts_that_the_site_joins_are_left_out(known):
    assert replaced(known)


def test_scripts_that_nobody_knows_are_kept():
    assert not replaced(script("_static/another.js"))


def test_deprecated_roles_are_replaced():
    assert mended('<div id="a" role="doc-biblioentry">') == (
        '<div id="a" role="listitem">'
    )


def test_an_empty_corner_of_a_table_is_no_heading():
    corner = '<th class="head"><p></p></th><th class="head"><p>a</p></th>'
    assert mended(corner) == (
        '<td class="head"></td><th class="head"><p>a</p></th>'
    )


def test_a_heading_that_is_a_formula_is_named():
    formula = "<mjx-container>{}</mjx-container>"
    math = "<math><mi>p</mi><mo>&lt;</mo></math>"
    silent = formula.format(f"<mjx-assistive-mml>{math}</mjx-assistive-mml>")
    named = formula.format('<span class="spoken">p&lt;</span>')
    assert mended(f'<th class="head">{silent}</th>') == (
        f'<th class="head">{named}</th>'
    )
    both = f"<th>a {silent}</th>"
    assert mended(both) == both


INLINE = (
    '<span class="math notranslate"><mjx-container>x</mjx-container></span>'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a {}; b", "a [{};] b"),
        ("<p>({}, {}).</p>", "<p>[({},] [{}).]</p>"),
        ("the {}-th of", "the [{}-th] of"),
        ("a {} b", "a {} b"),
    ],
)
def test_punctuation_stays_at_its_formula(before, after):
    found = mended(before.replace("{}", INLINE))
    start, end = '<span class="together">', "</span>"
    for part in after.split("[")[1:]:
        held = part.partition("]")[0].replace("{}", INLINE)
        assert f"{start}{held}{end}" in found
    assert found.count(start) == after.count("[")


def head(page):
    return page[: page.index("</head>")]


def test_a_page_is_described_by_its_first_paragraph(book):
    found = head(book.read("chapters/index.html"))
    words = "A gap that is DKL(p∥q) wide makes the first paragraph."
    for name in ('name="description"', 'property="og:description"'):
        assert f'<meta {name} content="{words}">' in found


def test_a_page_without_address_names_no_picture(book):
    found = head(book.read("chapters/index.html"))
    assert "og:image" not in found
    assert "canonical" not in found
    assert 'name="twitter:card" content="summary"' in found


def test_a_published_page_has_its_address_and_picture(published):
    found = head(published.read("chapters/index.html"))
    site = "https://some-one.github.io/a.book/"
    assert f'<link rel="canonical" href="{site}chapters/index.html"' in found
    assert f'"og:url" content="{site}chapters/index.html"' in found
    assert f'"og:image" content="{site}_static/card.png"' in found
    assert (published.out / "_static" / "card.png").is_file()


def test_search_and_the_missing_page_are_not_indexed(book):
    for name in ("search.html", "404.html"):
        assert 'name="robots" content="noindex"' in head(book.read(name))


def test_nothing_is_loaded_from_elsewhere(book):
    loaded = r'<(?:script|link|img|iframe|source)[^>]*(?:src|href)="([^"]*)"'
    for page in book.out.rglob("*.html"):
        for address in re.findall(loaded, page.read_text("utf8")):
            assert not re.match(r"[a-z]+:|//", address), (page, address)
    for sheet in ("site.css", "math.css"):
        addresses = re.findall(
            r"url\(([^)]*)\)", book.read(f"_static/{sheet}")
        )
        assert all(a.strip("'\"").startswith("data:") for a in addresses)


def test_every_file_that_a_page_loads_is_there(book):
    loaded = r'<(?:script|link|img)[^>]*(?:src|href)="([^"#?]+)'
    for page in book.out.rglob("*.html"):
        for address in re.findall(loaded, page.read_text("utf8")):
            assert (page.parent / address).is_file(), (page, address)


def test_there_is_one_search_field_and_it_is_on_its_page(book):
    assert 'type="search"' not in book.read("chapters/index.html")
    assert book.read("search.html").count('type="search"') == 1


def test_the_theme_is_known_before_the_first_paint(book):
    page = head(book.read("chapters/index.html"))
    assert 'data-theme="light"' in page  # without a script
    assert page.index("prefers-color-scheme") < page.index("site.css")
