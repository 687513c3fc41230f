import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from spanproof.text import characters

# all that UAX #29 and the table tell apart, some of each
BREAKS = ["CR", "LF", "Control", "Extend", "ZWJ", "RI", "Prepend", "SpacingMark", "L", "V", "T", "LV", "LVT"]
CLASSES = [
    *(rf"\p{{GCB={name}}}" for name in BREAKS),
    *(rf"\p{{InCB={name}}}" for name in ("Consonant", "Linker", "Extend")),
    *(r"\p{Extended_Pictographic}", r"\p{L}", r"\p{Nd}", r"\s"),
]


def classes() -> st.SearchStrategy[str]:
    every = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    return st.sampled_from([regex.findall(pattern, every) for pattern in CLASSES]).flatmap(st.sampled_from)


members = st.deferred(classes)  # a second, and a million characters that only its test needs


def test_the_shipped_table_is_fresh() -> None:
    assert np.array_equal(characters.flags(), characters.build()), "python -m spanproof.text.characters writes it anew"


@given(st.lists(members, min_size=2, max_size=8).map("".join))
@example("\r\n")
@example("\u0915\u094d\u200d\u0937")
@example("\U0001f468\U0001f3fd\u200d\U0001f467")
@example("\u0600\u0661")
@example("\u1cf5\u0915")
def test_no_boundary_inside_a_cluster_is_missed(text: str) -> None:
    flags = characters.flags()[list(map(ord, text))]
    ends = {match.end() for match in regex.finditer(r"\X", text)}
    suspects = characters.joins(flags[:-1], flags[1:])
    assert all(suspects[at - 1] for at in range(1, len(text)) if at not in ends)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a", "b"),
        (" ", "a"),
        ("n", "\n"),
        ("\n", "a"),
        ("“", "😀"),
        ("क", " "),
        (" ", "क"),
        ("中", "国"),
        ("。", "한"),
        (".", "”"),
    ],
)
def test_common_neighbours_are_no_suspects(before: str, after: str) -> None:
    flags = characters.flags()[[ord(before), ord(after)]]
    assert not characters.joins(flags[:1], flags[1:]).any()


@given(st.characters() | members)
def test_flags_say_what_unicode_says(character: str) -> None:
    flag = int(characters.flags()[ord(character)])
    assert bool(flag & characters.SPACE) == (character.isspace() and not "\ud800" <= character < "\ue000")
    assert bool(flag & characters.OPENS) == (character in characters.OPENING)
    assert bool(flag & characters.CLOSES) == (character in characters.CLOSING)
    control = unicodedata.category(character) == "Cc" and character not in "\t\n"
    assert bool(flag & characters.ODD) == (
        control or character in characters.BIDI + characters.INVISIBLE + characters.BOM
    )


@pytest.mark.parametrize(
    ("text", "word"), [("aé9\u0301Жשע", True), ("中文かカ한ไทย", False), (" -’.“\u200d😀", False), ("कक्ष", True)]
)
def test_words_are_those_of_scripts_with_blanks(text: str, word: bool) -> None:
    flags = characters.flags()[list(map(ord, text))]
    assert [bool(flag & characters.WORD) for flag in flags] == [word and c != "\u200d" for c in text]
