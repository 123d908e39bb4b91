"""A stored run is read as it was written, or not at all."""

import json
import math
import re

import pytest

from lib import stored
from lib.stored import FOLDER, load_run, save_run
from tests.rules.tree import ROOT

RUN = {
    "command": "make stored-toy",
    "packages": ["numpy"],
    "settings": {"steps": 3},
    "seeds": range(2),
    "results": {"loss": [1.5, 1.25]},
    "seconds": [0.1, 0.2],
}


def test_a_run_is_read_as_it_was_written(tmp_path):
    save_run("toy", **RUN, folder=tmp_path)
    run = load_run("toy", folder=tmp_path)
    assert run.results == {"loss": [1.5, 1.25]}
    assert (run.seeds, run.settings) == ([0, 1], {"steps": 3})
    assert run.command == "make stored-toy"
    assert run.seconds == [0.1, 0.2]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", run.date)
    assert run.versions.keys() == {"python", "numpy"}
    assert run.machine["processor"]
    assert run.machine["cores"] >= 1


@pytest.mark.parametrize(
    ("old", "new"),
    [("1.25", "1.24"), ('"steps": 3', '"steps": 4'), ("toy", "boy")],
)
def test_a_number_changed_by_hand_is_noticed(tmp_path, old, new):
    path = save_run("toy", **RUN, folder=tmp_path)
    text = path.read_text("utf8")
    assert old in text
    path.write_text(text.replace(old, new), "utf8")
    with pytest.raises(ValueError, match=r"toy.json: it was changed after"):
        load_run("toy", folder=tmp_path)


def test_a_file_with_other_fields_is_refused(tmp_path):
    data = {"results": {}}
    data["checksum"] = stored._checksum(data)
    (tmp_path / "toy.json").write_text(json.dumps(data), "utf8")
    with pytest.raises(ValueError, match=r"toy.json: it holds \['results'\]"):
        load_run("toy", folder=tmp_path)


def test_a_run_that_was_never_made_is_refused_by_name(tmp_path):
    save_run("toy", **RUN, folder=tmp_path)
    with pytest.raises(ValueError, match=r"one of \['toy'\], got 'boy'"):
        load_run("boy", folder=tmp_path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"results": {"loss": [1.0]}},
            "loss must be one number a seed",
        ),
        ({"seconds": [1.0]}, "seconds must be one number a seed"),
        ({"seeds": [], "results": {}, "seconds": []}, "for 0 seeds"),
        ({"results": {"loss": [1.0, math.nan]}}, "loss must be finite"),
        ({"seconds": [1.0, math.inf]}, "seconds must be finite"),
    ],
)
def test_a_run_that_is_no_table_is_not_written(tmp_path, changed, message):
    with pytest.raises(ValueError, match=message):
        save_run("toy", **(RUN | changed), folder=tmp_path)
    assert not [*tmp_path.iterdir()]


def test_the_processor_has_a_name_on_every_system(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "CPUINFO", tmp_path / "none")
    assert stored._processor()
    (tmp_path / "some").write_text("cpu MHz : 1\nmodel name\t: Abacus 9\n")
    monkeypatch.setattr(stored, "CPUINFO", tmp_path / "some")
    assert stored._processor() == "Abacus 9"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=str)
def test_what_is_stored_is_whole_and_can_be_made_anew(path):
    make, target = load_run(path.stem).command.split()
    makefile = (ROOT / "Makefile").read_text("utf8")
    assert make == "make"
    assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)
