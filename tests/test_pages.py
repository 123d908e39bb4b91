"""The rules of the pages that a machine can check.

Each rule is a function of one page, beside small changes to a good page
that must make it complain. A page may be better for breaking a rule: then
EXEMPT says so, and why.
"""

import ast
import itertools
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.rules import Rules
from tests.rules.notebook import (
    FOLDED,
    Box,
    Cell,
    Page,
    boxes,
    calls,
    code_lines_of,
    outside_boxes,
    real_pages,
    table_of_contents,
    words_of_prose,
)
from tests.rules.tree import (
    Definition,
    Module,
    defined_names,
    exports,
    imports,
    real_tree,
)

# Pages that ask no question of their own, and so have no skeleton.
NO_QUESTION = {
    "chapters/index": "the door of the book",
    "chapters/notation": "a table to look things up in",
}
# (page, rule): why the page is better for breaking the rule.
EXEMPT: dict[tuple[str, str], str] = {}
CELL, FIGURE_CELL, SETUP_CELL, MEDIAN, WIDTH = 20, 25, 10, 6, 79
LINES, WORDS_A_LINE = 150, 8
CLAIMS = range(3, 6)  # sections that claim something: three to five
EXERCISES = range(3, 7)
LAST = ["Where it breaks", "Summary", "Exercises", "Sources"]
GOALS = "You will be able to"
S_IDS = {f"S{n:02}" for n in range(1, 45)}
STYLING = {
    *("alpha", "c", "cmap", "color", "colors", "dashes", "edgecolor"),
    *("edgecolors", "facecolor", "facecolors", "figsize", "fontsize"),
    *("linestyle", "linestyles", "linewidth", "linewidths", "ls", "lw"),
    *("marker", "markersize", "ms"),
}


def md(name: str, text: str) -> dict:
    cell = {"cell_type": "markdown", "id": name, "metadata": {}}
    return {**cell, "source": text}


def py(name: str, text: str, *tags: str, **mystnb) -> dict:
    metadata = {"tags": [*tags]} if tags else {}
    if FOLDED & {*tags}:
        metadata["jupyter"] = {"source_hidden": True}
    if mystnb:
        metadata["mystnb"] = mystnb
    cell = {"cell_type": "code", "id": name, "metadata": metadata}
    return {**cell, "source": text, "outputs": [], "execution_count": None}


EXERCISE = """\
```{exercise-start}
:label: exercise-NAME
```
What is the value at zero?
```{exercise-end}
```

```{solution-start} exercise-NAME
:class: dropdown
```
It is nothing.
"""
CLAIM = """\
## A flat loss teaches NAME

We move one thing and look at the other, and we say in plain words what is
going to happen before any formula is written down. **Flat** means this:

$$
f(x) = 0
$$ (eq-NAME)

The picture {numref}`fig-gap` shows a line that does not move at all. So it
is not of any use for learning, which {cite:p}`arjovsky2017` said first.
"""


def claim(name: str) -> list[dict]:
    return [
        md(f"{name}-text", CLAIM.replace("NAME", name)),
        py(f"{name}-value", "flat = 0.0 * x"),
        py(f"{name}-claims", "assert (flat == 0).all()", "remove-cell"),
    ]


def exercise(name: str) -> list[dict]:
    return [
        md(f"exercise-{name}", EXERCISE.replace("NAME", name)),
        py(f"solution-{name}", "value = flat[0]\nassert value == 0"),
        md(f"solution-{name}-end", "```{solution-end}\n```"),
    ]


GOOD = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3"}},
    "cells": [
        md(
            "title",
            "(vanishing-gradient)=\n# Vanishing gradient\n\nA generator"
            " learns from what it feels. What does it feel?",
        ),
        md(
            "goals",
            "**You will be able to**\n\n- say what is flat;\n- draw it.\n\n"
            "Needs [the index](../index.ipynb).",
        ),
        py(
            "set-up",
            "import numpy as np\n\nfrom lib.pages import setup\n\n"
            "setup(seed=0)\nx = np.arange(3)",
        ),
        *claim("nothing"),
        *claim("little"),
        *claim("something"),
        md(
            "box",
            "```{dropdown} The lecture said\nThat it is steep, S31. It is"
            " flat.\n```",
        ),
        md("breaks", "## Where it breaks\n\nNowhere that we know of."),
        py(
            "fig-gap",
            "fig, ax = plt.subplots()\ndraw_line(ax, x, flat, role='q')",
            "hide-input",
            figure={"name": "fig-gap", "caption": "a flat line is flat"},
            image={"alt": "A level line at zero over x from 0 to 2."},
        ),
        md("try", "Move θ to its ends and watch the numbers."),
        py(
            "scene",
            'def flat_scene(theta):\n    """A line at 0."""\n    return theta',
        ),
        py("live", "live(flat_scene, theta=FloatSlider(0.5, min=0, max=1))"),
        md(
            "summary",
            "## Summary\n\n- It is flat ({eq}`eq-nothing`).\n- It stays so"
            " ({eq}`eq-little`).\n- See {numref}`fig-gap`.",
        ),
        md("exercises", "## Exercises"),
        *exercise("one"),
        *exercise("two"),
        *exercise("three"),
        md("sources", "## Sources\n\n- {cite:t}`arjovsky2017`, section 2."),
    ],
}
NAME = "chapters/information/vanishing-gradient"
PAGES = Rules()
rule = PAGES.rule


