"""120 GANs, what each of them changed, and how a famous list grew."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ZOO_FILE = Path(__file__).with_name("gan_zoo.csv")
COUNTS_FILE = Path(__file__).with_name("gan_zoo_counts.csv")
REPEATS_FILE = Path(__file__).with_name("gan_zoo_repeats.csv")
FAMILIES = ("loss", "regulariser", "architecture", "conditioning", "task")


class Gan(NamedTuple):
    """One paper that gave a GAN a name."""

    name: str
    year: int  # of the first version on arXiv
    month: int  # 1 to 12
    arxiv: str  # as "1406.2661"
    family: str  # what it changed, one of FAMILIES
    also: str  # a second family that one could file it under, or ""
    parent: str  # the name of the GAN that it starts from; "" for the first
    author: str  # the first one's family name
    clause: str  # what is new, in our words

    @property
    def url(self) -> str:
        """Where the paper is."""
        return f"https://arxiv.org/abs/{self.arxiv}"


def load_gan_zoo(path: Path = ZOO_FILE) -> list[Gan]:
    """Our own table of GANs, in the order of their months.

    Families and parents are a reading of the papers by us; another reader
    would decide some of them otherwise.

    Args:
        path: A table with the columns of `Gan`.

    Returns:
        One `Gan` a row. Each but the first has a parent above it.

    Raises:
        ValueError: If an arXiv number is malformed or does not say the
            row's year and month, a name or a number occurs twice, a family
            is unknown or the second the same as the first, a clause or an
            author is missing, or a parent does not stand above its child.

    Source: the papers; see README.md beside the file.
    """
    with path.open(encoding="utf8", newline="") as file:
        rows = [
            Gan(**row | {k: int(row[k]) for k in ("year", "month")})
            for row in csv.DictReader(file)
        ]
    for row in rows:
        _check_row(row)
    for field in ("name", "arxiv"):
        times = Counter(getattr(row, field) for row in rows)
        twice = [value for value, count in times.items() if count > 1]
        if twice:
            raise ValueError(f"{field} must occur once, got {twice} twice")
    rows.sort(key=lambda row: (row.year, row.month))
    _check_parents(rows)
    return rows


def _check_row(row: Gan) -> None:
    # four digits after the point until 2014, five since 2015
    digits = 4 if row.year < 2015 else 5
    if not re.fullmatch(rf"\d{{4}}\.\d{{{digits}}}", row.arxiv):
        raise ValueError(f"{row.name}: arxiv is malformed, got {row.arxiv!r}")
    if row.arxiv[:4] != f"{row.year % 100:02}{row.month:02}":
        raise ValueError(
            f"{row.name}: arxiv {row.arxiv} is not of {row.year}-{row.month}"
        )
    if row.family not in FAMILIES:
        raise ValueError(
            f"{row.name}: family must be one of {FAMILIES}, got {row.family!r}"
        )
    if row.also not in {"", *FAMILIES} - {row.family}:
        raise ValueError(
            f"{row.name}: also must be empty or another family, got "
            f"{row.also!r}"
        )
    for field in ("name", "author", "clause"):
        if not getattr(row, field).strip():
            raise ValueError(f"{row.name}: {field} is missing")


def _check_parents(rows: list[Gan]) -> None:
    above = {""}  # the first has no parent, and nobody else
    for row in rows:
        if row.parent not in above:
            raise ValueError(
                f"{row.name}: parent must stand above, got {row.parent!r}"
            )
        above = above - {""} | {row.name}


class Quarter(NamedTuple):
    """Three months of a list of names."""

    year: int
    quarter: int  # 1 to 4
    names: int  # new entries
    first: int  # of these, names that no earlier entry has


def load_zoo_counts() -> list[Quarter]:
    """New entries a quarter in the GAN Zoo, from 2014 to its end in 2018.

    Counted by the year and the month that the list gives each name. Its last
    entries are of September 2018.

    Source: Hindupur (2018), `gans.tsv`; see README.md beside the file.
    """
    with COUNTS_FILE.open(encoding="utf8", newline="") as file:
        return [
            Quarter(*(int(value) for value in row.values()))
            for row in csv.DictReader(file)
        ]


def load_repeated_names() -> dict[str, int]:
    """Names that the GAN Zoo gives to several papers: how many entries.

    Source: Hindupur (2018), `gans.tsv`; see README.md beside the file.
    """
    with REPEATS_FILE.open(encoding="utf8", newline="") as file:
        return {row["name"]: int(row["times"]) for row in csv.DictReader(file)}
