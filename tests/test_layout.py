"""The rules of the tree and of `lib` that a machine can check.

Each rule is a function of the tree, a mapping from path to text, beside a
small change to a good tree that must make it complain.
"""

import ast
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from tests.rules import Rules
from tests.rules.tree import (
    ROOT,
    Definition,
    Function,
    Module,
    Tree,
    body_length,
    code_of_page,
    defined_names,
    exports,
    ignored,
    imports,
    is_text,
    mentioned,
    parsed,
    real_tree,
    words,
)

# What each part of lib may import: other parts, then outside packages. The
# standard library is open to all. A new arrow is one visible line here.
ARROWS: dict[str, tuple[set[str], set[str]]] = {
    "lib": (set(), set()),
    "lib.checks": (set(), {"numpy"}),
    "lib.information": ({"lib.checks"}, {"numpy", "scipy"}),
    "lib.coding": ({"lib.checks"}, {"numpy"}),
    "lib.divergences": ({"lib.checks"}, {"numpy", "scipy"}),
    "lib.densities": ({"lib.checks"}, {"numpy"}),
    "lib.fits": (set(), {"numpy", "scipy"}),
    "lib.gradients": ({"lib.divergences", "lib.checks"}, {"numpy"}),
    "lib.transport": ({"lib.checks"}, {"numpy", "ot", "scipy"}),
    "lib.components": ({"lib.checks"}, {"numpy"}),
    "lib.mixtures": ({"lib.checks"}, {"numpy", "scipy"}),
    "lib.games": ({"lib.checks"}, {"numpy", "scipy"}),
    "lib.dynamics": ({"lib.games", "lib.checks"}, {"numpy"}),
    "lib.judges": ({"lib.checks"}, {"numpy", "scipy"}),
    "lib.networks": (set(), {"torch"}),
    "lib.matching": (set(), {"torch"}),
    "lib.autoencoders": (set(), {"torch"}),
    "lib.training": (set(), {"torch"}),
    "lib.gans": (set(), {"torch"}),
    "lib.cyclegan": ({"lib.training"}, {"torch"}),
    "lib.progressive": (set(), {"torch"}),
    "lib.distributions": (set(), {"torch"}),
    "lib.evaluation": (set(), {"torch"}),
    "lib.datasets": (set(), {"numpy"}),
    "lib.stored": (
        {"lib.autoencoders", "lib.cyclegan", "lib.datasets"}
        | {"lib.distributions"}
        | {"lib.evaluation", "lib.gans", "lib.judges", "lib.matching"}
        | {"lib.networks", "lib.progressive", "lib.training"}
        | {"lib.transport"},
        {"dask", "numpy", "safetensors", "torch", "tqdm"},
    ),
    "lib.plots": (set(), {"matplotlib", "numpy"}),
    "lib.diagrams": ({"lib.plots"}, {"matplotlib", "numpy"}),
    "lib.pages": (
        {"lib.plots"},
        {"IPython", "matplotlib_inline", "numpy", "tqdm"},
    ),
    "lib.live": (
        {"lib.plots"},
        {"anywidget", "ipywidgets", "matplotlib", "numpy"} | {"traitlets"},
    ),
    "lib.site": (
        {"lib.plots"},
        {"IPython", "PIL", "docutils", "jupyter_core", "myst_nb", "nbclient"}
        | {"filelock", "nbformat", "psutil", "sphinx"}
        | {"sphinx_external_toc"}
        | {"matplotlib", "numpy"},  # the cards that links show
    ),
}
# Measures: mathematics on arrays, whose docstrings say shape, unit, range.
MEASURES = {
    "lib.checks",
    "lib.information",
    "lib.coding",
    "lib.divergences",
    "lib.densities",
    "lib.fits",
    "lib.gradients",
    "lib.transport",
    "lib.components",
    "lib.mixtures",
    "lib.games",
    "lib.dynamics",
    "lib.judges",
}
# Their plumbing computes nothing, so that it has no source to name.
PLUMBING = {"broadcast", "check_distributions", "check_finite"}
PLUMBING |= {"check_problem", "check_weights"}
PLUMBING |= {"check_joint", "check_points", "check_real", "log_of_base"}
PLUMBING |= {"refuse"}
PLUMBING |= {"shift_in_noise"}
# Names that outsiders call, and names that more than one module must have.
CALLED_FROM_OUTSIDE = {("lib.site", "setup")}  # Sphinx calls it
DEFINED_TWICE = {
    "setup": "a page's first call, and the name that Sphinx demands",
    "main": "what `python -m` runs",
    "register": "what a part of the Sphinx extension adds to it",
}
# The test file of a module where it is not tests/test_<module>.py.
MIRROR = {
    # test_pages.py holds the rules of the pages themselves
    "lib/pages.py": "tests/test_pages_module.py",
}
COLOURED = {
    "lib.plots": "the roles",
    "lib.site.figures": "what the style sheet's ground and ink turn into",
}
MODULE, FUNCTION, CLASS, WIDTH = 250, 25, 80, 79
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
SECTIONS = ["Args", "Returns", "Yields", "Raises", "Warns", "Source"]
TARGETS = {"book", "serve", "lab", "test", "bench", "lint", "clean"}
TARGETS |= {"census", "stored-critics", "stored-cyclegan", "stored-growing"}
TARGETS |= {"stored-vae", "variants"}
FILES = [
    ".binder/requirements.txt",
    ".ci/run",
    ".gitignore",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "_config.yml",
    "_toc.yml",
    "chapters/index.ipynb",
    "chapters/notation.ipynb",
    "chapters/references.bib",
    "lib/book.mplstyle",
    "lib/datasets/mnist.npz",
    "lib/site/package-lock.json",
    "lib/site/package.json",
    "pyproject.toml",
    "requirements.txt",
]

