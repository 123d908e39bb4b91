import os

import pytest

from lib.site.book import store, website
from lib.site.book.keys import page_key, read_page
from lib.site.book.website import SiteError, build, fingerprint, missing, title


@pytest.fixture
def book(toy):
    toy.contents("one", "two")
    toy.page("one", "1")
    toy.page("two", "2")
    toy.write("lib/site/page.css", "")
    toy.write("lib/site/colours.py", "from toy.deep import X\n")
    return toy


def built(toy, docname, figures=0):
    views = f'<script type="{website.VIEW}"></script>' * figures
    toy.write(f"_build/html/{docname}.html", views)


def test_missing_pages_and_live_figures_are_named(book):
    for docname in ("one", "two"):
        key = page_key(docname, book.root)
        live = [{"name": "a"}, {"name": "b"}] if docname == "one" else []
        store.save(
            read_page(docname, book.root),
            live,
            docname,
            key,
            book.root,
        )
    built(book, "one", figures=1)
    assert list(missing(book.root)) == [
        "one: 1 of 2 live figures are there",
        "two: the page was not built",
    ]
    built(book, "one", figures=2)
    built(book, "two")
    assert list(missing(book.root)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda toy: toy.write("lib/site/page.css", "p {}"),
        lambda toy: toy.write("lib/live/front/draw.js", "1"),
        lambda toy: toy.write("toy/deep.py", "X = 'new colour'\n"),
        lambda toy: toy.write("_config.yml", "title: Other\n"),
        lambda toy: toy.contents("two", "one"),
        lambda toy: toy.write("two.ipynb", '{"cells": "# New title"}'),
        lambda toy: os.environ.update(BOOK_REPOSITORY="me/book"),
    ],
)
def test_what_all_pages_share_is_in_the_fingerprint(book, change, monkeypatch):
    monkeypatch.setenv("BOOK_REPOSITORY", "")
    before = fingerprint(book.root)
    change(book)
    assert fingerprint(book.root) != before


def test_what_one_page_has_alone_is_not_in_the_fingerprint(book):
    before = fingerprint(book.root)
    book.page("two", "3", prose="Other words.")
    book.write("lib/site/node_modules/tool/index.js", "")
    book.write("lib/site/__pycache__/page.pyc", "")
    assert fingerprint(book.root) == before


def test_a_title_is_found_in_both_kinds_of_page(toy):
    toy.page("one", "# no title")
    toy.write("two.md", "(label)=\n# The second\n\n# Third\n")
    assert "# One" in title("one", toy.root)
    assert title("two", toy.root) == "# The second"
    assert title("absent", toy.root) == ""


def test_an_unchanged_site_is_kept_and_any_other_is_made_anew(
    book, monkeypatch
):
    old = book.write("_build/html/old.html", "")
    monkeypatch.setattr(website, "missing", lambda root: [])
    monkeypatch.setattr(website, "jupyter_book", lambda root: None)
    build(book.root)
    assert not old.exists()
    kept = book.write("_build/html/kept.html", "")
    build(book.root)
    assert kept.exists()

    def fail(root):
        raise SiteError("a warning")

    monkeypatch.setattr(website, "jupyter_book", fail)
    with pytest.raises(SiteError, match="a warning"):
        build(book.root)
    # Sphinx would not repeat the warning: it is made to read all again
    monkeypatch.setattr(website, "jupyter_book", lambda root: None)
    build(book.root)
    assert not kept.exists()
