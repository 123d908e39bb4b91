"""A hundred GANs, and the counts of a famous list."""

import re
from collections import Counter

import pytest

from lib.datasets.zoo import (
    FAMILIES,
    ZOO_FILE,
    load_gan_zoo,
    load_zoo_counts,
)

HEADING = "name,year,month,arxiv,family,author,clause\n"
GOOD = "WGAN,2017,1,1701.07875,loss,Arjovsky,a critic\n"


@pytest.fixture
def table(tmp_path):
    """Writes rows to a file and gives its path."""

    def write(*rows):
        path = tmp_path / "zoo.csv"
        path.write_text(HEADING + "".join(rows), "utf8")
        return path

    return write


def test_the_zoo_is_large_and_of_all_families_and_years():
    zoo = load_gan_zoo()
    assert len(zoo) >= 60
    families = Counter(gan.family for gan in zoo)
    assert families.keys() == {*FAMILIES}
    assert min(families.values()) >= 10
    assert {gan.year for gan in zoo} >= {*range(2014, 2022)}


def test_the_zoo_comes_in_the_order_of_its_months():
    months = [(gan.year, gan.month) for gan in load_gan_zoo()]
    assert months == sorted(months)
    assert load_gan_zoo()[0].name == "GAN"


def test_every_line_of_the_file_is_a_gan():
    lines = ZOO_FILE.read_text("utf8").strip().splitlines()
    assert len(load_gan_zoo()) == len(lines) - 1


def test_some_numbers_everybody_knows():
    known = {gan.name: gan for gan in load_gan_zoo()}
    assert known["GAN"].arxiv == "1406.2661"
    assert known["CycleGAN"].arxiv == "1703.10593"
    assert known["Progressive GAN"].url == "https://arxiv.org/abs/1710.10196"
    assert known["WGAN-GP"].family == "regulariser"


def test_a_clause_is_one_short_clause():
    for gan in load_gan_zoo():
        assert 3 <= len(gan.clause.split()) <= 16, gan.name
        assert not re.search(r"[.|]", gan.clause), gan.name


@pytest.mark.parametrize(
    ("old", "new", "culprit"),
    [
        ("1701.07875", "1701.0787", "malformed"),
        ("1701.07875", "170107875", "malformed"),
        ("1701.07875", "1702.07875", "not of 2017-1"),
        ("2017,1", "2018,1", "not of 2018-1"),
        ("loss", "losses", "family"),
        ("Arjovsky", " ", "author"),
        ("a critic", "", "clause"),
    ],
)
def test_a_bad_row_is_refused(table, old, new, culprit):
    assert len(load_gan_zoo(table(GOOD))) == 1
    with pytest.raises(ValueError, match=culprit):
        load_gan_zoo(table(GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (GOOD.replace("07875", "00001"), "name"),
        (GOOD.replace("WGAN", "Other"), "arxiv"),
    ],
)
def test_a_row_that_is_there_already_is_refused(table, other, field):
    with pytest.raises(ValueError, match=f"{field} must occur once"):
        load_gan_zoo(table(GOOD, other))


def test_numbers_of_2014_have_four_digits(table):
    old = "GAN,2014,6,1406.2661,loss,Goodfellow,a judge\n"
    assert len(load_gan_zoo(table(old))) == 1
    with pytest.raises(ValueError, match="malformed"):
        load_gan_zoo(table(old.replace("2661", "02661")))


def test_the_list_had_501_names_in_nineteen_quarters():
    counts = load_zoo_counts()
    assert sum(row.names for row in counts) == 501
    assert len(counts) == 19
    assert counts[0][:2] == (2014, 1)
    assert counts[-1] == (2018, 3, 62)
    quarters = [(row.year, row.quarter) for row in counts]
    assert quarters == sorted(set(quarters))
