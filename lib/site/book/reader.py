"""What Sphinx reads in place of a page's notebook: its executed run."""

import os
from pathlib import Path

import nbformat

from lib.site.book import store
from lib.site.book.execute import PageError, execute_page
from lib.site.book.keys import ROOT, notebook_key, page_key, parse_page

# set for the build that `python -m lib.site.book` starts: every page was
# tried a moment ago, and one that failed need not fail a second time
TRIED = "BOOK_PAGES_TRIED"
KEY = "page_key"
_app = None  # the running Sphinx: a reader is told a page's text, no more


def register(app) -> None:
    """Let Sphinx read executed pages, and read them again when it must."""
    global _app
    _app = app
    app.connect("config-inited", _add_reader, priority=400)
    app.connect("env-get-outdated", outdated)


def _add_reader(app, config) -> None:
    name = f"{read_notebook.__module__}.{read_notebook.__name__}"
    config.nb_custom_formats = {**config.nb_custom_formats, ".ipynb": name}


def outdated(app, env, added, changed, removed) -> list[str]:
    """Pages whose key is not that of the run which Sphinx has read."""
    root = Path(app.srcdir)
    return [
        docname
        for docname in env.found_docs - added - changed
        if env.doc2path(docname).endswith(".ipynb")
        and env.metadata[docname].get(KEY) != current(docname, root)
    ]


def current(docname: str, root: Path) -> str:
    """The page's key now; no key at all where the page cannot be read."""
    try:
        return page_key(docname, root)
    except ValueError:
        return ""


def read_notebook(text: str) -> nbformat.NotebookNode:
    """The notebook with the outputs of its run.

    Prose and the cells' dress are those of `text`; only outputs and the
    widgets' state come from the run, which is made now where it is missing.
    """
    if _app is None:
        raise RuntimeError("read_notebook: call register(app) first")
    env, root = _app.env, Path(_app.srcdir)
    try:
        notebook = parse_page(text)
        key = notebook_key(notebook, root)
        executed = stored_or_executed(env.docname, key, root)
        env.metadata[env.docname][KEY] = key
    except (PageError, ValueError) as error:
        # no key is noted: the next build reads, and warns, again
        warn(str(error), env.docname)
        if isinstance(error, ValueError):
            return empty(env.docname)
        executed = error.notebook
    return merged(notebook, executed) if executed else notebook


def empty(docname: str) -> nbformat.NotebookNode:
    """In place of a page that cannot be read, so that the others are."""
    title = nbformat.v4.new_markdown_cell(f"# {docname}")
    return nbformat.v4.new_notebook(cells=[title])


def stored_or_executed(
    docname: str, key: str, root: Path = ROOT
) -> nbformat.NotebookNode:
    """The run with this key; PageError where the page fails."""
    if executed := store.load(docname, key, root):
        return executed
    failure = store.load_failure(docname, key, root)
    if failure and os.environ.get(TRIED):
        text = failure["notebook"]
        partial = nbformat.reads(text, as_version=4) if text else None
        raise PageError(failure["message"], notebook=partial)
    return execute_page(docname, root)


def merged(
    notebook: nbformat.NotebookNode, executed: nbformat.NotebookNode
) -> nbformat.NotebookNode:
    """`notebook` with the outputs and the widgets of `executed`."""
    codes, runs = (
        [cell for cell in nb.cells if cell.cell_type == "code"]
        for nb in (notebook, executed)
    )
    for cell, run in zip(codes, runs, strict=True):
        cell.outputs = run.get("outputs", [])
        cell.execution_count = run.get("execution_count")
    for name in ("widgets", "language_info"):
        if name in executed.metadata:
            notebook.metadata[name] = executed.metadata[name]
    return notebook


def warn(message: str, docname: str) -> None:
    """A warning of Sphinx: with -W the build fails, at its very end."""
    from sphinx.util import logging

    logging.getLogger(__name__).warning(message, location=docname)
