"""Pictures at several scales, and networks that paint them.

scales      pictures halved, enlarged, blended; the levels of a growth
layers      equalized learning rate, pixel norm, minibatch deviation
networks    one trunk: growing level by level, or all scales at once
"""

from lib.progressive.layers import Equalized, MinibatchDeviation, PixelNorm
from lib.progressive.networks import (
    GrowingDiscriminator,
    GrowingGenerator,
    MultiScaleDiscriminator,
    MultiScaleGenerator,
)
from lib.progressive.scales import (
    Level,
    at_side,
    enlarged,
    faded,
    growth,
    halved,
    pyramid,
    stacked,
    unstacked,
)

__all__ = [
    "Equalized",
    "GrowingDiscriminator",
    "GrowingGenerator",
    "Level",
    "MinibatchDeviation",
    "MultiScaleDiscriminator",
    "MultiScaleGenerator",
    "PixelNorm",
    "at_side",
    "enlarged",
    "faded",
    "growth",
    "halved",
    "pyramid",
    "stacked",
    "unstacked",
]
