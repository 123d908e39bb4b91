"""The key of a page: a hash over all that can change its numbers.

Two runs with one key give the same page; whatever differs gives another
key, so that no page ever shows the numbers of older code.
"""

import ast
import functools
import hashlib
import importlib.metadata
import json
import platform
import re
import sys
import threading
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).parents[3]
# In Python 3.11 two threads must not build syntax trees at the same time:
# "SystemError: AST constructor recursion depth mismatch", CPython's #106905.
_PARSING = threading.Lock()
FORMAT = 2  # of the stored pages; a higher one makes all older ones void
# the tags that decide whether and how a cell is run; others only dress it
TAGS = {"raises-exception", "skip-execution"}
# one thread: two fight for the second core while a neighbour page runs
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


def page_key(docname: str, root: Path = ROOT) -> str:
    """The key of the page `docname` ("chapters/index"), 20 hex digits."""
    return notebook_key(read_page(docname, root), root)


def read_page(docname: str, root: Path = ROOT) -> nbformat.NotebookNode:
    """A page's notebook as its author left it."""
    text = (root / f"{docname}.ipynb").read_text("utf8")
    return parse_page(text)


def parse_page(text: str) -> nbformat.NotebookNode:
    """A notebook from its text.

    Raises:
        ValueError: If it is none, after a bad merge for example.
    """
    try:
        return nbformat.reads(text, as_version=4)
    except (ValueError, KeyError, AttributeError) as error:
        raise ValueError(f"not a notebook: {error}"[:200]) from None


def notebook_key(notebook: nbformat.NotebookNode, root: Path = ROOT) -> str:
    """The key of a notebook that was read already."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    facts = [
        FORMAT,
        [sys.platform, platform.machine(), platform.python_version()],
        ENVIRONMENT,
        notebook.metadata.get("kernelspec", {}).get("name", "python3"),
        [[cell.source, sorted(TAGS & tags(cell))] for cell in cells],
        [
            [path.relative_to(root).as_posix(), file_hash(path)]
            for path in page_sources(notebook, root)
        ],
        requirements(root),
    ]
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def tags(cell: nbformat.NotebookNode) -> set[str]:
    """The tags of a cell."""
    return set(cell.metadata.get("tags", []))


def page_sources(
    notebook: nbformat.NotebookNode, root: Path = ROOT
) -> list[Path]:
    """All files of the repository that the notebook's code stands on.

    The modules that it imports, those that they import, and so on; and the
    data files that lie beside them in their packages.
    """
    magics = TransformerManager()  # %time and !ls to Python
    first = {
        path
        for cell in notebook.cells
        if cell.cell_type == "code"
        for path in modules(
            parsed(magics.transform_cell(cell.source)), (), root
        )
    }
    found = closure(first, root)
    packages = {path.parent for path in found if path.parent != root}
    return sorted(found.union(*(data_files(p) for p in packages)))


def closure(first: Iterable[Path], root: Path) -> set[Path]:
    """Modules, those that they import, and so on."""
    found: set[Path] = set()
    waiting = set(first)
    while waiting:
        path = waiting.pop()
        found.add(path)
        waiting |= set(modules_of(path, root)) - found
    return found


def parsed(code: str) -> ast.Module:
    """The code's tree; an empty one where the kernel will refuse it."""
    try:
        with _PARSING:
            return ast.parse(code)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def modules_of(path: Path, root: Path) -> Iterator[Path]:
    """The files of the repository's modules that the module imports."""
    parts = path.relative_to(root).with_suffix("").parts
    package = parts[:-1]  # that of a module, and of a package's __init__
    return modules(parsed(path.read_text("utf8")), package, root)


def modules(
    tree: ast.Module, package: tuple[str, ...], root: Path
) -> Iterator[Path]:
    """The files of the imported names that lie in the repository."""
    for name in imported(tree, package):
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            place = root.joinpath(*parts[:end])
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path.is_file():
                    yield path


def imported(tree: ast.Module, package: tuple[str, ...]) -> Iterator[str]:
    """Dotted names of all imports, wherever in the code they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = len(package) + 1 - node.level  # one dot: the package itself
            base = package[:up] if node.level else ()
            if node.module:
                base = (*base, node.module)
            # `from lib import plots`: the name may be a module too
            yield from (".".join([*base, a.name]) for a in node.names)


def data_files(package: Path) -> Iterator[Path]:
    """Files beside a package's modules: style sheets, scripts, arrays."""
    made = (".", "__pycache__", "node_modules")
    for path in package.iterdir():
        if path.name.startswith(made) or path.suffix == ".py":
            continue
        if path.is_file():
            yield path
        elif not (path / "__init__.py").exists():
            yield from data_files(path)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, remembered as long as it is not written to."""
    status = path.stat()
    return _file_hash(path, status.st_mtime_ns, status.st_size)


@functools.cache
def _file_hash(path: Path, _time: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def requirements(root: Path = ROOT) -> list[str]:
    """What is asked for, and the versions that are really installed."""
    lines = _lines(root / "requirements.txt")
    project = root / "pyproject.toml"
    if project.is_file():
        tables = tomllib.loads(project.read_text("utf8"))
        lines += tables.get("project", {}).get("dependencies", [])
    names = [re.match(r"[\w.-]+", line) for line in lines]
    return lines + [installed(name[0]) for name in names if name]


def _lines(path: Path) -> list[str]:
    text = path.read_text("utf8") if path.is_file() else ""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


@functools.cache
def installed(name: str) -> str:
    """`name version`, or that there is none."""
    try:
        return f"{name} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{name} is not installed"
