"""How offsets are counted: the offset of every boundary of a text, and what makes such countings."""

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import regex

from spanproof.arrays import Bools, Ints
from spanproof.text import offsets
from spanproof.text.letters import Letters
from spanproof.text.segmentation import TOKEN

_BLANKS = re.compile(r"\s{2,}")
_MARKS = regex.compile(r"[\p{M}\u1100-\u11ff\u3131-\u318e\uff9e-\uffdc]")  # and letters that are marks in NFKC
_JOINED = regex.compile(r"[\p{M}\p{RI}\p{Grapheme_Extend}\p{Cf}\u1100-\u11ff\U0001f3fb-\U0001f3ff]")


@dataclass(frozen=True)
class Counted:
    """How offsets of a text were counted.

    Attributes:
        start: the offset of each of the ``len(text) + 1`` boundaries where a span begins there.
        end: the same where a span ends there.
        starts: which boundaries a span can begin at; None if at all.
        ends: which boundaries a span can end at; None if at all.
    """

    start: Ints
    end: Ints
    starts: Bools | None = None
    ends: Bools | None = None

    def plus(self, other: "Counted") -> "Counted":
        """Return the counting whose widths are the sum of both: ``w - 1`` of each character added up."""
        plain = np.arange(len(self.start))
        starts, ends = _both(self.starts, other.starts), _both(self.ends, other.ends)
        return Counted(self.start + other.start - plain, self.end + other.end - plain, starts, ends)


def _both(one: Bools | None, other: Bools | None) -> Bools | None:
    return other if one is None else one if other is None else one & other


def plain(letters: Letters) -> Counted:
    """Count code points."""
    at = np.arange(len(letters.text) + 1)
    return Counted(at, at)


def of_excess(excess: Ints, sound: Bools | None = None) -> Counted:
    """Return the counting that exceeds code points by some number at each boundary."""
    at = np.arange(len(excess)) + excess
    return Counted(at, at, sound, sound)


def of_widths(letters: Letters, widths: Ints) -> Counted | None:
    """Return the counting in which each character of a text has a width; None if all are 1."""
    return None if bool((widths == 1).all()) else of_excess(letters.excess(widths))


def each(width: Callable[[str], int]) -> Callable[[Letters], Counted | None]:
    """Count each character by its width."""
    kept = functools.lru_cache(maxsize=4096)(width)

    def count(letters: Letters) -> Counted | None:
        widths = [kept(character) for character in letters.distinct]
        if widths.count(1) == len(widths):
            return None
        return of_excess(letters.excess(np.array(widths, np.int64)[letters.index]))

    return count


def mapped(to_points: Callable[[str], offsets.Map]) -> Callable[[Letters], Counted | None]:
    """Count by a map of the other unit's offsets to boundaries."""

    def count(letters: Letters) -> Counted | None:
        to = to_points(letters.text)
        units = np.flatnonzero(to >= 0)
        at, first = np.unique(to[units], return_index=True)
        if len(at) == len(letters.text) + 1 and bool((units[first] == at).all()):
            return None
        sound = np.zeros(len(letters.text) + 1, np.bool_)
        sound[at] = True
        counted = np.zeros(len(letters.text) + 1, np.int64)
        counted[at] = units[first]
        return Counted(counted, counted, sound, sound)

    return count


def where(pattern: Any, count: Callable[[Letters], Counted | None]) -> Callable[[Letters], Counted | None]:
    """Count so where a character is found that a pattern matches; elsewhere it makes no difference."""
    return lambda letters: count(letters) if pattern.search(letters.distinct) else None


def in_clusters(to_points: Callable[[str], offsets.Map]) -> Callable[[Letters], Counted | None]:
    """Count grapheme clusters; it makes no difference where no character joins another one."""
    count = mapped(to_points)
    return lambda letters: count(letters) if "\r\n" in letters.text or _JOINED.search(letters.distinct) else None


