"""The same page in Firefox: a script drives it, this judges what it saw."""

import json
import subprocess
from collections.abc import Iterator

from lib.site.book import browsers
from lib.site.bundle import command
from tests.rules.tree import ROOT

SCRIPT = ROOT / "tests" / "firefox.mjs"


def drive(server, page: str, figures: list[dict], *widths: int) -> dict:
    """What Firefox saw at each width, every control moved by keyboard.

    Raises:
        AssertionError: If the script or the browser failed.
        FileNotFoundError: If there is no Firefox.
    """
    asked = {
        "program": str(browsers.firefox()),
        "url": server.url(page),
        "base": server.base,
        "widths": widths,
        "figures": figures,
    }
    program = command("node", SCRIPT, json.dumps(asked))
    done = subprocess.run(**program, capture_output=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def complaints(seen: dict, expected: list[dict]) -> Iterator[str]:
    """What is wrong with any of the visits."""
    for visit in seen["visits"]:
        place = f"Firefox, {visit['width']} px"
        yield from (f"{place}: asks for {url}" for url in visit["outside"])
        yield from (f"{place}: an error: {e}" for e in visit["errors"])
        if visit["ready"] != "ready":
            yield f"{place}: the widgets are {visit['ready']}"
        if visit["overflow"] > 0:
            yield f"{place}: scrolls sideways by {visit['overflow']} px"
        for figure, shown in zip(expected, visit["figures"], strict=False):
            yield from wrong_figure(place, figure, shown)


def wrong_figure(place: str, figure: dict, shown: dict) -> Iterator[str]:
    pictures = {tuple(s["at"]): s["picture"] for s in shown["states"]}
    if len(set(pictures.values())) < 2 <= len(pictures):
        yield f"{place}, {figure['name']}: the picture never changes"
    for state, seen in zip(figure["states"], shown["states"], strict=True):
        name = f"{place}, {figure['name']} at {state['at']}"
        if seen["at"] != state["at"]:
            yield f"{name}: keys lead to {seen['at']}"
        elif seen["numbers"] != state["numbers"]:
            yield f"{name}: {seen['numbers']}, not {state['numbers']}"
