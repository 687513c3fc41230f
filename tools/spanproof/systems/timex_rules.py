"""English expressions of time, found by regular expressions and normalised against the day of the text.

The policy, fixed beforehand: a weekday is the day in the ISO week of the creation time, with "last" and "next" in the
week before and after; a day or month without a year is in the year of the creation time; a number of units "later" is
of no known day. What the calendar doesn't have (February 30) is no expression.
"""

from collections.abc import Callable
from datetime import date
from operator import attrgetter

import regex

from spanproof.systems.dates import Expression, Reading
from spanproof.text import timex
from spanproof.text.segmentation import without_overlaps
from spanproof.text.timex_calendar import PARTS_OF_DAY, PERIODS, UNKNOWN, day_of, unit_value, weekday_value

_B = "[ \u00a0]"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = (
    "(?P<month>"
    + "|".join([*_MONTHS, r"Sept\.?", *(rf"{name[:3]}\.?" for name in _MONTHS if name != "May")])
    + r")(?:(?<=\.)|(?!\w))"
)
_DAY = rf"(?P<weekday>{'|'.join(_DAYS)})"
_NTH = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = "(?P<year>(?:1[89]|20)[0-9]{2})"
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {word: str(n) for n, word in enumerate(_ONES)} | {word: f"{n}0" for n, word in enumerate(_TENS, 2)}
_SOME = ("several", "a few", "a couple of", "many")
_N = rf"(?P<n>[0-9]{{1,4}}|{'|'.join([*_NUMBERS, *_SOME])})"
_UNIT = rf"(?P<unit>{'|'.join(period for period in PERIODS if period != 'century')}|centur(?:y|ie))"
_SIZES = {
    **dict.fromkeys(("more than", "over"), "MORE_THAN"),
    **dict.fromkeys(("less than", "fewer than", "under"), "LESS_THAN"),
    "at least": "EQUAL_OR_MORE",
    **dict.fromkeys(("at most", "up to"), "EQUAL_OR_LESS"),
    **dict.fromkeys(("about", "around", "approximately", "nearly", "almost"), "APPROX"),
}
_STEPS = {"last": -1, "this": 0, "next": 1}
_STEP = "(?P<step>(?i:last|this|next))"
_PART = "(?P<part>morning|afternoon|evening|night)"
_STAGES = {"early": "START", "earlier": "START", "mid": "MID", "late": "END", "later": "END"}
_STAGE = f"(?:(?P<stage>(?i:early|mid|late))(?:{_B}|-))"
_DAILY = {"daily": "P1D", "weekly": "P1W", "monthly": "P1M", "yearly": "P1Y", "annual": "P1Y", "annually": "P1Y"}
_REFS = {
    **dict.fromkeys(("now", "right now", "currently", "current", "at present", "nowadays"), "PRESENT_REF"),
    **dict.fromkeys(("soon", "as soon as possible", "in the near future"), "FUTURE_REF"),
    **dict.fromkeys(("recently", "recent"), "PAST_REF"),
}


Groups = dict[str, str]
_Reader = Callable[[Groups, date | None], Reading]


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.rstrip(".")[:3]))


def _dated(g: Groups, day: date | None) -> Reading:
    year = g["year"] or unit_value(day, "year")
    value = f"{year}-{_month(g['month']):02}" + (f"-{int(g['day']):02}" if "day" in g else "")
    return Reading("DATE", value, _STAGES.get(g.get("stage", "")), not g["year"])


def _stepped_month(g: Groups, day: date | None) -> Reading:
    number, step = _month(g["month"]), _STEPS[g["step"]]
    years = 0 if day is None else _nearest(day.month, number, step)
    return Reading("DATE", f"{unit_value(day, 'year', years)}-{number:02}", None, True)


def _nearest(here: int, month: int, step: int) -> int:
    """Return how many years from this one the month lies that comes next, or came last."""
    return step if (month - here) * step <= 0 else 0


def _weekday(g: Groups, day: date | None) -> Reading:
    number = _DAYS.index(g["weekday"]) + 1
    if g["step"] in ("every", "each"):
        return Reading("SET", f"XXXX-WXX-{number}")
    return _at(weekday_value(day, number, _STEPS.get(g["step"], 0)), g["part"])


