import json
import subprocess
import sys

from lib.site.book import watch
from lib.site.book.execute import WATCH


def reported(root, code: str) -> dict:
    """What the kernel would report of a page with this code."""
    text = f"{WATCH.read_text('utf8')}\nstart()\n{code}\nreport({str(root)!r})"
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_opened_files_and_imported_modules_are_reported(toy):
    toy.write("chapters/table.csv", "1")
    toy.write("_build/made.txt", "")
    toy.write(".hidden/state.json", "")
    code = (
        "import sys, types, toy.middle\n"
        "from pathlib import Path\n"
        "Path('chapters/table.csv').read_text()\n"
        "open(b'_build/made.txt').close()\n"
        "open('.hidden/state.json').close()\n"
        "open('/dev/null').close()\n"
        "toy.other = types.ModuleType('toy.other')\n"
        "toy.other.__file__ = 'made_up.py'\n"
        "sys.modules['toy.other'] = toy.other\n"
    )
    assert reported(toy.root, code)["files"] == [
        "chapters/table.csv",
        "toy/__init__.py",
        "toy/deep.py",
        "toy/middle.py",
    ]


def test_expectations_of_live_figures_are_reported(toy):
    code = (
        "import sys, types\n"
        "sys.modules['lib.live'] = types.SimpleNamespace(\n"
        "    __file__=None, expectations=lambda: [{'name': 'shift'}])\n"
    )
    assert reported(toy.root, code)["live"] == [{"name": "shift"}]
    assert reported(toy.root, "")["live"] == []


def test_watching_leaves_ordinary_code_alone(toy):
    assert callable(watch.start)
    assert callable(watch.report)
    assert reported(toy.root, "print('mine')")["files"] == []
