"""Boxes with `:class: dropdown` as the browser's own <details>.

They open without a script, can be found and printed, and need no extension:
exercises' solutions, admonitions, proofs.
"""

from docutils import nodes
from sphinx.locale import admonitionlabels
from sphinx.transforms.post_transforms import SphinxPostTransform

# ids that the extensions give to the inside of every box
TWINS = {"exercise-content", "proof-content", "solution-content"}


class fold(nodes.General, nodes.Element):
    """A box that opens."""


class fold_title(nodes.General, nodes.TextElement):
    """What is seen of it while it is closed."""


def number_of(env, node: nodes.Element) -> str:
    """ "Exercise 3 " for a numbered box; nothing for others."""
    kind = env.get_domain("std").get_enumerable_node_type(node)
    numbers = env.toc_fignumbers.get(env.docname, {}).get(kind, {})
    for name in node["ids"]:
        if name in numbers:
            pattern = env.config.numfig_format.get(kind, "%s")
            text = pattern % ".".join(map(str, numbers[name]))
            return text[0].upper() + text[1:] + " "
    return ""


def folded(env, node: nodes.Element) -> fold:
    """`node` as a box that opens."""
    kind = node.tagname if node.tagname in admonitionlabels else ""
    classes = [c for c in node["classes"] if c not in ("dropdown", "toggle")]
    classes = ["admonition", *filter(None, [kind]), *classes]
    box = fold(ids=node["ids"], classes=classes)
    children = list(node.children)
    words: list[nodes.Node] = [nodes.Text(number_of(env, node))]
    if children and isinstance(children[0], nodes.title):
        words += children.pop(0).children
    elif kind:
        words.append(nodes.Text(admonitionlabels[kind]))
    box += [fold_title("", "", *words), *children]
    return box


class Fold(SphinxPostTransform):
    """Replace each such box, when its title is known."""

    default_priority = 40  # sphinx_exercise makes the titles at 20 and 21
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """What Sphinx calls for each page."""
        boxes = list(self.document.findall(nodes.Admonition))
        # inner boxes first: a replaced one takes its children along
        for node in reversed(boxes):
            if "dropdown" in node["classes"]:
                # replace_self would hand the old classes on
                node.parent.replace(node, folded(self.env, node))
        for part in self.document.findall(nodes.section):
            part["ids"] = [name for name in part["ids"] if name not in TWINS]


def visit_fold(self, node):
    """Open the box's tag."""
    self.body.append(self.starttag(node, "details"))


def depart_fold(self, node):
    """Close it."""
    self.body.append("</details>\n")


def visit_title(self, node):
    """Open the line that opens the box."""
    start = self.starttag(node, "summary", "", CLASS="admonition-title")
    self.body.append(start)


def depart_title(self, node):
    """Close it."""
    self.body.append("</summary>\n")


def register(app) -> None:
    """Two kinds of nodes, and what makes them."""
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(fold_title, html=(visit_title, depart_title))
    app.add_post_transform(Fold)
