"""`python -m lib.site.book [--no-serve]`: run, build, check, serve."""

import argparse
import os
import signal
import time
from collections import Counter
from pathlib import Path

from lib.site.book.keys import ROOT
from lib.site.book.runner import Outcome, docnames, run_pages
from lib.site.book.serve import serve
from lib.site.book.website import SiteError, build
from lib.site.bundle import NodeError, ensure_bundle


def main(root: Path = ROOT) -> int:
    """Everything in order; the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m lib.site.book")
    parser.add_argument("--no-serve", action="store_true")
    options = parser.parse_args()
    try:
        good = make(root)
    except KeyboardInterrupt:
        print("Interrupted: the next run goes on from here.")
        return 130
    if good and not options.no_serve and os.environ.get("SERVE") != "no":
        serve(root)
    return 0 if good else 1


def make(root: Path) -> bool:
    """Run the pages and build the website; whether all went well."""
    start = time.monotonic()
    failed = execute(root)
    built = time.monotonic()
    try:
        ensure_bundle()
        build(root)
    except (NodeError, SiteError) as error:
        print(f"The website is not right:\n{error}", flush=True)
        return False
    now = time.monotonic()
    count = len(docnames(root))
    print(
        f"{count} of {count} pages built into _build/html in "
        f"{now - built:.1f} s; {now - start:.1f} s in all",
        flush=True,
    )
    return not failed


def execute(root: Path) -> list[Outcome]:
    """Run what must be run, one line a page; the failed ones."""
    width = max(map(len, docnames(root)))
    outcomes = []
    for outcome in run_pages(root):
        outcomes.append(outcome)
        seconds = (
            f"{outcome.seconds:6.1f} s  " if outcome.seconds else " " * 10
        )
        print(
            f"{outcome.docname:{width}} {seconds}{outcome.state}", flush=True
        )
    counts = Counter(outcome.state for outcome in outcomes)
    print(", ".join(f"{n} {state}" for state, n in counts.items()))
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    for outcome in failed:
        print(f"\n{outcome.docname}, {outcome.message}\n{outcome.traceback}")
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
