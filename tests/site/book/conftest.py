"""A scratch repository: pages in chapters/, code in a package `toy`."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CONFIG = """\
title: Toy
author: nobody
logo: ""
only_build_toc_files: true
exclude_patterns: [_build]
execute: {execute_notebooks: "off"}
sphinx:
  local_extensions: {toy_extension: "."}
"""
EXTENSION = "from lib.site.book import register\n\nsetup = register\n"


class Toy:
    """The scratch repository and what one does to it."""

    def __init__(self, root: Path):
        self.root = root
        self.write("requirements.txt", "numpy\n")
        self.write("_config.yml", CONFIG)
        self.write("toy_extension.py", EXTENSION)
        self.write("toy/__init__.py", "")
        self.write("toy/deep.py", "X = 41\n")
        self.write("toy/middle.py", "from toy.deep import X\n\nY = X + 1\n")
        self.write("toy/other.py", "Z = 1\n")

    def write(self, name: str, text: str) -> Path:
        """A file, with the folders above it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
        return path

    def page(self, docname: str, *codes: str, prose: str = "", tags=()):
        """A page with a title, prose and one cell for each code."""
        text = f"# {docname.title()}\n\n{prose}"
        cells = [new_code_cell(code) for code in codes]
        for cell in cells:
            cell.metadata["tags"] = list(tags)
        notebook = new_notebook(cells=[new_markdown_cell(text), *cells])
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        self.write(f"{docname}.ipynb", nbformat.writes(notebook))

    def contents(self, first: str, *others: str) -> None:
        """The table of contents."""
        lines = ["format: jb-book", f"root: {first}"]
        if others:
            lines += ["chapters:", *(f"- file: {name}" for name in others)]
        self.write("_toc.yml", "\n".join(lines) + "\n")

    def html(self, docname: str) -> str:
        """A built page."""
        path = self.root / "_build" / "html" / f"{docname}.html"
        return path.read_text("utf8")


@pytest.fixture
def toy(tmp_path) -> Toy:
    return Toy(tmp_path / "toy repository")
