"""The looks of the roles, and what the drawing functions draw."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from colorspacious import cspace_convert

from lib.plots import (
    ROLES,
    STYLE,
    draw_band,
    draw_bars,
    draw_density,
    draw_images,
    draw_line,
    draw_points,
    mosaic,
    role_css,
    use_style,
)

GROUNDS = {"light": "#ffffff", "dark": "#121212"}


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def luminance(colour):
    c = rgb(colour)
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_contrast_that_wcag_states():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_stands_out_from_its_ground(role, ground):
    colour = getattr(ROLES[role], ground)
    assert contrast(colour, GROUNDS[ground]) >= 3


def seen(colour, vision):
    c = rgb(colour)
    if vision:
        space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
        c = np.clip(cspace_convert(c, space, "sRGB1"), 0, 1)
    return cspace_convert(c, "sRGB1", "CAM02-UCS")


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    "vision", [None, "deuteranomaly", "protanomaly", "tritanomaly"]
)
def test_any_two_roles_are_told_apart(ground, vision):
    colours = [seen(getattr(r, ground), vision) for r in ROLES.values()]
    distances = [
        np.linalg.norm(a - b) for a, b in itertools.combinations(colours, 2)
    ]
    assert min(distances) >= 10


def test_roles_of_one_figure_differ_without_colour():
    for group in (("p", "q", "m"), ("kl", "reverse_kl", "js", "tv")):
        looks = {ROLES[r].dash for r in group}
        assert len(looks) == len(group)
        assert len({ROLES[r].marker for r in group}) == len(group)


def test_the_style_sheet_is_the_one_that_is_loaded():
    with plt.rc_context():
        use_style()
        assert plt.rcParams["svg.hashsalt"] == "book"
        assert plt.rcParams["savefig.facecolor"] == "#ffffff"
    assert STYLE.is_file()


def test_css_gives_each_role_two_colours():
    css = role_css()
    for name, role in ROLES.items():
        assert f"--role-{name}:{role.light}" in css
        assert f"--role-{name}:{role.dark}" in css


def test_a_line_has_the_samples_and_the_look_of_its_role(ax):
    draw_line(ax, [0, 1, 2], [1, np.inf, 3], role="q", label="model")
    (line,) = ax.lines
    assert line.get_color() == ROLES["q"].light
    assert line.get_label() == "model"
    assert list(line.get_xdata()) == [0, 1, 2]
    assert line.get_linestyle() == "--"


def test_points_are_not_joined(ax):
    draw_points(ax, [0, 1], [1, 2], role="m")
    (line,) = ax.lines
    assert line.get_linestyle() == "None"
    assert line.get_marker() == ROLES["m"].marker


def test_a_density_is_a_line_over_an_area(ax):
    draw_density(ax, [0, 1], [1, 2], role="p")
    assert len(ax.lines) == len(ax.collections) == 1


def test_a_band_reaches_from_low_to_high(ax):
    draw_band(ax, [0, 1], [1, 2], [3, 5], role="p")
    (band,) = ax.collections
    assert band.get_datalim(ax.transData).bounds == (0, 1, 1, 4)


def test_bars_side_by_side_do_not_overlap(ax):
    draw_bars(ax, ["a", "b"], [1, 2], role="p", place=(0, 2))
    draw_bars(ax, ["a", "b"], [2, 1], role="q", place=(1, 2))
    first, second = (c.patches[0].get_bbox() for c in ax.containers)
    assert first.x1 <= second.x0
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b"]


def test_bars_on_numbers_stand_where_they_should(ax):
    draw_bars(ax, [2.0, 4.0], [1, 2], role="p")
    box = ax.containers[0].patches[1].get_bbox()
    assert (box.x0 + box.x1) / 2 == pytest.approx(4)
    assert box.y1 == 2


def test_an_unknown_role_is_refused_by_name(ax):
    with pytest.raises(ValueError, match=r"role must be one of .*'truth'"):
        draw_line(ax, [0], [0], role="truth")


def test_an_impossible_place_is_refused(ax):
    with pytest.raises(ValueError, match="place must be"):
        draw_bars(ax, [0], [0], role="p", place=(2, 2))


def test_a_mosaic_puts_pictures_in_rows_with_paper_between():
    images = np.arange(1, 4)[:, None, None] * np.ones((3, 2, 3))
    whole = mosaic(images, columns=2, gap=1)
    assert whole.shape == (5, 7)
    assert (whole[:2, :3] == 1).all()
    assert (whole[:2, 4:] == 2).all()
    assert (whole[3:, :3] == 3).all()
    assert whole.sum() == images.sum()  # gaps, and the place left over


@pytest.mark.parametrize(
    ("images", "columns"), [(np.ones((2, 2)), 1), (np.ones((2, 2, 2)), 0)]
)
def test_a_mosaic_of_no_pictures_is_refused(images, columns):
    with pytest.raises(ValueError, match="images must have the shape"):
        mosaic(images, columns)


def test_images_are_drawn_upright_and_fill_their_figure(ax):
    images = np.zeros((4, 8, 8))
    images[:, 0] = 1  # ink in the top row
    draw_images(ax, images, columns=4, rows=["seen"])
    (drawn,) = ax.get_images()
    assert drawn.get_array()[0].max() == 1
    assert drawn.origin == "upper"
    assert [t.get_text() for t in ax.get_yticklabels()] == ["seen"]
    wide, high = ax.figure.get_size_inches()
    assert high / wide == pytest.approx(8 / 38)


def test_columns_of_images_have_their_words_below(ax):
    images = np.zeros((6, 8, 10))
    draw_images(ax, images, columns=3, under=["a", "b", "c"])
    words = {
        t.get_text(): x
        for t, x in zip(ax.get_xticklabels(), ax.get_xticks(), strict=True)
    }
    assert words == {"a": 5, "b": 17, "c": 29}
