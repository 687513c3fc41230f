"""TIMEX3 values by the calendar: of a day, a week, a month counted from another day; of lengths of time.

Where the day isn't known, or the calendar of Python ends (year 9999), the value has placeholders (``XXXX-WXX``).
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
"""For each calendar unit, the value that says no more than the unit: some day, some week."""

PLACEHOLDERS = {"DATE": UNKNOWN["day"], "TIME": f"{UNKNOWN['day']}TXX", "DURATION": "PXD", "SET": UNKNOWN["day"]}
"""For each TIMEX3 type, the value given to an expression whose own value is unknown or isn't a TIMEX3 value."""

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
"""For each unit of time, the format of the value of a duration; the number of units goes into the braces."""

PARTS_OF_DAY = {"morning": "TMO", "afternoon": "TAF", "evening": "TEV", "night": "TNI"}
"""For each part of a day, the code that follows the date in a value: ``2025-02-26TMO``."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}


def day_of(dct: str | None) -> date | None:
    """Return the day of a document creation time; None without one, or where its value names no single day."""
    try:
        return date.fromisoformat(dct[:10]) if dct and dct[4:5] == "-" and dct[:10].count("-") == 2 else None
    except ValueError:
        return None


def unit_value(day: date | None, unit: str, steps: int = 0) -> str:
    """Return the TIMEX3 value of the calendar unit that a day lies in, or of one some units before or after.

    Args:
        day: the day to count from; None if unknown.
        unit: one of the keys of :data:`UNKNOWN`.
        steps: how many units later; negative for earlier.

    Returns:
        The value (``2025-W09`` for the week of 2025-02-26), or the unit's placeholder where the day is unknown or the
        unit lies outside the years 1 to 9999.
    """
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
    year, month = divmod(day.year * 12 + day.month - 1 + steps * _MONTHS[unit], 12)
    if not 1 <= year <= 9999:
        return UNKNOWN[unit]
    values = {
        "month": f"{year:04}-{month + 1:02}",
        "quarter": f"{year:04}-Q{month // 3 + 1}",
        "year": f"{year:04}",
        "decade": f"{year // 10:03}",
        "century": f"{year // 100:02}",
    }
    return values[unit]


def weekday_value(day: date | None, weekday: int, weeks: int = 0) -> str:
    """Return the TIMEX3 value of a weekday in the ISO week that a day lies in, or in a week before or after.

    Args:
        day: the day to count from; None if unknown.
        weekday: 1 for Monday to 7 for Sunday.
        weeks: how many weeks later; negative for earlier.

    Returns:
        The date (``2025-02-28``), or ``XXXX-WXX-5`` where the day is unknown or the calendar ends.
    """
    unknown = f"XXXX-WXX-{weekday}"
    if day is None:
        return unknown
    try:
        return (day + timedelta(days=weekday - day.isoweekday(), weeks=weeks)).isoformat()
    except OverflowError:
        return unknown
