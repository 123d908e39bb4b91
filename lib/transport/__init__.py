"""Transport: the least work that turns one distribution into another.

line       distances between places on the line, by sorting
plans      which mass goes where, and the prices that prove it cheapest
entropic   plans blurred by entropy, found by scaling rows and columns
"""

from lib.transport.entropic import sinkhorn
from lib.transport.line import (
    random_directions,
    sliced_wasserstein,
    wasserstein_1d,
)
from lib.transport.plans import (
    Potentials,
    kantorovich_potential,
    optimal_coupling,
    sample_wasserstein,
)

__all__ = [
    "Potentials",
    "kantorovich_potential",
    "optimal_coupling",
    "random_directions",
    "sample_wasserstein",
    "sinkhorn",
    "sliced_wasserstein",
    "wasserstein_1d",
]
