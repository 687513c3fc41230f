"""What is told of a cause: every known one that has its numbers, in one line."""

import html
import json
import re
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Literal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.testing.open_world.texts import written
from spanproof.text.drift.counting import Counted, plain
from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Explanation, statement_of
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.span_columns import Span
from spanproof.text.drift.units import BY_NAME, UNITS, Unit
from spanproof.text.drift.writings import WRITINGS
from spanproof.text.letters import Letters

TURKISH = (
    "İbrahim Işık, İzmir'den Iğdır'a gitti. Ayşe Yılmaz İstanbul'da kaldı; Ihsan Diyarbakır'dan geldi. İzmir ve Iğdır "
    "uzak. Sonra Ayşe Yılmaz, İbrahim Işık ile konuştu."
)
NAMES = ("İbrahim Işık", "İzmir", "Iğdır", "Ayşe Yılmaz", "İstanbul", "Ihsan", "Diyarbakır")
RIGHT = [(at, at + len(name), name) for name in NAMES for at in [TURKISH.index(name)]]
Extents = list[tuple[int, int]]


def counted(unit: Unit, text: str) -> Counted:
    letters = Letters(text)
    return unit.count(letters) or plain(letters)


def can_be(unit: Unit, text: str, places: Extents) -> bool:
    """Say whether spans can begin and end there as a unit counts."""
    how = counted(unit, text)
    return all((how.starts is None or how.starts[s]) and (how.ends is None or how.ends[e]) for s, e in places)


def stored(unit: Unit, text: str, places: Extents) -> list[Span]:
    how = counted(unit, text)
    return [(int(how.start[start]), int(how.end[end]), text[start:end]) for start, end in places]


def drawn(number: int) -> tuple[str, Extents]:
    text = written(Random(f"names/{number}"), 9)
    return text.text, [(mention.start, mention.end) for mention in text.mentions]


def untold(explanation: Explanation, unit: Unit, others: list[Unit]) -> list[str]:
    """Return the names of units that aren't told though they have the numbers of one that is."""
    told = " ".join(explanation.readings)
    if unit.statement not in told:
        return []
    return [other.name for other in others if other.statement not in told]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_all_units_that_have_the_numbers_of_the_cause_are_told(unit: Unit) -> None:
    for number in range(4):
        text, places = drawn(number)
        spans = stored(unit, text, places)
        equals = [one for one in UNITS if can_be(one, text, places) and stored(one, text, places) == spans]
        assert untold(explain(text, spans), unit, equals) == [], number


@pytest.mark.parametrize("name", ["utf-16", "html", "json", "nfd", "marks-dropped", "crlf-as-two"])
def test_so_they_are_where_documents_share_the_cause(name: str) -> None:
    (unit,) = (one for one in UNITS if one.name == name)
    texts = [drawn(number) for number in range(10, 22)]
    documents = [Annotated(text, stored(unit, text, places), [("", "")] * len(places)) for text, places in texts]

    def agrees(one: Unit) -> bool:
        return all(
            can_be(one, *text) and stored(one, *text) == known.spans
            for text, known in zip(texts, documents, strict=True)
        )

    equals = [one for one in UNITS if agrees(one)]
    assert [untold(one, unit, equals) for one in explain_all(documents)] == [[]] * len(documents)


def lower(words: str) -> str:
    return words.replace("İ", "i").replace("I", "ı").lower()


def upper(words: str) -> str:
    return words.replace("i", "İ").replace("ı", "I").upper()


@pytest.mark.parametrize(("name", "change"), [("lower", lower), ("upper", upper)])
def test_surfaces_in_turkish_case_have_a_cause_of_their_own(name: str, change: Callable[[str], str]) -> None:
    explanation = explain(TURKISH, [(start, end, change(words)) for start, end, words in RIGHT])
    assert explanation.name == f"{name}-case-turkish-surfaces"
    assert [placed.place for placed in explanation.placements] == [span[:2] for span in RIGHT]


def test_a_sigma_at_the_end_of_a_word_has_its_lower_case() -> None:
    text = "ΟΔΥΣΣΕΥΣ και ΑΧΙΛΛΕΥΣ και ΝΕΣΤΩΡ και ΠΑΡΙΣ"
    right = [(at, at + len(name), name) for name in text.split(" και ") for at in [text.index(name)]]
    explanation = explain(text, [(start, end, words.lower()) for start, end, words in right])
    assert (explanation.name, explanation.witnesses) == ("lower-case-surfaces", 4)