def find(notebook: dict, name: str) -> dict:
    return next(c for c in notebook["cells"] if c["id"] == name)


def swap(name: str, old: str, new: str):
    """A cell with other words in its source."""

    def change(notebook):
        cell = find(notebook, name)
        assert old in cell["source"], f"cell {name} does not hold {old!r}"
        cell["source"] = cell["source"].replace(old, new)

    return change


def append(name: str, text: str):
    def change(notebook):
        find(notebook, name)["source"] += text

    return change


def update(name: str, **fields):
    return lambda notebook: find(notebook, name).update(fields)


def add(after: str, cell: dict):
    def change(notebook):
        cells = notebook["cells"]
        cells.insert(cells.index(find(notebook, after)) + 1, cell)

    return change


def drop(*names: str):
    def change(notebook):
        for name in names:
            notebook["cells"].remove(find(notebook, name))

    return change


def figure(**fields):
    """The good page's figure with other metadata."""

    def change(notebook):
        mystnb = find(notebook, "fig-gap")["metadata"]["mystnb"]
        for part, values in fields.items():
            mystnb[part] = values

    return change


# --- the file ----------------------------------------------------------------


@rule(
    update("nothing-value", outputs=[{"output_type": "stream"}]),
    update("nothing-value", execution_count=3),
    lambda notebook: notebook["metadata"].update(widgets={}),
    lambda notebook: notebook["metadata"].update(language_info={}),
    update("nothing-value", metadata={"execution": {}}),
)
def nothing_of_a_run_is_stored(page: Page) -> Iterator[str]:
    for key in set(page.notebook["metadata"]) - {"kernelspec"}:
        yield f"{page.name}: metadata {key}"
    for cell in page.cells:
        for key in set(cell.metadata) - {"tags", "mystnb", "jupyter"}:
            yield f"{cell.place}: metadata {key}"
        if cell.is_code and cell.raw["outputs"]:
            yield f"{cell.place}: outputs"
        if cell.is_code and cell.raw["execution_count"] is not None:
            yield f"{cell.place}: an execution count"


@rule(
    update("nothing-value", metadata={"tags": ["hide-input"]}),
    update("nothing-value", metadata={"jupyter": {"source_hidden": True}}),
    update("nothing-value", metadata={"jupyter": {"outputs_hidden": True}}),
)
def jupyterlab_folds_the_code_that_the_website_folds(
    page: Page,
) -> Iterator[str]:
    for cell in page.cells:
        folded = cell.is_code and bool(cell.tags & FOLDED)
        wanted = {"source_hidden": True} if folded else {}
        if cell.metadata.get("jupyter", {}) != wanted:
            yield f"{cell.place}: metadata jupyter must be {wanted}"


@rule(
    update("nothing-value", id="live"),
    update("nothing-value", id="3f2a9c1e"),
    update("nothing-value", id="cell-7"),
    update("nothing-value", id=None),
)
def cells_have_readable_names(page: Page) -> Iterator[str]:
    seen = Counter(cell.raw.get("id") for cell in page.cells)
    for name, times in seen.items():
        if times > 1:
            yield f"{page.name}: {times} cells are called {name}"
        wrong = re.fullmatch(r"[0-9a-f]{6,}|(cell|id)?-?\d+", str(name))
        if wrong or not re.fullmatch(r"[a-z][a-z0-9_-]+", str(name)):
            yield f"{page.name}, cell {name}: a name says what is in it"


# --- code --------------------------------------------------------------------


@rule(
    swap("nothing-value", "flat", "%time flat"),
    swap("nothing-value", "flat", "!pip list; flat"),
    swap("nothing-value", "flat =", "flat"),
)
def code_is_plain_python(page: Page) -> Iterator[str]:
    for cell in page.code:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"{cell.place}: {error.msg}, line {error.lineno}"


@rule(
    append("nothing-value", "\nx = 1" * CELL),
    append("fig-gap", "\nx = 1" * FIGURE_CELL),
    append("set-up", "\nx = 1" * SETUP_CELL),
)
def cells_are_short(page: Page) -> Iterator[str]:
    for cell in page.code:
        if "remove-cell" in cell.tags or cell.in_solution:
            continue
        lines = len(cell.source.strip().splitlines())
        names = {name for name, _ in calls(cell.tree)}
        limit = FIGURE_CELL if cell.is_drawing or cell.figure else CELL
        limit = SETUP_CELL if "setup" in names else limit
        if lines > limit:
            yield f"{cell.place}: {lines} lines, {limit} are allowed"


