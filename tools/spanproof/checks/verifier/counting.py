"""Ways of counting a text, told once more: in plain functions."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

Counts = tuple[Sequence[int | None], Sequence[int | None]]
"""The offset of each boundary of a text where a span begins there, and where one ends there; None where none can."""
Counting = Callable[[str], Counts]
Places = list[tuple[int, int]]

_OTHER_LETTER = re.compile("[\u200c\u200d\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]")
_LONG = 200  # code points of a letter with its marks; a longer one isn't parted


def by_widths(widths: Iterable[int]) -> Counts:
    """Return how a text is counted in which each character has a width."""
    at = [0, *accumulate(widths)]
    return at, at


def summed(size: int, parts: Sequence[Counts]) -> Counts:
    """Return how a text of a size is counted for several reasons, what each counts more or less added up."""
    if len(parts) == 1:
        return parts[0]
    starts, ends = (
        [None if None in some else at + sum(number - at for number in some if number is not None)
         for at, *some in zip(range(size + 1), *(part[side] for part in parts), strict=True)]
        for side in (0, 1)
    )  # fmt: skip
    return starts, ends


def each(width: Callable[[str], int]) -> Counting:
    """Count each character by its width."""

    def count(text: str) -> Counts:
        known = {character: width(character) for character in set(text)}
        return by_widths(map(known.__getitem__, text))

    return count


def matched(pattern: str, width: int) -> Counting:
    """Count the first character of each match by a width."""

    def count(text: str) -> Counts:
        places = {match.start() for match in re.finditer(pattern, text)}
        return by_widths(width if k in places else 1 for k in range(len(text)))

    return count


def decoded(pattern: str, decode: Callable[[str], str]) -> Counting:
    """Count each match as what it stands for; a span begins and ends outside of it."""

    def count(text: str) -> Counts:
        counts, last, size = list[int | None]([0]), 0, 0
        for match in re.finditer(pattern, text):
            meant = decode(match.group())
            if meant != match.group():
                counts += range(size + 1, size + match.start() - last + 1)
                counts += [None] * (len(match.group()) - 1)
                size += match.start() - last + len(meant)
                counts.append(size)
                last = match.end()
        counts += range(size + 1, size + len(text) - last + 1)
        return counts, counts

    return count


def without(pattern: str) -> Counting:
    """Count no character of a match."""

    def count(text: str) -> Counts:
        gone = {at for match in re.finditer(pattern, text) for at in range(*match.span())}
        return by_widths(int(at not in gone) for at in range(len(text)))

    return count


def without_blanks(before: bool) -> Counting:
    """Count no white space at the starts of lines (``before``) or at their ends; the text has its own edges."""

    def widths(text: str) -> Iterator[int]:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            inner = number if before else number < len(lines) - 1
            kept = line if not inner else line.lstrip() if before else line.rstrip()
            gone = [0] * (len(line) - len(kept))
            yield from (*gone, *[1] * len(kept)) if before else (*[1] * len(kept), *gone)
            if number < len(lines) - 1:
                yield 1

    return lambda text: by_widths(widths(text))


def without_first_blanks(text: str) -> Counts:
    """Count from the first character that is no white space."""
    blank = len(text) - len(text.lstrip())
    return by_widths([0] * blank + [1] * (len(text) - blank))


def tabs(stop: int) -> Counting:
    """Count a tab as the blanks up to the next column that is a multiple of a number."""

    def widths(text: str) -> Iterator[int]:
        column = 0
        for character in text:
            width = stop - column % stop if character == "\t" else 1
            column = 0 if character in "\r\n" else column + width
            yield width

    return lambda text: by_widths(widths(text))


def has_blank(before: bool) -> Counting:
    """Count a start by that of the blank before it, or else an end by that behind the blank after it."""

    def count(text: str) -> Counts:
        blank, plain = [character == " " for character in text], range(len(text) + 1)
        if before:
            return [at - more for at, more in enumerate([False, *blank])], plain
        return plain, [at + more for at, more in enumerate([*blank, False])]

    return count


def normal_form(form: "unicodedata._NormalizationForm") -> Counting:
    """Count the characters of a normal form; a span begins and ends where it is that of what stands on each side."""

    def count(text: str) -> Counts:
        if unicodedata.is_normalized(form, text):
            return by_widths([1] * len(text))
        counts: list[int | None] = [0]
        size = 0
        for part in _apart(text):
            whole = unicodedata.normalize(form, part)
            for at in range(1, len(part)):
                halves = [unicodedata.normalize(form, half) for half in (part[:at], part[at:])]
                parted = len(part) < _LONG and "".join(halves) == whole
                counts.append(size + len(halves[0]) if parted else None)
            size += len(whole)
            counts.append(size)
        return counts, counts

    return count


def _apart(text: str) -> Iterator[str]:
    """Yield the letters of a text, each with all that may be composed with it: marks, and vowels of Hangul."""
    first = {c: unicodedata.normalize("NFKD", c)[0] for c in set(text)}
    joins = {c for c, of in first.items() if unicodedata.category(of)[0] == "M" or "\u1160" <= of <= "\u11ff"}
    bounds = [at for at in range(1, len(text)) if text[at] not in joins]
    yield from (text[low:high] for low, high in zip([0, *bounds], [*bounds, len(text)], strict=True))


def graphemes(more: str = "") -> Counting:
    r"""Count grapheme clusters, as ``\X`` of the library regex tells them, and parted where a pattern matches too."""

    def count(text: str) -> Counts:
        import regex

        bounds = {0, *(match.end() for match in regex.finditer(r"\X", text))}
        bounds |= {match.start() for match in regex.finditer(more, text)} if more else set()
        number = {at: k for k, at in enumerate(sorted(bounds))}
        counts = [number.get(at) for at in range(len(text) + 1)]
        return counts, counts

    return count


def tokens(text: str) -> Places:
    """Return where words stand (runs of letters, marks, digits and connectors), and each other mark."""
    word = {character: _is_word(character) for character in set(text)}
    places: Places = []
    for at, character in enumerate(text):
        if word[character] and at and word[text[at - 1]]:
            places[-1] = places[-1][0], at + 1
        elif not character.isspace() or "\x1c" <= character <= "\x1f":
            places.append((at, at + 1))
    return places


def _is_word(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LM" or kind in ("Nd", "Nl", "Pc") or _OTHER_LETTER.match(character) is not None


def found(pattern: str) -> Callable[[str], Places]:
    """Return what finds the places of a pattern."""
    return lambda text: [match.span() for match in re.finditer(pattern, text)]


def numbered(of: Callable[[str], Places]) -> Counting:
    """Count tokens: a start is the number of the token that it lies in, an end that of the next one."""

    def count(text: str) -> Counts:
        starts: list[int | None] = [None] * (len(text) + 1)
        ends = [*starts]
        for number, (low, high) in enumerate(of(text)):
            starts[low:high] = [number] * (high - low)
            ends[low + 1 : high + 1] = [number + 1] * (high - low)
        return starts, ends

    return count


def joined_tokens(text: str) -> Counts:
    """Count in the tokens joined by single blanks; what stands between two of them is behind the first."""
    starts, ends, size, last = list[int | None](), list[int | None]([0]), 0, 0
    for low, high in tokens(text):
        starts += [size] * (low - last)
        ends += [size] * (low - last)
        size += size > 0
        starts += range(size, size + high - low)
        ends += range(size + 1, size + 1 + high - low)
        size, last = size + high - low, high
    rest = [size] * (len(text) - last)
    return [*starts, *rest, size], [*ends, *rest]
