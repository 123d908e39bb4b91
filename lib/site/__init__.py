"""Turns the executed notebooks into light, self-contained, accessible pages.

Formulas are typeset at build time, one pruned style sheet replaces the
theme's, stored widgets become native form controls: a page asks no outside
host for anything and works from a folder of files.

    bundle        Node, its packages, the scripts of the pages
    mathematics   TeX in, HTML out
    state         what of the stored widgets a page needs
    places        where they will stand, and what stands there meanwhile
    figures       pictures that follow the reader's theme
    folds         boxes that open, without a script
    repository    where the book lives: addresses and links
    pages         what every page has in its head
    finish        style sheet, 404 page, sitemap, licences
    book          runs the pages and the build
"""

from lib.site.bundle import ensure_bundle

__all__ = ["ensure_bundle", "setup"]


def setup(app):
    """What Sphinx calls; `_config.yml` names this package."""
    # Sphinx is imported here only: the driver imports this package too
    from lib.site import (
        book,
        figures,
        finish,
        folds,
        mathematics,
        pages,
        places,
        repository,
        state,
    )

    parts = (
        repository,
        book,
        mathematics,
        state,
        places,
        figures,
        folds,
        pages,
        finish,
    )
    for part in parts:
        part.register(app)
    return {"parallel_read_safe": False, "parallel_write_safe": False}