@rule(append("nothing-value", f"  # {'w' * WIDTH}"))
def code_is_79_columns_wide(page: Page) -> Iterator[str]:
    for cell in page.code:
        for n, line in enumerate(cell.source.splitlines(), 1):
            if len(line) > WIDTH:
                yield f"{cell.place}, line {n}: {len(line)} columns"


@rule(
    lambda notebook: [
        add("nothing-value", py(f"more-{n}", "x = 1\n" * 16))(notebook)
        for n in range(10)
    ]
)
def a_page_shows_few_lines_of_code(page: Page) -> Iterator[str]:
    lines = code_lines_of(page.visible)
    if lines > LINES:
        yield f"{page.name}: {lines} visible lines, {LINES} are allowed"


@rule(append("nothing-value", "\nx = 1" * 40))
def prose_outweighs_code(page: Page) -> Iterator[str]:
    lines, words = code_lines_of(page.visible), words_of_prose(page.prose)
    if words < WORDS_A_LINE * lines:
        yield (
            f"{page.name}: {words} words to {lines} visible lines of code, "
            f"{WORDS_A_LINE * lines} are asked for"
        )


@rule(
    lambda notebook: [
        append(f"{name}-value", "\nx = 1" * 7)(notebook)
        for name in ("nothing", "little", "something")
    ]
)
def most_cells_are_tiny(page: Page) -> Iterator[str]:
    sizes = [len(c.source.strip().splitlines()) for c in page.visible]
    if sizes and statistics.median(sizes) > MEDIAN:
        yield (
            f"{page.name}: a visible cell has {statistics.median(sizes)} "
            f"lines (median), {MEDIAN} are allowed"
        )


@rule(
    append("scene", "\n\n\nx = 3"),
    append("scene", "\n\n\ndef other():\n    return 1"),
    append("nothing-value", "\n\n\nclass Other:\n    x = 1"),
)
def a_definition_has_its_own_cell(page: Page) -> Iterator[str]:
    for cell in page.code:
        body = cell.tree.body
        shown = "remove-cell" not in cell.tags
        if shown and len(body) > 1:
            for node in body:
                if isinstance(node, Definition):
                    yield f"{cell.place}: {node.name} and more"


@rule(append("nothing-value", "\nprint(flat)"))
def no_cell_ends_in_print(page: Page) -> Iterator[str]:
    for cell in page.code:
        last = cell.tree.body[-1] if cell.tree.body else None
        function = getattr(getattr(last, "value", None), "func", None)
        if getattr(function, "id", "") == "print":
            yield f"{cell.place}: ends in print, not in an expression"


@rule(
    swap("set-up", "setup(seed=0)", "setup()"),
    swap("set-up", "setup(seed=0)\n", ""),
    append("nothing-value", "\nsetup(seed=1)"),
    append("nothing-value", "\nnp.random.seed(0)"),
    append("nothing-value", "\ntorch.manual_seed(0)"),
)
def the_seed_is_set_once(page: Page) -> Iterator[str]:
    found = [
        (cell, name, call)
        for cell in page.code
        for name, call in calls(cell.tree)
        if name in {"setup", "seed", "manual_seed"} and not is_own(call)
    ]
    seeded = [
        call
        for _, name, call in found
        if name == "setup" and [k.arg for k in call.keywords] == ["seed"]
    ]
    if page.code and len(seeded) != 1:
        yield f"{page.name}: setup(seed=...) stands {len(seeded)} times"
    for cell, name, call in found:
        if call not in seeded:
            yield f"{cell.place}: {name}, beside setup(seed=...)"


def is_own(call: ast.Call) -> bool:
    """A generator of its own, torch.Generator().manual_seed(1)."""
    return "Generator()" in ast.unparse(call.func)


@rule(
    append("nothing-value", "\nplt.rcParams['lines.linewidth'] = 3"),
    swap("fig-gap", "subplots()", "subplots(figsize=(8, 3))"),
    append("fig-gap", "\nax.plot(x, flat, color='k')"),
    append("fig-gap", "\nax.plot(x, flat, 'r--')"),
    append("fig-gap", "\nax.axhline(0, ls=':')"),
    append("fig-gap", "\nstyle = {'colour': '#0072B2'}"),
    append("fig-gap", "\nplt.style.use('ggplot')"),
)
def styles_are_not_written_on_pages(page: Page) -> Iterator[str]:
    """Roles say colour, dash and marker; the style sheet says the rest."""
    for cell in page.code:
        for name, call in calls(cell.tree):
            for word in {k.arg for k in call.keywords} & STYLING:
                yield f"{cell.place}: {name}(..., {word}=...)"
            for arg in call.args[1:] if name == "plot" else []:
                if isinstance(arg, ast.Constant):
                    yield f"{cell.place}: plot(..., {arg.value!r})"
        for node in ast.walk(cell.tree):
            word = getattr(node, "attr", getattr(node, "value", ""))
            if word in ("rcParams", "style"):
                yield f"{cell.place}: {word}"
            if re.fullmatch(r"#[0-9a-fA-F]{6}|tab:\w+", str(word)):
                yield f"{cell.place}: a colour, {word}"


