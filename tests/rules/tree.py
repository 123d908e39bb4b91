"""The files of the repository, and what Python's own parser says of them."""

import ast
import functools
import io
import os
import pathlib
import re
import subprocess
import tempfile
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Module(NamedTuple):
    """A Python file of the package: where it lies and what it is called."""

    path: str
    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def part(self) -> str:
        """The box of the picture in lib/__init__.py that it belongs to."""
        return ".".join(self.name.split(".")[:2])


class Tree(dict[str, str]):
    """Path to text, for every file that a clone of the book would hold.

    A file that is not text is there with an empty text.
    """

    def python(self, under: str = "") -> Iterator[tuple[str, str]]:
        for path, text in self.items():
            if path.endswith(".py") and path.startswith(under):
                yield path, text

    def modules(self) -> list[Module]:
        return [
            Module(path, module_name(path), text)
            for path, text in self.python("lib/")
        ]

    def pages(self) -> Iterator[tuple[str, str]]:
        for path, text in self.items():
            if path.endswith(".ipynb"):
                yield path, text


def module_name(path: str) -> str:
    """lib/live/marks.py is lib.live.marks; a package is its __init__."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@functools.cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def git(*words: str, stdin: str = "") -> str:
    """Ask git about the files here, with an empty repository of our own.

    So the answer depends on .gitignore alone: the same in a clone, in an
    unpacked archive, and whatever is committed or ignored by the user.
    """
    with tempfile.TemporaryDirectory() as folder:
        env = {k: v for k, v in os.environ.items() if k[:4] != "GIT_"}
        env["GIT_CONFIG_GLOBAL"] = os.devnull
        subprocess.run(["git", "init", "-q", folder], check=True, env=env)
        command = ["git", f"--git-dir={folder}/.git", f"--work-tree={ROOT}"]
        answer = subprocess.run(
            [*command, *words],
            cwd=ROOT,
            env=env,
            input=stdin,
            text=True,
            capture_output=True,
        )
    if answer.returncode not in (0, 1):  # 1: check-ignore found nothing
        raise RuntimeError(answer.stderr)
    return answer.stdout


@functools.cache
def real_tree() -> Tree:
    """The tree as it lies on the disk."""
    paths = git("ls-files", "-z", "--others", "--exclude-standard").split("\0")
    return Tree({p: read(ROOT / p) for p in sorted(paths) if p})


def read(path: pathlib.Path) -> str:
    try:
        return path.read_text("utf8")
    except UnicodeDecodeError:
        return ""


def ignored(paths: list[str]) -> set[str]:
    """Those of the paths that .gitignore keeps out of a clone."""
    answer = git(
        "check-ignore", "--no-index", "--stdin", stdin="\n".join(paths)
    )
    return set(answer.splitlines())


# --- what a Python file says -------------------------------------------------

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full name of all that a module imports, wherever it does."""
    package = module.name.split(".")
    if not module.path.endswith("__init__.py"):
        package = package[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1]
            base = ".".join(
                [*(start if node.level else []), node.module or ""]
            )
            for alias in node.names:
                yield node.lineno, f"{base.strip('.')}.{alias.name}"
        elif isinstance(node, ast.Call) and is_import_module(node):
            yield node.lineno, node.args[0].value


def is_import_module(call: ast.Call) -> bool:
    """importlib.import_module("name") and __import__("name")."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return (
        name in {"import_module", "__import__"}
        and bool(call.args)
        and isinstance(call.args[0], ast.Constant)
    )


def docstring_lines(tree: ast.AST) -> set[int]:
    """The lines of all docstrings in and below a node."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (*Definition.__args__, ast.Module)):
            first = node.body[0] if node.body else None
            if is_text(first):
                found |= set(range(first.lineno, first.end_lineno + 1))
    return found


def is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Expr) and is_constant_text(node.value)


def is_constant_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@functools.cache
def code_lines(text: str) -> frozenset[int]:
    """The lines that hold code: no blank line, no comment, no docstring."""
    found: set[int] = set()
    idle = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in idle:
            found |= set(range(token.start[0], token.end[0] + 1))
    return frozenset(found - docstring_lines(parsed(text)))


def body_length(text: str, node: Definition) -> int:
    """Lines of code in a body: what a reader has to follow.

    The signature, docstrings, comments and blank lines are not counted:
    none of them makes a function harder, and each may make it easier.
    """
    body = range(node.body[0].lineno, node.end_lineno + 1)
    return len(code_lines(text) & set(body))


def exports(module: Module) -> dict[str, ast.stmt]:
    """The public names that a module itself defines at its top level."""
    return {
        name: node
        for node in module.tree.body
        for name in defined_names(node)
        if not name.startswith("_")
    }


def defined_names(node: ast.stmt) -> list[str]:
    """The names that a statement of a module or a page defines."""
    if isinstance(node, Definition):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = getattr(node, "targets", None) or [node.target]
        return [n.id for t in targets for n in ast.walk(t) if is_stored(n)]
    return []


def is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


@functools.cache
def mentioned(text: str) -> frozenset[str]:
    """All names a Python text uses: in its code, and in code kept as text."""
    found: set[str] = set()
    tree = parsed(text)
    skip = docstring_lines(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found |= set(node.name.split("."))
        elif is_constant_text(node) and node.lineno not in skip:
            found |= set(words(node.value))
    return frozenset(found)


def words(text: str) -> list[str]:
    """The Python names in any text."""
    return re.findall(r"[^\W\d]\w*", text)


def code_of_page(text: str) -> list[str]:
    """The code cells of a notebook."""
    page = nbformat.reads(text, as_version=4)
    return [c.source for c in page.cells if c.cell_type == "code"]
