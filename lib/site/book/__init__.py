"""Runs the pages of the book, builds its website and serves it.

`python -m lib.site.book` does all three. The site's Sphinx extension calls
`register`, so that a plain `jupyter-book build .` shows the same numbers.

    keys      which stored run of a page is still true
    watch     what a page's kernel looks at, from within
    execute   one page in one kernel
    store     executed pages on disk
    runner    many pages, two at a time
    reader    what Sphinx reads instead of the notebook
    website   jupyter-book, and the checks of its result
    serve     a web server for this machine only
    environment, browsers    what must be installed first
"""

from lib.site.book.execute import PageError, execute_page
from lib.site.book.keys import page_key
from lib.site.book.reader import read_notebook, register

__all__ = [
    "PageError",
    "execute_page",
    "page_key",
    "read_notebook",
    "register",
]
