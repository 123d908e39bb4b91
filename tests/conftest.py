"""What every test needs before it imports anything: one thread, no screen.

Tests that measure something say so with pytest's `record_property`; what
they measured stands at the end of the report, under "measured".
"""

import os

for threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
os.environ["MPLBACKEND"] = "Agg"

from hypothesis import settings  # noqa: E402

# No deadline: a busy machine is slow, not wrong. Where a failure must be
# the same for everybody, the examples are those of a fixed seed.
settings.register_profile("book", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "book")


def pytest_terminal_summary(terminalreporter):
    """Print what the tests measured, also when they ran in workers."""
    found = [
        (name, value)
        for report in terminalreporter.stats.get("passed", [])
        + terminalreporter.stats.get("failed", [])
        if report.when == "call"
        for name, value in report.user_properties
    ]
    if found:
        terminalreporter.section("measured")
    for name, value in sorted(found):
        terminalreporter.write_line(f"{name}: {value}")