@rule(
    append("set-up", "\nfrom lib.divergences import *"),
    append("set-up", "\nimport lib.divergences as divergences"),
    append("set-up", "\nfrom lib import divergences"),
)
def names_are_imported_not_modules(page: Page) -> Iterator[str]:
    """`from lib.divergences import kl`: the reader sees where it is from."""
    for cell in page.code:
        for _, name in imports(module_of(cell)):
            parts = name.split(".")
            if parts[-1] == "*":
                yield f"{cell.place}: import *"
            elif parts[0] == "lib" and len(parts) < 3:
                yield f"{cell.place}: {name} is a module"


def module_of(cell: Cell) -> Module:
    text = cell.source if cell.tree.body else ""
    return Module("page.py", "page", text)


@rule(append("set-up", "\nimport torch"))
def information_needs_no_torch(page: Page) -> Iterator[str]:
    """Three seconds saved on each page of the information part."""
    if page.name.startswith("chapters/information/"):
        modules = {m.name: m for m in real_tree().modules()}
        for cell in page.code:
            for _, name in imports(module_of(cell)):
                if "torch" in packages_behind(name, modules):
                    yield f"{cell.place}: {name} brings torch"


def packages_behind(name: str, modules: dict[str, Module]) -> set[str]:
    """The packages that an import brings, through the modules of lib."""
    found, waiting, seen = set(), [name], set()
    while waiting:
        name = waiting.pop()
        found.add(name.split(".")[0])
        homes = {m for m in modules if f"{name}.".startswith(f"{m}.")} - seen
        seen |= homes
        waiting += [n for home in homes for _, n in imports(modules[home])]
    return found


def test_torch_is_seen_behind_a_module_of_lib():
    networks = Module("lib/networks.py", "lib.networks", "import torch.nn")
    modules = {"lib": Module("", "lib", ""), "lib.networks": networks}
    assert "torch" in packages_behind("lib.networks.mlp", modules)


@rule(
    append("set-up", "\nimport urllib.request"),
    append("set-up", "\nfrom torchvision.datasets import MNIST"),
    append("set-up", "\nfrom ipywidgets import interact"),
    append("set-up", "\nfrom ipywidgets import Output"),
)
def nothing_is_downloaded_or_interacts(page: Page) -> Iterator[str]:
    """Data is made or shipped; figures are live ones."""
    banned = {"urllib", "requests", "httpx", "torchvision", "datasets"}
    for cell in page.code:
        for _, name in imports(module_of(cell)):
            if name.split(".")[0] in banned:
                yield f"{cell.place}: {name} may download"
            if name.startswith("ipywidgets.") and name.split(".")[-1] in {
                *("interact", "interactive", "interactive_output"),
                *("Output", "jslink", "jsdlink", "link"),
            }:
                yield f"{cell.place}: {name}: use `live`"


@rule(
    add("nothing-value", py("copy", "def kl(p, q):\n    return 0")),
    append("nothing-value", "\nentropy = 3"),
)
def nothing_of_lib_is_defined_again(page: Page) -> Iterator[str]:
    offered = {
        name: module.name
        for module in real_tree().modules()
        if module.part != "lib.site"  # no page imports it
        for name in offered_by(module)
    }
    for cell in page.code:
        for node in cell.tree.body:
            for name in set(defined_names(node)) & set(offered):
                yield f"{cell.place}: {name} is one of {offered[name]}"


def offered_by(module: Module) -> set[str]:
    """What pages import from a module, or from the door of a package."""
    own = {n for n, d in exports(module).items() if isinstance(d, Definition)}
    door = module.path.endswith("/__init__.py")
    if door:
        inside = f"{module.name}."
        taken = [name for _, name in imports(module)]
        own |= {n.split(".")[-1] for n in taken if n.startswith(inside)}
    return own if door or module.name == module.part else set()


# --- figures -----------------------------------------------------------------


@rule(
    update("fig-gap", metadata={}),
    figure(figure={"name": "gap", "caption": "a flat line is flat"}),
    figure(figure={"name": "fig-gap"}),
    figure(
        figure={
            "name": "fig-gap",
            "caption": "one two three four five six seven eight nine",
        }
    ),
    figure(image={}),
    figure(image={"alt": "A figure."}),
)
def figures_have_name_caption_and_alt_text(page: Page) -> Iterator[str]:
    for cell in page.code:
        if cell.is_drawing and not (cell.tags & {"remove-cell"}):
            caption = cell.figure.get("caption", "")
            words = len(re.sub(r"\$[^$]*\$", "x", caption).split())
            image = cell.metadata.get("mystnb", {}).get("image", {})
            if not cell.figure.get("name", "").startswith("fig-"):
                yield f"{cell.place}: no name fig-..."
            if not 2 <= words <= 8:
                yield f"{cell.place}: a caption of {words} words"
            if len(image.get("alt", "").split()) < 8:
                yield f"{cell.place}: the alt text does not say the picture"


