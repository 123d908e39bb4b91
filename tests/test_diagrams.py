"""Diagrams: what stands where, what is joined, and what is refused."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Polygon

from lib.diagrams import Node, draw_diagram
from lib.plots import ROLES

NODES = {
    "x": Node(0, 0, "$x$", "p"),
    "encoder": Node(2, 0, "encoder", "latent", "encoder", 1.5, 2),
    "z": Node(4, 0.5, "$z$", "latent", "circle", 0.8, 0.8),
}


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def of_kind(ax, kind):
    return [p for p in ax.patches if isinstance(p, kind)]


def test_each_node_has_its_words_and_its_roles_colour(ax):
    draw_diagram(ax, NODES, [])
    assert [t.get_text() for t in ax.texts] == ["$x$", "encoder", "$z$"]
    lines = [p for p in of_kind(ax, Polygon) if p.get_linewidth()]
    colours = [to_hex(p.get_edgecolor()).upper() for p in lines]
    assert colours == [ROLES[n.role].light for n in NODES.values()]


def test_an_arrow_points_from_the_first_to_the_second(ax):
    draw_diagram(ax, NODES, [("x", "encoder"), ("encoder", "z", "mean")])
    first, second = of_kind(ax, FancyArrowPatch)
    x = first.get_path().vertices[:, 0]  # its tip is where the head is
    assert 0.4 < x[0] < 0.6  # the outline of x ends at 0.5
    assert 1.1 < x.max() < 1.3  # that of the encoder begins at 1.25
    assert "mean" in [t.get_text() for t in ax.texts]
    assert second.get_arrowstyle().__class__.__name__ == "CurveFilledB"


def test_an_encoder_narrows_and_a_decoder_widens(ax):
    nodes = {
        "e": Node(0, 0, "", "latent", "encoder", 2, 2),
        "d": Node(4, 0, "", "q", "decoder", 2, 2),
    }
    draw_diagram(ax, nodes, [])
    shapes = [p for p in of_kind(ax, Polygon) if p.get_linewidth()]
    for shape, x, wide in zip(shapes, (0, 4), ("left", "right"), strict=True):
        corners = shape.get_xy()
        left, right = corners[:, 0] < x, corners[:, 0] > x
        tall = {
            side: np.ptp(corners[some, 1])
            for side, some in (("left", left), ("right", right))
        }
        assert tall[wide] == 2
        assert min(tall.values()) == pytest.approx(0.9)


def test_the_figure_is_as_tall_as_the_diagram(ax):
    draw_diagram(ax, {"a": Node(0, 0, "", width=2, height=1)}, [])
    wide, high = ax.figure.get_size_inches()
    assert high / wide == pytest.approx(1.3 / 2.3)


@pytest.mark.parametrize("arrow", [("x", "y"), ("y", "x", "words")])
def test_an_arrow_to_nowhere_is_refused(ax, arrow):
    with pytest.raises(ValueError, match=r"arrows must join nodes.*'y'"):
        draw_diagram(ax, NODES, [arrow])


def test_an_unknown_shape_is_refused(ax):
    with pytest.raises(ValueError, match=r"shape must be one of.*'star'"):
        draw_diagram(ax, {"a": Node(0, 0, "", shape="star")}, [])


def test_an_unknown_role_is_refused(ax):
    with pytest.raises(ValueError, match="role must be one of"):
        draw_diagram(ax, {"a": Node(0, 0, "", role="blue")}, [])
