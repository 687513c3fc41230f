"""Texts full of expressions of time, and the day that they are read against."""

from datetime import datetime

from hypothesis import strategies as st

from spanproof.schema.paths import Document
from spanproof.testing.strategies import texts

HERE = datetime(2025, 2, 26)  # a Wednesday, in 2025-W09


DCT = "2025-02-26"


WORDS = st.sampled_from(
    (
        *("on Monday", " last week ", "three days ago", " Feb.18 ", "tomorrow", "İ", "ſ", "K", "\u0301", "\r\n", " 5 "),
        *("from May 3 to June 5, 2020", " February 30", "00:00 ", "9999 years ago ", "<TIMEX3 ", "&amp;", "two hours,"),
    )
)


MIXED = st.lists(WORDS | texts(), max_size=10).map("".join)


def asked(text: str, key: str, dct: str | None = DCT) -> Document:
    return {"id": key, "text": text, "language": "en", "dct": {"value": dct}}