GOOD_FUNCTION = '''"""Numbers that say how random a thing is."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def entropy(p: ArrayLike) -> NDArray:
    r"""Entropy $-\\sum_i p_i \\log p_i$.

    Args:
        p: Probabilities of shape (..., k).

    Returns:
        The entropy in nats, shape (...); in [0, log k].

    Raises:
        ValueError: If `p` is not a distribution.

    Source: Shannon (1948), section 6.
    """
    return _sum(p)


def _sum(p: ArrayLike) -> NDArray:
    return -np.sum(p * np.log(p), axis=-1)
'''
EMPTY_PAGE = json.dumps(
    {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
)
GOOD = Tree(
    {
        **dict.fromkeys(FILES, ""),
        "lib/__init__.py": '"""The picture."""\n',
        "lib/information.py": GOOD_FUNCTION,
        "lib/checks.py": '"""Checks."""\n',
        "lib/divergences.py": '"""Gaps."""\n\nimport lib.checks\n',
        "lib/live/__init__.py": '"""Live."""\n\nfrom .marks import Line\n',
        "lib/live/marks.py": '"""Marks."""\n\n\nclass Line:\n'
        '    """A line."""\n',
        "tests/test_information.py": "from lib.information import entropy\n"
        "\n\ndef test_entropy_of_a_coin_is_one_bit():\n"
        "    assert entropy([0.5, 0.5]) > 0\n",
        "tests/test_divergences.py": "import lib.divergences\n",
        "tests/live/test_marks.py": "from lib.live.marks import Line\n",
        "chapters/index.ipynb": EMPTY_PAGE,
        "chapters/notation.ipynb": EMPTY_PAGE,
        "lib/datasets/LICENSE.md": "",
        "lib/site/package-lock.json": '{"packages": {"": {},'
        ' "node_modules/a": {"integrity": "sha512-x"}}}',
        "requirements.txt": "numpy==2.4.6  # arrays\n-e .\n",
        "Makefile": "".join(f"{name}:\n" for name in sorted(TARGETS)),
    }
)
LAYOUT = Rules()
rule = LAYOUT.rule


def put(path: str, text: str):
    """The good tree with one more file, or another text in a file."""
    return lambda tree: Tree({**tree, path: text})


def append(path: str, text: str):
    return lambda tree: Tree({**tree, path: tree[path] + text})


def swap(path: str, old: str, new: str):
    def change(tree: Tree) -> Tree:
        assert old in tree[path], f"the example does not hold {old!r}"
        return Tree({**tree, path: tree[path].replace(old, new)})

    return change


def drop(path: str):
    return lambda tree: Tree({k: v for k, v in tree.items() if k != path})


# --- arrows ------------------------------------------------------------------


@rule(
    append("lib/information.py", "import lib.divergences\n"),
    append("lib/information.py", "def f():\n    import torch\n"),
    append("lib/information.py", "from . import live\n"),
    append("lib/divergences.py", "import matplotlib.pyplot as plt\n"),
    append("lib/live/marks.py", "from ..information import entropy\n"),
    put("lib/pages.py", "from lib.live import Line\n"),
    put("lib/site/math.py", 'import_module("lib.transport")\n'),
    put("lib/sports.py", '"""A module that the dictionary does not know."""'),
)
def only_allowed_arrows(tree: Tree) -> Iterator[str]:
    """An import is one that the dictionary of arrows allows."""
    for module in tree.modules():
        if module.part not in ARROWS:
            yield f"{module.path}: {module.part} has no line in ARROWS"
            continue
        parts, packages = ARROWS[module.part]
        for line, name in imports(module):
            top, part = name.split(".")[0], part_of(name, tree)
            if top == "lib":
                if part not in {*parts, module.part}:
                    yield f"{module.path}:{line} imports {part}"
            elif top not in sys.stdlib_module_names | packages:
                yield f"{module.path}:{line} imports {top}"


def part_of(name: str, tree: Tree) -> str:
    """lib.live of lib.live.marks.Line; lib of `from lib import thing`."""
    part = ".".join(name.split(".")[:2])
    path = part.replace(".", "/")
    there = f"{path}.py" in tree or f"{path}/__init__.py" in tree
    return part if there or part in ARROWS else "lib"


@rule(
    append("lib/live/marks.py", "from . import Line\n"),
    put("lib/live/a.py", "import lib.live.a\n"),
)
def no_circle_of_imports(tree: Tree) -> Iterator[str]:
    """Modules can be read in an order in which nothing is used unseen."""
    waiting = {m.name: m for m in tree.modules()}
    needs = {
        name: {first for _, i in imports(m) if (first := known(i, waiting))}
        for name, m in waiting.items()
    }
    while free := [n for n, need in needs.items() if not need & needs.keys()]:
        needs = {n: need for n, need in needs.items() if n not in free}
    for name in needs:
        yield f"{waiting[name].path}: in a circle of imports, or above one"


def known(name: str, modules: dict[str, Module]) -> str:
    """The module that an imported name lies in."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


# --- sizes and names ---------------------------------------------------------


@rule(
    append("lib/information.py", "\n" * MODULE),
    put("lib/live/live.js", "draw();\n" * (MODULE + 1)),
)
def modules_fit_on_a_few_screens(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        if re.fullmatch(r"lib/.*\.(py|js|mjs)", path):
            lines = len(text.splitlines())
            if lines > MODULE:
                yield f"{path}: {lines} lines, {MODULE} are allowed"


@rule(
    append("lib/information.py", "def f():\n" + "    g()\n" * 26),
    append("lib/divergences.py", "class C:\n" + "    x = 1\n" * 81),
)
def functions_and_classes_are_short(tree: Tree) -> Iterator[str]:
    """Lines of code in the body; see rules.tree.body_length."""
    for module in tree.modules():
        for node in ast.walk(module.tree):
            if isinstance(node, Definition):
                limit = FUNCTION if isinstance(node, Function) else CLASS
                lines = body_length(module.text, node)
                if lines > limit:
                    yield (
                        f"{module.path}:{node.lineno} {node.name} has "
                        f"{lines} lines of code, {limit} are allowed"
                    )


@rule(
    put("lib/utils.py", ""),
    put("lib/live/base.py", ""),
    put("lib/plot_helpers.py", ""),
    put("lib/helpers/plots.py", ""),
    put("lib/encode_and_decode.py", ""),
)
def names_of_modules_say_something(tree: Tree) -> Iterator[str]:
    for path in tree:
        if path.startswith("lib/"):
            stem = path.removeprefix("lib/").rpartition(".")[0]
            found = set(re.split(r"[/_]", stem)) & {*VAGUE, "and"}
            if found:
                yield f"{path}: {found.pop()!r} says nothing, or two things"


@rule(
    append("lib/information.py", f"x = {'1' * WIDTH}\n"),
    append("tests/test_information.py", f"# {'w' * WIDTH}\n"),
)
def lines_are_79_columns_wide(tree: Tree) -> Iterator[str]:
    for path, text in tree.python():
        for n, line in enumerate(text.splitlines(), 1):
            if len(line) > WIDTH:
                yield f"{path}:{n} is {len(line)} columns wide"


# --- each thing once, and not for nothing ------------------------------------


@rule(append("lib/divergences.py", "def entropy(p): ...\n"))
def a_thing_is_defined_once(tree: Tree) -> Iterator[str]:
    places = defaultdict(list)
    for module in tree.modules():
        for name, node in exports(module).items():
            if isinstance(node, Definition) and name not in DEFINED_TWICE:
                places[name].append(module.path)
    for name, paths in places.items():
        if len(paths) > 1:
            yield f"{name} is defined in {' and in '.join(paths)}"


@rule(
    append("lib/information.py", "def surprise(p):\n    surprise(p)\n"),
    append("lib/divergences.py", "TOLERANCE = 1e-9\n"),
    append("lib/live/marks.py", "def draw_nothing(): ...\n"),
)
def nothing_is_dead(tree: Tree) -> Iterator[str]:
    """A name is used by another module, a page, a test, or at home.

    What a measure offers has to be used elsewhere: by its test at least.
    """
    used: dict[str, set[str]] = {}
    for path, text in tree.items():
        if path.endswith(".py"):
            used[path] = set(mentioned(text))
        elif path.endswith(".ipynb"):
            used[path] = {n for c in code_of_page(text) for n in words(c)}
        elif path.endswith((".yml", ".toml", ".html", "Makefile")):
            used[path] = set(words(text))
    for module in tree.modules():
        for name, node in exports(module).items():
            offered = module.part in MEASURES and isinstance(node, Definition)
            homes = set() if offered else {module.path}
            users = {path for path, names in used.items() if name in names}
            outside = (module.name, name) in CALLED_FROM_OUTSIDE
            if not outside and not users & homes | users - {module.path}:
                yield f"{module.path}:{node.lineno} nothing uses {name}"


@rule(
    append("lib/information.py", "def _other(p): ...\n"),
    append("lib/information.py", "_LIMIT = 3\n"),
)
def every_private_name_is_used_at_home(tree: Tree) -> Iterator[str]:
    for module in tree.modules():
        for node in module.tree.body:
            for name in defined_names(node):
                private = name[:1] == "_" and name[:2] != "__"
                if private and name not in mentioned(module.text):
                    yield f"{module.path}:{node.lineno} nothing uses {name}"


@rule(
    append("lib/information.py", 'BLUE = "#0072B2"\n'),
    append("lib/live/marks.py", "draw(color='tab:blue')\n"),
)
def colours_live_in_one_module(tree: Tree) -> Iterator[str]:
    """Those in COLOURED name colours; all others name roles."""
    for module in tree.modules():
        for node in ast.walk(module.tree):
            text = node.value if isinstance(node, ast.Constant) else None
            colour = isinstance(text, str) and re.fullmatch(
                r"#[0-9a-fA-F]{3,8}|(tab|xkcd):.*|C\d", text
            )
            if colour and module.name not in COLOURED:
                yield f"{module.path}:{node.lineno} a colour, {text!r}"


# --- docstrings --------------------------------------------------------------


@rule(
    put("lib/divergences.py", "import lib.checks\n"),
    swap("lib/live/marks.py", '    """A line."""\n', "    pass\n"),
    swap("lib/live/marks.py", '"""A line."""', '"""A line"""'),
    swap("lib/live/marks.py", '"""A line."""', '"""A line.\n    Long."""'),
    swap("lib/live/marks.py", '"""A line."""', '"""\n    A line."""'),
    append(
        "lib/divergences.py", 'class C:\n    """C."""\n\n    def f(s): 1\n'
    ),
)
def public_things_have_docstrings(tree: Tree) -> Iterator[str]:
    """One line that ends in a full stop, then an empty one or the end.

    A method may do without where its class documents it: a property, or a
    method of one statement.
    """
    for module in tree.modules():
        yield from wrong_first_line(module.path, module.tree)
        for owner, node in public_definitions(module.tree):
            place = f"{module.path}:{node.lineno} {node.name}"
            if ast.get_docstring(node) is None and owner and is_plain(node):
                continue
            yield from wrong_first_line(place, node)


def public_definitions(tree: ast.Module):
    """Public functions, classes, and methods of public classes."""
    for node in tree.body:
        if isinstance(node, Definition) and node.name[0] != "_":
            yield None, node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, Function) and inner.name[0] != "_":
                        yield node, inner


def is_plain(method: Function) -> bool:
    return bool(method.decorator_list) or (
        len(method.body) == 1 and isinstance(method.body[0], ast.Return)
    )


def wrong_first_line(place: str, node: ast.AST) -> Iterator[str]:
    text = ast.get_docstring(node, clean=False)
    if text is None:
        yield f"{place}: no docstring"
        return
    first, *more = text.splitlines() or [""]
    if not first.strip().endswith((".", "?", ":")):
        yield f"{place}: the docstring's first line ends in no full stop"
    if more and more[0].strip():
        yield f"{place}: no empty line below the docstring's first line"


@rule(
    swap("lib/information.py", "Args:", "Arguments:"),
    swap("lib/information.py", "        p: Prob", "        q: Prob"),
    swap("lib/information.py", "    Source: Shannon (1948), section 6.\n", ""),
    swap("lib/information.py", "    Raises:", "    Errors:"),
    swap("lib/information.py", "shape (...); ", ""),
    swap(
        "lib/information.py",
        "    Args:\n        p: Probabilities of shape (..., k).\n\n",
        "",
    ),
    swap(
        "lib/information.py",
        "    Source: Shannon (1948), section 6.\n",
        "    Source: see the paper.\n",
    ),
    swap(
        "lib/information.py",
        "    Returns:\n",
        "    Source: Shannon (1948).\n\n    Returns:\n",
    ),
)
def measures_say_shape_unit_and_source(tree: Tree) -> Iterator[str]:
    """Args, Returns, Raises, Source, in this order; each argument named.

    Kin of a documented function may say "those of `kl`" instead.
    """
    for module in tree.modules():
        if module.part not in MEASURES:
            continue
        for owner, node in public_definitions(module.tree):
            text = ast.get_docstring(node)
            place = f"{module.path}:{node.lineno} {node.name}"
            if owner is None and isinstance(node, Function) and text:
                for complaint in wrong_sections(node, text):
                    yield f"{place}: {complaint}"


def wrong_sections(node: Function, text: str) -> Iterator[str]:
    found = re.findall(r"^([A-Z]\w+):", text, re.MULTILINE)
    for name in found:
        if name not in SECTIONS:
            yield f"no section is called {name}"
    order = [s for s in SECTIONS if s in found]
    if [f for f in found if f in SECTIONS] != order:
        yield f"sections are {found}, the order is {order}"
    if re.search(r"those\s+of\s+`\w+`", text):
        return
    if node.name in PLUMBING:
        return
    for name in {"Args", "Returns", "Source"} - set(found):
        yield f"no section {name}"
    parts = sections_of(text)
    for argument in [a.arg for a in arguments(node)]:
        if not re.search(rf"\b{argument}\b", parts.get("Args", "")):
            yield f"argument {argument} is not described"
    if "shape" not in parts.get("Returns", "shape").lower():
        yield "Returns does not say the shape"
    if not re.search(r"\d{4}", parts.get("Source", "0000")):
        yield "the source has no year"


def sections_of(text: str) -> dict[str, str]:
    parts = re.split(r"^([A-Z]\w+):", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def arguments(node: Function) -> list[ast.arg]:
    args = node.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


# --- tests -------------------------------------------------------------------


@rule(
    drop("tests/test_information.py"),
    drop("tests/live/test_marks.py"),
    put("tests/live/test_marks.py", "import numpy\n"),
)
def every_module_has_its_test(tree: Tree) -> Iterator[str]:
    """lib/live/bar.py has tests/live/test_bar.py, which imports it."""
    for module in tree.modules():
        if not has_code(module.tree):
            continue
        path = mirror(module.path)
        if path not in tree:
            yield f"{module.path}: there is no {path}"
        elif not any(
            name in mentioned(tree[path])
            for name in [module.name.split(".")[-1], *exports(module)]
        ):
            yield f"{path} uses nothing of {module.path}"


def mirror(path: str) -> str:
    """The test file of a module; a package's is called like the package."""
    if path in MIRROR:
        return MIRROR[path]
    inside = path.removeprefix("lib/").removesuffix(".py")
    folder, _, stem = inside.removesuffix("/__init__").rpartition("/")
    return "/".join(
        filter(None, ["tests", folder, f"test_{stem.strip('_')}.py"])
    )


def has_code(tree: ast.Module) -> bool:
    """Whether a module does more than gather the names of others."""
    return not all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or is_text(node)
        or defined_names(node) == ["__all__"]
        for node in tree.body
    )


