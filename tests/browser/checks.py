"""What must be true of every built page; each check yields complaints."""

import json
from collections.abc import Iterator

from lib.site.bundle import PACKAGES

from .serve import Server, squeezed
from .visit import Visit

AXE = PACKAGES / "axe-core" / "axe.min.js"
WEIGHT = 250_000  # bytes of a page beside its figures' data
DATA = 1_000_000  # bytes of all figures' data, decoders among them
# Two thirds of a page's elements are the glyphs of its formulas, the MathML
# that is read out in their place, and the words of its code. axe takes half
# the time if of these it reads the formula's text, and of the words of each
# kind the first in its block. They are put back afterwards.
THIN = """() => {
  const first = pre => {
    const copy = pre.cloneNode(true), met = new Set();
    for (const word of copy.querySelectorAll('span[class]:not(:has(*))')) {
      if (met.has(word.className)) word.replaceWith(word.textContent);
      met.add(word.className);
    }
    copy.normalize();
    return [...copy.childNodes];
  };
  const kept = [
    ['mjx-math[aria-hidden=true]', () => []],
    ['mjx-assistive-mml math', formula => [formula.textContent]],
    ['.highlight pre', first],
  ].flatMap(([where, less]) => [...document.querySelectorAll(where)]
    .map(e => [e, [...e.childNodes], less(e)]));
  kept.forEach(([e, , less]) => e.replaceChildren(...less));
  return () => kept.forEach(([e, all]) => e.replaceChildren(...all));
}"""
RUN_AXE = f"""async ([where, whole]) => {{
  const restore = whole ? () => 0 : ({THIN})();
  const told = await axe.run(where, {{ resultTypes: ['violations'] }});
  restore();
  return told.violations.map(v =>
    [v.id, v.nodes.slice(0, 3).map(n => n.target.join(' '))]);
}}"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > width + 1)
    .slice(0, 4).map(e => e.tagName + '.' + e.className).concat('the page');
}"""
OPEN_FOLDS = """() => [...document.querySelectorAll(
    '.solution, .dropdown, details.sd-dropdown')]
  .filter(fold => fold.closest('details')?.open ?? true)
  .map(fold => fold.innerText.slice(0, 40))"""
COLOURS = """() => {
  const look = e => { const s = getComputedStyle(e);
    return [s.stroke, s.fill, s.color, s.backgroundColor].join(); };
  const marks = document.querySelectorAll('.live [role=img] svg *');
  const canvases = document.querySelectorAll('.live [role=img] canvas');
  return { page: look(document.body), marks: [...marks].map(look).join('|'),
    text: look(document.querySelector('article p')),
    canvases: [...canvases].filter(c => c.width && c.height)
      .map(c => c.toDataURL()) };
}"""
HIDDEN_PICTURES = """() => [...document.querySelectorAll(
    'script[type="application/vnd.jupyter.widget-view+json"]')]
  .filter(tag => {
    const place = tag.closest('.cell_output, .output, .live-place');
    const picture = place && place.querySelector('img');
    return !(picture && picture.checkVisibility() && picture.naturalWidth);
  }).length"""


def outside_requests(visit: Visit) -> Iterator[str]:
    yield from (f"the page asks for {url}" for url in visit.outside)


def errors(visit: Visit) -> Iterator[str]:
    yield from (f"an error: {error}" for error in visit.errors)


def overflow(visit: Visit) -> Iterator[str]:
    wide = visit.page.evaluate(TOO_WIDE)
    if wide:
        yield f"the page scrolls sideways, because of {wide}"


def inaccessible(
    visit: Visit, inside: str = "html", whole: bool = False
) -> Iterator[str]:
    """What axe-core finds wrong in the page as it is now, or in parts.

    Unless it is to read the page as a whole, it meets fewer words and signs.
    """
    if not visit.page.locator(inside).count():
        return
    if not visit.page.evaluate("'axe' in window"):
        visit.page.evaluate(AXE.read_text("utf8"))
    where = {"include": [[inside]]}
    for rule, nodes in visit.page.evaluate(RUN_AXE, [where, whole]):
        yield f"axe: {rule} at {'; '.join(nodes)}"


def open_folds(visit: Visit) -> Iterator[str]:
    """Solutions and side remarks are folded until a reader opens them."""
    for text in visit.page.evaluate(OPEN_FOLDS):
        yield f"not folded: {text!r}"


def unthemed(visit: Visit, dark: dict) -> Iterator[str]:
    """The theme's button changes page, text and figures, at once.

    Then a light page looks as one that was opened on a dark screen, `dark`.
    """
    button = visit.page.get_by_role("button", name="theme").or_(
        visit.page.locator("button.theme-switch-button")
    )
    if not button.count():
        yield "there is no button that changes the theme"
        return
    root = visit.page.locator("html")
    first, before = root.get_attribute("data-theme"), look(visit)
    for _ in range(3):  # it may pass through "as the system does"
        if root.get_attribute("data-theme") == first:
            button.first.click()
    visit.settle()
    after = look(visit)
    for part in before:
        if after[part] != dark[part]:
            yield f"not as in the dark theme: {part}"
        if before[part] and part != "canvases" and after[part] == before[part]:
            yield f"as before in the light theme: {part}"


def look(visit: Visit) -> dict:
    return visit.page.evaluate(COLOURS)


def missing_without_script(visit: Visit, figures: int) -> Iterator[str]:
    """Without JavaScript the text, and a picture of each figure, are there."""
    words = visit.page.locator("article").first.inner_text().split()
    if len(words) < 100:
        yield f"only {len(words)} words to read"
    tags = visit.page.locator("script[type$='widget-view+json']").count()
    if tags != figures:
        yield f"{tags} figures in the page, not {figures}"
    hidden = visit.page.evaluate(HIDDEN_PICTURES)
    if hidden:
        yield f"{hidden} of {figures} figures have no picture to see"


def weight(visit: Visit, server: Server) -> tuple[int, int]:
    """Bytes on the wire: all files of a page, and its figures' data."""
    visit.page.keyboard.press("End")  # what is loaded late, is loaded now
    visit.page.wait_for_load_state("networkidle")
    total = sum(server.weight(url) for url in set(visit.asked))
    return total, data_weight(server, visit.page.url)


def data_weight(server: Server, url: str) -> int:
    """How much lighter the page would be without its figures' data."""
    page = (server.read(server.path(url)) or b"").decode()
    start = page.find('widget-state+json"')
    if start < 0:
        return 0
    start = page.index(">", start) + 1
    end = page.index("</script>", start)
    state = json.loads(page[start:end])
    for model in state["state"].values():
        model["buffers"] = []
    bare = page[:start] + json.dumps(state) + page[end:]
    return len(squeezed(page.encode())) - len(squeezed(bare.encode()))


def too_heavy(total: int, data: int) -> Iterator[str]:
    if total - data > WEIGHT:
        yield (
            f"{total - data} bytes beside {data} bytes of figures' data, "
            f"{WEIGHT} are allowed"
        )
    if data > DATA:
        yield f"{data} bytes of figures' data, {DATA} are allowed"
