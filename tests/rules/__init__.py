"""A rule is a function that yields complaints, each with its place.

It stands beside at least one example that breaks it, so that a rule which
has gone blind is found out. A test runs every rule on the real thing, where
it must be silent, and on its own broken examples, where it must speak.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Rule(NamedTuple):
    """A check, and changes to a good example that it must complain about."""

    check: Callable[[Any], Iterator[str]]
    breaks: tuple[Callable[[Any], Any], ...]

    @property
    def name(self) -> str:
        return self.check.__name__


class Rules(list[Rule]):
    """The rules of one kind of thing, in the order of their definition."""

    def rule(self, *breaks: Callable[[Any], Any]):
        """Take the decorated check into the list, with what breaks it."""
        if not breaks:
            raise TypeError("a rule needs an example that breaks it")

        def take(check: Callable) -> Callable:
            self.append(Rule(check, breaks))
            return check

        return take

    def broken(self) -> list[tuple[Rule, int]]:
        """Each rule with the number of each of its broken examples."""
        return [(r, i) for r in self for i in range(len(r.breaks))]
