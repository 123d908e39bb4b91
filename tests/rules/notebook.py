"""A page as its rules see it: cells, code, prose, directives."""

import ast
import copy
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from .tree import ROOT, parsed, real_tree

FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
FENCE = re.compile(r"^(`{3,}|:{3,})\s*(?:\{([\w:-]+)\})?[ \t]*(.*)$")
HEADING = re.compile(r"^(#+)\s+(.*?)\s*$")


class Cell(NamedTuple):
    """One cell: where it stands, what it holds, and whether it is folded."""

    page: str
    raw: dict[str, Any]
    in_solution: bool

    @property
    def place(self) -> str:
        return f"{self.page}, cell {self.raw.get('id')}"

    @property
    def source(self) -> str:
        return text_of(self.raw)

    @property
    def metadata(self) -> dict[str, Any]:
        return self.raw.get("metadata", {})

    @property
    def tags(self) -> set[str]:
        return set(self.metadata.get("tags", []))

    @property
    def is_code(self) -> bool:
        return self.raw["cell_type"] == "code"

    @property
    def is_visible(self) -> bool:
        """Whether a reader sees this code without unfolding anything."""
        return self.is_code and not self.tags & FOLDED and not self.in_solution

    @property
    def is_claims(self) -> bool:
        """A hidden cell that asserts what the prose says."""
        asserts = self.is_code and any(
            isinstance(node, ast.Assert) for node in ast.walk(self.tree)
        )
        return "remove-cell" in self.tags and asserts

    @property
    def tree(self) -> ast.Module:
        try:
            return parsed(self.source)
        except SyntaxError:  # a rule of its own complains of it
            return ast.Module([], [])

    @property
    def figure(self) -> dict[str, Any]:
        return self.metadata.get("mystnb", {}).get("figure", {})

    @property
    def is_live(self) -> bool:
        return any(name == "live" for name, _ in calls(self.tree))

    @property
    def is_drawing(self) -> bool:
        names = {name for name, _ in calls(self.tree)}
        return bool(names & {"subplots", "figure", "subplot_mosaic"})


class Page:
    """A notebook, given as the dictionary that it is stored as."""

    def __init__(self, name: str, notebook: dict[str, Any]):
        self.name, self.notebook = name, notebook
        self.cells: list[Cell] = []
        inside = False
        for raw in notebook["cells"]:
            self.cells.append(Cell(name, raw, inside))
            for line in text_of(raw).splitlines():
                if raw["cell_type"] == "markdown" and (m := FENCE.match(line)):
                    inside |= m[2] == "solution-start"
                    inside &= m[2] != "solution-end"

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_code]

    @property
    def visible(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_visible]

    @property
    def prose(self) -> str:
        """The text cells, one under the other."""
        cells = [c for c in self.cells if c.raw["cell_type"] == "markdown"]
        return "\n\n".join(cell.source for cell in cells)

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Level and words of each heading, outside of all boxes."""
        plain = outside_boxes(self.prose)
        return [
            (len(m[1]), m[2])
            for line in plain.splitlines()
            if (m := HEADING.match(line))
        ]

    def sections(self) -> Iterator[tuple[str, list[Cell]]]:
        """Title and cells of each `##` section; before the first, ""."""
        title, cells = "", []
        for cell in self.cells:
            for line in outside_boxes(cell.source).splitlines():
                mark = HEADING.match(line)
                if not cell.is_code and mark and len(mark[1]) == 2:
                    yield title, cells
                    title, cells = mark[2], []
            cells.append(cell)
        yield title, cells

    def changed(self, change) -> "Page":
        """A page with a copy of the notebook that `change` has altered."""
        notebook = copy.deepcopy(self.notebook)
        change(notebook)
        return Page(self.name, notebook)


class Box(NamedTuple):
    """A directive of the page: {name} argument, its options and its text."""

    name: str
    argument: str
    options: dict[str, str]
    text: str


def text_of(raw: dict[str, Any]) -> str:
    source = raw.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a piece of code, by the last word of what it calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            yield name, node


def boxes(text: str) -> Iterator[Box]:
    """The directives in a text, also those inside of others."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        opening = FENCE.match(line)
        if opening and opening[2]:
            inside = body_of(lines[start + 1 :], opening[1])
            options = dict(leading_options(inside))
            body = "\n".join(inside[len(options) :])
            yield Box(opening[2], opening[3], options, body)


def body_of(lines: list[str], fence: str) -> list[str]:
    """The lines up to the fence that closes one opened with `fence`."""
    for end, line in enumerate(lines):
        bare = line.strip()
        if bare and set(bare) == {fence[0]} and len(bare) >= len(fence):
            return lines[:end]
    return lines


def leading_options(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        option = re.match(r"^:([\w-]+):\s*(.*)$", line)
        if not option:
            return
        yield option[1], option[2]


def outside_boxes(text: str) -> str:
    """The text without directives and code blocks, which have own fences."""
    kept, fence = [], ""
    for line in text.splitlines():
        mark, bare = FENCE.match(line), line.strip()
        if fence:
            closes = bare and set(bare) == {fence[0]}
            fence = "" if closes and len(bare) >= len(fence) else fence
        elif mark:
            fence = mark[1]
        else:
            kept.append(line)
    return "\n".join(kept)


def words_of_prose(text: str) -> int:
    """Words that a reader reads: no options, no displayed formula, no code.

    Text inside of boxes is read as well; a formula in a line is one word.
    """
    text = re.sub(
        r"(?s)\$\$.*?\$\$( \(.*?\))?", "", "\n".join(lines_of_prose(text))
    )
    text = re.sub(r"\$[^$\n]+\$", "formula", text)
    return len(re.findall(r"[^\W\d_][\w'’-]*", text))


def lines_of_prose(text: str) -> Iterator[str]:
    """The lines outside of code, and of formulas in a box of their own."""
    fences: list[tuple[str, bool]] = []  # the open ones: mark, whether silent
    for line in text.splitlines():
        fence, silent = FENCE.match(line), bool(fences) and fences[-1][1]
        if fences and line.strip() == fences[-1][0]:
            fences.pop()
        elif fence and not silent:
            fences.append((fence[1], fence[2] in (None, "math")))
        elif not silent and not re.match(r":[\w-]+:|\(.*\)=$", line):
            yield line


def code_lines_of(cells: list[Cell]) -> int:
    return sum(
        bool(line.strip())
        for cell in cells
        for line in cell.source.splitlines()
    )


def real_pages() -> list[Page]:
    """Every notebook of the book."""
    return [
        Page(path.removesuffix(".ipynb"), json.loads(text))
        for path, text in real_tree().pages()
    ]


def table_of_contents() -> list[str]:
    """The pages in _toc.yml, in its order, the root first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    return list(files_of(toc))


def files_of(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key in ("root", "file"):
            if key in node:
                yield node[key]
    inner = node.values() if isinstance(node, dict) else node
    if isinstance(node, dict | list):
        for child in inner:
            yield from files_of(child)
