"""A live figure on a built page, moved by keyboard as a reader moves it."""

import re
import statistics
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from itertools import cycle, islice
from typing import NamedTuple

import numpy as np
from playwright.sync_api import ElementHandle, Locator, TimeoutError

from .visit import Visit, wait_for_figures

OWN_WORK, STEPS = 4.0, 15  # ms, median over so many steps
# A piece of work like a figure's, beside each step: a machine that is slow or
# busy takes longer for both, if not by the same factor, and is given more.
REFERENCE = """() => {
  const start = performance.now();
  let path = '';
  for (let i = 0; i < 4000; i++)
    path += `L${(50 * Math.sin(i)).toFixed(2)},${(i / 7).toFixed(2)}`;
  return path.length && performance.now() - start;
}"""
QUIET = 1.0  # ms that REFERENCE takes where 4 ms are allowed
RANGES = {"FloatSlider", "IntSlider", "SelectionSlider", "Play"}
# From the key to the paint that follows it: the first frame after the key,
# then a message, which is delivered when that frame has been painted.
WATCH_PAINT = """box => {
  box.painted = [];
  box.addEventListener('keydown', event => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage =
      () => box.painted.push(performance.now() - event.timeStamp);
    port2.postMessage(0);
  }), true);
}"""
PICTURE = """box => {
  const picture = box.querySelector('.live [role=img]');
  const drawn = [...picture.querySelectorAll('svg *')]
    .map(e => [...e.attributes].map(a => a.value).join(' '));
  const painted = [...picture.querySelectorAll('canvas')]
    .map(c => c.width && c.height ? c.toDataURL() : '');
  return drawn.concat(painted).join('|');
}"""
LIVE = "box.querySelector('.live').dataset"
NUMBERS = """box => Object.fromEntries(
  [...box.querySelectorAll('b[data-number]')]
    .map(b => [b.dataset.number, b.textContent]))"""

# The ink of each pixel of each decoded picture, read from the middles of what
# is painted within its frame.
DECODED = """([box, shapes]) => [...box.querySelectorAll('.live-panel')]
  .filter(panel => panel.querySelector('.paper')).map((panel, n) => {
    const canvas = panel.querySelector('canvas'), [rows, columns] = shapes[n];
    const paper = panel.querySelector('.paper').getBoundingClientRect();
    const all = canvas.getBoundingClientRect();
    const scale = canvas.width / all.width, ctx = canvas.getContext('2d');
    const at = share => [paper.left - all.left + paper.width * share[0],
      paper.top - all.top + paper.height * share[1]]
      .map(place => Math.floor(place * scale));
    const ink = (i, k) => 255 - ctx.getImageData(
      ...at([(k + 0.5) / columns, (i + 0.5) / rows]), 1, 1).data[0];
    return Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, k) => ink(i, k)));
  })"""
SCROLLED = "() => scrollY"
LEVEL = 0.6  # of grey: a pixel is painted in whole levels


class Figure(NamedTuple):
    """The n-th live figure of a page, with what Python expects of it."""

    visit: Visit
    box: Locator
    element: ElementHandle  # the box, asked in a fifth of a locator's time
    expected: dict

    @property
    def name(self) -> str:
        return self.expected["name"]

    @property
    def at(self) -> list[int]:
        at = self.element.evaluate(f"box => {LIVE}.at")
        return [int(i) for i in at.split(",")]

    @property
    def own_work(self) -> float:
        return float(self.element.evaluate(f"box => {LIVE}.ms"))

    @property
    def picture(self) -> str:
        """All that is drawn, as one text."""
        return self.element.evaluate(PICTURE)

    @property
    def numbers(self) -> dict[str, str]:
        return self.element.evaluate(NUMBERS)

    def decoded(self, shapes: list) -> list:
        """The pictures that are painted, as levels of ink in 0..255."""
        return self.visit.page.evaluate(DECODED, [self.element, shapes])

    def control(self, control: dict) -> Locator:
        """What takes the keys: found by the control's label."""
        role = {"Dropdown": "combobox", "Checkbox": "checkbox"}
        label = control["label"]
        if control["kind"] in RANGES:
            return self.box.get_by_role("slider", name=label, exact=True)
        if control["kind"] in role:
            return self.box.get_by_role(
                role[control["kind"]], name=label, exact=True
            )
        group = self.box.get_by_role("group", name=label, exact=True)
        return group.locator("input:checked")

    def move(self, n: int, to: int) -> None:
        """Press keys until the n-th control stands at the index `to`."""
        control = self.expected["controls"][n]
        self.control(control).focus()
        for key in keys(control, self.at[n], to):
            self.visit.page.keyboard.press(key)


