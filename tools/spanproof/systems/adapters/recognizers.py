"""``recognizers-text``: the recognizer of dates and times of Microsoft Recognizers Text, in Python."""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems import dates
from spanproof.systems.dates import Expression, Reading, Report
from spanproof.systems.system import Predict, System, per_text

_TIMES = ("time", "datetime", "timerange", "datetimerange")
_MODS = {"start": "START", "mid": "MID", "end": "END", "approx": "APPROX", "more": "MORE_THAN", "less": "LESS_THAN"}
_QUARTER = regex.compile(r"\((?P<year>[0-9]{4})-(?P<month>01|04|07|10)-01,[0-9]{4}-(?:01|04|07|10)-01,P3M\)")


def reading(kind: str, value: str, mod: str, day: datetime) -> Reading:
    """Return what an answer of the recognizer means.

    Args:
        kind: its type, ``daterange``.
        value: its TIMEX string, ``(2025-01-01,2025-04-01,P3M)``.
        mod: its modifier, ``mid``; empty without one.
        day: the day on which it is read.
    """
    if match := _QUARTER.fullmatch(value):
        return Reading("DATE", f"{match['year']}-Q{int(match['month']) // 3 + 1}")
    if value.startswith("("):
        return Reading("DURATION", value.strip("()").rpartition(",")[2])
    if kind in ("set", "duration"):
        return Reading(kind.upper(), value, _MODS.get(mod))
    type_ = "TIME" if kind in _TIMES and not value.endswith("_REF") else "DATE"
    return Reading(type_, dates.resolved(value, day.date()), _MODS.get(mod))


def query(line: str, preprocess: Any) -> str | None:
    """Return a line as the recognizer reads it, in lower case; None where that moves offsets.

    One letter alone is longer in lower case, the capital dotted I: it is read as an I.
    """
    lowered = str(preprocess(line.replace("İ", "I")))
    return lowered if len(lowered) == len(line) else None


def _first_reading(answer: Any, day: datetime) -> Reading:
    """Return the first of the readings that the recognizer gives of an expression."""
    first = ((answer.value or {}).get("values") or [{}])[0]
    kind = first.get("type") or answer.type.rpartition(".")[2]
    return reading(kind, first.get("timex") or "", first.get("Mod") or "", day)


def _load(_: Registries) -> Predict:
    package = import_module("recognizers_date_time")
    preprocess = import_module("recognizers_text.utilities").QueryProcessor.preprocess
    model = package.DateTimeRecognizer(package.Culture.English).get_datetime_model()

    def read(line: str, day: datetime, report: Report) -> Iterator[Expression]:
        lowered = query(line, preprocess)
        if lowered is None:
            report("in lower case it has another length")
            return
        # Not model.parse: that drops every expression after one that fails, and doesn't say so.
        try:
            extracts = model.extractor.extract(lowered, day)
        except Exception as error:  # Whatever it stumbles over.
            report(f"{type(error).__name__}: {error}")
            return
        for extract in extracts:
            try:
                parsed = model.parser.parse(extract, day)
            except Exception as error:
                report(f"{extract.text!r}: {type(error).__name__}: {error}")
                end = extract.start + extract.length
                yield Expression(extract.start, end, reading(extract.type, "", "", day))
                continue
            for answer in parsed.value if isinstance(parsed.value, list) else [parsed]:
                end = answer.start + answer.length
                if lowered[answer.start : end] != answer.text:
                    report(f"{answer.start}:{end} is said to be {answer.text!r}")
                    continue
                yield Expression(answer.start, end, _first_reading(answer, day))

    return per_text(lambda source: {"dates": dates.annotations_by_line(source, read)})


SYSTEM = System(
    name="recognizers-text",
    version="1.0.2a2",
    licence="MIT",
    weights=None,
    predicts={"dates": ("DATE", "TIME", "DURATION", "SET")},
    limits=" Its TIMEX strings are kept if they are definite. Of several readings (nine o'clock) the first counts. A "
    "clock time without a day is on the day of the creation time. Before, after, since and until don't become "
    "modifiers.",
    open=_load,
    requires=("recognizers-text-date-time==1.0.2a2", "emoji==1.7.0"),
    in_sample=("dates.value",),
)
