"""Formulas typeset at build time by MathJax, in one Node process a build.

A command that JupyterLab does not know is a warning, so that a build with -W
fails instead of showing the reader red text.
"""

import json
import re
import subprocess
from html import escape

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from lib.site.bundle import HERE, command, ensure_packages

LOG = logging.getLogger(__name__)
NUMBERED = r"align|alignat|eqnarray|equation|flalign|gather|multline"


class Typesetter:
    """TeX in, HTML out; Node starts with the first formula."""

    def __init__(self):
        self.node = None

    def ask(self, **question) -> dict:
        """One question to math.mjs, and its answer."""
        if self.node is None:
            ensure_packages()
            self.node = subprocess.Popen(
                **command("node", HERE / "math.mjs"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        print(json.dumps(question), file=self.node.stdin, flush=True)
        line = self.node.stdout.readline()
        if not line:
            raise RuntimeError(f"MathJax ended at {question}")
        return json.loads(line)

    def convert(self, tex: str, page: str, display: bool = False) -> dict:
        """{"html": ...} or {"error": ...} for one formula."""
        return self.ask(tex=tex, page=page, display=display)

    def style_sheet(self) -> str:
        """MathJax's rules for every glyph of its fonts."""
        return self.ask(css=True)["css"]

    def close(self) -> None:
        """End Node, if it was started."""
        if self.node is not None:
            self.node.communicate()
            self.node = None


def starred(tex: str) -> str:
    """`tex` with unnumbered environments: the number is Sphinx's."""
    return re.sub(
        rf"\\(begin|end)\{{({NUMBERED})\}}",
        lambda found: rf"\{found[1]}{{{found[2]}*}}",
        tex,
    )


def gathered(tex: str) -> str:
    r"""Paragraphs under one another, each with its lines, as Sphinx does."""
    parts = [part for part in tex.split("\n\n") if part.strip()]
    parts = [
        rf"\begin{{split}}{part}\end{{split}}"
        if r"\\" in part and r"\begin" not in part
        else part
        for part in parts
    ]
    if len(parts) <= 1:
        return "".join(parts)
    return r"\begin{gather*}" + r"\\".join(parts) + r"\end{gather*}"


def typeset(translator, node, tex: str, display: bool) -> str:
    """The formula's HTML; a warning and its TeX where it is wrong."""
    builder = translator.builder
    page = getattr(builder, "current_docname", "")
    found = builder.app.typesetter.convert(tex, page, display)
    if "error" in found:
        LOG.warning("formula %r: %s", tex[:80], found["error"], location=node)
    return found.get("html") or f"<code>{escape(tex)}</code>"


def visit_inline(self, node):
    """A formula in a line of text."""
    start = self.starttag(node, "span", "", CLASS="math notranslate")
    self.body.append(start + typeset(self, node, node.astext(), False))
    self.body.append("</span>")
    raise nodes.SkipNode


def visit_block(self, node):
    """A formula of its own, with its number and a link to it."""
    tex = node.astext().strip()
    tex = starred(tex) if node["nowrap"] else gathered(tex)
    self.body.append(self.starttag(node, "div", CLASS="math notranslate"))
    if node.get("number"):
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(typeset(self, node, tex, True) + "</div>\n")
    raise nodes.SkipNode


def end(app, error) -> None:
    """The last to need MathJax was the style sheet."""
    app.typesetter.close()


def register(app) -> None:
    """Make ours the renderer of formulas."""
    app.typesetter = Typesetter()
    app.add_html_math_renderer(
        "site",
        inline_renderers=(visit_inline, None),
        block_renderers=(visit_block, None),
    )
    app.config.html_math_renderer = "site"
    app.connect("build-finished", end, priority=950)
