"""A scratch book, built once with the book's own configuration."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[2]
TOC = """\
format: jb-book
root: chapters/index
chapters:
- file: chapters/moving
"""
FIRST = r"""# First page

A *gap* that is $D_{KL}(p \| q)$ wide makes the first paragraph.

$$
H(p) = -\sum_i p_i \log p_i
$$ (eq-entropy)

\begin{align}
a &= b \\
c &= d
\end{align}

By {eq}`eq-entropy` and {numref}`ex-sum`.

```{exercise} A sum
:label: ex-sum
How much is $1 + 1$?
```

```{solution} ex-sum
:class: dropdown
It is two.
```

```{admonition} The lecture said
:class: dropdown warning
Three.
```

```{note}
:class: dropdown
A note without a title of its own.
```
"""
MOVING = """\
from base64 import b64encode
from io import BytesIO
from IPython.display import display
from ipywidgets import IntSlider
from matplotlib.figure import Figure
from lib.plots import ROLES

slider, never_shown = IntSlider(3, 0, 7, description="n"), IntSlider(1)
file = BytesIO()
Figure(figsize=(2, 1), dpi=100).savefig(file)
picture = b64encode(file.getvalue()).decode()
view = "application/vnd.jupyter.widget-view+json"
model = {"version_major": 2, "version_minor": 0, "model_id": slider.model_id}
display({view: model, "image/png": picture, "text/plain": "A handle."},
        raw=True)
"""
DRAWN = """\
import matplotlib.pyplot as plt
from matplotlib_inline.backend_inline import set_matplotlib_formats
set_matplotlib_formats("svg")
fig, ax = plt.subplots()
ax.plot([0, 1], color=ROLES["p"].light);
"""
ALT = "A line from the left end at zero to the right end at one."


def write_book(root: Path) -> None:
    """Two pages: formulas and boxes, a widget and a picture."""
    chapters = root / "chapters"
    chapters.mkdir(parents=True)
    (chapters / "references.bib").touch()
    (root / "_toc.yml").write_text(TOC, "utf8")
    shutil.copy(ROOT / "_config.yml", root)
    (chapters / "index.md").write_text(FIRST, "utf8")
    drawn = new_code_cell(DRAWN, id="drawn")
    drawn.metadata = {
        "mystnb": {"image": {"alt": ALT}},
        "tags": ["hide-input"],
    }
    cells = [
        new_markdown_cell("# Moving\n\nA page that moves.", id="title"),
        new_code_cell(MOVING, id="moving"),
        drawn,
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python"}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, chapters / "moving.ipynb")


class Built:
    """A build's exit status, its words, and the pages."""

    def __init__(self, root: Path, **environment: str):
        kept = {k: v for k, v in os.environ.items() if k[:5] != "BOOK_"}
        start = "from jupyter_book.cli.main import main; main()"
        command = [sys.executable, "-c", start, "build", str(root)]
        done = subprocess.run(
            [*command, "-n", "-W", "--keep-going"],
            env=kept | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.status, self.words = done.returncode, done.stdout
        self.out = root / "_build" / "html"

    def read(self, name: str) -> str:
        """A file of the site."""
        return (self.out / name).read_text("utf8")


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """The scratch book, built where nobody knows an address."""
    root = tmp_path_factory.mktemp("book")
    write_book(root)
    built = Built(root)
    assert built.status == 0, built.words
    return built


@pytest.fixture(scope="session")
def published(book, tmp_path_factory):
    """The same book, built anew for a repository's address."""
    root = tmp_path_factory.mktemp("published") / "book"
    shutil.copytree(book.out.parents[1], root)
    address = "https://github.com/Some-One/a.book"
    built = Built(root, BOOK_REPOSITORY=address)
    assert built.status == 0, built.words
    return built
