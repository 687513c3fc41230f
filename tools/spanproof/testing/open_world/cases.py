"""Cases: documents with a drift and their ground truth, each made by its kind and its number alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType
from typing import Any

from spanproof.schema.schema import Schema
from spanproof.testing.open_world.drifts import SURFACES, Drift, Placed, drifted
from spanproof.testing.open_world.texts import Written, written

SCHEMA = Schema.of(
    {
        "type": "object",
        "key": "id",
        "required": ["id", "text", "names"],
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "names": {
                "type": "array",
                "key": "id",
                "items": {
                    "type": "object",
                    "spanOf": "text",
                    "labelledBy": "label",
                    "required": ["id", "start", "end", "label"],
                    "properties": {
                        "id": {"type": "string"},
                        "start": {"type": "integer"},
                        "end": {"type": "integer"},
                        "text": {"type": ["string", "null"]},
                        "label": {"type": "string", "enum": ["NAME", "PASSAGE"]},
                    },
                },
            },
        },
    }
)
"""What the documents of all cases are."""


_Draw = Callable[[Random, Written], Drift]


@dataclass(frozen=True)
class Case:
    """Drifted documents and where their spans belong.

    Attributes:
        kind: the name of the kind.
        number: which case of its kind.
        drift: what happened to them.
        documents: as they are now.
        places: for each document where each of its spans belongs (code points, half open); None if nowhere.
    """

    kind: str
    number: int
    drift: Drift
    documents: tuple[Mapping[str, Any], ...]
    places: tuple[tuple[tuple[int, int] | None, ...], ...]


def _widths(random: Random, written: Written, most: int) -> Mapping[str, int]:
    """Draw a width for some characters of a text, the special ones more often than letters."""
    letters = sorted({character for character in written.text if character.isalnum() and character.isascii()})
    special = sorted(set(written.text) - set(letters)) or letters
    chosen = [random.choice(special if random.random() < 0.8 or not letters else letters) for _ in range(most)]
    return {character: random.choice((-1, 1, 1, 2, 3, 4, 5)) for character in chosen}


def _shift(random: Random) -> int:
    return random.choice((-1, 1)) * random.choice((1, 1, 2, 3, random.randrange(4, 40)))


def _bytes(random: Random, written: Written) -> Drift:  # noqa: ARG001 - the same for every choice
    wide = {character: len(character.encode()) - 1 for character in set(written.text)}
    return Drift(widths={character: more for character, more in wide.items() if more})


def _bytes_of_starts(random: Random, written: Written) -> Drift:
    return replace(_bytes(random, written), end="surface")


def _tokens(random: Random, written: Written) -> Drift:  # noqa: ARG001 - the same for every text
    return Drift(frame="tokens", end=random.choice(("after", "last")))


def _drawn(*, shift: bool = False, widths: int = 0, edits: int = 0, surface: bool = False, **fixed: Any) -> _Draw:
    """Return what draws a drift: a shift, up to so many widths and edits, a change of surfaces; the rest is fixed."""

    def draw(random: Random, written: Written) -> Drift:
        return Drift(
            _shift(random) if shift and (not widths or random.random() < 0.5) else 0,
            _widths(random, written, random.randrange(1, widths + 1) if widths else 0),
            edits=random.randrange(1, edits + 1) if edits else 0,
            surface=random.choice(list(SURFACES)) if surface else None,
            **fixed,
        )

    return draw


KINDS: Mapping[str, _Draw] = MappingProxyType(
    {
        "no drift": _drawn(),
        "shift": _drawn(shift=True),
        "one width": _drawn(widths=1),
        "sum of widths": _drawn(shift=True, widths=3),
        "bytes": _bytes,
        "bytes, ends after surfaces": _bytes_of_starts,
        "white space collapsed": _drawn(collapsed=True),
        "edits": _drawn(edits=3),
        "width and edits": _drawn(widths=1, edits=2),
        "deleted mentions": _drawn(edits=3, touching=True),
        "width and deleted mentions": _drawn(widths=1, edits=2, touching=True),
        "paragraph": _drawn(frame="paragraph"),
        "sentence": _drawn(frame="sentence"),
        "tokens": _tokens,
        "last unit": _drawn(widths=1, end="last"),
        "length": _drawn(widths=1, end="length"),
        "surfaces": _drawn(surface=True),
        "width and surfaces": _drawn(widths=1, surface=True),
        "some of the spans": _drawn(shift=True, widths=2, share=0.6),
        "slips": _drawn(lone=True, share=0.2),
        "first place": _drawn(lost="first", share=0.8),
        "zero": _drawn(lost="zero", share=0.2),
        "no surfaces": _drawn(shift=True, widths=2, stored=False),
        "one span a document": _drawn(shift=True),
        "one span a document, one width": _drawn(widths=1),
        "another text": _drawn(),
    }
)
"""Every kind of case: the name, and what draws its drift for a text."""


def case(kind: str, number: int) -> Case:
    """Return a case; the same kind and number give the same one.

    Args:
        kind: a name of :data:`KINDS`.
        number: from 0.
    """
    random = Random(f"{kind}/{number}")
    first = written(random, random.choice((3, 6, 12, 24, 48)))
    drift = KINDS[kind](random, first)
    lone = kind.startswith("one span a document")
    texts = [first, *(written(random, random.randrange(3, 9), first.language) for _ in range(39 if lone else 0))]
    documents, places = [], []
    for position, text in enumerate(texts):
        annotated = random.uniform(0.5, 1)
        mentions = [mention for mention in text.mentions if random.random() < annotated]
        now, spans = drifted(drift, text, [random.choice(text.mentions)] if lone else mentions, random)
        if kind == "another text":
            now, spans = written(random, 24, first.language).text, [replace(span, place=None) for span in spans]
        documents.append(document(f"d{position}", now, spans))
        places.append(tuple(span.place for span in spans))
    return Case(kind, number, drift, tuple(documents), tuple(places))


def document(name: str, text: str, spans: list[Placed]) -> dict[str, Any]:
    """Return a document of the schema of all cases: its identifier, its text, its spans as they are stored."""
    items = [
        {
            "id": f"{name}-{number}",
            "start": span.start,
            "end": span.end,
            "text": span.surface,
            "label": "PASSAGE" if span.place and span.place[1] - span.place[0] > 40 else "NAME",
        }
        for number, span in enumerate(spans)
    ]
    return {"id": name, "text": text, "names": items}
