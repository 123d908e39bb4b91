import os

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lib.site.book import store

KEYS = [f"{number:020x}" for number in range(9)]


def notebook(code="1"):
    return new_notebook(cells=[new_code_cell(code)])


def test_a_saved_page_comes_back_with_its_expectations(tmp_path):
    live = [{"name": "θ-shift"}]
    store.save(notebook("x"), live, "chapters/one", KEYS[0], tmp_path)
    found = store.load("chapters/one", KEYS[0], tmp_path)
    assert found.cells[0].source == "x"
    assert store.expected_figures("chapters/one", KEYS[0], tmp_path) == live
    assert store.has("chapters/one", KEYS[0], tmp_path)
    assert store.load("chapters/one", KEYS[1], tmp_path) is None


@pytest.mark.parametrize("rest", ["", '{"cells": [', "null"])
def test_half_a_page_is_never_taken(tmp_path, rest):
    store.save(notebook(), [], "one", KEYS[0], tmp_path)
    store.place("one", KEYS[0], tmp_path).write_text(rest)
    assert store.load("one", KEYS[0], tmp_path) is None


def test_an_interrupted_save_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.save(notebook(), [], "one", KEYS[0], tmp_path)
    assert list(store.folder(tmp_path).iterdir()) == []


def test_a_page_without_its_expectations_is_not_taken(tmp_path):
    store.save(notebook(), [], "one", KEYS[0], tmp_path)
    store.place("one", KEYS[0], tmp_path, ".live.json").unlink()
    assert store.load("one", KEYS[0], tmp_path) is None


def test_old_runs_of_a_page_are_deleted(tmp_path):
    store.save(notebook(), [], "one-more", KEYS[0], tmp_path)
    for age, key in enumerate(KEYS):
        store.save(notebook(), [], "one", key, tmp_path)
        if (path := store.place("one", key, tmp_path)).exists():
            os.utime(path, (age, age))
    store.prune("one", tmp_path)
    kept = [key for key in KEYS if store.has("one", key, tmp_path)]
    assert kept == KEYS[-store.KEPT :]
    assert store.has("one-more", KEYS[0], tmp_path)
    assert len(list(store.folder(tmp_path).iterdir())) == 2 * store.KEPT + 2


def test_a_failure_is_kept_until_the_page_succeeds(tmp_path):
    store.save_failure("no", notebook("x"), "one", KEYS[0], tmp_path)
    failure = store.load_failure("one", KEYS[0], tmp_path)
    assert failure["message"] == "no"
    assert '"x"' in failure["notebook"]
    store.save(notebook(), [], "one", KEYS[1], tmp_path)
    assert store.load_failure("one", KEYS[0], tmp_path) is None


def test_durations_are_remembered(tmp_path):
    assert store.durations(tmp_path) == {}
    store.save_duration("one", 1.23, tmp_path)
    store.save_duration("two", 2, tmp_path)
    assert store.durations(tmp_path) == {"one": 1.2, "two": 2}
    (store.folder(tmp_path) / "durations.json").write_text("{")
    assert store.durations(tmp_path) == {}
