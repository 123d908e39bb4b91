"""nbmake's runs of pages, which the build need not repeat."""

import pytest
from nbmake import pytest_items

from lib.site.book.runner import run_pages
from tests import kept


def run(toy, docname, **options):
    path = toy.root / f"{docname}.ipynb"
    return kept.KeptRun(path, 30, root=toy.root, **options)


def test_what_passes_is_ready_for_the_build(toy):
    toy.page("chapters/one", "1 + 1")
    toy.contents("chapters/one")
    told = run(toy, "chapters/one").execute()
    assert told.error is None
    assert told.nb.cells[1].outputs[0].data["text/plain"] == "2"
    assert [o.state for o in run_pages(toy.root)] == ["unchanged"]


def test_what_fails_is_told_and_not_kept(toy):
    toy.page("chapters/one", "assert 1 > 1, 'no'")
    toy.contents("chapters/one")
    told = run(toy, "chapters/one").execute()
    assert "AssertionError: no" in told.error.summary
    assert told.error.trace.startswith("chapters/one, code cell 1")
    assert "Traceback" in told.error.trace
    assert [o.state for o in run_pages(toy.root)] == ["failed"]


def test_the_time_of_a_cell_is_nbmakes(toy):
    toy.page("one", "import time; time.sleep(60)")
    told = kept.KeptRun(toy.root / "one.ipynb", 1, root=toy.root).execute()
    assert "after 1 seconds" in told.error.summary


@pytest.mark.parametrize(
    "option", [{"kernel": "other"}, {"find_import_errors": True}]
)
def test_options_that_it_does_not_have_are_refused(toy, option):
    toy.page("one", "1")
    with pytest.raises(ValueError, match=r"tests\.kept"):
        run(toy, "one", **option)


def test_nbmake_takes_it_up(monkeypatch):
    monkeypatch.setattr(pytest_items, "NotebookRun", None)
    kept.pytest_configure()
    assert pytest_items.NotebookRun is kept.KeptRun
