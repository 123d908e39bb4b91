"""The same draws after each setup, sources as they are, tables to read."""

import inspect
import random
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from lib.pages import (
    BAR,
    QUIET,
    progress,
    setup,
    show_source,
    show_table,
)
from lib.plots import check_role
from lib.site.book.execute import environment


@pytest.fixture(autouse=True)
def as_before():
    """Leave print options and matplotlib's options as they were."""
    options = np.get_printoptions()
    with plt.rc_context():
        yield
    np.set_printoptions(**options)


def draws():
    return random.random(), np.random.random()  # noqa: NPY002


def test_setup_gives_the_same_draws_each_time():
    setup(seed=3)
    first = draws()
    draws()
    setup(seed=3)
    assert draws() == first


def test_another_seed_gives_other_draws():
    setup(seed=3)
    first = draws()
    setup(seed=4)
    assert all(a != b for a, b in zip(draws(), first, strict=True))


def test_setup_seeds_torch_and_holds_it_to_one_thread():
    torch.set_num_threads(2)
    setup(seed=5)
    first = torch.rand(3)
    assert torch.get_num_threads() == 1
    assert first.equal(torch.rand(3, generator=torch.manual_seed(5)))


def test_setup_loads_the_style_sheet():
    plt.rcParams["axes.spines.top"] = True
    setup(seed=0)
    assert plt.rcParams["axes.spines.top"] is False


def test_printed_arrays_fit_the_column():
    setup(seed=0)
    lines = str(np.linspace(0, 1, 60)).splitlines()
    assert max(map(len, lines)) <= 76


def test_a_page_without_torch_stays_without_torch():
    code = (
        "import sys; from lib.pages import setup; setup(seed=0); "
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "0", None])
def test_setup_refuses_what_is_no_seed(seed):
    with pytest.raises(ValueError, match="seed must be an int"):
        setup(seed=seed)


def test_show_source_shows_the_very_text_and_its_file():
    shown = show_source(check_role).data
    assert inspect.getsource(check_role).rstrip() in shown
    assert shown.startswith("`lib/plots.py`\n\n```python\n")
    assert shown.endswith("\n```")


def fenced():
    """A docstring with a fence of its own: ```python"""


def test_show_source_survives_backticks_in_the_text():
    shown = show_source(fenced).data
    assert "\n````python\n" in shown
    assert shown.endswith("\n````")


@pytest.mark.parametrize("thing", [len, np.exp, 3, "text"])
def test_show_source_refuses_what_has_no_source(thing):
    with pytest.raises(TypeError, match="thing must be a function or class"):
        show_source(thing)


def test_show_table_is_a_table_that_a_reader_can_read():
    shown = show_table({"gap": ["wide", r"$\theta$"], "size": [0.45, -2]})
    assert shown.data.splitlines() == [
        "| gap | size |",
        "| :-- | --: |",
        "| wide | 0.450 |",
        r"| $\theta$ | −2.00 |",
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.5579e-14, r"$1.56 \cdot 10^{-14}$"),
        (-3.2e7, r"$-3.20 \cdot 10^{7}$"),
        (128, "128"),
        (16.0, "16.0"),
        (np.inf, "∞"),
        ("0.030311", "0.030311"),
    ],
)
def test_show_table_gives_three_digits_and_leaves_text(cell, text):
    lines = show_table({"value": [cell]}).data.splitlines()
    assert lines[1:] == ["| --: |", f"| {text} |"]


@pytest.mark.parametrize(
    "columns",
    [{r"largest $|\rho|$": [1.0]}, {"rule": ["a | b"]}, {r"$\|x\|$": [1.0]}],
)
def test_show_table_refuses_a_bar_that_would_end_its_cell(columns):
    with pytest.raises(ValueError, match="a bar ends a cell"):
        show_table(columns)


def test_show_table_refuses_columns_of_two_lengths():
    with pytest.raises(ValueError, match="columns must have one length"):
        show_table({"a": [1], "b": [1, 2]})


@pytest.mark.parametrize("built", [False, True])
def test_a_bar_shows_progress_and_is_quiet_where_a_page_is_built(
    built, monkeypatch, capsys
):
    monkeypatch.delenv(QUIET, raising=False)
    if built:
        monkeypatch.setenv(QUIET, "1")
    monkeypatch.setitem(BAR, "delay", 0)
    assert list(progress(range(3), 3, "training")) == [0, 1, 2]
    assert ("training" in capsys.readouterr().err) != built


def test_steps_are_pulled_one_by_one():
    pulled = []
    steps = progress((pulled.append(k) or k for k in range(3)), 3, "steps")
    assert pulled == []
    assert next(steps) == 0
    assert pulled == [0]


def test_the_build_says_that_nobody_watches():
    assert QUIET in environment(Path("."))