@rule(
    append("tests/test_information.py", "def test_entropy():\n    assert 1\n"),
    append("tests/test_divergences.py", "def test_kl_2():\n    assert 1\n"),
)
def names_of_tests_are_sentences(tree: Tree) -> Iterator[str]:
    for path, text in tree.python("tests/"):
        for node in ast.walk(parsed(text)):
            name = getattr(node, "name", "") or ""
            if name.startswith("test_") and len(name.split("_")) < 4:
                yield f"{path}:{node.lineno} {name} is no sentence"


@rule(
    append("tests/test_information.py", "import time\ntime.sleep(1)\n"),
    append("tests/test_information.py", "pytest.skip('no browser')\n"),
    append("tests/test_information.py", "@pytest.mark.xfail\ndef f(): ...\n"),
    append("tests/test_information.py", "pytest.importorskip('torch')\n"),
    append("tests/test_information.py", "page.wait_for_timeout(100)\n"),
)
def no_test_sleeps_or_is_skipped(tree: Tree) -> Iterator[str]:
    idle = {"sleep", "skip", "skipif", "xfail", "importorskip"}
    idle |= {"wait_for_timeout"}
    for path, text in tree.python("tests/"):
        for node in ast.walk(parsed(text)):
            if isinstance(node, ast.Attribute) and node.attr in idle:
                yield f"{path}:{node.lineno} a test does not .{node.attr}"


