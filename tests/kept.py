"""For `pytest -p tests.kept --nbmake`: a page that passes is kept.

nbmake finds the pages and says how they fared; they are run as the website
runs them. What passed lies ready for the build, which would otherwise run
every page a second time. Without this plugin nbmake runs pages by itself.
"""

from pathlib import Path

from nbmake import pytest_items
from nbmake.nb_result import NotebookError, NotebookResult

from lib.site.book.execute import PageError, execute_page
from lib.site.book.keys import ROOT, read_page


class KeptRun:
    """Stands in for nbmake's `NotebookRun`.

    Args:
        filename: The notebook.
        default_timeout: Seconds a cell.
        verbose: nbmake's; what went wrong is always told in full.
        kernel: None, as the notebook says which.
        find_import_errors: False, as all errors are looked for.
        root: Of the book.

    Raises:
        ValueError: If nbmake was asked for another kernel, or for errors of
            imports only.
    """

    def __init__(
        self,
        filename: Path,
        default_timeout: int,
        verbose: bool = False,
        kernel: str | None = None,
        find_import_errors: bool = False,
        root: Path = ROOT,
    ):
        if kernel or find_import_errors:
            raise ValueError("leave out -p tests.kept for options of nbmake")
        path = Path(filename).relative_to(root).with_suffix("")
        self.docname, self.root = path.as_posix(), root
        self.timeout = default_timeout

    def execute(self) -> NotebookResult:
        """Run the page and keep it, or say what went wrong."""
        try:
            notebook = execute_page(self.docname, self.root, self.timeout)
        except PageError as error:
            notebook = error.notebook or read_page(self.docname, self.root)
            trace = f"{self.docname}, {error}\n{error.traceback}"
            told = NotebookError(str(error), trace, failing_cell_index=-1)
            return NotebookResult(notebook, told)
        return NotebookResult(notebook, None)


def pytest_configure() -> None:
    pytest_items.NotebookRun = KeptRun
