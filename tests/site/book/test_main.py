import pytest

from lib.site.book import __main__ as driver


@pytest.fixture
def book(toy, monkeypatch):
    """A small book and its driver, without the browser's bundle."""
    monkeypatch.setattr(driver, "ensure_bundle", lambda: None)
    monkeypatch.setattr("sys.argv", ["book", "--no-serve"])
    toy.contents("chapters/one", "chapters/two")
    toy.page("chapters/one", "from toy.middle import Y; f'is {Y}'")
    toy.page("chapters/two", "'fine ' + 'too'")
    return toy


def test_a_book_is_run_built_checked_and_left_alone(book, capfd):
    assert driver.main(book.root) == 0
    said, _ = capfd.readouterr()
    assert "2 ok" in said
    assert "2 of 2 pages built" in said
    assert "is 42" in book.html("chapters/one")
    assert driver.main(book.root) == 0
    said, complaints = capfd.readouterr()
    assert "2 unchanged" in said
    assert complaints == ""


def test_a_failing_page_is_named_and_the_others_are_built(book, capfd):
    book.page("chapters/one", "x = 1", "assert x == 2, 'not two'")
    assert driver.main(book.root) == 1
    said, complaints = capfd.readouterr()
    wrong = "code cell 2 (`assert x == 2, 'not two'`): AssertionError: not two"
    assert f"chapters/one, {wrong}" in said
    assert wrong in complaints  # as a warning of Sphinx, too
    assert "1 ok, 1 failed" in said or "1 failed, 1 ok" in said
    assert "fine too" in book.html("chapters/two")


def test_the_site_is_served_only_when_asked_for(book, monkeypatch):
    served = []
    monkeypatch.setattr(driver, "make", lambda root: True)
    monkeypatch.setattr(driver, "serve", served.append)
    assert driver.main(book.root) == 0
    monkeypatch.setattr("sys.argv", ["book"])
    monkeypatch.setenv("SERVE", "no")
    assert driver.main(book.root) == 0
    assert served == []
    monkeypatch.delenv("SERVE")
    assert driver.main(book.root) == 0
    assert served == [book.root]
