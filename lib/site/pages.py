"""What a page has round its text: scripts, a description, sizes."""

import re
from html import escape, unescape
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.util.images import get_image_size

from lib.site.bundle import HERE, ensure_bundle

LONGEST = 200  # characters of a description; search engines show about 160
# scripts that finish.mjs joins into one, or that no page needs
JOINED = {
    "clipboard.min.js",
    "copybutton.js",
    "design-tabs.js",
    "doctools.js",
    "documentation_options.js",
    "sphinx-book-theme.js",
    "sphinx_highlight.js",
}
# a formula in a line, with what may not be parted from it
FORMULA = re.compile(
    r"""((?<=[\s>])[(“])?                       # an opening sign
    (<span\ class="math\ notranslate">(?:(?!<span).)*?</mjx-container></span>)
    ([.,;:!?)”]+|[-’]\w{1,3}\b)?               # "," or "-th"
    """,
    re.VERBOSE | re.DOTALL,
)
ASSISTIVE = "<mjx-assistive-mml.*?</mjx-assistive-mml>"
# parts of a paragraph that are no words of it
SILENT = (nodes.image, nodes.footnote_reference, nodes.raw)


def spoken(html: str) -> str:
    """The letters and signs of the formulas in `html`."""
    formulas = re.findall(r"<math.*?</math>", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", " ".join(formulas)))


def plain(node: nodes.Node, app, page: str) -> str:
    """The text of a paragraph, its formulas as readers would read them."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, SILENT):
        return ""
    if isinstance(node, nodes.math):
        found = app.typesetter.convert(node.astext(), page)
        return spoken(found.get("html", "")) or node.astext()
    return "".join(plain(child, app, page) for child in node.children)


def shorten(text: str, longest: int = LONGEST) -> str:
    """`text` on one line, cut after a sentence or else after a word."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    sentences = re.match(rf".{{60,{longest}}}[.?!](?= )", text[: longest + 2])
    if sentences:
        return sentences[0]
    return text[:longest].rpartition(" ")[0].rstrip(",;:–—") + " …"


def describe(app, page: str, document: nodes.document | None) -> str:
    """A page's description: its metadata's, else its first paragraph."""
    given = (app.env.metadata.get(page) or {}).get("description")
    if given or document is None:
        return shorten(str(given or ""))
    for paragraph in document.findall(nodes.paragraph):
        text = plain(paragraph, app, page)
        if isinstance(paragraph.parent, nodes.section) and len(text) > 40:
            return shorten(text)
    return ""


def measured(body: str, builder) -> str:
    """`body` with the size of each picture, so that nothing moves later."""
    files = {name: uri for uri, name in builder.images.items()}

    def add(match: re.Match) -> str:
        name = PurePosixPath(match[1]).name
        path = Path(builder.srcdir, files.get(name, "-"))
        size = get_image_size(str(path)) if path.is_file() else None
        if size is None or re.search(r" (width|height)=", match[0]):
            return match[0]
        width, height = size
        known = f'<img width="{width}" height="{height}" decoding="async"'
        return match[0].replace("<img", known, 1)

    return re.sub(r'<img [^>]*src="([^"]*_images/[^"]+)"[^>]*>', add, body)


def mended(body: str) -> str:
    """`body` with small repairs that readers of all kinds notice."""
    body = re.sub(r"<th\b([^>]*)>(.*?)</th>", named, body, flags=re.DOTALL)
    body = body.replace(' role="doc-biblioentry"', ' role="listitem"')
    return FORMULA.sub(together, body)


def named(found: re.Match) -> str:
    """A table's heading; a formula alone is named, an empty one is none."""
    attributes, inner = found[1], found[2]
    if re.sub(r"<math.*?</math>|<[^>]*>|\s", "", inner, flags=re.DOTALL):
        return found[0]
    words = spoken(inner)
    if not words:
        return f"<td{attributes}></td>"
    # not every reader of headings reads MathML
    hidden = f'<span class="spoken">{escape(words)}</span>'
    inner = re.sub(ASSISTIVE, hidden, inner, count=1, flags=re.DOTALL)
    return f"<th{attributes}>{inner}</th>"


def together(found: re.Match) -> str:
    """A formula and its neighbours; browsers break lines between them."""
    if not (found[1] or found[3]):
        return found[0]
    return f'<span class="together">{found[0]}</span>'


def complete(app, page, template, context, document) -> None:
    """Fill in what layout.html shows."""
    stored = getattr(app.env, "nb_metadata", {}).get(page, {})
    scripts = context.get("script_files", [])
    context["script_files"] = [s for s in scripts if not replaced(s)]
    context["css_files"] = []
    # without a script the light theme shows; layout.html's corrects it
    context["default_mode"] = "light"
    context["widgets"] = stored.get("widgets")
    context["description"] = describe(app, page, document)
    app.descriptions[page] = context["description"]
    context["site"] = app.config.html_baseurl
    context["formulas"] = 'jax="CHTML"' in context.get("body", "")
    if "body" in context:
        context["body"] = measured(mended(context["body"]), app.builder)


def replaced(script) -> bool:
    """Whether a page can do without a script of Sphinx or an extension."""
    name = str(script.filename or "").rpartition("/")[2].partition("?")[0]
    # the theme's version switcher, which no page has, is told of versions
    inner = script.attributes.get("body", "")
    idle = inner.startswith("DOCUMENTATION_OPTIONS")
    return name in JOINED or idle or "widget-state" in str(script.attributes)


def bundle(app) -> None:
    """Have Node's packages and the widget script, before the first page."""
    app.descriptions = {}
    if app.builder.name == "html":
        app.widget_script = ensure_bundle()


def without_label(translator, node) -> None:
    """The line that shows a hidden cell, named by its own words."""
    from myst_nb.sphinx_ import visit_HideCellInput

    visit_HideCellInput(translator, node)
    summary = next(
        i
        for i in range(len(translator.body) - 1, -1, -1)
        if "<summary" in translator.body[i]
    )
    translator.body[summary] = "<summary>\n"


def depart(translator, node) -> None:
    """The end of a hidden cell."""
    translator.body.append("</details>\n")


def register(app) -> None:
    """Templates, and what they show."""
    from myst_nb.sphinx_ import HideCodeCellNode

    # jupyter-book sets it whether or not the extension is there
    app.add_config_value("comments_config", {}, "")
    app.config.templates_path.insert(0, str(HERE / "templates"))
    app.add_node(HideCodeCellNode, override=True, html=(without_label, depart))
    app.connect("builder-inited", bundle)
    app.connect("html-page-context", complete, priority=900)
