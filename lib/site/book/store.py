"""Executed pages on disk: `_build/pages/<page>-<key>.ipynb`.

Beside each lies `<page>-<key>.live.json`, what the page's live figures
must show. A file is written under another name first and then renamed:
an interrupted run leaves nothing that could be taken for a page.
"""

import json
import os
import tempfile
from pathlib import Path

import nbformat

from lib.site.book.keys import ROOT, parse_page

KEPT = 4  # runs of a page: going back to an earlier branch costs nothing


def folder(root: Path = ROOT) -> Path:
    """Where the executed pages lie."""
    place = root / "_build" / "pages"
    place.mkdir(parents=True, exist_ok=True)
    return place


def place(
    docname: str, key: str, root: Path = ROOT, end: str = ".ipynb"
) -> Path:
    """The file of a page's run; `end` is .ipynb, .live.json or .failed."""
    return folder(root) / f"{docname.replace('/', '-')}-{key}{end}"


def save(
    notebook: nbformat.NotebookNode,
    live: list,
    docname: str,
    key: str,
    root: Path = ROOT,
) -> None:
    """Keep a page's run; the notebook last, since it says "complete"."""
    expected = place(docname, key, root, ".live.json")
    write_whole(expected, json.dumps(live, indent=1, ensure_ascii=False))
    write_whole(place(docname, key, root), nbformat.writes(notebook))
    prune(docname, root)


def load(
    docname: str, key: str, root: Path = ROOT
) -> nbformat.NotebookNode | None:
    """A page's run, or None where there is none that can be read."""
    path = place(docname, key, root)
    try:
        notebook = parse_page(path.read_text("utf8"))
        expected_figures(docname, key, root)
    except (OSError, ValueError):
        return None
    os.utime(path)  # used: pruned last
    return notebook


def expected_figures(docname: str, key: str, root: Path = ROOT) -> list:
    """What the live figures of a page's run must show, in their order."""
    path = place(docname, key, root, ".live.json")
    return json.loads(path.read_text("utf8"))


def has(docname: str, key: str, root: Path = ROOT) -> bool:
    """Whether this run is there and whole."""
    return load(docname, key, root) is not None


def save_failure(
    message: str, notebook, docname: str, key: str, root: Path = ROOT
) -> None:
    """Keep how far a page came, for the build that follows at once."""
    text = nbformat.writes(notebook) if notebook else None
    path = place(docname, key, root, ".failed")
    write_whole(path, json.dumps({"message": message, "notebook": text}))


def load_failure(docname: str, key: str, root: Path = ROOT) -> dict | None:
    """What `save_failure` kept."""
    path = place(docname, key, root, ".failed")
    return json.loads(path.read_text("utf8")) if path.is_file() else None


def prune(docname: str, root: Path = ROOT) -> None:
    """Delete the failures of a page, and all but its newest runs."""
    pattern = f"{docname.replace('/', '-')}-{'[0-9a-f]' * 20}"
    for failure in folder(root).glob(f"{pattern}.failed"):
        failure.unlink(missing_ok=True)
    runs = sorted(
        folder(root).glob(f"{pattern}.ipynb"),
        key=lambda path: path.stat().st_mtime,
    )
    for path in runs[:-KEPT]:
        path.unlink(missing_ok=True)  # first: it says "complete"
        path.with_suffix(".live.json").unlink(missing_ok=True)


def durations(root: Path = ROOT) -> dict[str, float]:
    """Seconds that each page took when it was run last."""
    path = folder(root) / "durations.json"
    try:
        return json.loads(path.read_text("utf8"))
    except (OSError, ValueError):
        return {}


def save_duration(docname: str, seconds: float, root: Path = ROOT) -> None:
    """Remember it: the longest page is started first next time."""
    known = durations(root) | {docname: round(seconds, 1)}
    path = folder(root) / "durations.json"
    write_whole(path, json.dumps(known, indent=1, sort_keys=True))


def write_whole(path: Path, text: str) -> None:
    """All or nothing, also with two writers."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
