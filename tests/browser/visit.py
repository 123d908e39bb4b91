"""Opening a page in Chromium and watching what it does there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Playwright, Route

from lib.site.book import browsers

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
    # whatever slips through: no name but loopback's leads anywhere
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# At most ten seconds: a busy machine's browser may send no frame for ever, and
# an evaluation has no end of its own. What was not painted, the checks tell.
SETTLED = """async () => {
  const settled = async () => {
    await document.fonts.ready;
    const frame = () => new Promise(requestAnimationFrame);
    await frame(); await frame();
    await Promise.allSettled(document.getAnimations().map(a => a.finished));
  };
  const end = new Promise(resolve => setTimeout(resolve, 10_000));
  await Promise.race([settled(), end]);
}"""


def chromium(play: Playwright) -> Browser:
    """The machine's own Chromium; without one the test fails, and says so."""
    return play.chromium.launch(
        executable_path=str(browsers.chromium()), args=FLAGS
    )


# When the sliders answer, in ms after the navigation began.
CLOCK = """new MutationObserver(() => window.answers ??= performance.now())
  .observe(document, { subtree: true, attributeFilter: ['data-widgets'] })"""


class Visit:
    """A page that is open, and all that it asked for and complained of."""

    def __init__(self, page: Page, base: str):
        self.page, self.base = page, base
        self.asked: list[str] = []
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.context.route("**/*", self.let_pass)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self.hear)
        page.on("response", self.look)

    def let_pass(self, route: Route) -> None:
        url = route.request.url
        if url.startswith(self.base):
            self.asked.append(url)
            route.continue_()
        elif url.startswith(("data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def hear(self, message) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def look(self, response) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")

    def settle(self) -> None:
        """Wait for fonts, frames and transitions, not for a time."""
        self.page.evaluate(SETTLED)

    def unfold(self) -> None:
        self.page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        self.settle()


@contextmanager
def visit(
    browser: Browser,
    url: str,
    *,
    width: int = 1280,
    theme: str = "light",
    **options,
) -> Iterator[Visit]:
    """A page in a fresh profile: nothing cached, nothing remembered."""
    base = re.match(r"http://[^/]+/|file:///", url)[0]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        **options,
    )
    try:
        context.add_init_script(CLOCK)
        opened = Visit(context.new_page(), base)
        opened.page.goto(url)
        yield opened
    finally:
        context.close()


def wait_for_figures(visit: Visit) -> str:
    """What the page says of its widgets, once it has said anything."""
    visit.page.wait_for_function(
        "document.documentElement.dataset.widgets", timeout=20_000
    )
    visit.settle()
    return visit.page.evaluate("document.documentElement.dataset.widgets")
