"""Runs the pages whose stored runs are no longer true, two at a time."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from lib.site.book import store
from lib.site.book.execute import (
    TIMEOUT,
    PageError,
    end_kernels,
    execute_page,
)
from lib.site.book.keys import ROOT, page_key

AT_ONCE = 2


class Outcome(NamedTuple):
    """How a page fared."""

    docname: str
    state: str  # ok, failed or unchanged
    seconds: float
    message: str = ""
    traceback: str = ""


def docnames(root: Path = ROOT) -> list[str]:
    """The pages of the book in the order of `_toc.yml`.

    Raises:
        SystemExit: If the file is not what jupyter-book can read.
    """
    try:
        return list(parse_toc_yaml(root / "_toc.yml").keys())
    except MalformedError as error:
        raise SystemExit(f"_toc.yml: {error}") from None


def is_notebook(docname: str, root: Path = ROOT) -> bool:
    """Whether the page has cells to run."""
    return (root / f"{docname}.ipynb").is_file()


def run_pages(
    root: Path = ROOT, timeout: int = TIMEOUT, at_once: int = AT_ONCE
) -> Iterator[Outcome]:
    """Yield each page's outcome as soon as it is known.

    Pages whose run is stored come first. Of the others the longest is
    started first, and before it those of which nothing is known, so that
    no long page is left alone at the end.
    """
    missing = []
    for docname in filter(lambda d: is_notebook(d, root), docnames(root)):
        if is_stored(docname, root):
            yield Outcome(docname, "unchanged", 0.0)
        else:
            missing.append(docname)
    took = store.durations(root)
    missing.sort(key=lambda d: took.get(d, float("inf")), reverse=True)
    threads = ThreadPoolExecutor(at_once)  # each waits for a kernel's process
    futures = [threads.submit(attempt, d, root, timeout) for d in missing]
    try:
        for future in as_completed(futures):
            outcome = future.result()
            store.save_duration(outcome.docname, outcome.seconds, root)
            yield outcome
    finally:
        stop(threads, futures)


def is_stored(docname: str, root: Path = ROOT) -> bool:
    """Whether the page's present key has a run."""
    try:
        return store.has(docname, page_key(docname, root), root)
    except ValueError:
        return False


def attempt(docname: str, root: Path, timeout: int) -> Outcome:
    """Run a page and note what came of it."""
    start = time.monotonic()
    try:
        execute_page(docname, root, timeout)
    except PageError as error:
        seconds = time.monotonic() - start
        key = page_key(docname, root)
        store.save_failure(str(error), error.notebook, docname, key, root)
        return Outcome(docname, "failed", seconds, str(error), error.traceback)
    except ValueError as error:  # not a notebook
        return Outcome(docname, "failed", 0.0, str(error))
    return Outcome(docname, "ok", time.monotonic() - start)


def stop(threads: ThreadPoolExecutor, futures: list[Future]) -> None:
    """After the last page, or an interruption: leave no kernel behind."""
    threads.shutdown(wait=False, cancel_futures=True)
    while not all(future.done() for future in futures):
        end_kernels()
        time.sleep(0.1)
