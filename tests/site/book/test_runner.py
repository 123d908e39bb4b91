import os
import select
import signal
import subprocess
import sys

import psutil
import pytest

from lib.site.book import runner, store
from lib.site.book.execute import PageError
from lib.site.book.runner import docnames, run_pages

# What runs in the background starts with interruptions ignored.
MAIN = """\
import pathlib, signal, sys
import lib.site.book.__main__ as driver
signal.signal(signal.SIGINT, signal.default_int_handler)
driver.ensure_bundle = lambda: None
sys.argv[1:] = ["--no-serve"]
raise SystemExit(driver.main(pathlib.Path({root!r})))
"""


def states(toy, **options):
    return {o.docname: o.state for o in run_pages(toy.root, **options)}


def test_a_failing_page_leaves_the_others_alone(toy):
    toy.contents("one", "two", "three")
    toy.page("one", "1 / 0")
    toy.page("two", "2")
    toy.write("three.ipynb", "no notebook")
    assert states(toy) == {"one": "failed", "two": "ok", "three": "failed"}
    # the second time nothing is run that went well
    assert states(toy)["two"] == "unchanged"


def test_a_malformed_table_of_contents_is_named(toy):
    toy.write(
        "_toc.yml", "format: jb-book\nroot: one\nchapters: []\nparts: []"
    )
    with pytest.raises(SystemExit, match=r"_toc\.yml: .*chapters"):
        docnames(toy.root)


@pytest.fixture
def called(monkeypatch):
    """The pages in the order in which they are started; none is run."""
    started = []

    def start(docname, root, timeout):
        started.append(docname)
        raise PageError("not run here")

    monkeypatch.setattr(runner, "execute_page", start)
    return started


def test_unknown_and_long_pages_are_started_first(toy, called):
    toy.contents("short", "long", "fresh")
    for docname in docnames(toy.root):
        toy.page(docname)
    store.save_duration("short", 1, toy.root)
    store.save_duration("long", 50, toy.root)
    states(toy, at_once=1)
    assert called == ["fresh", "long", "short"]


def test_pages_without_cells_of_their_own_are_not_run(toy, called):
    toy.contents("one", "two")
    toy.write("one.md", "# One\n")
    toy.page("two")
    assert states(toy) == {"two": "failed"}
    assert called == ["two"]


def test_an_interruption_ends_the_kernels_and_the_next_run_goes_on(toy):
    pipe = toy.root / "_build" / "pipe"
    toy.contents("good", "endless")
    toy.page("good", "1")
    toy.page(
        "endless",
        f"import os; open({str(pipe)!r}, 'w').write(f'{{os.getpid()}}\\n')",
        "while True: pass",
    )
    assert states(toy, timeout=1) == {"good": "ok", "endless": "failed"}
    pipe.unlink()
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    driver = subprocess.Popen(
        [sys.executable, "-c", MAIN.format(root=str(toy.root))],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert select.select([reading], [], [], 60)[0], "the page did not start"
    kernel = int(os.read(reading, 100))
    driver.send_signal(signal.SIGINT)
    said, _ = driver.communicate(timeout=120)
    assert driver.returncode == 130
    assert "good" in said
    assert "unchanged" in said
    assert is_gone(kernel)


def is_gone(pid: int) -> bool:
    """Whether a process has ended (its parent may not have asked yet)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
