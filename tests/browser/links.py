"""Reads the built pages, without a browser, and follows their links."""

import posixpath
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser loads by itself; a link that a reader clicks may lead out.
LOADED = {
    ("script", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("source", "srcset"),
    ("iframe", "src"),
    ("link", "href"),
    ("object", "data"),
    ("video", "src"),
}
HARMLESS = {"canonical", "next", "prev", "index", "search", "alternate"}
HARMLESS |= {"author", "copyright", "license"}


class Reader(HTMLParser):
    """The anchors that a page offers, and the addresses that it names."""

    def __init__(self, text: str):
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[tuple[str, bool]] = []  # address, loaded by itself
        self.feed(text)

    def handle_starttag(self, tag: str, pairs: list) -> None:
        found = dict(pairs)
        self.anchors |= {found[a] for a in ("id", "name") if found.get(a)}
        harmless = set((found.get("rel") or "").split()) & HARMLESS
        for name in {"href", "src", "srcset", "data"} & found.keys():
            loaded = (tag, name) in LOADED and not harmless
            self.links.append((found[name] or "", loaded))


def broken_links(pages: dict[str, str], files: set[str]) -> Iterator[str]:
    """What leads nowhere, or lets a page load something from outside.

    Args:
        pages: The built pages' texts, by their paths.
        files: The paths of all built files.
    """
    readers = {path: Reader(text) for path, text in pages.items()}
    for path, reader in readers.items():
        for link, loaded in reader.links:
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            if parts.scheme or parts.netloc:
                if loaded:
                    yield f"{path} loads {link}"
                continue
            target = path
            if parts.path:
                target = join(path, unquote(parts.path))
            if parts.path.startswith("/") or target not in files:
                yield f"{path}: {link} leads nowhere"
            elif target in readers and parts.fragment:
                anchors = readers[target].anchors
                if unquote(parts.fragment) not in anchors | {"top"}:
                    yield f"{path}: {link} has no such anchor"


def join(page: str, link: str) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
    return f"{path}/index.html" if link.endswith("/") else path


def linked_styles(pages: dict[str, str]) -> set[str]:
    """The style sheets that the pages load."""
    return {
        join(path, urlsplit(link).path)
        for path, text in pages.items()
        for link, loaded in Reader(text).links
        if loaded and urlsplit(link).path.endswith(".css")
    }


def loaded_by_styles(styles: dict[str, str], files: set[str]) -> Iterator[str]:
    """Fonts and pictures of the style sheets are files of the site."""
    for path, text in styles.items():
        for link in re.findall(r"url\(\s*['\"]?([^'\")]+)", text):
            inside = link.startswith(("data:", "#"))
            if not inside and join(path, link.split("?")[0]) not in files:
                yield f"{path}: {link} leads nowhere"


def texts(folder: Path, ending: str) -> dict[str, str]:
    """Path and text of all files of one kind."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf8")
        for path in sorted(folder.rglob(f"*{ending}"))
    }