def test_encodings_that_misread_a_text_alike_are_all_told() -> None:
    misread = [(start, end, words.encode().decode("cp1254")) for start, end, words in RIGHT]
    told = explain(TURKISH, misread).readings
    assert [encoding in " ".join(told) for encoding in ("Windows-1252", "Windows-1254", "Latin-9")] == [1, 1, 0]


DECODED = (
    'R&D said: "Mirela & Kemal" met in Izmir – Vala & "Ana" went to Oslo. '
    'Tom & Ines saw "Basel" – Omar & Sami saw "Leeds". R&D wrote: "Priya & Grace" – York.'
)
ENCODE: dict[str, Callable[[str], str]] = {
    "html-decoded": html.escape,
    "json-decoded": lambda words: json.dumps(words)[1:-1],
    "csv-decoded": lambda words: words.replace('"', '""'),
    "percent-decoded": quote,
}


@pytest.mark.parametrize("name", ENCODE)
def test_offsets_of_the_decoded_text_have_a_cause_in_the_encoded_one(name: str) -> None:
    encode = ENCODE[name]
    words = ("R&D", "Mirela", "Izmir", "Vala", "Oslo", "Tom", "Basel", "Sami", "Leeds", "Grace", "York")
    right = [(at, at + len(word)) for word in words for at in [DECODED.index(word)]]
    explanation = explain(encode(DECODED), [(*place, DECODED[slice(*place)]) for place in right])
    there = [(len(encode(DECODED[:start])), len(encode(DECODED[:end]))) for start, end in right]
    assert [(placed.place, placed.level) for placed in explanation.placements][1:] == [
        (place, "proved") for place in there
    ][1:]
    assert explanation.placements[0].place == there[0] or name == "percent-decoded"
    assert BY_NAME[name].statement in " ".join(explanation.readings)


SENTENCES = "Ana met Mirela. Kemal saw Ana at noon. Vala left Oslo. Mirela wrote to Kemal; Oslo was far. Vala met Ana."
PEOPLE = ("Ana", "Mirela", "Kemal", "Vala", "Oslo")


def marked(number: int, before: str, after: str) -> str:
    """Return sentences with something before and behind some of their names, other ones for each number."""
    draw = Random(f"marks/{number}")
    words = re.split(f"({'|'.join(PEOPLE)})", " ".join([SENTENCES] * 3))
    return "".join(f"{before}{w}{after}" if w in PEOPLE and draw.random() < 0.4 else w for w in words)


MARKED: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "tags": ('<a href="/p">', "</a>", lambda text: re.sub("<[^>]*>", "", text)),
    "markdown": ("[", "](https://e.example/1)", lambda text: re.sub(r"\[|\]\([^)]*\)", "", text)),
    "notes": ("", "[12]", lambda text: text.replace("[12]", "")),
    "urls": ("", " https://port.example/long/path/of/a/page ", lambda text: re.sub("https\\S+", "x" * 23, text)),
    "treebank": ('("', '")', lambda text: text.replace("(", "-LRB-").replace(")", "-RRB-").replace('"', "``")),
    "quote-marks": ("\n> > ", "", lambda text: text.replace("\n> > ", "\n")),
    "readings": ("東京《とう》", "(so)", lambda text: text.replace("《とう》", "")),
    "misread": ("Ã¼", "â€œ", lambda text: text.replace("Ã¼", "ü").replace("â€œ", "“")),
    "composed": ("ड\u093c", " ", lambda text: text.replace("ड\u093c", "\u095c")),
    "columns": ("李明", "é", lambda text: text.replace("李明", "LiMi")),
    "latex": ("–", "%", lambda text: text.replace("–", "--").replace("%", "\\%")),
    "percent-blanks": ("ü", "?", lambda text: quote(text, safe="")),
    "utf-16-bytes": ("", "", lambda text: text.encode("utf-16-le").decode("latin-1")),
    "utf-32-bytes": ("", "", lambda text: text.encode("utf-32-le").decode("latin-1")),
    "tabs-four": ("\t", "\n", lambda text: text.expandtabs(4)),
    "double-byte": ("李明", "说", lambda text: text.encode("gbk").decode("latin-1")),
    "umlauts": ("Ä", "ß", lambda text: text.replace("Ä", "Ae").replace("ß", "ss")),
}


