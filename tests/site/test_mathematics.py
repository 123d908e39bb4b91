"""Formulas that are typeset when the book is built."""

import re
import shutil

import pytest

from lib.site.mathematics import Typesetter, gathered, starred
from tests.site.conftest import FIRST, Built, write_book


@pytest.fixture(scope="module")
def typesetter():
    found = Typesetter()
    yield found
    found.close()


def test_a_formula_becomes_glyphs_and_words_for_screen_readers(typesetter):
    html = typesetter.convert(r"\theta^2", "a")["html"]
    assert html.startswith("<mjx-container")
    assert "mjx-c1D703" in html
    assert "<mjx-assistive-mml" in html
    assert re.search("<mi>θ</mi>", html)


@pytest.mark.parametrize(
    "tex",
    [
        r"\mathbb{E}_{x \sim p}\left[\log \frac{p(x)}{q(x)}\right]",
        r"\operatorname{KL}(p \,\|\, q) \coloneqq \infty",
        r"\begin{cases} 0 & \text{if } \theta = 0 \\ 1 \end{cases}",
        r"\boldsymbol{\mu} + \underbrace{x}_{\text{seen}} \cancel{y}",
        r"\begin{align*} a &= b \\ c &= d \end{align*}",
    ],
)
def test_what_jupyterlab_knows_converts(typesetter, tex):
    assert "error" not in typesetter.convert(tex, "a", display=True)


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"\KL(p)", r"\KL"),
        (r"\frac{1}", "Missing argument"),
        (r"\begin{aligned} a", "aligned"),
        ("{", "close brace"),
    ],
)
def test_what_it_does_not_know_is_an_error_that_says_so(
    typesetter, tex, words
):
    assert words in typesetter.convert(tex, "a")["error"]


def test_what_a_page_defines_another_does_not_know(typesetter):
    assert "html" in typesetter.convert(r"\def\KL{K}\KL", "a")
    assert "html" in typesetter.convert(r"\KL", "a")
    assert "error" in typesetter.convert(r"\KL", "b")


def test_numbered_environments_leave_the_number_to_sphinx():
    tex = r"\begin{align} a \end{align} \begin{cases} b \end{cases}"
    assert starred(tex) == (
        r"\begin{align*} a \end{align*} \begin{cases} b \end{cases}"
    )
    assert starred(r"\begin{gather*} a \end{gather*}") == (
        r"\begin{gather*} a \end{gather*}"
    )


def test_lines_and_paragraphs_of_a_formula_stand_under_one_another():
    assert gathered("a = b") == "a = b"
    assert gathered("a \\\\ b") == r"\begin{split}a \\ b\end{split}"
    assert gathered("a\n\nb") == r"\begin{gather*}a\\b\end{gather*}"


def test_equations_are_numbered_and_linked(book):
    page = book.read("chapters/index.html")
    assert re.search(r'<div class="math[^>]*id="equation-eq-entropy"', page)
    assert page.count('class="eqno"') == 2
    assert re.search(r'href="#equation-eq-entropy">\(1\)</a>', page)


def test_pages_with_formulas_have_their_sheet_and_others_have_not(book):
    assert "math.css" in book.read("chapters/index.html")
    assert "math.css" not in book.read("chapters/moving.html")


def test_no_page_loads_mathjax(book):
    for page in book.out.rglob("*.html"):
        assert "mathjax.js" not in page.read_text("utf8").lower()
        assert "tex-mml" not in page.read_text("utf8").lower()


def test_an_unknown_command_fails_the_build(tmp_path):
    root = tmp_path / "book"
    write_book(root)
    (root / "chapters" / "moving.ipynb").unlink()
    toc = "format: jb-book\nroot: chapters/index\n"
    (root / "_toc.yml").write_text(toc, "utf8")
    wrong = FIRST + "\nAnd $\\nosuchcommand{p}$.\n"
    (root / "chapters" / "index.md").write_text(wrong, "utf8")
    built = Built(root)
    assert built.status != 0
    assert r"\nosuchcommand" in built.words
    assert "chapters/index.md" in built.words
    shutil.rmtree(root)
