"""Numbers on the command line."""

import math
from typing import Any

import click


class Amount(click.FloatRange):
    """A number that is finite: ``nan`` and ``inf`` pass the bounds of a range of click."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; refuse what isn't one, or isn't in the range."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} isn't a finite number; expected one in {self._describe_range()}.", param, ctx)
        return number
