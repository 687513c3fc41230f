"""SP12x: characters of a text that surprise people and programs."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Ints, member
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.text.characters import BIDI, BOM, INVISIBLE


def _texts(view: View) -> Iterator[str]:
    """Yield the members that spans point into."""
    yield from view.schema.texts


def _odd(view: View, member: str) -> tuple[Ints, Ints]:
    """Return where the odd characters of a batch are, as bytes of all its texts end to end, and their code points.

    Odd are those that any rule of this family asks for; they are looked for once.
    """

    def compute() -> tuple[Ints, Ints]:
        text = view.text(member)
        at = text.odd()
        return at, text.code_points(at).astype(np.int64)

    return view.once(("odd", member), compute)


def _hits(view: View, wanted: Ints, what: str) -> Iterator[Hit]:
    """Yield a hit for each document that holds some characters: the first of them, and how many more.

    Args:
        view: the batch.
        wanted: the code points that are looked for.
        what: what one is called in the message.
    """
    for name in _texts(view):
        at, points = _odd(view, name)
        keep = member(wanted, points)
        at, points = at[keep], points[keep]
        text = view.text(name)
        every = text.document(at)
        first = np.flatnonzero(np.diff(every, prepend=-1))
        rows, numbers = every[first], np.diff(first, append=len(every))
        offsets = text.to_points(at[first]) - text.points[rows]
        columns = (column.tolist() for column in (rows, points[first], offsets, numbers))
        for row, point, offset, number in zip(*columns, strict=True):
            more = f", and {number - 1} more" if number > 1 else ""
            message = f"{what} U+{point:04X} at {offset}{more}"
            yield Hit(view.documents, row, message, (name,), span=(offset, offset + 1))


def _points(characters: str) -> Ints:
    return np.array([ord(c) for c in characters], np.int64)


@rule(
    "SP120",
    "lone-surrogate",
    bad=[{"text": "Ana \ud83d Silva"}],
    good=[{"text": "Ana \U0001f600 Silva"}],
    of_texts=True,
)
def lone_surrogate(view: View) -> Iterator[Hit]:
    """The text holds half of a surrogate pair.

    It can't be written as UTF-8, so no other program will read the same text. A UTF-16 text was cut in the middle of
    a character.

    Never waive it: half a character can't be published.
    """
    for row in (row for row in view.batch.raw if row not in view.batch.unlisted):
        document = view.batch.raw[row]
        for name in _texts(view):
            text = document.get(name) if isinstance(document, dict) else None
            if isinstance(text, str) and (halves := [k for k, c in enumerate(text) if "\ud800" <= c < "\ue000"]):
                more = f", and {len(halves) - 1} more" if len(halves) > 1 else ""
                message = f"lone surrogate U+{ord(text[halves[0]]):04X} at {halves[0]}{more}"
                yield Hit(view.documents, row, message, (name,), span=(halves[0], halves[0] + 1))


@rule(
    "SP121", "control-character", "warning", bad=[{"text": "Ana\x00Silva"}], good=[{"text": "Ana Silva"}], of_texts=True
)
def control_character(view: View) -> Iterator[Hit]:
    """The text holds a control character other than tab, line feed and carriage return.

    Databases, XML and terminals drop, refuse or act on them; offsets that another program counted may be wrong after
    the character.

    Waive it where the source has the character and the text must not differ from the source.
    """
    controls = [c for c in (*range(32), *range(127, 160)) if chr(c) not in "\t\n\r"]
    yield from _hits(view, np.array(controls, np.int64), "control character")


@rule(
    "SP122",
    "invisible-character",
    "info",
    bad=[{"text": "Ana Sil\u00adva"}],
    good=[{"text": "Ana Silva"}],
    of_texts=True,
)
def invisible_character(view: View) -> Iterator[Hit]:
    """The text holds characters that can't be seen: soft hyphen, zero width space, word joiner.

    A surface typed by hand won't match, and tokenisers differ in whether they split there.

    Waive it where the source has them and the text must not differ from the source. An `info` finding fails no check.
    """
    yield from _hits(view, _points(INVISIBLE), "invisible character")


@rule(
    "SP123",
    "bidi-control",
    "info",
    bad=[{"text": "Ana \u202eSilva\u202c"}],
    good=[{"text": "Ana Silva"}],
    of_texts=True,
)
def bidi_control(view: View) -> Iterator[Hit]:
    """The text holds bidirectional controls, so it may be displayed in a different order from its code points.

    Somebody who marks words on the screen may mark the wrong characters.

    Waive it where the source has them and the text must not differ from the source. An `info` finding fails no check.
    """
    yield from _hits(view, _points(BIDI), "bidirectional control")


@rule(
    "SP124", "byte-order-mark", "info", bad=[{"text": "\ufeffAna Silva"}], good=[{"text": "Ana Silva"}], of_texts=True
)
def byte_order_mark(view: View) -> Iterator[Hit]:
    """The text holds a byte order mark.

    It counts as a code point here; programs that strip it shift every offset by one.

    Waive it where every program that reads the text keeps the mark. An `info` finding fails no check.
    """
    yield from _hits(view, _points(BOM), "byte order mark")


@rule("SP125", "carriage-return", "info", bad=[{"text": "Ana\r\nSilva"}], good=[{"text": "Ana\nSilva"}], of_texts=True)
def carriage_return(view: View) -> Iterator[Hit]:
    """The text holds carriage returns.

    CR and LF count as two code points here; programs that read with universal newlines make them one.

    Waive it where every program that reads the text keeps line ends as they are. An `info` finding fails no check.
    """
    yield from _hits(view, _points("\r"), "carriage return")
