"""Runs in a page's kernel: what does the page read, how long does it compute?

The kernel executes this file's text, before the first cell and after the
last, without importing it: the page must not notice. What it finds out is
held against the page's key, for a file that the key does not know could
change without the page being run again.
"""

import json
import os
import sys


def start() -> None:
    """Remember every file that is opened from now on."""
    opened = sys._opened_files = set()

    def hook(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            opened.add(os.path.abspath(os.fsdecode(arguments[0])))

    sys.addaudithook(hook)


def report(root: str) -> None:
    """Print the files below `root`, the figures' expectations, and `cpu`.

    That is, the seconds of processor that the kernel and its children used.
    """
    modules = [getattr(m, "__file__", None) for m in [*sys.modules.values()]]
    live = sys.modules.get("lib.live")
    figures = live.expectations() if live else []
    files = {*filter(None, modules), *sys._opened_files}
    inside = {os.path.relpath(f, root) for f in files if _is_source(f, root)}
    cpu = round(sum(os.times()[:4]), 1)
    print(json.dumps({"files": sorted(inside), "live": figures, "cpu": cpu}))


def _is_source(path: str, root: str) -> bool:
    """A file that is neither elsewhere, nor made by a tool, nor hidden."""
    parts = os.path.abspath(path).split(os.sep)
    top = os.path.abspath(root).split(os.sep)
    made = {"_build", "node_modules", "__pycache__"}
    # some modules and some import hooks name files that do not exist
    return (
        os.path.isfile(path)
        and parts[: len(top)] == top
        and not any(
            part in made or part.startswith(".") or part.endswith(".egg-info")
            for part in parts[len(top) :]
        )
    )
