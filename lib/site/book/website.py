"""Builds the website with jupyter-book and looks at what came out."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lib.site.book import store
from lib.site.book.keys import (
    ROOT,
    closure,
    file_hash,
    page_key,
    requirements,
)
from lib.site.book.reader import TRIED
from lib.site.book.runner import docnames, is_notebook

VIEW = "application/vnd.jupyter.widget-view+json"


class SiteError(Exception):
    """A website that is not what `_toc.yml` and the pages promise."""


def build(root: Path = ROOT) -> None:
    """Write `_build/html`, anew where Sphinx would not see what changed.

    Raises:
        SiteError: If jupyter-book warned or failed (it has said of what),
            or if a page or a live figure is missing from its output.
    """
    stamp = root / "_build" / "built"
    now = fingerprint(root)
    if not stamp.is_file() or stamp.read_text("utf8") != now:
        for made in ("html", ".doctrees", "jupyter_execute"):
            shutil.rmtree(root / "_build" / made, ignore_errors=True)
    stamp.unlink(missing_ok=True)
    jupyter_book(root)
    if problems := list(missing(root)):
        raise SiteError("\n".join(problems))
    store.write_whole(stamp, now)


def jupyter_book(root: Path) -> None:
    """`jupyter-book build`, every warning an error."""
    options = [".", "-n", "-W", "--keep-going", "-q"]
    here = str(Path(sys.executable).parent)
    program = shutil.which("jupyter-book", path=here) or "jupyter-book"
    done = subprocess.run(
        [program, "build", *options],
        cwd=root,
        env=os.environ | {TRIED: "1"},
        stdout=subprocess.DEVNULL,  # only banners; warnings go to stderr
    )
    if done.returncode:
        raise SiteError("jupyter-book: see the warnings above")


def missing(root: Path = ROOT) -> Iterator[str]:
    """What should be in the built website and is not."""
    for docname in docnames(root):
        path = root / "_build" / "html" / f"{docname}.html"
        if not path.is_file():
            yield f"{docname}: the page was not built"
        elif is_notebook(docname, root):
            shown = path.read_text("utf8").count(VIEW)
            key = page_key(docname, root)
            made = len(store.expected_figures(docname, key, root))
            if shown < made:
                yield f"{docname}: {shown} of {made} live figures are there"


def fingerprint(root: Path = ROOT) -> str:
    """A hash of what all pages share and Sphinx does not follow.

    The site's own code and style, the colours and other modules that it
    imports, the order of the pages, their titles (they stand in every
    page's sidebar), the settings, the packages.
    """
    shared = {
        path
        for folder in (root / "lib" / "site", root / "lib" / "live")
        for path in folder.rglob("*")
        if path.is_file() and not is_made(path.relative_to(root))
    }
    shared |= closure((p for p in shared if p.suffix == ".py"), root)
    shared |= {root / "_config.yml", root / "_toc.yml"}
    hashes = {str(p): file_hash(p) for p in shared if p.is_file()}
    settings = {k: v for k, v in os.environ.items() if k.startswith("BOOK_")}
    facts = [
        hashes,
        [title(docname, root) for docname in docnames(root)],
        settings,
        requirements(root),
    ]
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_made(path: Path) -> bool:
    """Whether a tool wrote it."""
    return bool({"node_modules", "__pycache__"} & set(path.parts))


def title(docname: str, root: Path = ROOT) -> str:
    """The first heading of a page."""
    for end in (".ipynb", ".md"):
        path = root / f"{docname}{end}"
        if path.is_file():
            # in a notebook too a heading starts a line of text, or a string
            found = re.search(r'(?:^|")(# .*)', path.read_text("utf8"), re.M)
            return found[1] if found else ""
    return ""