# --- files -------------------------------------------------------------------


@rule(drop("LICENSE"), drop("CITATION.cff"), drop(".ci/run"))
def files_that_readers_look_for_are_there(tree: Tree) -> Iterator[str]:
    yield from (f"{path} is missing" for path in FILES if path not in tree)


@rule(put("Makefile", "book:\n"), swap("Makefile", "lab:", "laboratory:"))
def make_knows_the_targets(tree: Tree) -> Iterator[str]:
    have = re.findall(r"^([\w-]+)\s*:", tree.get("Makefile", ""), re.MULTILINE)
    yield from (f"Makefile: no {t}" for t in sorted(TARGETS - set(have)))


@rule(
    drop("lib/datasets/LICENSE.md"),
    put("lib/site/assets/font.woff2", ""),
)
def what_others_made_has_its_licence(tree: Tree) -> Iterator[str]:
    """A note on the licence lies beside data and fonts, or above them."""
    for path in tree:
        if path.endswith((".npz", ".woff", ".woff2", ".ttf")):
            folder = path.rpartition("/")[0]
            if not any(
                re.search(r"licen[sc]e|/README", other, re.IGNORECASE)
                for other in tree
                if other.rpartition("/")[0] == folder
            ):
                yield f"{path}: no licence note beside it"