def normal_form(form: offsets.Form) -> Callable[[Letters], Counted | None]:
    """Count the code points of a normal form."""
    through = mapped(lambda text: offsets.normalised(text, form))
    alone = each(lambda character: len(unicodedata.normalize(form, character)))

    def count(letters: Letters) -> Counted | None:
        if unicodedata.is_normalized(form, letters.text):
            return None
        # Where no marks stand apart, each character is normalised for itself.
        return through(letters) if _MARKS.search(letters.distinct) else alone(letters)

    return count


def dropped(pattern: str) -> Callable[[Letters], Counted | None]:
    """Count without the characters that a pattern matches; the group ``keep`` of a match, if it has one, counts."""
    compiled = re.compile(pattern)

    def count(letters: Letters) -> Counted | None:
        widths = np.ones(len(letters.text), np.int64)
        for match in compiled.finditer(letters.text):
            widths[match.start() : match.end()] = 0
            if compiled.groups:
                widths[match.start("keep") : match.end("keep")] = 1
        return of_widths(letters, widths)

    return count


def sized(pattern: str, size: int) -> Callable[[Letters], Counted | None]:
    """Count each match of a pattern as so many characters; no span begins or ends within one."""
    return decoded(pattern, lambda matched: matched if len(matched) == size else "x" * size)


def decoded(pattern: str, decode: Callable[[str], str]) -> Callable[[Letters], Counted | None]:
    """Count each match of a pattern as what it stands for; no span begins or ends within one.

    Args:
        pattern: matches escape sequences.
        decode: returns what one stands for; itself where it stands for nothing else.
    """
    compiled = re.compile(pattern)

    def count(letters: Letters) -> Counted | None:
        widths = np.ones(len(letters.text), np.int64)
        whole = np.ones(len(letters.text) + 1, np.bool_)
        for match in compiled.finditer(letters.text):
            meant = decode(match.group())
            if meant != match.group():
                widths[match.start()], widths[match.start() + 1 : match.end()] = len(meant), 0
                whole[match.start() + 1 : match.end()] = False
        return None if bool((widths == 1).all()) else of_excess(letters.excess(widths), whole)

    return count


def added(pattern: str, number: int) -> Callable[[Letters], Counted | None]:
    """Count a number more where a pattern matches, behind the match."""
    compiled = re.compile(pattern)

    def count(letters: Letters) -> Counted | None:
        widths = np.ones(len(letters.text), np.int64)
        for match in compiled.finditer(letters.text):
            widths[match.end() - 1] += number
        return of_widths(letters, widths)

    return count


def old_clusters(text: str) -> offsets.Map:
    """Map grapheme clusters as they were before Unicode 15.1 (without GB9c): a conjunct is two."""
    bounds = offsets.graphemes(text)
    inner: list[int] = []
    for k in np.flatnonzero(np.diff(bounds) > 1).tolist():
        letters = (at for at in range(bounds[k] + 1, bounds[k + 1]) if unicodedata.category(text[at]) == "Lo")
        inner += [at for at in letters if unicodedata.category(text[at - 1]) in ("Mn", "Cf")]
    return np.union1d(bounds, np.array(inner, np.int64))


def start_has_blank(letters: Letters) -> Counted | None:
    """Count code points, a start by that of a blank before it."""
    after = np.concatenate((np.zeros(1, np.bool_), letters.points == ord(" ")))
    at = np.arange(len(letters.text) + 1)
    return Counted(at - after, at) if after.any() else None


def end_has_blank(letters: Letters) -> Counted | None:
    """Count code points, an end by that behind a blank after it."""
    before = np.concatenate((letters.points == ord(" "), np.zeros(1, np.bool_)))
    at = np.arange(len(letters.text) + 1)
    return Counted(at, at + before) if before.any() else None