@rule(
    lambda notebook: [
        swap(name, "{numref}`fig-gap`", "The figure")(notebook)
        for name in (
            "nothing-text",
            "little-text",
            "something-text",
            "summary",
        )
    ]
)
def the_prose_reads_every_figure(page: Page) -> Iterator[str]:
    """A sentence points at it with {numref}."""
    for cell in page.code:
        name = cell.figure.get("name")
        if name and not re.search(
            rf"\{{numref\}}`[^`]*{name}[>`]", page.prose
        ):
            yield f"{cell.place}: no sentence points at {name}"


@rule(
    append("fig-gap", "\nax.set_title('flat')"),
    append("fig-gap", "\nax.set(title='flat')"),
)
def no_title_inside_a_figure(page: Page) -> Iterator[str]:
    for cell in page.code:
        for name, call in calls(cell.tree):
            titled = "title" in {k.arg for k in call.keywords}
            if name in {"set_title", "suptitle", "title"} or titled:
                yield f"{cell.place}: the caption says what a title would"


@rule(
    drop("scene", "live"),
    swap("live", "theta=", "a=A(), b=B(), c=C(), theta="),
    swap("try", "Move θ to its ends and watch the numbers.", "A figure."),
    add("try", py("between", "x = 3")),
)
def live_figures_say_what_to_try(page: Page) -> Iterator[str]:
    """At least one on a page; at most three controls; a sentence above."""
    lives = [n for n, cell in enumerate(page.cells) if cell.is_live]
    if not lives and page.name not in NO_QUESTION:
        yield f"{page.name}: no live figure"
    for n in lives:
        cell, above = page.cells[n], n - 1
        while above and is_only_definition(page.cells[above]):
            above -= 1
        for name, call in calls(cell.tree):
            if name == "live" and len(call.keywords) > 3:
                yield f"{cell.place}: {len(call.keywords)} controls"
        text = page.cells[above]
        verbs = r"(?i)\b(try|move|drag|watch|push|press|choose|play|set|slide)"
        if text.is_code or not re.search(verbs, text.source):
            yield f"{cell.place}: nothing above says what to try"


def is_only_definition(cell: Cell) -> bool:
    body = cell.tree.body
    return cell.is_code and all(isinstance(n, Definition) for n in body)


# --- the skeleton ------------------------------------------------------------


@rule(
    swap("title", "(vanishing-gradient)=\n", ""),
    swap("title", "# Vanishing", "## Vanishing"),
    append("breaks", "\n\n# A second title"),
    append("breaks", "\n\n#### Far below"),
)
def one_title_with_a_label(page: Page) -> Iterator[str]:
    first = page.cells[0].source if page.cells else ""
    if not re.match(r"\([a-z][a-z0-9-]*\)=\s*\n# \S", first):
        yield f"{page.name}: the first cell is no `(label)=` and `# Title`"
    levels = [level for level, _ in page.headings]
    if levels.count(1) != 1:
        yield f"{page.name}: {levels.count(1)} titles"
    for above, level in itertools.pairwise(levels):
        if level > above + 1:
            yield f"{page.name}: a heading of level {level} under {above}"


@rule(
    swap("title", "What does it feel?", "It feels this."),
    swap("title", "\n\nA generator learns from what it feels.", "\n\nA."),
)
def the_opening_ends_in_a_question(page: Page) -> Iterator[str]:
    """A paragraph of some words, and the last of them a question."""
    if page.name in NO_QUESTION:
        return
    text = outside_boxes(page.prose)
    parts = [p.strip() for p in re.split(r"\n\s*\n", text) if p.strip()]
    parts = [p for p in parts if not re.match(r"#|\(.*\)=", p)]
    opening = parts[0] if parts else ""
    if not opening.rstrip("*_").endswith("?"):
        yield f"{page.name}: no question ends the opening {opening[-40:]!r}"
    if len(opening.split()) < 8:
        yield f"{page.name}: the opening is no paragraph"


@rule(
    swap("goals", "You will be able to", "Goals"),
    swap("goals", "- say what is flat;\n- draw it.", "Draw it."),
    append("goals", "\n\n- one\n- two\n- three"),
    swap("summary", "## Summary", "## In short"),
    swap("summary", "## Summary", "## Exercises"),
    swap("breaks", "## Where it breaks", "### Where it breaks"),
    drop(*(f"little-{x}" for x in ("text", "value", "claims"))),
    lambda notebook: [
        add("something-claims", md(f"c{n}", f"## Claim {n}"))(notebook)
        for n in range(3)
    ],
    lambda notebook: notebook["cells"].append(notebook["cells"].pop(2)),
)
def the_skeleton_is_kept(page: Page) -> Iterator[str]:
    """Goals, set-up, claims, where it breaks, summary, exercises, sources."""
    if page.name in NO_QUESTION:
        return
    titles = [t for t, _ in page.sections() if t and t != GOALS]
    if titles[-4:] != LAST:
        yield f"{page.name}: the last sections are {titles[-4:]}, not {LAST}"
    claims = len(titles) - len(set(titles) & set(LAST))
    if claims not in CLAIMS:
        yield f"{page.name}: {claims} sections of claims, not {CLAIMS}"
    goals = next((c for c in page.cells if GOALS in c.source), None)
    start = next((c for c in page.code if "setup" in c.source), None)
    if goals is None:
        yield f"{page.name}: no {GOALS!r}"
    elif not 1 <= len(bullets(goals.source)) <= 4:
        yield f"{goals.place}: {len(bullets(goals.source))} goals, not 1 to 4"
    first = [
        c
        for title, cells in page.sections()
        for c in cells
        if title in ("", GOALS)
    ]
    if goals not in first or start not in first or not start.is_visible:
        yield f"{page.name}: goals and a visible set-up come before the claims"
    elif first.index(goals) > first.index(start):
        yield f"{page.name}: the set-up comes before the goals"


