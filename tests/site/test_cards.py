"""The picture that stands for the book elsewhere."""

import imagesize

from lib.site.cards import draw_card


def test_the_card_has_the_size_that_the_pages_say(tmp_path):
    file = tmp_path / "card.png"
    draw_card("Understand Deep Generative Models from Ground Up", file)
    assert imagesize.get(file) == (1200, 630)
    assert file.stat().st_size < 100_000


def test_the_same_title_gives_the_same_card(tmp_path):
    one, other = tmp_path / "a.png", tmp_path / "b.png"
    draw_card("A title", one)
    draw_card("A title", other)
    assert one.read_bytes() == other.read_bytes()
