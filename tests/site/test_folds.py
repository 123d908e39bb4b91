"""Boxes that open without a script."""

import re
from types import SimpleNamespace

from docutils import nodes

from lib.site.folds import fold, fold_title, folded, number_of


def box(page, words):
    """The <details> whose summary holds `words`."""
    found = re.findall(r"<details[^>]*>.*?</details>", page, flags=re.S)
    (one,) = [text for text in found if words in text]
    return one


def environment(kind, numbers):
    """The part of Sphinx's environment that numbers boxes."""
    return SimpleNamespace(
        docname="page",
        config=SimpleNamespace(numfig_format={kind: f"{kind} %s"}),
        toc_fignumbers={"page": {kind: numbers}},
        get_domain=lambda name: SimpleNamespace(
            get_enumerable_node_type=lambda node: kind
        ),
    )


def test_a_numbered_box_keeps_its_number():
    env = environment("theorem", {"a": (2, 1)})
    assert number_of(env, nodes.admonition(ids=["a"])) == "Theorem 2.1 "
    assert number_of(env, nodes.admonition(ids=["b"])) == ""


def test_a_folded_box_keeps_ids_title_and_text():
    title, text = nodes.title("", "A title"), nodes.paragraph("", "Text")
    classes = ["dropdown", "warning"]
    node = nodes.admonition("", title, text, ids=["a"], classes=classes)
    box = folded(environment("", {}), node)
    assert isinstance(box, fold)
    assert box["ids"] == ["a"]
    assert box["classes"] == ["admonition", "warning"]
    assert isinstance(box[0], fold_title)
    assert [part.astext() for part in box] == ["A title", "Text"]


def test_a_solution_is_closed_until_it_is_opened(book):
    solution = box(book.read("chapters/index.html"), "It is two.")
    assert re.search(r'<details class="[^"]*\bsolution\b', solution)
    assert "solution-content" not in solution  # the same id in every box
    title = r'<summary class="admonition-title">Solution'
    assert re.search(title, solution)
    assert " open" not in solution.partition(">")[0]


def test_an_admonition_keeps_title_and_classes(book):
    lecture = box(book.read("chapters/index.html"), "Three.")
    assert '<summary class="admonition-title">The lecture said' in lecture
    start = lecture.partition(">")[0]
    assert "admonition" in start
    assert "warning" in start
    assert "dropdown" not in start


def test_a_note_without_title_is_called_note(book):
    note = box(book.read("chapters/index.html"), "of its own.")
    assert '<summary class="admonition-title">Note</summary>' in note


def test_other_boxes_stay_open(book):
    page = book.read("chapters/index.html")
    exercise = page[page.index("How much is") - 600 : page.index("How much")]
    assert "<details" not in exercise
    assert "Exercise 1" in exercise


def test_the_line_over_hidden_code_is_named_by_its_own_words(book):
    page = book.read("chapters/moving.html")
    assert "Show code cell source" in page
    assert "Toggle hidden content" not in page


def test_no_script_for_toggles_is_shipped(book):
    assert not list(book.out.rglob("*togglebutton*"))