def bullets(text: str) -> list[str]:
    return re.findall(r"(?m)^\s*[-*] +(.*(?:\n(?!\s*[-*] |\s*\n).*)*)", text)


@rule(
    drop("nothing-claims"),
    swap("nothing-claims", "assert ", ""),
    update("nothing-claims", metadata={}),
    lambda notebook: (
        find(notebook, "breaks")["source"].replace("x", "y")
        and drop("something-claims")(notebook)
    ),
)
def every_claim_is_asserted(page: Page) -> Iterator[str]:
    """A section that claims something ends in, or holds, a hidden assert."""
    if page.name in NO_QUESTION:
        return
    for title, cells in page.sections():
        asserted = any(cell.is_claims for cell in cells)
        if title and title not in {*LAST, GOALS} and not asserted:
            yield f"{page.name}, {title!r}: nothing hidden asserts it"


@rule(
    swap("nothing-text", " (eq-nothing)", ""),
    swap("nothing-text", "(eq-nothing)", "(nothing)"),
)
def every_claim_has_a_numbered_equation(page: Page) -> Iterator[str]:
    if page.name in NO_QUESTION:
        return
    for title, cells in page.sections():
        text = "\n".join(c.source for c in cells if not c.is_code)
        numbered = re.search(r"\$\$ \(eq-|:label: eq-|\\label\{eq-", text)
        if title and title not in {*LAST, GOALS} and not numbered:
            yield f"{page.name}, {title!r}: no equation is numbered (eq-...)"


@rule(
    swap("nothing-text", "A flat loss teaches no", "A Flat Loss Teaches No"),
    swap("nothing-text", "teaches nothing", "teaches nothing."),
)
def headings_are_in_sentence_case(page: Page) -> Iterator[str]:
    for _, title in page.headings:
        words = [w for w in re.findall(r"[^\W\d_]+", title)[1:] if len(w) > 3]
        if len(words) > 1 and all(w[0].isupper() for w in words):
            yield f"{page.name}: {title!r} is not in sentence case"
        if title.endswith((".", ":")):
            yield f"{page.name}: {title!r} ends in a full stop"


@rule(
    swap("summary", "\n- See {numref}`fig-gap`.", ""),
    swap("summary", " ({eq}`eq-nothing`)", ""),
)
def the_summary_points_back(page: Page) -> Iterator[str]:
    """Three to five bullets, each with an equation or a figure."""
    for title, cells in page.sections():
        found = bullets(cells[0].source) if title == "Summary" else []
        if title == "Summary" and not 3 <= len(found) <= 5:
            yield f"{page.name}: a summary of {len(found)} bullets"
        for bullet in found:
            if not re.search(r"\{(eq|numref|ref|prf:ref)\}`", bullet):
                yield f"{page.name}: {bullet[:40]!r} points at nothing"


# --- exercises and boxes -----------------------------------------------------


@rule(
    swap(
        "exercise-one", "{solution-start} exercise-one", "{solution-start} x"
    ),
    swap("exercise-one", ":class: dropdown\n", ""),
    swap("exercise-one", ":label: exercise-one\n", ""),
    swap("solution-one", "assert value == 0", "value"),
    swap("solution-one-end", "solution-end", "note"),
    append("solution-one", "\nvalue"),
    drop("exercise-one", "solution-one", "solution-one-end"),
    drop("solution-one", "solution-two", "solution-three"),
    swap("exercise-one", "```{solution-start}", "Hm.\n\n```{solution-start}"),
)
def exercises_have_folded_tested_solutions(page: Page) -> Iterator[str]:
    if page.name in NO_QUESTION:
        return
    found = list(exercises_of(page))
    starts = [label for label, _, _ in found]
    if len(starts) not in EXERCISES:
        yield f"{page.name}: {len(starts)} exercises, not {EXERCISES}"
    for label, complaint, _ in found:
        if complaint:
            yield f"{page.name}, exercise {label!r}: {complaint}"
    if found and not any(code for _, _, code in found):
        yield f"{page.name}: no solution has code"