def _at(value: str, part: str) -> Reading:
    return Reading("TIME" if part else "DATE", value + PARTS_OF_DAY.get(part, ""), None, True)


def _near(g: Groups, day: date | None) -> Reading:
    if g["near"] == "tonight":
        return _at(unit_value(day, "day"), "night")
    return _at(unit_value(day, "day", {"yesterday": -1, "today": 0, "tomorrow": 1}[g["near"]]), g["part"])


def _this_part(g: Groups, day: date | None) -> Reading:
    return _at(unit_value(day, "day", _STEPS[g["step"]]), g["part"])


def _stepped_unit(g: Groups, day: date | None) -> Reading:
    return Reading("DATE", unit_value(day, g["unit"], _STEPS[g["step"]]), _STAGES.get(g["stage"]), True)


def _shifted(g: Groups, day: date | None) -> Reading:
    unit, n = _unit(g), _number(g["n"])
    ago = g["way"] == "ago"
    value = unit_value(day, unit, -int(n)) if ago and n != "X" else UNKNOWN[unit]
    return Reading("DATE", value, None, ago)


def _unit(g: Groups) -> str:
    return "century" if g["unit"].startswith("centur") else g["unit"]


def _number(word: str) -> str:
    return "1" if word in ("a", "an") else "X" if word in _SOME else _NUMBERS.get(word) or str(int(word))


def _period(g: Groups, _: date | None) -> Reading:
    kind = "SET" if g.get("every") else "DURATION"
    value = PERIODS[_unit(g)].format(_number(g["n"] or "one"))
    return Reading(kind, value, _SIZES.get(g.get("size", "")))


def _clock(g: Groups, day: date | None) -> Reading:
    hour = int(g["hour"])
    if g["half"]:
        hour = 99 if not 1 <= hour <= 12 else hour % 12 + (12 if g["half"][0] == "p" else 0)
    return Reading("TIME", f"{unit_value(day, 'day')}T{hour:02}:{g['minute'] or '00'}", None, True)


def _season(g: Groups, day: date | None) -> Reading:
    code = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}[g["season"]]
    return Reading("DATE", f"{g['year'] or unit_value(day, 'year', _STEPS[g['step']])}-{code}", None, not g["year"])


def _quarter(g: Groups, _: date | None) -> Reading:
    number = {"first": "1", "second": "2", "third": "3", "fourth": "4"}.get(g["nth"], g["nth"][-1:])
    return Reading("DATE", f"{g['year']}-Q{number}")


