import itertools
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import get_args

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from spanproof.text import offsets

FORMS = get_args(offsets.Form)
# letters, marks of several classes, jamo, line ends, astral, compatibility, singletons, lone surrogates, Indic vowels
HARD = (
    "a e\u0301\u0308\u0316\u0323\u00e9\u1e69\u1100\u1161\u11a8\uac00\uac01\r\n\t\u00a0\u2026\ufb01\u212b\u0344\uff9e"
    "\u30ab\u4e2d\uf900\u05d0\u0627\u0915\u093c\u0958\u09c7\u09be\U0001d15e\U0001d165\U0001f600\U0001f468\u200d\U0001f1e9"
    "\U0001f1ea\ufeff\ud83d\ude00"
)
texts = st.text(st.sampled_from(HARD) | st.characters(), max_size=14)


def by_prefixes(text: str, units: Callable[[str], int]) -> list[int]:
    """The slow, obvious twin: the length of each prefix in the unit."""
    to = [-1] * (units(text) + 1)
    for at in range(len(text) + 1):
        to[units(text[:at])] = at
    return to


@given(texts)
def test_utf16_is_what_the_codec_says(text: str) -> None:
    assert offsets.utf16(text).tolist() == by_prefixes(text, lambda s: len(s.encode("utf-16-le", "surrogatepass")) // 2)


@given(texts)
def test_utf8_is_what_the_codec_says(text: str) -> None:
    assert offsets.utf8(text).tolist() == by_prefixes(text, lambda s: len(s.encode("utf-8", "surrogatepass")))


@given(texts)
def test_crlf_as_one_is_a_replacement(text: str) -> None:
    twin = by_prefixes(text.replace("\r\n", "\n"), len)
    inside = {match.start() + 1 for match in re.finditer("\r\n", text)}
    assert offsets.crlf_as_one(text).tolist() == [at for at in range(len(text) + 1) if at not in inside]
    assert len(offsets.crlf_as_one(text)) == len(twin)


@given(texts)
def test_crlf_as_two_is_a_replacement_that_parts_no_line_end(text: str) -> None:
    twin = by_prefixes(text, lambda s: len(re.sub("(?<!\r)\n", "\r\n", s)))
    twin = [-1 if at > 0 and text[at - 1 : at + 1] == "\r\n" else at for at in twin]
    assert offsets.crlf_as_two(text).tolist() == twin


@given(texts)
def test_graphemes_are_whole_and_cover_the_text(text: str) -> None:
    to = offsets.graphemes(text).tolist()
    assert (to[0], to[-1]) == (0, len(text))
    assert all(regex.fullmatch(r"\X", text[start:end]) for start, end in itertools.pairwise(to))


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("", [0]),
        ("e\u0301x", [0, 2, 3]),
        ("👨‍👩‍👧!", [0, 5, 6]),
        ("🇩🇪🇫🇷", [0, 2, 4]),
        ("\u1112\u1161\u11ab글", [0, 3, 4]),
        ("a\r\nb\rc", [0, 1, 3, 4, 5, 6]),
        ("\ud83d\u0301x", [0, 2, 3]),
    ],
)
def test_graphemes_by_example(text: str, to: list[int]) -> None:
    assert offsets.graphemes(text).tolist() == to


def normalised_twin(text: str, form: offsets.Form) -> list[int]:
    """The definition, word for word."""
    whole = unicodedata.normalize(form, text)
    to = [-1] * (len(whole) + 1)
    for at in range(len(text) + 1):
        before, after = unicodedata.normalize(form, text[:at]), unicodedata.normalize(form, text[at:])
        if before + after == whole:
            to[len(before)] = at
    return to


@given(texts, st.sampled_from(FORMS))
@example("e\u0301\u0308\u0302", "NFC")
@example("\u1100\u1161\u11a8\u11a8", "NFC")
@example("a\u0316\u0301\u0344", "NFD")
@example("\u30ab\uff9e", "NFKC")
def test_normalised_is_its_definition(text: str, form: offsets.Form) -> None:
    assert offsets.normalised(text, form).tolist() == normalised_twin(text, form)


def test_a_long_run_of_marks_is_one_cluster() -> None:
    text = "x" + "a" + 40 * "\u0301\u0316" + "y"
    to = offsets.normalised(text, "NFC").tolist()
    assert to == [0, 1, *(-1 for _ in unicodedata.normalize("NFC", text[1:-1])[1:]), len(text) - 1, len(text)]


def test_nothing_below_the_combining_marks_acts_on_what_is_left_of_it() -> None:
    low = [chr(point) for point in range(0x300)]
    assert not any(unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) for char in low)
    pairs = (unicodedata.decomposition(chr(point)).split() for point in range(sys.maxunicode + 1))
    seconds = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}
    assert seconds.isdisjoint(low)


@pytest.mark.parametrize("of", [offsets.utf16, offsets.utf8, offsets.graphemes, offsets.crlf_as_one])
def test_ascii_is_the_same_in_every_unit(of: Callable[[str], offsets.Map]) -> None:
    assert of("plain text").tolist() == list(range(11))