def token_index(pattern: Any) -> Callable[[Letters], Counted | None]:
    """Count the matches of a pattern: a start is that of the match it lies in, an end that of the one behind it."""

    def count(letters: Letters) -> Counted | None:
        at = np.arange(len(letters.text) + 1)
        bounds = np.array([match.span() for match in pattern.finditer(letters.text)], np.int64).reshape(-1, 2)
        start = np.searchsorted(bounds[:, 0], at, "right") - 1
        end = np.searchsorted(bounds[:, 0], at, "left")
        inside = (start >= 0) & (at < bounds[np.maximum(start, 0), 1]) if len(bounds) else at < 0
        return Counted(start, end, inside, np.append(False, inside[:-1]))

    return count


def joined_tokens(letters: Letters) -> Counted | None:
    """Count in the tokens (words and marks) joined by single blanks."""
    bounds = np.array([match.span() for match in TOKEN.finditer(letters.text)], np.int64).reshape(-1, 2)
    start, end = bounds.T
    gap = start - np.append(0, end[:-1])
    widths = np.ones(len(letters.text), np.int64)
    between = np.cumsum(np.bincount(start, minlength=len(widths) + 1) - np.bincount(end, minlength=len(widths) + 1))
    last = int(end[-1]) if len(end) else 0
    widths[:last][between[:last] == 0] = 0
    later = np.arange(len(bounds)) > 0
    widths[start[(gap > 0) & later] - 1] = 1
    widths[start[(gap == 0) & later] - 1] += 1
    # The blank that is put before a mark belongs to the boundary's far side: a span ends before it.
    counted = letters.excess(widths) + np.arange(len(letters.text) + 1)
    ends = counted.copy()
    ends[end] = counted[start] + end - start
    return None if bool((counted == np.arange(len(counted))).all()) else Counted(counted, ends)


def tabs(stop: int) -> Callable[[Letters], Counted | None]:
    """Count tabs as the blanks up to the next column that is a multiple of a number."""

    def count(letters: Letters) -> Counted | None:
        if "\t" not in letters.text:
            return None
        widths = np.ones(len(letters.text), np.int64)
        at = 0
        for line in re.split(r"[\r\n]", letters.text):
            more = 0  # columns than characters before
            for tab in re.finditer("\t", line):
                widths[at + tab.start()] = stop - (tab.start() + more) % stop
                more += int(widths[at + tab.start()]) - 1
            at += len(line) + 1
        return of_widths(letters, widths)

    return count


def collapsed(letters: Letters) -> Counted | None:
    """Count each run of white space as one."""
    widths = np.ones(len(letters.text), np.int64)
    for match in _BLANKS.finditer(letters.text):
        widths[match.start() + 1 : match.end()] = 0
    return of_widths(letters, widths)


def collapsed_and_stripped(letters: Letters) -> Counted | None:
    """Count each run of white space as one, and none at the start."""
    blank = len(letters.text) - len(letters.text.lstrip())
    if not blank:
        return None
    counting = collapsed(letters)
    less = np.minimum(np.arange(len(letters.text) + 1), 1)
    return of_excess((plain(letters) if counting is None else counting).start - np.arange(len(letters.text) + 1) - less)


def stripped(letters: Letters) -> Counted | None:
    """Count from the first character that is no white space."""
    blank = len(letters.text) - len(letters.text.lstrip())
    return of_excess(-np.minimum(np.arange(len(letters.text) + 1), blank)) if blank else None


graphemes = in_clusters(offsets.graphemes)
old_graphemes = in_clusters(old_clusters)
without_trailing_space = dropped(r"(?<![^\S\n])[^\S\n]++(?P<keep>)(?=\n)")
without_indents = dropped(r"(?<=\n)(?P<keep>)[^\S\n]+")
without_bom = dropped(r"\A\ufeff")
tokens = token_index(TOKEN)
plain_tokens = token_index(re.compile(r"\w+|[^\w\s]"))
runs = token_index(re.compile(r"\w+|[^\w\s]+"))
words = token_index(re.compile(r"\S+"))
