import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lib.site.book import store
from lib.site.book.keys import page_key
from lib.site.book.reader import merged, read_notebook

CONF = """\
from lib.site.book import register as setup
extensions = ["myst_nb"]
nb_execution_mode = "off"
exclude_patterns = ["_build"]
root_doc = "index"
"""


def sphinx(toy, status=0) -> str:
    """Build the toy book without the driver; what Sphinx complained of."""
    out = toy.root / "_build" / "html"
    options = ["-b", "html", "-q", "-W", "--keep-going", "--no-color"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(toy.root), str(out)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    return done.stderr


@pytest.fixture
def book(toy):
    toy.write("conf.py", CONF)
    toy.write("index.md", "# Index\n\n```{toctree}\none\ntwo\n```\n")
    toy.page("one", "from toy.middle import Y; f'is {Y}'")
    toy.page("two", "'fine ' + 'too'")
    return toy


def test_sphinx_runs_what_is_missing_and_follows_the_library(book):
    sphinx(book)
    assert "is 42" in book.html("one")
    key = page_key("one", book.root)
    assert store.has("one", key, book.root)
    # the page's source is the same; what it stands on is not
    book.write("toy/deep.py", "X = 1\n")
    sphinx(book)
    assert "is 2" in book.html("one")
    assert "is 42" not in book.html("one")


def test_a_failing_page_is_a_warning_every_time(book):
    book.page("one", "'before'", "1 / 0")
    for _ in range(2):  # also where nothing else changed
        said = sphinx(book, status=1)
        assert "one.ipynb" in said
        assert "code cell 2 (`1 / 0`): ZeroDivisionError" in said
    assert "before" in book.html("one")
    assert "fine too" in book.html("two")


def test_a_file_that_is_no_notebook_is_a_warning(book):
    sphinx(book)
    book.write("one.ipynb", "<<<<<<< HEAD")
    for _ in range(2):
        assert "not a notebook" in sphinx(book, status=1)
    assert "fine too" in book.html("two")


def test_prose_is_new_and_outputs_are_those_of_the_run():
    page = new_notebook(cells=[new_code_cell("x", metadata={"tags": ["t"]})])
    run = new_notebook(cells=[new_code_cell("x", execution_count=3)])
    run.cells[0].outputs = [new_output("stream", text="shown")]
    run.metadata["widgets"] = {"state": 1}
    found = merged(page, run)
    assert found.cells[0].outputs[0].text == "shown"
    assert found.cells[0].execution_count == 3
    assert found.cells[0].metadata.tags == ["t"]
    assert found.metadata.widgets == {"state": 1}


def test_the_reader_says_what_it_needs():
    with pytest.raises(RuntimeError, match="register"):
        read_notebook("{}")