def keys(control: dict, here: int, to: int) -> list[str]:
    """The keys that lead from one index to another, the ends at once."""
    last = len(control["values"]) - 1
    if control["kind"] == "Checkbox":
        return ["Space"] * (here != to)
    if control["kind"] not in ("ToggleButtons", "RadioButtons"):
        if to in (0, last):
            return ["End" if to else "Home"]
        if to < abs(to - here):
            return ["Home"] + ["ArrowRight"] * to
    back, on = ("ArrowUp", "ArrowDown")
    if control["kind"] in RANGES:
        back, on = ("ArrowLeft", "ArrowRight")
    return [on] * (to - here) or [back] * (here - to)


def figures(visit: Visit, expected: list[dict]) -> list[Figure]:
    """The live figures of a page, in their order."""
    boxes = visit.page.locator(".live-box:has(.live)")
    return [
        Figure(visit, box := boxes.nth(n), box.element_handle(), e)
        for n, e in enumerate(expected)
    ]


# --- checks ------------------------------------------------------------------


def not_ready(visit: Visit, expected: list[dict]) -> Iterator[str]:
    """All figures are drawn, and none that Python does not know."""
    said = wait_for_figures(visit) if expected else "ready"
    if said != "ready":
        yield f"the page says that its widgets are {said}"
    names = [
        box.get_attribute("data-name")
        for box in visit.page.locator(".live-box .live").all()
    ]
    if names != [e["name"] for e in expected]:
        yield f"figures are {names}, not {[e['name'] for e in expected]}"