@rule(put("_static/a.js", ""), put("lib/site/_static/a.css", ""))
def no_folder_is_called_static(tree: Tree) -> Iterator[str]:
    """jupyter-book would load all its scripts on every page."""
    for path in tree:
        if "_static" in path.split("/")[:-1]:
            yield f"{path}: a folder called _static"


@rule(
    swap("lib/site/package-lock.json", '"integrity"', '"resolved"'),
    swap(
        "lib/site/package-lock.json",
        '{"integrity"',
        '{"resolved": "https://a.example/a.tgz", "integrity"',
    ),
)
def the_lock_file_names_no_address(tree: Tree) -> Iterator[str]:
    """npm then asks whatever registry the machine is set up for."""
    path = "lib/site/package-lock.json"
    packages = json.loads(tree.get(path) or "{}").get("packages", {})
    for name, package in packages.items():
        if "resolved" in package:
            yield f"{path}: {name} is tied to {package['resolved']}"
        if name and not package.get("link") and "integrity" not in package:
            yield f"{path}: {name} has no checksum"


@rule(
    put("requirements.txt", "numpy\n-e .\n"),
    put("requirements.txt", "numpy>=2\n-e .\n"),
    put("requirements.txt", "numpy==2.4.6\n"),
)
def requirements_are_pinned(tree: Tree) -> Iterator[str]:
    lines = [
        line.split("#")[0].strip()
        for line in tree.get("requirements.txt", "").splitlines()
    ]
    lines = [line for line in lines if line]
    if "-e ." not in lines:
        yield "requirements.txt does not install lib: `-e .` is missing"
    for line in lines:
        if line != "-e ." and not re.match(r"[\w.\-\[\]]+==[\w.]+", line):
            yield f"requirements.txt: {line!r} is not pinned"