_EVERY = "(?P<every>(?i:every|each))"
_RULES: tuple[tuple[str, _Reader], ...] = (
    (r"(?<![-/.])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![-/])", lambda g, _: Reading("DATE", g["all"])),
    (rf"(?:(?:{'|'.join(_DAYS)}),?{_B})?{_MONTH}{_B}?{_NTH}(?:,?{_B}{_YEAR})?", _dated),
    (rf"{_NTH}{_B}(?:of{_B})?{_MONTH}(?:,?{_B}{_YEAR})?", _dated),
    (rf"{_STAGE}?{_MONTH},?{_B}(?:of{_B})?{_YEAR}", _dated),
    (rf"{_STAGE}{_MONTH}(?P<year>)", _dated),
    (rf"{_STEP}{_B}{_MONTH}", _stepped_month),
    (rf"(?:(?P<step>(?i:last|this|next|every|each)){_B})?{_DAY}(?:{_B}{_PART})?", _weekday),
    (rf"(?P<near>(?i:today|yesterday|tomorrow|tonight))(?:{_B}{_PART})?", _near),
    (rf"(?P<step>(?i:this)){_B}(?P<part>morning|afternoon|evening)|(?P<step>(?i:last)){_B}(?P<part>night)", _this_part),
    (
        rf"(?:(?P<stage>(?i:earlier|later|early|late)){_B})?{_STEP}{_B}(?P<unit>{'|'.join(list(UNKNOWN)[1:])})",
        _stepped_unit,
    ),
    (
        rf"(?i:(?P<n>[0-9]{{1,4}}|an?|{'|'.join([*_NUMBERS, *_SOME])}){_B}"
        rf"(?P<unit>day|week|month|year|decade|centur(?:y|ie))s?{_B}(?P<way>ago|later|earlier))",
        _shifted,
    ),
    (rf"(?i:(?:(?P<size>{'|'.join(_SIZES)}){_B})?{_N}(?:{_B}|-){_UNIT}s?)(?!-old|{_B}(?:ago|old))", _period),
    (rf"{_EVERY}{_B}(?i:(?:{_N}{_B})?{_UNIT}s?)", _period),
    (rf"(?P<often>(?i:{'|'.join(_DAILY)}))", lambda g, _: Reading("SET", _DAILY[g["often"]])),
    (
        rf"(?<=(?<!\w)(?i:in|since|from|until|till|by|during|before|after|of|through|between|and|to){_B}){_STAGE}?{_YEAR}"
        rf"(?![-/,.]?[0-9]|{_B}(?:people|%))",
        lambda g, _: Reading("DATE", g["year"], _STAGES.get(g["stage"])),
    ),
    (r"(?P<decade>(?:1[89]|20)[0-9])0s", lambda g, _: Reading("DATE", g["decade"])),
    (
        rf"(?:{_STEP}{_B})?(?P<season>spring|summer|autumn|fall|winter){_B}(?:of{_B})?{_YEAR}"
        rf"|{_STEP}{_B}(?P<season>spring|summer|autumn|fall|winter)(?P<year>)",
        _season,
    ),
    (rf"(?P<nth>Q[1-4]|(?i:first|second|third|fourth)(?={_B}q))(?:{_B}quarter{_B}of)?{_B}{_YEAR}", _quarter),
    (rf"(?P<ref>(?i:{'|'.join(sorted(_REFS, key=len, reverse=True))}))", lambda g, _: Reading("DATE", _REFS[g["ref"]])),
    (
        rf"(?<![:.,])(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?:{_B}?(?P<half>[ap]\.?m(?:\.|(?!\w))))?(?![:.,]?[0-9])"
        rf"|(?P<hour>[0-9]{{1,2}})(?P<minute>){_B}?(?P<half>[ap]\.?m(?:\.|(?!\w)))",
        _clock,
    ),
)
_CASED = {"month", "weekday"}
_PATTERNS = tuple(
    (regex.compile(rf"(?<!\w)(?P<all>{pattern})(?:(?!\w)|(?<=\.))"), reader) for pattern, reader in _RULES
)


def expressions(text: str, dct: str | None = None) -> list[Expression]:
    """Return the expressions of time in a text, in its order, none over another: the earliest wins, then the longest.

    Args:
        text: English text.
        dct: its creation time, a TIMEX3 value, against which values are normalised; None if unknown.
    """
    day = day_of(dct)
    candidates = []
    for pattern, reader in _PATTERNS:
        for match in pattern.finditer(text):
            # Case-folded, since a case-insensitive pattern also takes the long s and the Kelvin sign.
            groups = {
                name: group if name in _CASED else group.casefold()
                for name, group in ((name, group or "") for name, group in match.groupdict().items())
            }
            reading = reader(groups, day)
            if timex.problem(reading.value, reading.type) is None:
                candidates.append(Expression(match.start(), match.end(), reading))
    return without_overlaps(candidates, attrgetter("start", "end"))


def reading_of(surface: str, dct: str | None = None) -> Reading | None:
    """Return what a whole surface means, but for a determiner before it and 's after it; None if it isn't understood.

    Args:
        surface: an expression of time, as something else found it.
        dct: the creation time of its text, a TIMEX3 value; None if unknown.
    """
    for expression in expressions(surface, dct):
        before, after = surface[: expression.start].strip().casefold(), surface[expression.end :].strip()
        if before in ("", "the", "a", "an") and after in ("", "'s", "’s"):
            return expression.reading
    year = regex.fullmatch(rf"\s*{_YEAR}\s*", surface)
    return Reading("DATE", year["year"]) if year else None