def exercises_of(page: Page) -> Iterator[tuple[str, str, list[Cell]]]:
    """Label, complaint and code of each exercise, with its solution."""
    events = list(events_of(page))
    for n, (name, box) in enumerate(events):
        if name == "exercise-start":
            label = box.options.get("label", "")
            names = [name for name, _ in events]
            end = position(names, "exercise-end", n)
            start = position(names, "solution-start", end)
            stop = position(names, "solution-end", start)
            code = [c for kind, c in events[start:stop] if kind == "code"]
            if not label:
                yield label, "has no label", code
            elif start != end + 1:
                yield label, "is not followed by its solution at once", code
            elif "exercise-start" in names[n + 1 : stop] or stop == len(names):
                yield label, "or its solution has no end", code
            else:
                yield (
                    label,
                    wrong_solution(label, events[start][1], code),
                    code,
                )


def position(names: list[str], name: str, after: int) -> int:
    return names.index(name, after) if name in names[after:] else len(names)


def wrong_solution(label: str, solution: Box, code: list[Cell]) -> str:
    if solution.argument != label:
        return f"is followed by the solution of {solution.argument}"
    if "dropdown" not in solution.options.get("class", ""):
        return "has a solution that is not folded"
    last = code[-1].tree.body[-1:] if code else []
    if code and not any(isinstance(node, ast.Assert) for node in last):
        return "has code that does not end in an assertion"
    return ""


def events_of(page: Page) -> Iterator[tuple[str, Box | Cell | None]]:
    """Starts and ends of exercises, code and text of a page, in order."""
    gate = r"(?ms)^(`{3,})\{((?:exercise|solution)[a-z-]*)\}.*?^\1$"
    for cell in page.cells:
        if cell.is_code:
            yield "code", cell
            continue
        last = 0
        for mark in re.finditer(gate, cell.source):
            if cell.source[last : mark.start()].strip():
                yield "text", None
            last, box = mark.end(), next(boxes(mark[0]))
            if mark[2] in ("exercise", "solution"):  # both in one
                yield f"{mark[2]}-start", box
                yield f"{mark[2]}-end", box
            else:
                yield mark[2], box
        if cell.source[last:].strip():
            yield "text", None


@rule(
    swap("box", "S31", "slide 31"),
    swap("box", "S31", "S99"),
    swap("box", "{dropdown}", "{admonition}"),
    swap("box", "{dropdown} The lecture said", "{dropdown} What it said"),
    append("breaks", "\n\n### The lecture said\n\nSo."),
)
def what_the_lecture_said_names_its_erratum(page: Page) -> Iterator[str]:
    """A folded box with that title, and in it an id from S01 to S44."""
    for box in boxes(page.prose):
        ids = set(re.findall(r"\bS\d\d\b", f"{box.argument} {box.text}"))
        said = box.argument.startswith("The lecture said")
        if said and box.name != "dropdown":
            yield f"{page.name}: {box.argument!r} is not a dropdown"
        if said and not ids:
            yield f"{page.name}: {box.argument!r} names no erratum"
        if ids and not said and box.name == "dropdown":
            yield f"{page.name}: {box.argument!r} is about {ids}"
        if ids - S_IDS:
            yield f"{page.name}: there is no erratum {ids - S_IDS}"
    for _, title in page.headings:
        if "lecture said" in title.lower():
            yield f"{page.name}: {title!r} is no folded box"


@rule(
    append("breaks", "\n\n```{admonition} More\n:class: dropdown\nSo.\n```"),
    append("breaks", "\n\n```{toggle}\nSo.\n```"),
)
def folding_works_without_a_script(page: Page) -> Iterator[str]:
    """{dropdown} is a <details>; the class needs a script of its own."""
    for box in boxes(page.prose):
        folded = "dropdown" in box.options.get("class", "")
        if box.name == "toggle" or (
            folded and not box.name.startswith("solution")
        ):
            yield f"{page.name}: {{{box.name}}} folds; use {{dropdown}}"


# --- text --------------------------------------------------------------------


@rule(
    append("breaks", "\n\n$\\newcommand{\\E}{\\mathbb E} \\E x$"),
    append("breaks", "\n\n$\\def\\E{x} \\E$"),
    append("breaks", "\n\n$\\DeclareMathOperator{\\KL}{KL} \\KL$"),
)
def formulas_define_no_macros(page: Page) -> Iterator[str]:
    """JupyterLab knows its package list only, and so does the site."""
    pattern = r"\\(re)?newcommand|\\def\b|\\DeclareMathOperator|\\let\b"
    for found in re.finditer(pattern, page.prose):
        yield f"{page.name}: {found[0]}"


@rule(
    swap("goals", "../index.ipynb", "../nowhere.ipynb"),
    append("breaks", "\n\nSee {doc}`nowhere`."),
    append("breaks", "\n\n[a](/chapters/index)"),
    append("breaks", "\n\n![a picture](picture.png)"),
    append("breaks", "\n\n[here](http://a.example)"),
)
def links_lead_somewhere(page: Page) -> Iterator[str]:
    """Relative ones to a file of the book, others by https."""
    here = page.name.split("/")[:-1]
    links = re.findall(r"\]\(([^)\s]+)[^)]*\)", page.prose)
    docs = re.findall(r"\{doc\}`(?:[^`<]*<)?([^`>]+)>?`", page.prose)
    for link in [*links, *docs]:
        target = link.split("#")[0]
        if not target or target.startswith(("https://", "mailto:")):
            continue
        path = "/".join(joined([*here, *target.split("/")]))
        names = {path, f"{path}.ipynb", f"{path}.md"}
        if target.startswith(("/", "http:")) or not names & set(real_tree()):
            yield f"{page.name}: {link} leads nowhere"


