"""Other programs that place words in a text, asked about the same drifts; those that aren't installed are left out.

``pip install langextract reanchor pytextspan`` has them take part. langextract and reanchor take no offsets: the first
is told the words of all spans in their order, the second the words of one span. Two more are told what no corpus
stores: the words beside the span, or the text, as they were when the offsets were counted.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

Place = tuple[int, int] | None
"""Where a program puts a span; None where it says that it can't."""


@dataclass(frozen=True)
class Asked:
    """The drifted spans of a text.

    Attributes:
        text: the text as it is now.
        words: the stored words of each span.
        stored: its stored offsets.
        before: the text when the offsets were counted. No corpus stores it.
        places: where the spans were in it, in code points.
        counted: that text with each character as often as it was counted, so that the stored offsets fit it.
    """

    text: str
    words: Sequence[str]
    stored: Sequence[tuple[int, int]]
    before: str
    places: Sequence[tuple[int, int]]
    counted: str


def _nearest(asked: Asked) -> list[Place]:
    return [_nearest_of(asked.text, words, at[0]) for words, at in zip(asked.words, asked.stored, strict=True)]


def _nearest_of(text: str, words: str, start: int) -> Place:
    """Return where words stand nearest to an offset; None where they don't."""
    places = [match.start() for match in re.finditer(f"(?={re.escape(words)})", text)]
    if not places:
        return None
    at = min(places, key=lambda place: abs(place - start))
    return at, at + len(words)


def _langextract(asked: Asked) -> list[Place]:
    aligner = import_module("langextract.resolver").WordAligner()
    extraction = import_module("langextract.core.data").Extraction
    (aligned,) = aligner.align_extractions([[extraction("span", words) for words in asked.words]], asked.text)
    intervals = [one.char_interval for one in aligned]
    return [interval and (interval.start_pos, interval.end_pos) for interval in intervals]


def _reanchor(asked: Asked) -> list[Place]:
    program = import_module("reanchor")
    document = program.prepare_document(asked.text)
    found = [program.resolve_quote(document, program.TextQuoteSelector(words)) for words in asked.words]
    return [one and (one.start, one.end) for one in found]


def _reanchor_with_context(asked: Asked) -> list[Place]:
    program = import_module("reanchor")
    document = program.prepare_document(asked.text)
    found = [program.resolve_quote(document, program.describe_quote(asked.before, *place)) for place in asked.places]
    return [one and (one.start, one.end) for one in found]


def _pytextspan(asked: Asked) -> list[Place]:
    ranges = import_module("textspan").align_spans(list(asked.stored), asked.counted, asked.text)
    return [(found[0][0], found[-1][1]) if found else None for found in ranges]


PROGRAMS: Mapping[str, tuple[str | None, Callable[[Asked], Sequence[Place]]]] = {
    "nearest occurrence": (None, _nearest),
    "langextract": ("langextract", _langextract),
    "reanchor": ("reanchor", _reanchor),
    "reanchor, with the words beside": ("reanchor", _reanchor_with_context),
    "pytextspan, with the text before": ("pytextspan", _pytextspan),
}
"""How each program is asked, with the package that it needs, by the name that the page calls it."""


def installed() -> Mapping[str, Callable[[Asked], Sequence[Place]]]:
    """Return the programs that are installed, by name."""
    return {name: ask for name, (package, ask) in PROGRAMS.items() if package is None or version_of(name)}


def version_of(name: str) -> str | None:
    """Return the version of the package that a program needs; None where there is no such package."""
    package = PROGRAMS[name][0]
    if package is None:
        return None
    try:
        return version(package)
    except PackageNotFoundError:
        return None
