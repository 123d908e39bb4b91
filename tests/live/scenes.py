"""Small scenes that the tests of the live figures share."""

import ipywidgets as widgets
import numpy as np

from lib.live import (
    Area,
    Arrows,
    Bars,
    Decoded,
    Decoder,
    Image,
    Label,
    Line,
    Panel,
    Points,
    Rule,
    Scene,
    jump,
)

# A picture of 3 x 2 pixels whose ink is named by its place: row, column.
INK = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
SLOPES = np.array([[1, 0], [0, 1], [0, 0], [0, 0], [0, 0], [0.5, -0.5]]) / 10
DECODER = Decoder([(SLOPES, INK.ravel())], [], "identity", (3, 2))
T = jump(np.linspace(-1, 1, 41), at=0)


def gap(theta, noise):
    """A gap that is infinite without noise, and nothing at θ = 0."""
    t = np.append(T, theta)
    value = np.full(t.shape, np.inf) if noise == 0 else t**2 / noise
    value = np.where(t == 0, 0.0, value)
    return Scene(
        Panel(
            Line(T, value[:-1], "kl", "KL"),
            Line(T, np.abs(T), "w1", "W₁"),
            Rule(x=theta),
            Points(theta, value[-1], "kl", size=9),
            Points(theta, abs(theta), "w1", size=9),
            x="θ",
            y="gap",
            ylim=(0, 2),
        ),
        numbers={"KL": (value[-1], "nats"), "W₁": abs(theta)},
    )


def everything(k, method):
    """One mark of each kind, on two panels."""
    z = np.outer(np.arange(3), np.arange(4)) + k
    x = np.linspace(0, 1, 5)
    return Scene(
        Panel(
            Image(z, "critic", "D", zlim=(0, 12), map="p-q"),
            Arrows([0, 1], [0, 1], [1, 2], [k, 1], "q", "flow"),
            Label([0.5, 1.5], [0.5, 1.5], ["a", method], "p"),
            Points(np.arange(20) / 10, np.arange(20) / 10, "p", "real"),
            xlim=(0, 2),
            ylim=(0, 2),
        ),
        Panel(
            Area(x, x**k, "p", "truth"),
            Bars([0.25, 0.75], [1, k], "q", "model", width=0.2),
            Rule(y=1.0, label="one"),
        ),
        numbers={"k": k, "method": method},
    )


def controls(theta=0.5, noise=0.0):
    return {
        "theta": widgets.FloatSlider(
            theta, min=-1, max=1, step=0.25, description="θ"
        ),
        "noise": widgets.FloatSlider(
            noise, min=0, max=0.5, step=0.25, description="noise σ"
        ),
    }


def choices():
    return {
        "k": widgets.Play(value=1, min=0, max=3, description="snapshot"),
        "method": widgets.ToggleButtons(
            options=["GAN", "WGAN"], description="method"
        ),
    }


def pad(z1, z2):
    """A plane of codes, and what one of them is decoded to."""
    return Scene(
        Panel(
            Points([0, 1, 2], [0, 1, 1], "latent", "codes"),
            Points(z1, z2, "q", size=10),
            x="z₁",
            y="z₂",
            xlim=(-2, 2),
            ylim=(-1, 1),
            drag=("z1", "z2"),
        ),
        Panel(Decoded(DECODER, (z1, z2), "q", "decoded")),
        numbers={"‖z‖": np.hypot(z1, z2)},
    )


def bent(f2, f3):
    """A curve that is bent by two handles."""
    return Scene(
        Panel(
            Line([1, 2, 3], [0, f2, f3], "critic", "f"),
            xlim=(1, 4),
            ylim=(-2, 2),
            drag={"f2": 2, "f3": 3},
        ),
        numbers={"slope": f3 - f2},
    )


def two_handles():
    """Sliders of unlike steps, whose ends are those of the axis."""
    return {
        "f2": widgets.FloatSlider(0, min=-2, max=2, step=0.5),
        "f3": widgets.FloatSlider(0, min=-2, max=2, step=0.25),
    }


def two_axes(z1=0.0, z2=0.0):
    """Two sliders of unlike ends and steps."""
    return {
        "z1": widgets.FloatSlider(
            z1, min=-2, max=2, step=0.1, description="z₁"
        ),
        "z2": widgets.FloatSlider(
            z2, min=-1, max=1, step=0.25, description="z₂"
        ),
    }
