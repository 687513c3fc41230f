"""TIMEX3 values: of units that lie some units from a day, of periods, of parts of a day, of what isn't known.

Where the day isn't known, or the calendar ends, the value has its placeholders (``XXXX-WXX``): the extent of an
expression never depends on the creation time.
"""

from datetime import date, timedelta

UNKNOWN = {
    "day": "XXXX-XX-XX",
    "week": "XXXX-WXX",
    "weekend": "XXXX-WXX-WE",
    "month": "XXXX-XX",
    "quarter": "XXXX-QX",
    "year": "XXXX",
    "decade": "XXX",
    "century": "XX",
}
"""The units, and the value of one that isn't known."""
UNREAD = {"DATE": UNKNOWN["day"], "TIME": f"{UNKNOWN['day']}TXX", "DURATION": "PXD", "SET": UNKNOWN["day"]}
"""The types, and the value of an expression of one whose own value isn't known, or is no TIMEX3."""
PERIODS = {
    "second": "PT{}S",
    "minute": "PT{}M",
    "hour": "PT{}H",
    "day": "P{}D",
    "week": "P{}W",
    "month": "P{}M",
    "quarter": "P{}Q",
    "year": "P{}Y",
    "decade": "P{}DE",
    "century": "P{}CE",
}
"""The units, and the value of so many of them."""
PARTS = {"morning": "TMO", "afternoon": "TAF", "evening": "TEV", "night": "TNI"}
"""The parts of a day, and what stands for them behind a date."""


def day_of(dct: str | None) -> date | None:
    """The day of a creation time; None without one, or where the value names no single day."""
    try:
        return date.fromisoformat(dct[:10]) if dct and dct[4:5] == "-" and dct[:10].count("-") == 2 else None
    except ValueError:
        return None


def moment(day: date | None, unit: str, steps: int = 0) -> str:
    """The value of the unit that lies so many units after that of the day."""
    if day is None:
        return UNKNOWN[unit]
    try:
        if unit == "day":
            return (day + timedelta(days=steps)).isoformat()
        if unit in ("week", "weekend"):
            iso = (day + timedelta(weeks=steps)).isocalendar()
            return f"{iso.year:04}-W{iso.week:02}{'-WE' if unit == 'weekend' else ''}"
    except OverflowError:
        return UNKNOWN[unit]
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit]
    year, rest = divmod(day.year * 12 + day.month - 1 + steps * months, 12)
    if not 1 <= year <= 9999:
        return UNKNOWN[unit]
    values = {"month": f"{year:04}-{rest + 1:02}", "quarter": f"{year:04}-Q{rest // 3 + 1}", "year": f"{year:04}"}
    return (values | {"decade": f"{year // 10:03}", "century": f"{year // 100:02}"})[unit]


def weekday(day: date | None, number: int, weeks: int = 0) -> str:
    """The day with this number (1 is Monday) in the ISO week of the day, or so many weeks after."""
    unknown = f"XXXX-WXX-{number}"
    if day is None:
        return unknown
    try:
        return (day + timedelta(days=number - day.isoweekday(), weeks=weeks)).isoformat()
    except OverflowError:
        return unknown
