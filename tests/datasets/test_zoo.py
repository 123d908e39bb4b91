"""The table of GANs, and the counts of a famous list."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.datasets.zoo import (
    FAMILIES,
    ZOO_FILE,
    load_gan_zoo,
    load_repeated_names,
    load_zoo_counts,
)

HEADING = "name,year,month,arxiv,family,also,parent,author,clause\n"
GOOD = "WGAN,2017,1,1701.07875,loss,regulariser,,Arjovsky,a critic\n"
CHILD = "X,2017,4,1704.00028,regulariser,,WGAN,Gulrajani,a penalty\n"


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
        ("regulariser", "regulator", "also must be"),
        ("regulariser", "loss", "also must be"),
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
        (CHILD.replace("X", "WGAN"), "name"),
        (GOOD.replace("WGAN", "Other"), "arxiv"),
    ],
)
def test_a_row_that_is_there_already_is_refused(table, other, field):
    with pytest.raises(ValueError, match=f"{field} must occur once"):
        load_gan_zoo(table(GOOD, other))


def test_numbers_of_2014_have_four_digits(table):
    old = "GAN,2014,6,1406.2661,loss,,,Goodfellow,a judge\n"
    assert len(load_gan_zoo(table(old))) == 1
    with pytest.raises(ValueError, match="malformed"):
        load_gan_zoo(table(old.replace("2661", "02661")))


@pytest.mark.parametrize(
    "parent", ["", "X", "Y", "wgan"], ids=["none", "itself", "no", "case"]
)
def test_a_parent_that_does_not_stand_above_is_refused(table, parent):
    assert len(load_gan_zoo(table(GOOD, CHILD))) == 2
    with pytest.raises(ValueError, match="X: parent must stand above"):
        load_gan_zoo(table(GOOD, CHILD.replace(",WGAN,", f",{parent},")))


def test_a_parent_that_is_younger_is_refused(table):
    younger = GOOD.replace("2017,1,1701", "2017,5,1705")
    with pytest.raises(ValueError, match="X: parent must stand above"):
        load_gan_zoo(table(younger, CHILD))


def test_the_first_of_all_has_no_parent(table):
    with pytest.raises(ValueError, match="WGAN: parent must stand above"):
        load_gan_zoo(table(GOOD.replace(",,Arj", ",GAN,Arj")))


@given(st.sampled_from(load_gan_zoo()))
def test_parents_lead_back_to_the_first_gan_in_order_of_time(gan):
    called = {row.name: row for row in load_gan_zoo()}
    while gan.parent:
        parent = called[gan.parent]
        assert (parent.year, parent.month) <= (gan.year, gan.month)
        gan = parent
    assert gan.arxiv == "1406.2661"


def test_more_than_half_of_the_papers_could_be_filed_twice():
    zoo = load_gan_zoo()
    twice = [gan for gan in zoo if gan.also]
    assert len(twice) > len(zoo) / 2
    known = {gan.name: gan for gan in zoo}
    assert known["WGAN"].also == "regulariser"
    assert known["SAGAN"].parent == "SN-GAN"
    assert known["CycleGAN"].parent == "pix2pix"


def test_the_list_had_501_entries_in_nineteen_quarters():
    counts = load_zoo_counts()
    assert sum(row.names for row in counts) == 501
    assert len(counts) == 19
    assert counts[0][:2] == (2014, 1)
    assert counts[-1] == (2018, 3, 62, 59)
    quarters = [(row.year, row.quarter) for row in counts]
    assert quarters == sorted(set(quarters))


def test_of_501_entries_472_have_a_name_of_their_own():
    counts = load_zoo_counts()
    assert sum(row.first for row in counts) == 472
    assert all(0 <= row.first <= row.names for row in counts)
    repeated = load_repeated_names()
    assert repeated["SGAN"] == 5
    assert min(repeated.values()) == 2
    assert sum(times - 1 for times in repeated.values()) == 501 - 472
