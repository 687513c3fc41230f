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
    limits="It reads every text as English. Everything is relative to the creation time, never to another date or to "
    "the tense. A weekday is in the week of the creation time (ISO), and a date without a year is in its year. It "
    "doesn't know ranges or holidays. Of numbers in words above twenty, it knows only thirty, forty and so on. It "
    "finds years only after a preposition. Words of reference (now, soon, recent) always count. Its authors saw the "
    "documents and guidelines that the toolkit was developed with, so its score on them is in-sample.",
    open=lambda _: per_text(_annotate),
    in_sample=("dates",),
)