@pytest.mark.parametrize("name", MARKED)
def test_what_was_not_counted_as_it_stands_is_told_and_proved(name: str) -> None:
    before, after, count = MARKED[name]
    for number in range(3):
        text = marked(number, before, after)
        right = [match.span() for match in re.finditer("|".join(PEOPLE), text)]
        spans = [(len(count(text[:start])), len(count(text[:end])), text[start:end]) for start, end in right]
        explanation = explain(text, spans)
        assert BY_NAME[name].statement in explanation.readings
        assert [placed.place for placed in explanation.placements] == right


@given(st.text("aäß\u0308がｶﾞﾊﾟ㎏①한ㄱㅏ\u1112\u1161\u11abﾡￂ…ﬁ "))
def test_normal_forms_count_characters_that_join(text: str) -> None:
    forms: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
    for form in forms:
        assert counted(BY_NAME[form.lower()], text).start[-1] == len(unicodedata.normalize(form, text))


DROPPED: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "format-dropped-surfaces": ("Gross\xadmann", "Grossmann", lambda words: words.replace("\xad", "")),
    "tatweel-dropped-surfaces": ("بيـروت", "بيروت", lambda words: words.replace("ـ", "")),
    "lines-joined-surfaces": ("Mirela\nDragan", "Mirela Dragan", lambda words: words.replace("\n", "")),
    "white-space-surfaces": ("Mirela  Dragan", "Mirela Dragan", lambda words: words.replace("  ", " ")),
}


@pytest.mark.parametrize("name", DROPPED)
def test_surfaces_that_stand_elsewhere_as_they_are_written_have_a_cause(name: str) -> None:
    words, elsewhere, change = DROPPED[name]
    text = " ".join(f"{elsewhere} met Ana{k}. {words} saw Bo{k}." for k in range(5))
    right = [match.span() for match in re.finditer(f"{words}|{elsewhere}|Ana.|Bo.", text)]
    explanation = explain(text, [(start, end, change(text[start:end])) for start, end in right])
    assert name in explanation.name.split("+")
    assert [one.place for one in explanation.placements] == right


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_letters_that_an_encoding_lacks_prove_a_latin_word_and_no_other(encoding: str) -> None:
    latin = [(start, end, words.encode(encoding, "replace").decode(encoding)) for start, end, words in RIGHT]
    explanation = explain(TURKISH, latin)
    assert any(reading.startswith("surfaces have ? for letters") for reading in explanation.readings)
    assert [one.place for one in explanation.placements] == [span[:2] for span in RIGHT]
    text = "李明写信给王小红。王小红会见了张伟。张伟感谢李明。北京大学批评了上海港。" * 3
    lost = [
        (m.start() + 1, m.end() + 1, "?" * len(m[0])) for m in re.finditer("李明|王小红|张伟|北京大学|上海港", text)
    ]
    assert not any(one.level == "proved" for one in explain(text, lost).placements)


def test_no_two_causes_have_one_name_or_statement() -> None:
    for known in (UNITS, WRITINGS):
        assert len({one.name for one in known}) == len({one.statement for one in known}) == len(known)


def test_a_statement_is_one_line_however_many_readings_there_are() -> None:
    assert statement_of(()) == ""
    assert statement_of(("a",)) == "a"
    assert statement_of(("a", "b")) == "2 explanations give the same correction: a; b"
    assert statement_of(("a", "b"), alike=False) == "one of 2 explanations: a; b"
    every = tuple(f"reading {number} of many" for number in range(9))
    assert statement_of(every).endswith(f": {'; '.join(every[:3])}; and 6 more")
    long = ("x" * 200, "y" * 200, "z" * 200)
    assert statement_of(long).endswith(f"{'x' * 200}; {'y' * 200}; and 1 more")
    assert statement_of(long[:2]).endswith(f"{'x' * 200}; {'y' * 200}")


def test_surfaces_in_an_unknown_spelling_are_of_no_other_text() -> None:
    text = "Der Bürgermeister von München traf Jörg Müller in Köln und Frau Größe in Düsseldorf."
    names = ("München", "Jörg Müller", "Köln", "Größe", "Düsseldorf")
    spans = [(at, at + len(name), name) for name in names for at in [text.index(name)]]
    change = str.maketrans({"ü": "uh", "ö": "oh", "ß": "sz"})
    explanation = explain(text, [(start, end, words.translate(change)) for start, end, words in spans])
    assert (explanation.models, explanation.name, explanation.foreign) == ((), "other-spelling", False)
