"""``timex-baseline``: English dates, times, durations and sets by the rules of :mod:`spanproof.systems.timex_rules`."""

from spanproof.systems.dates import annotation
from spanproof.systems.system import Annotations, Source, System, per_text
from spanproof.systems.timex_rules import expressions


def _annotate(source: Source) -> Annotations:
    read = expressions(source.text, source.dct)
    return {
        "dates": [annotation(expression.start, expression.end, expression.reading, source.dct) for expression in read]
    }


SYSTEM = System(
    name="timex-baseline",
    version="1",
    licence="Apache-2.0",
    weights=None,
    predicts={"dates": ("DATE", "TIME", "DURATION", "SET")},
    limits="English, whatever the language says. Relative to the creation time alone, never to another date or to the "
    "tense: a weekday is in its ISO week, a date without a year in its year. No ranges, no feasts, no numbers above "
    "twenty in words but tens; years only after a preposition. Words of reference (now, soon, recent) always count. "
    "Written with the articles and guidelines in sight that the toolkit was developed with: its score on them is "
    "in-sample.",
    open=lambda _: per_text(_annotate),
    in_sample=("dates",),
)
