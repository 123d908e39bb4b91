"""What pages call: one set-up, tested code to look at, tables to read."""

import inspect
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from IPython.core.getipython import get_ipython
from IPython.display import Markdown
from matplotlib_inline.backend_inline import set_matplotlib_formats
from tqdm.auto import tqdm

from lib.plots import use_style

QUIET = "BOOK_BUILD"  # set where a page is built: nobody watches a bar there
BAR = {"delay": 1, "leave": False}  # seconds until it appears
COLUMNS = 76  # of 79 that the website's column shows, less an output's inset


def setup(seed: int = 0) -> None:
    """Seed all generators, load the book's style, and print short numbers.

    torch is set up only where the page has imported it already, so import it
    first; it then runs on one thread, since two are slower as soon as a
    neighbour uses a core.

    Args:
        seed: For `random`, for NumPy's global generator and for torch's.
    """
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be an int in [0, 2**32), got {seed!r}")
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - SciPy draws from it
    np.set_printoptions(linewidth=COLUMNS, precision=4, suppress=True)
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        torch.set_printoptions(linewidth=COLUMNS, precision=3)
    use_style()
    if get_ipython() is not None:
        set_matplotlib_formats("svg")


def progress(steps: Iterable, total: int, name: str) -> Iterator:
    """The steps, with a bar that tells how long they will still take.

    The bar appears after a second, goes when the steps are done, and leaves
    nothing on a page that is built.

    Args:
        steps: Any iterable, as the steps of `train_vae`.
        total: How many there are.
        name: What is under way, at the bar's left.
    """
    quiet = QUIET in os.environ
    return iter(tqdm(steps, total=total, desc=name, disable=quiet, **BAR))


def show_source(thing: Callable) -> Markdown:
    """The text of a function or class of `lib`, highlighted.

    Args:
        thing: A function or class written in Python.

    Returns:
        Markdown with the file's name and the very text that the tests run.

    Raises:
        TypeError: If `thing` is no function or class written in Python.
    """
    try:
        text = inspect.getsource(thing).rstrip()
    except (TypeError, OSError):
        raise TypeError(
            "thing must be a function or class written in Python, got "
            f"{thing!r}"
        ) from None
    path = inspect.unwrap(thing).__module__.replace(".", "/")
    fence = "```"
    while fence in text:
        fence += "`"
    return Markdown(f"`{path}.py`\n\n{fence}python\n{text}\n{fence}")


def show_table(columns: Mapping[str, Sequence]) -> Markdown:
    """A table for reading: a heading a column, numbers to three digits.

    Args:
        columns: Heading -> cells, all of one length. Text stays as it is and
            may hold mathematics; a number becomes `0.450`, and a very small
            or large one a power of ten. Columns of numbers align right.

    Raises:
        ValueError: If the columns differ in length, or a text holds a bar,
            which would end its cell.
    """
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"columns must have one length, got {lengths}")
    align = [
        "--:" if all(map(_is_number, cells)) else ":--"
        for cells in columns.values()
    ]
    rows = [columns, *zip(*columns.values(), strict=True)]
    heading, *cells = ([_said(cell) for cell in row] for row in rows)
    lines = [heading, align, *cells]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def _is_number(cell: str | float) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _said(cell: str | float) -> str:
    if isinstance(cell, str):
        if "|" in cell:
            raise ValueError(
                r"a bar ends a cell of a table: write \lvert, \mid or \Vert "
                f"instead, got {cell!r}"
            )
        return cell
    text = f"{cell:#.3g}".rstrip(".").replace("inf", "∞")
    digits, _, power = text.partition("e")
    if power:
        return rf"${digits} \cdot 10^{{{int(power)}}}$"
    return digits.replace("-", "\N{MINUS SIGN}")