# Written so that the patterns do not find themselves.
PRIVATE = {
    "the path of one machine": r"(?<![\w.*/-])/(?:work|tmp|home|root)/\w",
    "a registry's host": r"npm[j]s[.]org|python[h]osted|[p]ypi[.]org/simple",
    "a private host": r"://(?:10|172|192[.]168)[.]\d|[.](?:internal|lan)\b/",
    "a thing left to do": r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b",
}


@rule(
    put("README.md", "cd /wor" + "k/main"),
    put("lib/site/build.mjs", "const dir = '/tm" + "p/site'"),
    put("Makefile", "pip install --index-url https://pyp" + "i.org/simple"),
    put("Makefile", "pip install --index-url http://10" + ".0.0.1/simple"),
    put("README.md", "TO" + "DO: say more"),
)
def nothing_is_tied_to_one_machine(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        for what, pattern in PRIVATE.items():
            for found in re.finditer(pattern, text):
                line = text.count("\n", 0, found.start()) + 1
                yield f"{path}:{line} {what}: {found[0]!r}"


# --- the rules at work -------------------------------------------------------


@pytest.mark.parametrize("r", LAYOUT, ids=lambda r: r.name)
def test_the_tree_keeps_the_rule(r):
    complaints = list(r.check(real_tree()))
    assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize("r", LAYOUT, ids=lambda r: r.name)
def test_the_rule_is_silent_on_a_good_tree(r):
    assert not list(r.check(GOOD))


@pytest.mark.parametrize(
    ("r", "i"), LAYOUT.broken(), ids=lambda x: getattr(x, "name", x)
)
def test_the_rule_complains_of_what_breaks_it(r, i):
    complaints = list(r.check(r.breaks[i](GOOD)))
    assert complaints
    assert all(len(c.split()) > 2 for c in complaints)


# what Python, npm and JupyterLab leave beside the sources
MADE = {"__pycache__", "node_modules", ".ipynb_checkpoints"}


def test_git_takes_every_file_of_lib_chapters_and_tests():
    paths = [
        path.relative_to(ROOT).as_posix()
        for folder in ("lib", "chapters", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not MADE.intersection(path.parts)
    ]
    assert paths
    assert not ignored(paths)


def test_git_would_say_so_if_it_ignored_a_file():
    assert ignored(["lib/__pycache__/a.pyc", "lib/a.py"]) == {
        "lib/__pycache__/a.pyc"
    }


def test_every_arrow_of_the_dictionary_is_in_use():
    """An arrow that no import takes is taken out again."""
    tree = real_tree()
    used = defaultdict(set)
    for module in tree.modules():
        for _, name in imports(module):
            used[module.part] |= {name.split(".")[0], part_of(name, tree)}
    allowed = {part: set.union(*sets) for part, sets in ARROWS.items()}
    idle = {part: arrows - used[part] for part, arrows in allowed.items()}
    assert not {part: arrows for part, arrows in idle.items() if arrows}


def test_the_script_for_machines_can_be_run():
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_every_rule_has_a_name_of_its_own():
    assert max(Counter(r.name for r in LAYOUT).values()) == 1
