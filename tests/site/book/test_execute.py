import psutil
import pytest

from lib.site.book import store
from lib.site.book.execute import PageError, execute_page
from lib.site.book.keys import page_key

LIVE = """\
import sys, types
expected = [{"name": "shift", "states": []}]
sys.modules["lib.live"] = types.SimpleNamespace(
    __file__=None, expectations=lambda: expected
)
"""


def test_a_page_is_run_and_kept_with_all_that_it_shows(toy):
    backend = "import matplotlib as mpl, os; mpl.get_backend()"
    slider = "import ipywidgets\nipywidgets.IntSlider(7)"
    folder = "os.path.basename(os.getcwd())"
    codes = ["from toy.middle import Y; Y", backend, folder, slider, LIVE]
    toy.page("chapters/one", *codes, "sorted(n for n in dir() if n[0] != '_')")
    notebook = execute_page("chapters/one", toy.root)
    key = page_key("chapters/one", toy.root)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [c.outputs[0].data["text/plain"] for c in cells if c.outputs]
    assert shown[0] == "42"
    assert "inline" in shown[1]
    assert shown[2] == "'chapters'"
    assert "start" not in shown[-1]  # the watcher's names stay its own
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4, 5, 6]
    assert "widget-state" in str(notebook.metadata.widgets)
    assert store.load("chapters/one", key, toy.root) == notebook
    assert store.expected_figures("chapters/one", key, toy.root)[0]["name"]
    assert len(notebook.cells) == 7


def test_a_page_says_how_long_it_computed_and_not_how_long_it_waited(toy):
    toy.page("waits", "import time; time.sleep(2)")
    loop = "end = time.process_time() + 2\nwhile time.process_time() < end: 1"
    toy.page("works", f"import time\n{loop}")
    waited, worked = (
        execute_page(name, toy.root).metadata["cpu_seconds"]
        for name in ("waits", "works")
    )
    assert worked >= 2
    assert 0 < waited < worked - 1


def test_a_failing_cell_is_named_with_its_line(toy, monkeypatch):
    # without care this setting switches off every assertion of the book
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    toy.page("one", "x = 1", "# the claims\nassert x == 1\nassert x > 1, 'no'")
    with pytest.raises(PageError) as caught:
        execute_page("one", toy.root)
    assert str(caught.value) == (
        "code cell 2 (`# the claims`): AssertionError: no "
        "(at `assert x > 1, 'no'`)"
    )
    assert "Traceback" in caught.value.traceback
    assert not store.has("one", page_key("one", toy.root), toy.root)


def test_an_endless_cell_is_ended_and_named(toy):
    toy.page("one", "while True: pass")
    with pytest.raises(PageError, match=r"1 .`while True.*after 1 seconds"):
        execute_page("one", toy.root, timeout=1)


def test_a_dying_kernel_is_named(toy):
    toy.page("one", "import os; os._exit(3)")
    with pytest.raises(PageError, match=r"cell 1 .*the kernel died"):
        execute_page("one", toy.root)


def test_a_file_that_the_key_does_not_know_is_refused(toy):
    toy.write("chapters/table.csv", "1")
    toy.page("chapters/one", "open('table.csv').read()")
    with pytest.raises(PageError, match=r"looks at chapters/table\.csv"):
        execute_page("chapters/one", toy.root)


def test_a_page_that_changes_while_it_runs_is_not_kept(toy):
    path = toy.root / "toy" / "deep.py"
    change = f"import toy.deep, os\nos.system('echo X=1 > \"{path}\"');"
    toy.page("one", change)
    with pytest.raises(PageError, match="changed while it ran"):
        execute_page("one", toy.root)
    assert not store.has("one", page_key("one", toy.root), toy.root)


def test_no_kernel_outlives_its_page(toy):
    toy.page("one", "import os; os.getpid()")
    notebook = execute_page("one", toy.root)
    kernel = int(notebook.cells[1].outputs[0].data["text/plain"])
    assert not psutil.pid_exists(kernel)