def joined(parts: list[str]) -> list[str]:
    path: list[str] = []
    for part in parts:
        path = path[:-1] if part == ".." else [*path, part]
    return [part for part in path if part != "."]


@rule(append("breaks", "\n\n{cite:p}`nobody1900`"))
def citations_are_in_the_bibliography(page: Page) -> Iterator[str]:
    for key in cited(page.prose):
        if key not in bibliography():
            yield f"{page.name}: {key} is not in references.bib"


def cited(text: str) -> set[str]:
    found = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
    return {key.strip() for keys in found for key in keys.split(",")}


def bibliography() -> list[str]:
    text = real_tree().get("chapters/references.bib", "")
    return re.findall(r"(?m)^\s*@(?!comment|string)\w+\{([^,\s]+),", text)


# --- the rules at work -------------------------------------------------------

BOOK = real_pages()


@pytest.mark.parametrize("r", PAGES, ids=lambda r: r.name)
@pytest.mark.parametrize("page", BOOK, ids=lambda p: p.name)
def test_the_page_keeps_the_rule(page, r):
    complaints = list(r.check(page))
    if (page.name, r.name) in EXEMPT:
        assert complaints, "the exemption is not needed any more"
    else:
        assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize("r", PAGES, ids=lambda r: r.name)
def test_the_rule_is_silent_on_a_good_page(r, monkeypatch):
    know_the_good_source(monkeypatch)
    assert not list(r.check(Page(NAME, GOOD)))


@pytest.mark.parametrize(
    ("r", "i"), PAGES.broken(), ids=lambda x: getattr(x, "name", x)
)
def test_the_rule_complains_of_what_breaks_it(r, i, monkeypatch):
    know_the_good_source(monkeypatch)
    complaints = list(r.check(Page(NAME, GOOD).changed(r.breaks[i])))
    assert complaints
    assert all(c.startswith(NAME) for c in complaints)


def know_the_good_source(monkeypatch):
    """The good page's one source is not in the book's bibliography."""
    monkeypatch.setitem(globals(), "bibliography", lambda: ["arjovsky2017"])


def test_words_in_boxes_are_prose_and_code_is_not():
    text = "one\n\n```{dropdown} A title\n:open:\ntwo $x + y$\n```\n\nfour"
    code = "\n\n```python\nnot = prose\n```\n\n```\nnor this\n```\n\nfive"
    formula = "\n\n$$\nx\n$$ (eq-x)\n\n```{math}\ny\n```\n\nsix"
    assert words_of_prose(text + code + formula) == 6


def test_exemptions_are_of_rules_and_pages_that_exist():
    pages, rules = {p.name for p in BOOK}, {r.name for r in PAGES}
    assert all(p in pages and r in rules for p, r in EXEMPT)
    assert set(NO_QUESTION) <= pages


def test_the_table_of_contents_has_every_page_once():
    contents = table_of_contents()
    assert sorted(contents) == sorted(page.name for page in BOOK)


def test_pages_are_named_by_subject_not_by_number():
    for page in BOOK:
        assert re.fullmatch(r"chapters(/[a-z]+)?/[a-z][a-z-]+", page.name)


def test_no_page_has_a_twin_in_another_format():
    others = {p.rpartition(".")[0] for p in real_tree() if p[-6:] != ".ipynb"}
    assert not {page.name for page in BOOK} & others


@pytest.mark.parametrize("what", ["figure", "title", "equation"])
def test_a_label_is_used_once_in_the_book(what):
    pattern = {
        "figure": r'"name": "(fig-[^"]+)"',
        "title": r"(?m)^\(([\w-]+)\)=$",
        "equation": r"\$\$ \((eq-[\w-]+)\)|:label: (eq-[\w-]+)",
    }[what]
    found = Counter()
    for page in BOOK:
        metadata = json.dumps([c.metadata for c in page.cells])
        text = metadata if what == "figure" else page.prose
        found.update(m[m.lastindex] for m in re.finditer(pattern, text))
    assert not [label for label, times in found.items() if times > 1]


def test_every_entry_of_the_bibliography_is_cited():
    used = {key for page in BOOK for key in cited(page.prose)}
    assert bibliography()
    assert len(bibliography()) == len(set(bibliography()))
    assert not set(bibliography()) - used


def test_the_index_has_a_live_figure_within_its_first_screen():
    index = next(p for p in BOOK if p.name == "chapters/index")
    first = next(n for n, cell in enumerate(index.cells) if cell.is_live)
    seen = [cell for cell in index.cells[:first] if not cell.is_code]
    assert sum(words_of_prose(cell.source) for cell in seen) <= 150
