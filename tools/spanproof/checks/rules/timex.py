"""SP3xx: TIMEX3 values and the document creation time."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from spanproof.arrays import Ints, booleans, distinct, indices
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.schema.node import Node
from spanproof.text.timex import SURE, Problem, problem

_MONDAY = {"id": "d1", "start": 18, "end": 24, "text": "Monday", "type": "DATE", "mod": None, "anchor": "dct"}


_problem = functools.lru_cache(1 << 16)(problem)


@dataclass(frozen=True)
class _Judged:
    """The expressions of time at one place of a batch, with what is wrong with their values.

    Attributes:
        items: the expressions.
        member: which of their members is the value.
        pairs: a number for the type and value of each, -1 where it has no value, shape (expressions,).
        problems: what is wrong with a type and value, by their number.
    """

    items: Items
    member: str
    pairs: Ints
    problems: dict[int, Problem]


def _judged(view: View) -> list[_Judged]:
    """Return the expressions of time of a batch; each distinct type and value is judged once."""
    judged = []
    for node, timex3 in view.schema.having(Node.timex3):
        if timex3.type is None:
            continue
        (type_, types), (value, values) = (view.codes((*node.place, name)) for name in (timex3.type, timex3.value))
        kinds, words = [None, *types.to_pylist()], values.to_pylist()
        pairs = np.where(value >= 0, (type_ + 1) * len(words) + value, -1)
        doubtful = pairs >= 0
        for kind, pattern in SURE.items():
            matches = np.append(booleans(pc.match_substring_regex(values, pattern)), False)
            of_kind = np.array([*(name == kind for name in kinds[1:]), False], np.bool_)
            doubtful &= ~(matches[value] & of_kind[type_])
        known = distinct(pairs[doubtful]).tolist()
        problems = map(
            _problem, [words[pair % len(words)] for pair in known], [kinds[pair // len(words)] for pair in known]
        )
        wrong = {pair: problem for pair, problem in zip(known, problems, strict=True) if problem}
        judged.append(_Judged(view.columns.items(node.place), timex3.value, pairs, wrong))
    return judged


def _hits(view: View, kind: str) -> Iterator[Hit]:
    """Yield a hit for each expression whose value has a problem of one kind."""
    for judged in view.once("timex", lambda: _judged(view)):
        place = judged.items.node.place
        wanted = [pair for pair, problem in judged.problems.items() if problem.kind == kind]
        for k in indices(np.isin(judged.pairs, wanted)).tolist() if wanted else ():
            if place not in view.spans or view.spans[place].sound[k]:
                problem = judged.problems[int(judged.pairs[k])]
                yield Hit(judged.items, k, f"{problem.message}; expected {problem.right}", (judged.member,))


@rule(
    "SP301",
    "timex-grammar",
    needs=Node.timex3,
    bad=[{"dates": [{**_MONDAY, "value": "2025-2-24"}]}],
    good=[{"dates": [{**_MONDAY, "value": "2025-02-24"}]}],
)
def timex_grammar(view: View) -> Iterator[Hit]:
    """The value isn't a TIMEX3 value.

    TimeML's values are ISO 8601 with weeks (2025-W08), seasons (2025-SU), decades (197), references (PRESENT_REF),
    placeholders (XXXX-WXX-1) and durations (PT6H).

    Waive it where a project has notations of its own, and everything that reads the layer knows them.
    """
    yield from _hits(view, "grammar")


@rule(
    "SP302",
    "timex-type",
    needs=Node.timex3,
    bad=[{"dates": [{**_MONDAY, "value": "P1D"}]}],
    good=[{"dates": [{**_MONDAY, "value": "2025-02-24"}]}],
)
def timex_type(view: View) -> Iterator[Hit]:
    """The value belongs to another TIMEX3 type.

    A DATE has no time of day, a TIME has one, a DURATION is a period of time, and a SET recurs.

    Never waive it: type and value contradict each other, so one of them is wrong.
    """
    yield from _hits(view, "type")


@rule(
    "SP303",
    "timex-calendar",
    needs=Node.timex3,
    bad=[{"dates": [{**_MONDAY, "value": "2025-02-30"}]}],
    good=[{"dates": [{**_MONDAY, "value": "2025-02-24"}]}],
)
def timex_calendar(view: View) -> Iterator[Hit]:
    """The value names a day, week or hour that the calendar doesn't have.

    Examples: 30 February, week 53 of a year that has 52 weeks, hour 25.

    Waive it where the text itself names such a day and the value should say what the text says.
    """
    yield from _hits(view, "calendar")


@rule(
    "SP304",
    "creation-time",
    needs=Node.timex3,
    bad=[{"dct": {"value": "2025-02", "source": "inferred", "evidence": "Monday"}}],
    good=[{"dct": {"value": "2025-02-26", "source": "inferred", "evidence": "Monday"}}],
)
def creation_time(view: View) -> Iterator[Hit]:
    """The document creation time isn't a day of the calendar.

    Relative dates are resolved against it, so it must name a day (or a time of one): 2025-02-26.

    Never waive it: nothing can be counted from a day that doesn't exist.
    """
    for node, timex3 in view.schema.having(Node.timex3):
        if timex3.type is not None:
            continue
        items = view.columns.items(node.place)
        column = items.columns[timex3.value]
        code, distinct = view.codes((*node.place, timex3.value))
        bad = np.array([not _is_day(value) for value in distinct.to_pylist()] + [False])
        for k in indices(bad[code]).tolist():
            message = f"{column[k].as_py()!r} isn't a day; expected a date such as 2025-02-26"
            yield Hit(items, k, message, (timex3.value,))


@functools.lru_cache(1 << 16)
def _is_day(value: str) -> bool:
    day, separator, _ = value.partition("T")
    shape = len(day) == 10 and day[:4].isdigit() and "X" not in value
    return shape and problem(day, "DATE") is None and (not separator or problem(value, "TIME") is None)
