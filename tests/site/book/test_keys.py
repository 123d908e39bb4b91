import ast

import numpy as np
import pytest

from lib.site.book import keys
from lib.site.book.keys import page_key, page_sources, read_page, requirements

IMPORT = "from toy.middle import Y\n\nY"


@pytest.fixture
def page(toy):
    toy.page("chapters/one", IMPORT)
    return toy


def names(toy, docname="chapters/one"):
    found = page_sources(read_page(docname, toy.root), toy.root)
    return {path.relative_to(toy.root).as_posix() for path in found}


def test_the_key_covers_modules_that_modules_import(page):
    before = page_key("chapters/one", page.root)
    page.write("toy/deep.py", "X = 0\n")
    assert page_key("chapters/one", page.root) != before


def test_the_key_ignores_modules_that_nobody_imports(page):
    before = page_key("chapters/one", page.root)
    page.write("toy/other.py", "Z = 0\n")
    page.write("toy/fresh.py", "")
    page.write("tests/test_toy.py", "")
    assert page_key("chapters/one", page.root) == before


def test_the_key_covers_data_beside_an_imported_module(page):
    page.write("toy/front/draw.js", "1")
    page.write("toy/site/__init__.py", "")
    page.write("toy/site/page.css", "")  # of a package that is not imported
    assert "toy/site/page.css" not in names(page)
    before = page_key("chapters/one", page.root)
    page.write("toy/front/draw.js", "2")
    assert page_key("chapters/one", page.root) != before


@pytest.mark.parametrize(
    "code",
    [
        "import toy.middle as m",
        "import toy.middle, numpy",
        "from toy import middle",
        "%matplotlib inline\nfrom toy.middle import Y",
        "def late():\n    from toy.middle import Y",
        "if False:\n    import toy.middle",
    ],
)
def test_every_form_of_import_is_followed(toy, code):
    toy.page("chapters/one", "this is no Python", code)
    assert {"toy/__init__.py", "toy/middle.py", "toy/deep.py"} <= names(toy)


@pytest.mark.parametrize("code", ["from .deep import X", "from . import deep"])
def test_relative_imports_of_modules_are_followed(toy, code):
    toy.write("toy/middle.py", code)
    toy.page("chapters/one", "import toy.middle")
    assert "toy/deep.py" in names(toy)


def test_relative_imports_reach_the_packages_above(toy):
    toy.write("toy/inner/__init__.py", "from ..deep import X")
    toy.page("chapters/one", "import toy.inner")
    assert "toy/deep.py" in names(toy)


def test_prose_and_dress_leave_the_key_alone(page):
    before = page_key("chapters/one", page.root)
    page.page("chapters/one", IMPORT, prose="More.", tags=["hide-input"])
    assert page_key("chapters/one", page.root) == before


def test_code_and_how_it_is_run_change_the_key(page):
    before = page_key("chapters/one", page.root)
    page.page("chapters/one", IMPORT, tags=["raises-exception"])
    tagged = page_key("chapters/one", page.root)
    page.page("chapters/one", IMPORT, "")
    longer = page_key("chapters/one", page.root)
    assert len({before, tagged, longer}) == 3


def test_requirements_change_the_key_and_their_comments_do_not(page):
    before = page_key("chapters/one", page.root)
    page.write("requirements.txt", "# why\nnumpy  # arrays\n")
    assert page_key("chapters/one", page.root) == before
    page.write("requirements.txt", "numpy>=2\n")
    assert page_key("chapters/one", page.root) != before


def test_requirements_tell_what_is_really_installed(toy):
    toy.write("requirements.txt", "numpy\nno-such-package==1\n-e .\n")
    toy.write("pyproject.toml", '[project]\ndependencies = ["scipy>=1"]\n')
    found = requirements(toy.root)
    assert f"numpy {np.__version__}" in found
    assert "scipy>=1" in found
    assert "no-such-package is not installed" in found


def test_what_is_no_notebook_is_refused_by_name(toy):
    toy.write("chapters/one.ipynb", "<<<<<<< HEAD\n{}\n")
    with pytest.raises(ValueError, match="not a notebook"):
        page_key("chapters/one", toy.root)


def test_syntax_trees_are_built_by_one_thread_at_a_time(monkeypatch):
    def parse(code):
        assert keys._PARSING.locked()
        return real(code)

    real = ast.parse
    monkeypatch.setattr(ast, "parse", parse)
    assert len(keys.parsed("x = 1").body) == 1
    assert keys.parsed("x =").body == []
    assert not keys._PARSING.locked()  # released, also after an error
