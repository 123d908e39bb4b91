"""Live figures: one cell for JupyterLab, Binder, the website and print.

    theta = FloatSlider(0.5, min=-1, max=1, step=0.05, description="θ")
    live(theta_shift, theta=theta)

The scene stays in Python. It is evaluated once on the grid of the controls;
the browser looks up and draws. Two renderers take the same marks: the one in
`front/` draws SVG in the browser, `picture` draws with matplotlib.

    figure -- picture         the widget; the matplotlib twin
      |     /
    table -- pack   limits    evaluated on the grid; packed; axes
      |
    codes   grid   text       coordinates as int16; controls; numbers as text
      |
    scene -- marks            what an author writes
      |
    decoder -- rounding -- layers    a network that the browser runs

    piles                            moved by hand: counted in the browser

What a grid cannot hold, a picture for each of thousands of codes, the browser
decodes by itself, and a panel with `drag` is a pad that moves two sliders:

    decoder = Decoder.of(vae.decoder)
    Panel(Points(z1, z2, "q"), drag=("z1", "z2"), ...)
    Panel(Decoded(decoder, (z1, z2)))

A curve that is bent by hand has a handle for each of its sliders:

    Panel(Line([1, 2, 3], [0, f2, f3], "critic"), drag={"f2": 2, "f3": 3})
"""

from lib.live.decoder import Decoder
from lib.live.figure import Live, expectations, live
from lib.live.marks import (
    Area,
    Arrows,
    Bars,
    Decoded,
    Image,
    Label,
    Line,
    Points,
    Rule,
)
from lib.live.piles import Piles
from lib.live.scene import Panel, Scene, jump

__all__ = [
    "Area",
    "Arrows",
    "Bars",
    "Decoded",
    "Decoder",
    "Image",
    "Label",
    "Line",
    "Live",
    "Panel",
    "Piles",
    "Points",
    "Rule",
    "Scene",
    "expectations",
    "jump",
    "live",
]
