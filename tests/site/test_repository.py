"""The book's addresses, and the links that follow from them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sphinx.errors import ConfigError

from lib.site.repository import (
    Repository,
    read_address,
    read_repository,
    read_site,
)

PAGE = "chapters/gan/a page.ipynb"


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/some-one/a.book",
        " https://github.com/some-one/a.book/ ",
        "https://github.com/some-one/a.book.git",
    ],
)
def test_a_good_address_names_owner_and_book(address):
    found = read_repository({"BOOK_REPOSITORY": address})
    assert found == Repository("some-one", "a.book", "main", "")
    assert found.url == "https://github.com/some-one/a.book"


@pytest.mark.parametrize("environment", [{}, {"BOOK_REPOSITORY": " "}])
def test_no_address_is_no_repository(environment):
    assert read_repository(environment) is None
    assert read_site(environment, None) == ""


@pytest.mark.parametrize(
    "address",
    [
        "github.com/some-one/book",
        "git@github.com:some-one/book.git",
        "http://github.com/some-one/book",
        "https://github.com/some-one",
        "https://github.com/some-one/book/tree/main",
        "https://github.com/some one/book",
        "https://github.com/some-one/..",
        "https://example.org/some-one/book",
    ],
)
def test_a_malformed_address_is_named(address):
    with pytest.raises(ConfigError, match="BOOK_REPOSITORY must look like"):
        read_repository({"BOOK_REPOSITORY": address})


@pytest.mark.parametrize(
    "address",
    ["hub.example.org", "ftp://a.org", "https://", "https://a.org/?b=c",
     "https://a.org/#b", "https://a b.org", "https://[a"],
)  # fmt: skip
def test_a_malformed_hub_is_named(address):
    with pytest.raises(ConfigError, match="BOOK_HUB must look like"):
        read_address({"BOOK_HUB": address}, "BOOK_HUB")


def test_binder_opens_the_page_of_the_branch():
    found = Repository("some-one", "book", "a/b").binder(PAGE)
    parts = urlsplit(found)
    assert (parts.scheme, parts.netloc) == ("https", "mybinder.org")
    assert parts.path == "/v2/gh/some-one/book/a%2Fb"
    assert parse_qs(parts.query) == {"labpath": [PAGE]}


def test_a_hub_is_told_what_to_fetch_and_open():
    hub = "https://hub.example.org/all/"
    repository = read_repository(
        {"BOOK_REPOSITORY": "https://github.com/a/b", "BOOK_HUB": hub}
    )
    parts = urlsplit(repository.links(PAGE)["hub"])
    assert parts.netloc == "hub.example.org"
    assert parts.path == "/all/hub/user-redirect/git-pull"
    assert parse_qs(parts.query) == {
        "repo": ["https://github.com/a/b"],
        "branch": ["main"],
        "urlpath": [f"lab/tree/b/{PAGE}"],
    }


def test_without_a_hub_only_the_way_from_one_is_known():
    links = Repository("a", "b").links(PAGE)
    assert links["hub"] == ""
    assert links["pull"].startswith("/hub/user-redirect/git-pull?")


def test_editing_and_reporting_name_the_page():
    repository = Repository("a", "b", "next")
    assert repository.edit("x/y z.md") == (
        "https://github.com/a/b/edit/next/x/y%20z.md"
    )
    report = urlsplit(repository.report(PAGE))
    assert report.path == "/a/b/issues/new"
    assert parse_qs(report.query) == {"title": [f"On {PAGE}: "]}


@pytest.mark.parametrize(
    ("owner", "name", "site"),
    [
        ("Some-One", "Book", "https://some-one.github.io/Book/"),
        ("a", "a.github.io", "https://a.github.io/"),
    ],
)
def test_the_site_of_a_repository_is_where_github_publishes(owner, name, site):
    assert read_site({}, Repository(owner, name)) == site


def test_a_site_of_ones_own_is_preferred():
    environment = {"BOOK_URL": "https://example.org/book"}
    found = read_site(environment, Repository("a", "b"))
    assert found == "https://example.org/book/"


def test_a_book_without_address_has_no_links_to_one(book):
    page = book.read("chapters/moving.html")
    assert 'class="elsewhere"' not in page
    for word in ("binder", "git-pull", "github.com"):
        assert word not in page.lower()


def test_a_book_with_an_address_has_all_four(published):
    page = published.read("chapters/moving.html")
    start = "https://github.com/Some-One/a.book"
    for link in (
        "https://mybinder.org/v2/gh/Some-One/a.book/main?labpath=chapters%2F"
        "moving.ipynb",
        f"{start}/edit/main/chapters/moving.ipynb",
        f"{start}/issues/new?title=On+chapters%2Fmoving.ipynb%3A+",
    ):
        assert f'href="{link}"' in page
    assert 'data-pull="/hub/user-redirect/git-pull?repo=' in page
    assert "elsewhere" not in published.read("search.html")
