"""Offsets that are wrong, or right for another text: classes 01 to 11, 21, 22 and the units beyond."""

from collections.abc import Callable, Iterator
from functools import partial

from spanproof.testing.mutations.mutation import Changes, Sound, SoundSpan, breaking
from spanproof.text import offsets
from spanproof.text.characters import EXTENDS, flags
from spanproof.text.index import splits_cluster


@breaking("01", "end-past-text", "SP105", restores="document")
def end_past_text(sound: Sound) -> Iterator[Changes]:
    """An end lies past the text."""
    for span in sound.stored:
        yield span.moved(span.at[0], len(span.text) + 1 + span.at[0] % 7)


@breaking("02", "negative-start", "SP102", restores="document")
def negative_start(sound: Sound) -> Iterator[Changes]:
    """A start is negative."""
    for span in sound.stored:
        yield span.moved(-1 - span.at[0] % 7, span.at[1])


@breaking("03", "inverted", "SP103", restores="document")
def inverted(sound: Sound) -> Iterator[Changes]:
    """A start and an end have changed places."""
    for span in sound.stored:
        yield span.moved(span.at[1], span.at[0])


@breaking("04", "zero-width", "SP104", restores="document")
def zero_width(sound: Sound) -> Iterator[Changes]:
    """An end is its start."""
    for span in sound.stored:
        yield span.moved(span.at[0], span.at[0])


@breaking("05", "shifted-by-one", "SP106")
def shifted_by_one(sound: Sound) -> Iterator[Changes]:
    """One span is shifted by a character, its surface is kept."""
    for span in sound.stored:
        for start, end in ((at[0] + by, at[1] + by) for at in [span.at] for by in (-1, 1)):
            if span.surface is not None and start >= 0 and end <= len(span.text) and span.differs(start, end):
                yield span.moved(start, end)


def _recounted(sound: Sound, units: Callable[[str], offsets.Map]) -> Iterator[Changes]:
    """All offsets of a text in another unit, or as they were in another version of it."""
    for _, spans in sound.proved:
        counted = {at: k for k, at in enumerate(units(spans[0].text).tolist()) if at >= 0}
        if all(offset in counted for span in spans for offset in span.at):
            yield from _told(spans, {span.path: (counted[span.at[0]], counted[span.at[1]]) for span in spans})


def _shifted(sound: Sound, start: int, end: int) -> Iterator[Changes]:
    """All offsets of a text shifted, which leaves no trace in it, so that only three spans or more can tell."""
    for _, spans in sound.proved:
        at = {span.path: (span.at[0] + start, span.at[1] + end) for span in spans}
        if len({span.at for span in spans if span.differs(*at[span.path])}) > 2:
            yield from _told(spans, at)


def _told(spans: list[SoundSpan], at: dict[tuple[str | int, ...], tuple[int, int]]) -> Iterator[Changes]:
    """Return the move, if it can be told from the surfaces: one witness proves nothing."""
    if len({span.at for span in spans if span.differs(*at[span.path])}) > 1:
        yield {path: value for span in spans for path, value in span.moved(*at[span.path]).items()}


@breaking("07", "utf-16-offsets", "SP106", "SP105", cause="utf-16", restores="document")
def utf_16_offsets(sound: Sound) -> Iterator[Changes]:
    """Offsets count UTF-16 code units."""
    yield from _recounted(sound, offsets.utf16)


@breaking("08", "utf-8-offsets", "SP106", "SP105", cause="utf-8", restores="document")
def utf_8_offsets(sound: Sound) -> Iterator[Changes]:
    """Offsets count UTF-8 bytes."""
    yield from _recounted(sound, offsets.utf8)


@breaking("09", "crlf-as-one", "SP106", cause="crlf-as-one", restores="document")
def crlf_as_one(sound: Sound) -> Iterator[Changes]:
    """Offsets count each CR LF as one."""
    yield from _recounted(sound, offsets.crlf_as_one)


@breaking("10", "nfc-offsets", "SP106", "SP105", cause="nfc", restores="document")
def nfc_offsets(sound: Sound) -> Iterator[Changes]:
    """The text is decomposed, offsets are those of its NFC."""
    yield from _recounted(sound, partial(offsets.normalised, form="NFC"))


