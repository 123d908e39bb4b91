"""Run the benchmarks and print a line for each comparison."""

import os
import sys

for threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

from importlib import import_module  # noqa: E402
from pathlib import Path  # noqa: E402

COLUMNS = "{:<48}{:>10}  {:<22}{:>10}{:>11}  {}"


def main(wanted: list[str]) -> None:
    """Run the modules named, or all: `bench_NAME.py` is called NAME."""
    here = Path(__file__).parent
    known = [p.stem.removeprefix("bench_") for p in here.glob("bench_*.py")]
    if unknown := set(wanted) - set(known):
        sys.exit(f"no benchmark {sorted(unknown)}; there are {sorted(known)}")
    print(COLUMNS.format("job", "ours, ms", "against", "ms", "faster", ""))
    for name in sorted(wanted or known):
        for row in import_module(f"tests.bench.bench_{name}").rows():
            line = COLUMNS.format(
                row.job,
                f"{row.ours:.3g}",
                row.other,
                f"{row.others:.3g}",
                f"{row.ratio:.3g} x",
                f"[{row.least:.3g}, {row.most:.3g}]",
            )
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