def wrong_numbers(visit: Visit, expected: list[dict]) -> Iterator[str]:
    """Every control goes by keyboard to its ends and its middle.

    At each of these states the numbers and the decoded pictures shown are
    those that the scene, called anew in Python, gives; and so they are at
    the start.
    """
    for figure in figures(visit, expected):
        states = {tuple(s["at"]): s for s in figure.expected["states"]}
        start = figure.at
        yield from differences(figure, states.get(tuple(start)))
        for n, control in enumerate(figure.expected["controls"]):
            last = len(control["values"]) - 1
            for to in (0, last, (last + 1) // 2, start[n]):
                figure.move(n, to)
                wanted = [*start[:n], to, *start[n + 1 :]]
                if figure.at != wanted:
                    yield f"{figure.name}: {wanted}: keys lead to {figure.at}"
                else:
                    yield from differences(figure, states.get(tuple(wanted)))


def differences(figure: Figure, expected: dict | None) -> Iterator[str]:
    shown, place = figure.numbers, f"{figure.name} at {figure.at}"
    if expected is None:
        yield f"{place}: Python was not asked for this state"
        return
    numbers = expected["numbers"]
    for name in numbers | shown:
        if numbers.get(name) != shown.get(name):
            yield (
                f"{place}: {name} is {shown.get(name)!r}, "
                f"Python says {numbers.get(name)!r}"
            )
    yield from wrong_pictures(figure, expected.get("decoded", []))


def wrong_pictures(figure: Figure, expected: list) -> Iterator[str]:
    """Every pixel of a decoded picture has the grey that Python gives it."""
    if not expected:
        return
    drawn = figure.decoded([np.shape(picture) for picture in expected])
    if len(drawn) != len(expected):
        yield f"{figure.name}: {len(drawn)} pictures, not {len(expected)}"
    for n, (one, wanted) in enumerate(zip(drawn, expected, strict=False)):
        far = np.abs(np.subtract(one, wanted)).max()
        if far > LEVEL:
            yield (
                f"{figure.name} at {figure.at}: picture {n} is off by "
                f"{far:.1f} levels of grey"
            )


def frozen_pictures(visit: Visit, expected: list[dict]) -> Iterator[str]:
    """From one end of a control to the other, the picture changes."""
    for figure in figures(visit, expected):
        start = figure.at
        for n, control in enumerate(figure.expected["controls"]):
            figure.move(n, 0)
            first = figure.picture
            figure.move(n, len(control["values"]) - 1)
            if figure.picture == first:
                yield f"{figure.name}: {control['label']} changes nothing"
            figure.move(n, start[n])


class Speed(NamedTuple):
    """Milliseconds a step: our own work, the reference's, and from the key
    to the paint."""

    work: list[float]
    reference: list[float]
    paint: list[float]

    @property
    def slowness(self) -> float:
        """How much longer than in quiet this machine takes, at least 1."""
        return max(1.0, statistics.median(self.reference) / QUIET)

    @property
    def allowed(self) -> float:
        """What a step may take here: half as much again for all delay."""
        return OWN_WORK * (1 + 1.5 * (self.slowness - 1))

    def __str__(self) -> str:
        paint = sorted(self.paint)
        return (
            f"own work {statistics.median(self.work):.2f} ms of "
            f"{self.allowed:.1f} ms allowed, painted "
            f"{statistics.median(paint):.1f} ms after the key (median of "
            f"{len(paint)} steps; 95 %: {paint[int(0.95 * len(paint))]:.1f})"
        )


def speed(figure: Figure) -> Speed:
    """The control with the most values goes up and down, key by key."""
    controls = figure.expected["controls"]
    n = max(range(len(controls)), key=lambda n: len(controls[n]["values"]))
    size, start = len(controls[n]["values"]), figure.at
    figure.move(n, 0)
    figure.element.evaluate(WATCH_PAINT)
    work: list[float] = []
    reference: list[float] = []
    here = 0
    sweep = [*range(1, size), *range(size - 2, -1, -1)]
    for to in islice(cycle(sweep), STEPS):
        for key in keys(controls[n], here, to):
            figure.visit.page.keyboard.press(key)
        work.append(figure.own_work)
        reference.append(figure.visit.page.evaluate(REFERENCE))
        here = to
    figure.visit.settle()
    paint = figure.element.evaluate("box => box.painted")
    figure.move(n, start[n])
    return Speed(work, reference, paint)


def too_slow(figure: Figure, measured: Speed) -> Iterator[str]:
    median = statistics.median(measured.work)
    if median > measured.allowed:
        yield f"{figure.name}: {measured}"


def broken_players(visit: Visit, expected: list[dict]) -> Iterator[str]:
    """Play's button starts and stops the figure, by keyboard."""
    for figure in figures(visit, expected):
        for n, control in enumerate(figure.expected["controls"]):
            if control["kind"] != "Play":
                continue
            start = figure.at
            figure.move(n, 0)
            name = f"Play {control['label']}"
            button = figure.box.get_by_role("button", name=name, exact=True)
            button.press("Enter")
            moving = f"live => +live.dataset.at.split(',')[{n}] > 1"
            live = figure.box.locator(".live").element_handle()
            try:
                visit.page.wait_for_function(moving, arg=live, timeout=9_000)
            except TimeoutError:
                yield f"{figure.name}: {name} does not start"
                continue
            pause = figure.box.get_by_role(
                "button", name=f"Pause {control['label']}"
            )
            if not pause.count():
                yield f"{figure.name}: {name} cannot be paused"
            else:
                pause.press("Enter")
            figure.move(n, start[n])


def silent(visit: Visit, expected: list[dict]) -> Iterator[str]:
    """Shortly after a step a screen reader is told all the numbers.

    The first state of all may be kept back: the page has just been opened.
    """
    for figure in figures(visit, expected):
        start, last = figure.at, len(figure.expected["controls"][0]["values"])
        for to in (last - 1, 0, last // 2):
            figure.move(0, to)
            told = is_told(figure)
        if not told:
            yield f"{figure.name}: its numbers are not said after a step"
        figure.move(0, start[0])


def is_told(figure: Figure) -> bool:
    """Whether the figure's polite region comes to hold what is shown."""
    spoken = figure.box.locator(".live [aria-live=polite]").element_handle()
    told = [f"{name} {text}" for name, text in figure.numbers.items()]
    script = """([box, told]) => told.every(
      text => box.textContent.replaceAll('infinite', '∞').includes(text))"""
    try:
        figure.visit.page.wait_for_function(
            script, arg=[spoken, told], timeout=1_500
        )
    except TimeoutError:
        return False
    return True


def without_data(visit: Visit, expected: list[dict]) -> Iterator[str]:
    """A figure shows its numbers in a table, and gives itself as an SVG."""
    for figure in figures(visit, expected):
        fold = figure.box.locator("details", has_text="Plotted numbers")
        fold.locator("summary").press("Enter")
        # a rule has one coordinate, a jump a gap: some cells are empty
        rows = fold.locator("tbody tr").filter(has_text=re.compile(r"\S"))
        try:
            rows.first.wait_for(timeout=5_000)
        except TimeoutError:
            yield f"{figure.name}: the table of plotted numbers is empty"
        fold.locator("summary").press("Enter")
        with visit.page.expect_download() as download:
            figure.box.get_by_role("button", name="Download SVG").press(
                "Enter"
            )
        tree = ElementTree.parse(download.value.path())
        if len(list(tree.iter())) < 10:
            yield f"{figure.name}: the SVG is empty"
        if download.value.suggested_filename[-4:] != ".svg":
            yield f"{figure.name}: {download.value.suggested_filename}"


def numb_pads(figure: Figure) -> Iterator[str]:
    """Two controls follow the mouse over a pad, to its ends and no further."""
    page = figure.visit.page
    pads = figure.box.locator(".live-pad:not(.handles)")
    if not pads.count():
        yield f"{figure.name}: there is no pad"
    for pad in pads.all():
        pad.scroll_into_view_if_needed()
        box, (right, top) = pad.bounding_box(), last_of(figure)
        for across, up in ((0.25, 0.75), (1.2, 0.5), (0.5, -0.2)):
            page.mouse.move(*place_in(box, 0.5, 0.5))
            page.mouse.down()
            page.mouse.move(*place_in(box, across, up), steps=9)
            page.mouse.up()
            figure.visit.settle()
            wanted = [
                min(max(share, 0), 1) * last
                for share, last in ((across, right), (up, top))
            ]
            if np.abs(np.subtract(figure.at, wanted)).max() > 0.75:
                yield f"{figure.name}: drawn to {wanted}, at {figure.at}"
            said = [output.inner_text() for output in outputs(figure)]
            yield from unlike(figure, said)


def stuck_handles(figure: Figure, places: dict[int, float]) -> Iterator[str]:
    """Each handle follows the mouse up and down, and no other does.

    Args:
        figure: With a panel whose y axis ends where its controls do.
        places: Of the handles, in shares of the width, by control.
    """
    page, pad = figure.visit.page, figure.box.locator(".live-pad.handles")
    pad.scroll_into_view_if_needed()
    box, last = pad.bounding_box(), last_of(figure)
    for control, across in places.items():
        for up in (0.25, 1.2, 0.5):
            wanted = list(figure.at)
            wanted[control] = min(up, 1) * last[control]
            page.mouse.move(*place_in(box, across + 0.05, 0.5))
            page.mouse.down()
            # what is held stays held when the pointer strays
            page.mouse.move(*place_in(box, 0.5, up), steps=9)
            page.mouse.up()
            figure.visit.settle()
            if np.abs(np.subtract(figure.at, wanted)).max() > 0.75:
                yield f"{figure.name}: drawn to {wanted}, at {figure.at}"
            said = [output.inner_text() for output in outputs(figure)]
            yield from unlike(figure, said)


def last_of(figure: Figure) -> list[int]:
    """The last index of each control."""
    return [len(c["values"]) - 1 for c in figure.expected["controls"]]


def place_in(box: dict, across: float, up: float) -> tuple[float, float]:
    """A point of the page, by its shares of a box from its lower left."""
    return (
        box["x"] + across * box["width"],
        box["y"] + (1 - up) * box["height"],
    )


def outputs(figure: Figure) -> list[Locator]:
    """What stands beside the sliders."""
    return figure.box.locator("output").all()


def unlike(figure: Figure, said: list[str]) -> Iterator[str]:
    """Sliders that do not show the values at which the figure is."""
    for control, k, text in zip(
        figure.expected["controls"], figure.at, said, strict=True
    ):
        value = float(control["values"][k])
        if float(text.replace("−", "-")) != value:
            yield f"{figure.name}: {control['label']} says {text}, is {value}"


def stuck_under_a_finger(figure: Figure) -> Iterator[str]:
    """A finger on the pad moves it; one that starts beside it scrolls."""
    page, pad = figure.visit.page, figure.box.locator(".live-pad").first
    finger = page.context.new_cdp_session(page)
    for inside in (True, False):
        pad.scroll_into_view_if_needed()
        box, before = pad.bounding_box(), (figure.at, page.evaluate(SCROLLED))
        x = box["x"] + box["width"] / 2 if inside else 4
        for k in range(9):
            y = box["y"] + box["height"] * (0.9 - 0.1 * k)
            touch(
                finger, "touchMove" if k else "touchStart", [{"x": x, "y": y}]
            )
        touch(finger, "touchEnd", [])
        figure.visit.settle()
        moved = (figure.at, page.evaluate(SCROLLED))
        if (moved[0] != before[0]) != inside:
            yield f"{figure.name}: from {before[0]} to {moved[0]}, {inside=}"
        if (moved[1] != before[1]) == inside:
            yield f"{figure.name}: the page scrolls by {moved[1]}, {inside=}"


def numb_to_touch(figure: Figure) -> Iterator[str]:
    """The first slider follows a tap, and then a finger that is drawn."""
    controls = figure.expected["controls"]
    sliders = [n for n, c in enumerate(controls) if c["kind"] in RANGES]
    if not sliders:
        return
    n = sliders[0]
    element = figure.control(controls[n])
    element.scroll_into_view_if_needed()
    box, last = element.bounding_box(), len(controls[n]["values"]) - 1
    page, y = figure.visit.page, box["y"] + box["height"] / 2
    place = f"{figure.name}: {controls[n]['label']}"
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], y)
    tapped = figure.at[n] / last
    if not 0.7 < tapped < 0.9:
        yield f"{place} stands at {tapped:.2f} after a tap at 0.8"
    finger = page.context.new_cdp_session(page)
    for share in (0.8, 0.6, 0.4, 0.2):
        point = {"x": box["x"] + share * box["width"], "y": y}
        kind = "touchStart" if share == 0.8 else "touchMove"
        touch(finger, kind, [point])
    touch(finger, "touchEnd", [])
    drawn = figure.at[n] / last
    if not 0.1 < drawn < 0.3:
        yield f"{place} stands at {drawn:.2f}, drawn to 0.2"


def touch(finger, kind: str, points: list[dict]) -> None:
    finger.send(
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
    )