@breaking("11", "bom-appeared", "SP106", cause="bom-added", restores="spans")
def bom_appeared(sound: Sound) -> Iterator[Changes]:
    """The text begins with a byte order mark that it had not, before three spans or more."""
    for member, spans in sound.proved:
        text = "\ufeff" + spans[0].text
        visible = {span.at for span in spans if text[slice(*span.at)] != span.surface}
        if text[1:2] != "\ufeff" and len(visible) > 2:
            yield sound.rewritten(member, text)


@breaking("21", "offset-is-a-string", "SP101", restores="document")
def offset_is_a_string(sound: Sound) -> Iterator[Changes]:
    """An offset is a string of digits."""
    for span in sound.spans:
        yield {(*span.path, "start"): str(span.at[0])}
        yield {(*span.path, "end"): str(span.at[1])}


@breaking("22", "text-edited", "SP106", "SP105", cause="edit", restores="spans")
def text_edited(sound: Sound) -> Iterator[Changes]:
    """Three characters were put into the text before four spans or more, outside of all."""
    for member, spans in sound.proved:
        text = spans[0].text
        for at in sorted({0} | {k for k in range(1, len(text)) if text[k - 1] == " "}):
            edited = text[:at] + "ab " + text[at:]
            after = [span for span in spans if span.at[0] >= at]
            visible = all(edited[slice(*span.at)] != span.surface for span in after)
            if visible and len({span.surface for span in after}) > 3 and _between(text, at, spans):
                yield sound.rewritten(member, edited)


def _between(text: str, at: int, spans: list[SoundSpan]) -> bool:
    """Whether an edit before the character at an offset changes no span, no context and no cluster."""
    if splits_cluster(text, at) or flags()[ord(text[at])] & EXTENDS:
        return False
    edges = ((s.at, len(s.value.get("prefix") or ""), len(s.value.get("suffix") or "")) for s in spans)
    return all(at <= low - before or at >= high + after for (low, high), before, after in edges)


@breaking("24", "grapheme-offsets", "SP106", cause="graphemes", restores="document")
def grapheme_offsets(sound: Sound) -> Iterator[Changes]:
    """Offsets count grapheme clusters."""
    yield from _recounted(sound, offsets.graphemes)


@breaking("25", "crlf-as-two", "SP106", "SP105", cause="crlf-as-two", restores="document")
def crlf_as_two(sound: Sound) -> Iterator[Changes]:
    """Offsets count each line feed as CR LF."""
    yield from _recounted(sound, offsets.crlf_as_two)


@breaking("26", "nfd-offsets", "SP106", "SP105", cause="nfd", restores="document")
def nfd_offsets(sound: Sound) -> Iterator[Changes]:
    """The text is composed, offsets are those of its NFD."""
    yield from _recounted(sound, partial(offsets.normalised, form="NFD"))


@breaking("27", "nfkc-offsets", "SP106", "SP105", cause="nfkc", restores="document")
def nfkc_offsets(sound: Sound) -> Iterator[Changes]:
    """Offsets are those of the text's NFKC (ligatures, fractions, wide letters)."""
    yield from _recounted(sound, partial(offsets.normalised, form="NFKC"))


@breaking("28", "bom-removed", "SP106", "SP105", cause="bom-removed", restores="document")
def bom_removed(sound: Sound) -> Iterator[Changes]:
    """Offsets count a byte order mark that the text lacks."""
    texts = {member for member, spans in sound.proved if not spans[0].text.startswith("\ufeff")}
    yield from (changes for changes in _shifted(sound, 1, 1) if all(_text(sound, path) in texts for path in changes))


def _text(sound: Sound, path: tuple[str | int, ...]) -> str:
    return next(str(span.node.span_of) for span in sound.spans if span.path == path[:-1])


@breaking("29", "leading-space-stripped", "SP106", cause="leading-space", restores="document")
def leading_space_stripped(sound: Sound) -> Iterator[Changes]:
    """Offsets were counted without the white space at the start of the text."""
    for _, spans in sound.proved:
        blank = len(spans[0].text) - len(spans[0].text.lstrip())
        if blank:
            yield from _told(spans, {span.path: (span.at[0] - blank, span.at[1] - blank) for span in spans})


@breaking("30", "end-inclusive", "SP106", "SP104", cause="end-inclusive", restores="document")
def end_inclusive(sound: Sound) -> Iterator[Changes]:
    """An end is the offset of the last character."""
    yield from _shifted(sound, 0, -1)


@breaking("31", "one-based", "SP106", "SP105", cause="one-based", restores="document")
def one_based(sound: Sound) -> Iterator[Changes]:
    """Offsets are counted from one."""
    yield from _shifted(sound, 1, 1)
