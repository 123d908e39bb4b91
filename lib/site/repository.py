"""Where the book lives: two addresses, and the links that follow from them.

Both come from the environment. Without them the pages have no such links at
all, so none of them can be dead.

    BOOK_REPOSITORY   https://github.com/OWNER/NAME
    BOOK_BRANCH       the branch that the links name; main
    BOOK_HUB          https://hub.example.org, a JupyterHub with nbgitpuller;
                      without it each reader is asked for their own
    BOOK_URL          where the site is published; by default GitHub's
                      https://OWNER.github.io/NAME/
"""

import os
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from sphinx.errors import ConfigError

NAME = r"[\w.-]+"
GITHUB = re.compile(rf"https://github\.com/({NAME})/({NAME})")


class Repository(NamedTuple):
    """A public repository on GitHub."""

    owner: str
    name: str
    branch: str = "main"
    hub: str = ""

    @property
    def url(self) -> str:
        return f"https://github.com/{self.owner}/{self.name}"

    @property
    def site(self) -> str:
        """Where GitHub publishes its pages."""
        host = f"{self.owner.lower()}.github.io"
        own = self.name.lower() == host
        return f"https://{host}/" if own else f"https://{host}/{self.name}/"

    def binder(self, path: str) -> str:
        """A page in JupyterLab on Binder."""
        branch = quote(self.branch, safe="")
        where = f"{self.owner}/{self.name}/{branch}"
        query = urlencode({"labpath": path})
        return f"https://mybinder.org/v2/gh/{where}?{query}"

    def pull(self, path: str) -> str:
        """What a JupyterHub's address is followed by: fetch, then open."""
        query = {
            "repo": self.url,
            "branch": self.branch,
            "urlpath": f"lab/tree/{self.name}/{path}",
        }
        return f"/hub/user-redirect/git-pull?{urlencode(query)}"

    def edit(self, path: str) -> str:
        """A page's source, ready to be changed."""
        return f"{self.url}/edit/{quote(self.branch)}/{quote(path)}"

    def report(self, path: str) -> str:
        """A new issue that names the page."""
        query = urlencode({"title": f"On {path}: "})
        return f"{self.url}/issues/new?{query}"

    def links(self, path: str) -> dict[str, str]:
        """All links of one page; `hub` is empty where none is set."""
        return {
            "binder": self.binder(path),
            "hub": self.hub and self.hub + self.pull(path),
            "pull": self.pull(path),
            "edit": self.edit(path),
            "report": self.report(path),
        }


def read_repository(environment: Mapping[str, str]) -> Repository | None:
    """The repository that the environment names, if any.

    Raises:
        ConfigError: If an address is malformed.
    """
    address = environment.get("BOOK_REPOSITORY", "").strip()
    if not address:
        return None
    found = GITHUB.fullmatch(address.rstrip("/").removesuffix(".git"))
    if not found or set(found[2]) <= {"."}:
        raise ConfigError(
            "BOOK_REPOSITORY must look like https://github.com/OWNER/NAME, "
            f"got {address!r}"
        )
    branch = environment.get("BOOK_BRANCH", "").strip() or "main"
    hub = read_address(environment, "BOOK_HUB").rstrip("/")
    return Repository(found[1], found[2], branch, hub)


def read_address(environment: Mapping[str, str], name: str) -> str:
    """An address with its closing slash; empty where `name` is not set.

    Raises:
        ConfigError: If it is malformed.
    """
    address = environment.get(name, "").strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or re.search(r"\s", address):
        raise ConfigError(
            f"{name} must look like https://example.org/path/, got {address!r}"
        )
    return address.rstrip("/") + "/"


def read_site(
    environment: Mapping[str, str], repository: Repository | None
) -> str:
    """Where the site is published; empty where nobody knows."""
    address = read_address(environment, "BOOK_URL")
    return address or (repository.site if repository else "")


def set_up(app, config) -> None:
    """Read the environment once, before any page."""
    app.repository = read_repository(os.environ)
    config.html_baseurl = read_site(os.environ, app.repository)
    # a change of these makes Sphinx write every page anew
    config.site_repository = [*(app.repository or ())]


def add_links(app, page, template, context, document) -> None:
    """Hand a page's links to its template."""
    if app.repository and document is not None:
        path = str(app.env.doc2path(page, base=False)).replace(os.sep, "/")
        context["links"] = app.repository.links(path)


def register(app) -> None:
    """Links on every page, if there is somewhere to link to."""
    app.add_config_value("site_repository", [], "html")
    app.connect("config-inited", set_up)
    app.connect("html-page-context", add_links)
