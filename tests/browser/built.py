"""The built site, and what Python expects of the figures on it."""

from pathlib import Path

from nbformat import NotebookNode

from lib.site.book.keys import page_key
from lib.site.book.store import expected_figures, load
from lib.site.state import VIEW
from tests.rules.tree import ROOT

SITE = ROOT / "_build" / "html"
BUILD = "run `make book SERVE=no`, or `python -m lib.site.book --no-serve`"


def expected(page: str) -> list[dict]:
    """The live figures of a page: controls, states, numbers.

    Raises:
        AssertionError: If the site was built from other sources.
    """
    if not (ROOT / f"{page}.ipynb").is_file():
        return []
    try:
        return expected_figures(page, page_key(page))
    except OSError:
        message = f"{page} has changed since it was built: {BUILD}"
        raise AssertionError(message) from None


def executed(page: str) -> NotebookNode:
    """The notebook of a page as it was run for the site."""
    run = load(page, page_key(page))
    assert run, f"{page} has changed since it was built: {BUILD}"
    return run


def views(page: str) -> int:
    """How many widgets the run of a page shows, of whatever kind."""
    if not (ROOT / f"{page}.ipynb").is_file():
        return 0
    cells = executed(page).cells
    outputs = [o for cell in cells for o in cell.get("outputs", ())]
    return sum(VIEW in output.get("data", {}) for output in outputs)


def built(page: str) -> str:
    """The text of a built page."""
    path = SITE / f"{page}.html"
    assert path.is_file(), f"{page} is not built: {BUILD}"
    return path.read_text("utf8")


def files(folder: Path = SITE) -> set[str]:
    """The paths of all files of the site."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    }
