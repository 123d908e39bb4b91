"""Piles of earth that a reader moves by hand, unit by unit.

There are too many plans to tabulate, so that the browser counts: what a plan
is, and what it costs, is written twice, here and in `front/piles.js`, and a
test holds the two together.
"""

import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

import anywidget
import matplotlib.figure
import numpy as np
import traitlets
from numpy.typing import NDArray

from lib.live.figure import joined, with_still
from lib.plots import draw_bars, role_css

HERE = pathlib.Path(__file__).parent
MOST = 40  # units that a hand may be asked to move
ALT = (
    "Piles of earth, each unit named by the pile it comes from, over dashed "
    "outlines of the piles that are wanted. A unit is dragged to another "
    "place, or moved by the arrow keys."
)


class Piles(anywidget.AnyWidget):
    """Units of earth at places 1, 2, ..., to be moved until q lies there.

    Shown in a page it is dragged or moved by the keyboard; in Python,
    `places`, `plan` and `work` follow.

    Args:
        p: Units in each pile, whole numbers of at least 0, at most MOST in
            all.
        q: Units wanted at each place, as many places and units.
        plans: Whole plans, shape (n, n) each, that a button shows in turn.

    Raises:
        TypeError: If a number of units is not a whole number.
        ValueError: If one is negative, the places or the totals of p and q
            differ, there are fewer than two places or no units or more than
            MOST, or a plan has not the sums p and q.
    """

    _esm = joined("shapes", "piles")
    _css = role_css() + (HERE / "live.css").read_text("utf8")
    spec = traitlets.Dict().tag(sync=True)
    places = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        p: Sequence[int],
        q: Sequence[int],
        plans: Iterable[Sequence[Sequence[int]]] = (),
    ) -> None:
        self.p, self.q = _units(p=p, q=q)
        plans = [_plan(plan, self.p, self.q) for plan in plans]
        super().__init__(
            places=homes_of(self.p),
            spec={
                "p": self.p,
                "q": self.q,
                "plans": plans,
                "least": least_work(self.p, self.q),
                "alt": ALT,
            },
        )

    @traitlets.validate("places")
    def _at_places(self, proposal: dict) -> list[int]:
        places, count = proposal["value"], len(self.p)
        if len(places) != sum(self.p) or not all(
            0 <= at < count for at in places
        ):
            raise traitlets.TraitError(
                f"places must be {sum(self.p)} numbers from 0 to "
                f"{count - 1}, one a unit, got {places}"
            )
        return places

    @property
    def plan(self) -> NDArray[np.int64]:
        """Units of pile i that are at place j now, shape (n, n)."""
        return plan_of(self.p, self.places)

    @property
    def work(self) -> int:
        """Units times places that they are from home, all added."""
        return work_of(self.p, self.places)

    def picture(self) -> matplotlib.figure.Figure:
        """What lies at each place now, beside what is wanted there."""
        fig = matplotlib.figure.Figure(figsize=(6.4, 3.2))
        ax, at = fig.add_subplot(), np.arange(1, len(self.p) + 1)
        now = self.plan.sum(0)
        draw_bars(ax, at, now, role="p", label="lies there", place=(0, 2))
        draw_bars(ax, at, self.q, role="q", label="wanted", place=(1, 2))
        ax.legend()
        ax.set(xticks=at, xlabel="place", ylabel="units")
        ax.set_title(
            f"work {self.work}, least work {self.spec['least']}", loc="left"
        )
        return fig

    def _repr_mimebundle_(self, **kwargs) -> Any:
        out = super()._repr_mimebundle_(**kwargs)
        return with_still(out, self.picture, ALT)


def homes_of(p: Sequence[int]) -> list[int]:
    """The pile that each unit comes from: 0 0 0 1 1 2 for piles of 3, 2, 1."""
    return np.repeat(np.arange(len(p)), p).tolist()


def plan_of(p: Sequence[int], places: Sequence[int]) -> NDArray[np.int64]:
    """Units of pile i that are at place j, shape (n, n)."""
    plan = np.zeros((len(p), len(p)), int)
    np.add.at(plan, (homes_of(p), places), 1)
    return plan


def places_of(plan: NDArray) -> list[int]:
    """Where each unit of a plan is, in the order of `homes_of`."""
    at = np.arange(plan.shape[1])
    return np.concatenate([np.repeat(at, row) for row in plan]).tolist()


def work_of(p: Sequence[int], places: Sequence[int]) -> int:
    """How many places the units are from home, all added."""
    return int(np.abs(np.subtract(homes_of(p), places)).sum())


def surplus_of(
    p: Sequence[int], q: Sequence[int], places: Sequence[int]
) -> int:
    """How many units lie where none is wanted."""
    return int(np.maximum(plan_of(p, places).sum(0) - q, 0).sum())


def least_work(p: Sequence[int], q: Sequence[int]) -> int:
    """What has to cross each border, all borders added."""
    return int(np.abs(np.cumsum(np.subtract(p, q))).sum())


def _units(**named: Sequence[int]) -> tuple[list[int], list[int]]:
    """p and q, once they are piles of whole units, and as many."""
    arrays = {}
    for name, units in named.items():
        array = np.asarray(units)
        if array.dtype.kind not in "iu" or array.ndim != 1:
            raise TypeError(f"{name} must be whole numbers, got {units!r}")
        if array.size < 2 or (array < 0).any():
            raise ValueError(
                f"{name} must be two or more numbers of at least 0, got "
                f"{units!r}"
            )
        arrays[name] = array.tolist()
    p, q = arrays.values()
    if len(p) != len(q) or sum(p) != sum(q) or not 1 <= sum(p) <= MOST:
        raise ValueError(
            "q must have as many places and units as p, from 1 to "
            f"{MOST} units, got {p} and {q}"
        )
    return p, q


def _plan(plan: Any, p: list[int], q: list[int]) -> list[list[int]]:
    """A plan as lists, once it turns p into q."""
    array = np.asarray(plan)
    whole = array.dtype.kind in "iuf" and (array == np.rint(array)).all()
    if not whole or array.shape != (len(p), len(p)) or (array < 0).any():
        raise ValueError(f"plans must be whole and of shape (n, n): {plan}")
    if array.sum(1).tolist() != p or array.sum(0).tolist() != q:
        raise ValueError(f"plans must have row sums {p}, column sums {q}")
    return array.astype(int).tolist()
