"""``recognizers-text``: the recognizer of dates and times of Microsoft Recognizers Text, in Python."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems import dates as policies
from spanproof.systems.dates import Expression, Reading, Say
from spanproof.systems.system import Annotations, Predict, Source, System

_TIMES = ("time", "datetime", "timerange", "datetimerange")
_MODS = {"start": "START", "mid": "MID", "end": "END", "approx": "APPROX", "more": "MORE_THAN", "less": "LESS_THAN"}
_QUARTER = regex.compile(r"\((?P<year>[0-9]{4})-(?P<month>01|04|07|10)-01,[0-9]{4}-(?:01|04|07|10)-01,P3M\)")


def reading(kind: str, value: str, mod: str, day: datetime) -> Reading:
    """What an answer means on a day: its type (``daterange``), TIMEX string and modifier become those of a TIMEX3."""
    if match := _QUARTER.fullmatch(value):
        return Reading("DATE", f"{match['year']}-Q{int(match['month']) // 3 + 1}")
    if value.startswith("("):
        return Reading("DURATION", value.strip("()").rpartition(",")[2])
    if kind in ("set", "duration"):
        return Reading(kind.upper(), value, _MODS.get(mod))
    type_ = "TIME" if kind in _TIMES and not value.endswith("_REF") else "DATE"
    return Reading(type_, policies.filled(value, day.date()), _MODS.get(mod))


def query(line: str, preprocess: Any) -> str | None:
    """A line as the recognizer reads it, in lower case; None where that moves offsets.

    One letter alone is longer in lower case, the capital dotted I: it is read as an I.
    """
    asked = str(preprocess(line.replace("İ", "I")))
    return asked if len(asked) == len(line) else None


def _open(_: Registries) -> Predict:
    package = import_module("recognizers_date_time")
    preprocess = import_module("recognizers_text.utilities").QueryProcessor.preprocess
    model = package.DateTimeRecognizer(package.Culture.English).get_datetime_model()

    def read(line: str, day: datetime, say: Say) -> Iterator[Expression]:
        asked = query(line, preprocess)
        if asked is None:
            say("in lower case it has another length")
            return
        # Not model.parse: that drops every expression after one that fails, and doesn't say so.
        try:
            extracted = model.extractor.extract(asked, day)
        except Exception as error:  # whatever it stumbles over
            say(f"{type(error).__name__}: {error}")
            return
        for each in extracted:
            try:
                parsed = model.parser.parse(each, day)
            except Exception as error:
                say(f"{each.text!r}: {type(error).__name__}: {error}")
                yield Expression(each.start, each.start + each.length, reading(each.type, "", "", day))
                continue
            for one in parsed.value if isinstance(parsed.value, list) else [parsed]:
                end = one.start + one.length
                if asked[one.start : end] != one.text:
                    say(f"{one.start}:{end} is said to be {one.text!r}")
                    continue
                first = ((one.value or {}).get("values") or [{}])[0]
                kind = first.get("type") or one.type.rpartition(".")[2]
                meant = reading(kind, first.get("timex") or "", first.get("Mod") or "", day)
                yield Expression(one.start, end, meant)

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        return ({"dates": policies.dates(source, read)} for source in sources)

    return predict


SYSTEM = System(
    name="recognizers-text",
    version="1.0.2a2",
    licence="MIT",
    weights=None,
    predicts={"dates": ("DATE", "TIME", "DURATION", "SET")},
    limits=f"{policies.ABOUT} Its TIMEX strings are kept where they are definite; of several readings (nine o'clock) "
    "the first counts, and a clock time without a day is on that of the creation time. Before, after, since and until "
    "are not modifiers.",
    open=_open,
    requires=("recognizers-text-date-time==1.0.2a2", "emoji==1.7.0"),
    in_sample=("dates.value",),
)
