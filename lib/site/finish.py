"""After the last page: its style sheet, scripts, and the files beside it."""

import importlib.metadata
import posixpath
import re
import shutil
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

from lib.site.bundle import CACHE, HERE, PACKAGES, digest, fresh, run

# packages whose rules or scripts are part of site.css and book.js
SHIPPED = (
    "myst-nb",
    "pydata-sphinx-theme",
    "sphinx",
    "sphinx-book-theme",
    "sphinx-copybutton",
    "sphinx-design",
    "sphinx-exercise",
    "sphinx-proof",
)
# what the theme copies into every site and no page of ours asks for
UNUSED = (
    "**/*.map",
    "scripts/bootstrap.js*",
    "scripts/fontawesome.js*",
    "images/logo_*.svg",
    "locales",
    "sbt-webpack-macros.html",
    "vendor/fontawesome/webfonts/fa-[brv]*",
    "webpack-macros.html",
    "sphinx-thebe.*",
)
FOUND = re.compile(r'(?<= )(href|src|data-content_root)="([^"]*)"')


def copy(source: Path, target: Path) -> None:
    """A file, unless the same is there already."""
    if not target.is_file() or target.read_bytes() != source.read_bytes():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def write(target: Path, text: str) -> None:
    """A text, unless the same is there already."""
    if not target.is_file() or target.read_text("utf8") != text:
        target.write_text(text, "utf8")


def copy_licences(static: Path) -> None:
    """The licence of everything that the site ships and others wrote."""
    folder = static / "licences"
    for text in (HERE / "licences").glob("*.txt"):
        copy(text, folder / text.name)
    copy(PACKAGES / "mathjax-full" / "LICENSE", folder / "mathjax.txt")
    for name in SHIPPED:
        files = importlib.metadata.files(name) or []
        found = [f for f in files if re.match("LICEN[CS]E", f.name)]
        copy(Path(found[0].locate()), folder / f"{name}.txt")


def inputs(out: Path) -> str:
    """A key over everything that the style sheet is made from."""
    pages = [p for p in out.rglob("*.html") if "_static" not in p.parts]
    times = {str(page): page.stat().st_mtime_ns for page in sorted(pages)}
    ours = [*HERE.glob("*.mjs"), *HERE.glob("assets/*"), *HERE.glob("*.py")]
    live = HERE.parent / "live" / "live.css"
    colours = HERE.parent / "plots.py"
    return str(times) + digest(sorted([*ours, live, colours]))


def style(app, out: Path) -> None:
    """site.css, math.css and book.js, unless nothing changed."""
    static, stamp = out / "_static", Path(app.doctreedir, "style.txt")
    key = inputs(out)
    whole = all((static / n).is_file() for n in ("site.css", "book.js"))
    if whole and fresh(stamp, key):
        return
    from lib.plots import role_css

    sheet = CACHE / "mathjax.css"
    if not sheet.is_file():
        sheet.write_text(app.typesetter.style_sheet(), "utf8")
    (CACHE / "roles.css").write_text(role_css(), "utf8")
    run("node", HERE / "finish.mjs", out, CACHE)
    for pattern in UNUSED:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    stamp.write_text(key, "utf8")


def sitemap(site: str, pages: list[str]) -> str:
    """The addresses of all pages, as search engines read them."""
    entries = "".join(
        f"<url><loc>{escape(site + quote(page))}.html</loc>"
        f"<lastmod>{date.today()}</lastmod></url>\n"
        for page in pages
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    start = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{start}<urlset xmlns="{space}">\n{entries}</urlset>\n'


def rooted(html: str, site: str) -> str:
    """`html` with addresses that hold at any depth of the site."""
    root = urlsplit(site).path or "/"

    def absolute(match: re.Match) -> str:
        name, address = match[1], match[2]
        if address.startswith("#") or re.match(r"[a-z]+:|/", address):
            return match[0]
        if name == "data-content_root":
            return f'{name}="{root}"'
        path = posixpath.normpath(address or ".")
        return f'{name}="{root}{path.lstrip("./")}"'

    return FOUND.sub(absolute, html)


def front(app) -> str:
    """The page at the root: it leads to the first page of the book."""
    return app.builder.templates.render(
        "front.html",
        {
            "title": app.config.html_title,
            "description": app.descriptions[app.config.root_doc],
            "site": app.config.html_baseurl,
            "first": app.builder.get_target_uri(app.config.root_doc),
        },
    )


def neighbours(app, out: Path) -> None:
    """Files that stand beside the pages, some only at a known address."""
    site, missing = app.config.html_baseurl, out / "404.html"
    # the first page's description is known in the runs that write it
    if app.config.root_doc in app.descriptions:
        write(out / "index.html", front(app))
    if not site:
        return
    from lib.site.cards import draw_card

    write(missing, rooted(missing.read_text("utf8"), site))
    write(out / "sitemap.xml", sitemap(site, sorted(app.env.found_docs)))
    robots = f"User-agent: *\nAllow: /\nSitemap: {site}sitemap.xml\n"
    write(out / "robots.txt", robots)
    draw_card(app.config.html_title, out / "_static" / "card.png")


def finish(app, error) -> None:
    """All of it, after a build that succeeded."""
    if error or app.builder.name != "html":
        return
    out = Path(app.outdir)
    for asset in (HERE / "assets").iterdir():
        copy(asset, out / "_static" / asset.name)
    copy(app.widget_script, out / "_static" / "live.js")
    copy_licences(out / "_static")
    neighbours(app, out)
    style(app, out)


def missing_page(app):
    """The page for an address that leads nowhere."""
    return [("404", {"title": "Page not found"}, "404.html")]


def register(app) -> None:
    """Last of all: others copy their files at priority 500."""
    app.connect("html-collect-pages", missing_page)
    app.connect("build-finished", finish, priority=900)
