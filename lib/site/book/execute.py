"""Runs one page in one kernel."""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from lib.site.book import store
from lib.site.book.keys import (
    ENVIRONMENT,
    ROOT,
    notebook_key,
    page_key,
    page_sources,
    read_page,
)

TIMEOUT = 600  # seconds a cell; a busy machine needs several times as long
# what a reader's machine may have set and what must not reach a page:
# PYTHONOPTIMIZE alone would switch off every assertion of the book
UNWANTED = {"MPLBACKEND", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONWARNINGS"}
WATCH = Path(__file__).with_name("watch.py")
running: set[NotebookClient] = set()


class PageError(Exception):
    """A page that could not be run to its end.

    Args:
        message: Which cell, and what went wrong.
        traceback: What the kernel printed, empty where nothing was.
        notebook: The page as far as it came.
    """

    def __init__(self, message: str, traceback: str = "", notebook=None):
        super().__init__(message)
        self.traceback = traceback
        self.notebook = notebook


def execute_page(
    docname: str, root: Path = ROOT, timeout: int = TIMEOUT
) -> nbformat.NotebookNode:
    """Run the page `docname` and keep the result under its key.

    Its metadata say in `cpu_seconds` how long it computed, which depends
    less than its duration on who else is working.

    Raises:
        PageError: If a cell fails, runs too long or kills the kernel; if
            the page reads a file that its key does not know; if it was
            changed in the meantime.
    """
    notebook = read_page(docname, root)
    key = notebook_key(notebook, root)
    known = {
        p.relative_to(root).as_posix() for p in page_sources(notebook, root)
    }
    folder = (root / docname).parent
    report = run_cells(notebook, folder, root, timeout)
    seen = {name.replace(os.sep, "/") for name in report["files"]}
    if unknown := sorted(seen - known):
        raise PageError(
            f"the page looks at {', '.join(unknown)}, and would show old "
            "numbers when that changes: put data into a package of lib that "
            "the page imports, and import by a plain import statement",
            notebook=notebook,
        )
    if page_key(docname, root) != key:
        raise PageError("the page or lib was changed while it ran: run again")
    notebook.metadata["cpu_seconds"] = report["cpu"]
    store.save(notebook, report["live"], docname, key, root)
    return notebook


def run_cells(
    notebook: nbformat.NotebookNode, folder: Path, root: Path, timeout: int
) -> dict:
    """Fill in the notebook's outputs; return the report of watch.py."""
    client = NotebookClient(
        notebook,
        timeout=timeout,
        resources={"metadata": {"path": str(folder)}},
        shutdown_kernel="immediate",
        coalesce_streams=True,
        # it warns that it talks over TCP, at every start
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    with kernel(client, root):
        # committed pages do not say it, and the site colours code by it
        info = client.wait_for_reply(client.kc.kernel_info())
        notebook.metadata["language_info"] = info["content"]["language_info"]
        ask(client, "start()")
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            with explained(notebook, cell, timeout):
                client.execute_cell(cell, index)
        client.set_widgets_metadata()
        return json.loads(ask(client, f"report({str(root)!r})"))


@contextlib.contextmanager
def kernel(client: NotebookClient, root: Path) -> Iterator[None]:
    """A running kernel, known to `end_kernels` as long as it runs."""
    running.add(client)
    try:
        with client.setup_kernel(env=environment(root)):
            yield
    except (RuntimeError, DeadKernelError, OSError) as error:
        raise PageError(
            f"the kernel did not start or died: {error}"
        ) from error
    finally:
        running.discard(client)
        close_loop()


def close_loop() -> None:
    """Close what nbclient opened for this thread, and still waits on."""
    loop = ensure_event_loop()
    waiting = asyncio.all_tasks(loop)
    for task in waiting:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
    loop.close()


def environment(root: Path) -> dict[str, str]:
    """The same for everyone: no start-up files, no settings of the user."""
    empty = root / "_build" / "empty"
    empty.mkdir(parents=True, exist_ok=True)
    (empty / "matplotlibrc").touch()
    kept = {k: v for k, v in os.environ.items() if k not in UNWANTED}
    return kept | ENVIRONMENT | {
        "IPYTHONDIR": str(empty),
        "MATPLOTLIBRC": str(empty / "matplotlibrc"),
        "PYTHONPATH": str(root),
        "BOOK_BUILD": "1",  # lib.pages.progress shows no bar
    }  # fmt: skip


def ask(client: NotebookClient, call: str) -> str:
    """What a function of watch.py prints, its names kept from the page."""
    code = f"exec({WATCH.read_text('utf8') + call!r}, {{}})"
    cell = nbformat.v4.new_code_cell(code)
    cells = client.nb.cells
    cells.append(cell)  # nbclient asks for a place in the notebook
    try:
        with explained(client.nb, cell, client.timeout):
            client.execute_cell(cell, len(cells) - 1, store_history=False)
    finally:
        cells.pop()
    texts = [o.text for o in cell.outputs if o.output_type == "stream"]
    return texts[-1].splitlines()[-1] if texts else ""


@contextlib.contextmanager
def explained(
    notebook: nbformat.NotebookNode, cell: nbformat.NotebookNode, limit: int
) -> Iterator[None]:
    """Turn what nbclient raises into a sentence that names the cell."""
    place = cell_name(notebook, cell)
    try:
        yield
    except CellExecutionError as error:
        shown = [o for o in cell.outputs if o.output_type == "error"]
        trace = uncoloured("\n".join(shown[-1].traceback if shown else []))
        what = uncoloured(f"{error.ename}: {error.evalue}").strip().rstrip(":")
        if line := re.search(r"^-+> *\d+ (.*)$", trace, re.MULTILINE):
            what += f" (at `{line[1].strip()}`)"
        raise PageError(f"{place}: {what}", trace, notebook) from None
    except CellTimeoutError:
        what = f"{place}: still running after {limit} seconds, ended"
        raise PageError(what, notebook=notebook) from None
    except DeadKernelError:
        what = f"{place}: the kernel died (too little memory, or ended)"
        raise PageError(what, notebook=notebook) from None


def cell_name(notebook: nbformat.NotebookNode, cell) -> str:
    """`code cell 3 (x = 1 / 0)`: as JupyterLab counts the cells it ran."""
    if cell.source.startswith("exec("):
        return "the live figures, after the last cell"
    codes = [c for c in notebook.cells if c.cell_type == "code"]
    number = next(i for i, c in enumerate(codes, 1) if c is cell)
    first = next(iter(cell.source.strip().splitlines()), "")
    return f"code cell {number} (`{first}`)"


def uncoloured(text: str) -> str:
    """Without the terminal's colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def end_kernels() -> None:
    """End all kernels that this process started, and their children."""
    for client in list(running):
        process = getattr(client.km, "provisioner", None)
        with contextlib.suppress(psutil.Error, AttributeError, TypeError):
            parent = psutil.Process(process.pid)
            for child in [*parent.children(recursive=True), parent]:
                child.kill()
