"""The finitely many values of a control, in the order of its index."""

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any

import ipywidgets as widgets
import numpy as np

MAX_STATES = 20_000
CHOICES = (
    widgets.Dropdown,
    widgets.RadioButtons,
    widgets.SelectionSlider,
    widgets.ToggleButtons,
)
SLIDERS = (widgets.FloatSlider, widgets.IntSlider)
STEPPED = (*SLIDERS, widgets.Play)


def grid(name: str, control: widgets.Widget) -> list:
    """All values that `control` can take.

    Args:
        name: What the scene calls the control, for the message of an error.
        control: FloatSlider, IntSlider, Play, SelectionSlider, Dropdown,
            ToggleButtons, RadioButtons or Checkbox.

    Returns:
        The values in rising order, or in the order of the options.

    Raises:
        TypeError: If the control has no finite set of values.
        ValueError: If its ends or its value are not on the grid of its steps.
    """
    if isinstance(control, widgets.Checkbox):
        return [False, True]
    if isinstance(control, CHOICES):
        return _options(name, control)
    if type(control) not in STEPPED:
        raise TypeError(
            f"{name}: a {type(control).__name__} has no finite grid; take "
            f"one of {[c.__name__ for c in (*STEPPED, *CHOICES)]} or Checkbox"
        )
    return _steps(name, control)


def _options(name: str, control: widgets.Widget) -> list:
    values = list(control._options_values)
    if not values:
        raise ValueError(f"{name}: the {type(control).__name__} is empty")
    if control.index is None:
        raise ValueError(f"{name}: nothing is chosen; give it a value")
    return values


def _steps(name: str, control: widgets.Widget) -> list:
    low, high, step = control.min, control.max, control.step
    if not step or step <= 0 or not low < high:
        raise ValueError(
            f"{name}: need min < max and step > 0, got {low}, {high}, {step}"
        )
    for what, value in (("max", high), ("value", control.value)):
        steps = (value - low) / step
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(
                f"{name}: {what} {value} is not on its grid {low} + k {step}"
            )
    k = np.arange(round((high - low) / step) + 1)
    # ten decimals hide the binary dust of k * 0.05; whole numbers stay whole
    return np.round(low + k * step, 10).tolist()


def index_of(control: widgets.Widget) -> int:
    """Where on its grid a control stands."""
    if isinstance(control, widgets.Checkbox):
        return int(control.value)
    if isinstance(control, CHOICES):
        return control.index
    return round((control.value - control.min) / control.step)


def value_of(control: widgets.Widget) -> Any:
    """The control's value, free of binary dust as on the grid."""
    value = control.value
    return round(value, 10) if isinstance(value, float) else value


class Grid:
    """All combinations of the controls' values; the last moves fastest."""

    def __init__(self, controls: dict[str, widgets.Widget]) -> None:
        if not controls:
            raise ValueError("a live figure needs at least one control")
        self.values = {n: grid(n, c) for n, c in controls.items()}
        self.shape = tuple(map(len, self.values.values()))
        self.kinds = {n: type(c) for n, c in controls.items()}
        if math.prod(self.shape) > MAX_STATES:
            raise ValueError(
                f"the grid of {[*controls]} has {self.shape} states, more "
                f"than {MAX_STATES}: take larger steps"
            )

    def at(self, index: tuple[int, ...]) -> dict[str, Any]:
        """The values at one state, by the controls' names."""
        pairs = zip(self.values.items(), index, strict=True)
        return {name: values[i] for (name, values), i in pairs}

    def dragged(self, names: Iterable[str] | None) -> list[int]:
        """The places of the controls that a panel's `drag` names.

        Raises:
            ValueError: If there is no such control.
            TypeError: If it is no slider of numbers.
        """
        for name in names or ():
            if name not in self.kinds:
                raise ValueError(
                    f"drag names {name!r}, the controls are {[*self.kinds]}"
                )
            if self.kinds[name] not in SLIDERS:
                raise TypeError(
                    f"drag: {name} must be a FloatSlider or an IntSlider, "
                    f"got a {self.kinds[name].__name__}"
                )
        return [[*self.kinds].index(name) for name in names or ()]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for values in itertools.product(*self.values.values()):
            yield dict(zip(self.values, values, strict=True))
