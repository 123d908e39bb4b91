"""Live figures: time and bytes of a table against doing it plainly."""

import gzip
from collections.abc import Iterator

import ipywidgets as widgets
import numpy as np

from lib.live import Area, Decoder, Line, Panel, Scene, live
from lib.live.decoder import packed
from lib.live.grid import Grid
from lib.live.table import Table, tabulate

from .rounds import Row, compare

X = np.linspace(-8, 8, 321)
LOG_P = -(X**2) / 2 - np.log(2 * np.pi) / 2
P = np.exp(LOG_P)


def two_bells(mean: float, std: float) -> Scene:
    """Two densities, their mean, and the parts of KL and JS, in nats."""
    z = (X - mean) / std
    log_q = -(z**2) / 2 - np.log(std) - np.log(2 * np.pi) / 2
    log_m = np.logaddexp(LOG_P, log_q) - np.log(2)
    q, m, log_ratio = np.exp(log_q), np.exp(log_m), LOG_P - log_q
    js = P * (LOG_P - log_m) + q * (log_q - log_m)
    return Scene(
        Panel(
            Area(X, P, "p", "p"), Area(X, q, "q", "q"), Line(X, m, "m", "m")
        ),
        Panel(
            Line(X, P * log_ratio, "kl", "KL"),
            Line(X, -q * log_ratio, "reverse_kl", "KL back"),
            Line(X, js / 2, "js", "JS"),
            ylim=(-0.5, 1.5),
        ),
    )


def controls() -> dict[str, widgets.FloatSlider]:
    """Two sliders of 41 and 15 steps."""
    return {
        "mean": widgets.FloatSlider(0, min=-4, max=4, step=0.2),
        "std": widgets.FloatSlider(1, min=0.2, max=3, step=0.2),
    }


def rows() -> Iterator[Row]:
    """Five moving curves on 41 x 15 states."""
    grid = Grid(controls())
    job = "5 curves x 321 on 41 x 15 states"
    yield from compare(
        f"tabulate {job}",
        lambda: len(list(grid)) if tabulate(two_bells, grid) else 0,
        {"the scene alone": lambda: len([two_bells(**v) for v in grid])},
    )
    yield from step()
    yield from weight(f"data of {job}", tabulate(two_bells, grid), grid)
    yield from decoder()


def step() -> Iterator[Row]:
    """What one step costs Python: nothing is redrawn there."""
    moved = controls()
    figure, at = live(two_bells, **moved), iter(range(10**9))

    def move() -> None:
        moved["mean"].value = (next(at) % 41) / 5 - 4

    def redraw() -> None:
        move()
        figure.picture().canvas.draw()

    nothing = {"matplotlib redraw": lambda: redraw() or 0}
    yield from compare("one step of a slider", lambda: move() or 0, nothing)


def decoder() -> Iterator[Row]:
    """Kilobytes of a decoder of digits, right to half a grey level."""
    rng = np.random.default_rng(0)
    layers = [
        (
            rng.uniform(-1, 1, (out, n)) / np.sqrt(n),
            rng.uniform(-1, 1, out) / np.sqrt(n),
        )
        for n, out in ((2, 400), (400, 784))
    ]
    ours = len(packed([Decoder(layers)])[1]) / 1000
    plain = b"".join(
        a.astype("<f4").tobytes() for pair in layers for a in pair
    )
    for name, data in {
        "float32": plain,
        "float32, gzip": gzip.compress(plain, 9),
    }.items():
        kb = len(data) / 1000
        yield Row("decoder 2-400-784, KB", ours, name, kb, *[kb / ours] * 3)


def weight(job: str, table: Table, grid: Grid) -> Iterator[Row]:
    """Kilobytes in place of milliseconds."""
    scenes = [two_bells(**values) for values in grid]
    curves = np.array(
        [[m.y for p in s.panels for m in p.marks][1:] for s in scenes]
    )
    ours = len(table.data) / 1000
    plain = curves.astype("<f4").tobytes()
    for name, data in {
        "float32": plain,
        "float32, gzip": gzip.compress(plain, 9),
    }.items():
        kb = len(data) / 1000
        yield Row(f"{job}, KB", ours, name, kb, *[kb / ours] * 3)
