import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from spanproof.checks.causes import diagnose, relocate
from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Span
from support.checks import ANA

ARTICLES = sorted((Path(__file__).parents[2] / "dataset" / "articles").glob("*.txt"))
PIECES = (
    *("", " ", "\t", "\r\n", "\n", "\r", "\u00a0", "\ufeff", "\ud83d", "“", "…", "é", "ß", "Å", "\u212b", "\ufb01"),
    *("㍿", "e\u0301", "o\u0308\u0323", "\u0301", "a\u0301\u0316", "\u1112\u1161\u11ab", "한", "क्षि", "ক\u09c7\u09be"),
    *("😀", "👨‍👩‍👧", "🇩🇪", "👍🏽", "𝔄", "\U0001d15e", "שלום", "عربي", "中文", "\uf900"),
)


def bounds(text: str) -> list[int]:
    return [0, *(match.end() for match in regex.finditer(r"\X", text))]


class Marked(NamedTuple):
    """A text and spans of it that each hold a word which occurs once, so that a surface occurs only where it is."""

    text: str
    spans: list[Span]

    def under(self, counted: Callable[[int], int], spelt: Callable[[str], str] = str) -> list[Span]:
        return [(counted(start), counted(end), spelt(surface)) for start, end, surface in self.spans]


@st.composite
def marked(draw: st.DrawFn, before: Sequence[str] = PIECES, count: int = 1) -> Marked:
    pieces = draw(st.lists(st.lists(st.sampled_from(PIECES), max_size=3).map("".join), min_size=3, max_size=14))
    text = draw(st.sampled_from(before))
    words = []
    for number, piece in enumerate(pieces):
        words.append((len(text), len(text) + 3))
        text += f"w{number:02}{piece}"
    cuts = bounds(text)
    spans = []
    for start, end in draw(st.lists(st.sampled_from(words), min_size=count, unique=True)):
        start = draw(st.sampled_from([cut for cut in cuts if cut <= start][-3:]))
        end = draw(st.sampled_from([cut for cut in cuts if cut >= end][:6]))
        spans.append((start, end, text[start:end]))
    return Marked(text, spans)


UNTRACED = {"bom-removed", "one-based", "one-based-inclusive", "end-inclusive", "leading-space", "edit"}
"""Shifts that nothing in the text shows: a unit or a normal form that places all spans alike goes before them."""


def proved(
    text: str, right: Sequence[Span], given: Sequence[Span], name: str, also: str = "", witnesses: int = 1
) -> None:
    """The diagnosis names the cause (or one that places all alike, and tells of this one) and restores the spans.

    It may be silent where fewer than ``witnesses`` spans show it.
    """
    wrong = [span for span in given if not 0 <= span[0] <= span[1] <= len(text) or text[slice(*span[:2])] != span[2]]
    cause = diagnose(text, given)
    seen = {true for true, span in zip(right, given, strict=True) if span in wrong and span[2]}
    if not wrong:
        assert cause is None
    if len(seen) < witnesses:
        return
    assert cause is not None
    assert cause.spans == tuple(right)
    assert (cause.agree, cause.of) == (len(wrong), len(wrong))
    assert cause.name == name or also in cause.statement or (name in UNTRACED and cause.name not in UNTRACED)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def clusters(text: str) -> int:
    return len(regex.findall(r"\X", text))


def one(text: str) -> str:
    return text.replace("\r\n", "\n")


def two(text: str) -> str:
    return re.sub("(?<!\r)\n", "\r\n", text)


@given(marked())
def test_a_sound_document_has_no_cause(doc: Marked) -> None:
    assert diagnose(doc.text, doc.spans) is None


@given(marked())
@pytest.mark.parametrize(
    ("name", "units", "also"),
    [("utf-16", utf16, "UTF-16"), ("utf-8", utf8, "UTF-8"), ("graphemes", clusters, "grapheme")],
)
def test_units(name: str, units: Callable[[str], int], also: str, doc: Marked) -> None:
    proved(doc.text, doc.spans, doc.under(lambda at: units(doc.text[:at])), name, also)


@given(marked())
@pytest.mark.parametrize("spelt", [str, one, two], ids=["as-is", "lf", "crlf"])
@pytest.mark.parametrize(
    ("name", "old", "also"), [("crlf-as-one", one, "CR LF of the text as one"), ("crlf-as-two", two, "as CR LF")]
)
def test_line_ends(name: str, old: Callable[[str], str], also: str, spelt: Callable[[str], str], doc: Marked) -> None:
    # with LF for its CR LF, a surface that starts with one may be a slice as it stands, which a shift explains too; and
    # CR CR LF becomes a CR LF
    doc = doc._replace(spans=[span for span in doc.spans if not re.search("^\r\n|\r\r\n", span[2])])
    counted = doc.under(lambda at: len(old(doc.text[:at])))
    # a surface alone that is of the other text is no matter of offsets
    given = [span if span in doc.spans else (*span[:2], spelt(span[2])) for span in counted]
    proved(doc.text, doc.spans, given, name, also)


@given(marked(), st.booleans())
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_normal_forms(form: str, doc: Marked, surfaces_too: bool) -> None:
    def normal(text: str) -> str:
        return unicodedata.normalize(form, text)  # type: ignore[arg-type]

    whole = normal(doc.text)
    parted = [cut for cut in bounds(doc.text) if normal(doc.text[:cut]) + normal(doc.text[cut:]) == whole]
    assume(all(start in parted and end in parted for start, end, _ in doc.spans))
    given = doc.under(lambda at: len(normal(doc.text[:at])), normal if surfaces_too else str)
    same = [each for each in ("NFC", "NFD", "NFKC", "NFKD") if unicodedata.normalize(each, doc.text) == whole]  # type: ignore[arg-type]
    proved(doc.text, doc.spans, given, same[0].lower(), f"normalised to {same[0]}")


@given(marked())
def test_byte_order_marks(doc: Marked) -> None:
    added = [(start + 1, end + 1, surface) for start, end, surface in doc.spans]
    proved("\ufeff" + doc.text, added, doc.spans, "bom-added", "before a byte order mark was added")
    if not doc.text.startswith("\ufeff"):
        proved(doc.text, doc.spans, doc.under(lambda at: at + 1), "bom-removed", "order mark that the text lacks", 2)


@given(marked([" ", "\n\n", "\t \u00a0", "\r\n"]))
def test_leading_space_that_offsets_lack(doc: Marked) -> None:
    lost = len(doc.text) - len(doc.text.lstrip())
    proved(doc.text, doc.spans, doc.under(lambda at: at - lost), "leading-space", "white space at the start")


@given(marked(count=2), st.integers(1, 9))
def test_leading_space_that_the_text_lacks(doc: Marked, lost: int) -> None:
    proved(doc.text, doc.spans, doc.under(lambda at: at + lost), "leading-space", "any other deletion at 0")


@given(marked(), st.booleans())
@pytest.mark.parametrize(
    ("name", "first", "last", "also"),
    [
        ("end-inclusive", 0, -1, "last character"),
        ("one-based", 1, 1, "counted from one"),
        ("one-based-inclusive", 1, 0, "that of the last character"),
    ],
)
def test_conventions(name: str, first: int, last: int, also: str, doc: Marked, marked: bool) -> None:
    text, spans = doc
    if marked:  # the text has its byte order mark: offsets can't count one that it lacks
        text, spans = "\ufeff" + text, [(start + 1, end + 1, surface) for start, end, surface in spans]
    proved(text, spans, [(start + first, end + last, surface) for start, end, surface in spans], name, also, 2)


def test_a_span_that_slipped_alone_has_no_cause() -> None:
    for first, last in ((1, 1), (0, -1), (1, 0), (-1, -1)):
        assert diagnose("Ana met Bob.", [(8 + first, 11 + last, "Bob")]) is None


@given(marked(count=3), st.data())
def test_an_edit(doc: Marked, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from(bounds(doc.text)))
    size = data.draw(st.integers(1, 30))
    if data.draw(st.booleans(), label="inserted"):  # text[at : at + size] is new
        old = {span: 0 if span[1] <= at else -size if span[0] >= at + size else None for span in doc.spans}
        said = "inserted"
    else:
        old = {span: 0 if span[1] <= at else size if span[0] >= at else None for span in doc.spans}
        said = "deleted"
    shifts = {span: shift for span, shift in old.items() if shift is not None}
    assume(len([shift for shift in shifts.values() if shift]) > 1)
    given = [(start + shift, end + shift, surface) for (start, end, surface), shift in shifts.items()]
    cause = diagnose(doc.text, given)
    assert cause is not None
    assert cause.spans == tuple(shifts)
    if cause.name == "edit":
        where = [int(number) for number in re.findall(r"\d+", cause.statement.split(":")[0])]
        assert where[0] <= at <= where[-1]
        assert f"{size} code point{'s' * (size > 1)} {said}" in cause.statement


# Without a rare word in each surface, several hypotheses may hold, and the diagnosis may abstain; what it says is true.
ints = st.integers(-3, 40) | st.integers()
wild = st.lists(st.sampled_from((*PIECES, "a", "b", "aa")), max_size=12).map("".join)


@given(wild, st.lists(st.tuples(ints, ints, wild | st.sampled_from(["a", "b", "ab", ""])), max_size=14))
def test_anything_goes_in_and_only_proof_comes_out(text: str, spans: list[Span]) -> None:
    right = [0 <= start <= end <= len(text) and text[start:end] == surface for start, end, surface in spans]
    cause = diagnose(text, spans)
    if cause is None:
        return
    assert cause.of == right.count(False) > 0
    assert cause.agree == sum(not ok and placed is not None for ok, placed in zip(right, cause.spans, strict=True))
    assert all(placed for ok, placed in zip(right, cause.spans, strict=True) if ok)
    assert all(text[placed[0] : placed[1]] == placed[2] for placed in cause.spans if placed)
    if cause.name != "edit":
        assert cause.agree == cause.of if cause.of < 10 else cause.agree >= 0.9 * cause.of


@given(marked(count=3), st.data())
def test_a_lone_slip_is_no_cause_and_goes_back(doc: Marked, data: st.DataObject) -> None:
    slipped = data.draw(st.integers(0, len(doc.spans) - 2))
    by = data.draw(st.integers(-150, 150).filter(bool))
    right = sorted(doc.spans)  # with a right one after it
    assume(right[slipped][1] <= right[-1][0])
    start, end, surface = right[slipped]
    moved = (start + by, end + by, surface)
    cause = diagnose(doc.text, [*right[:slipped], moved, *right[slipped + 1 :]])
    assert cause is None or cause.name not in ("edit", "one-based", "bom-removed")
    assert relocate(doc.text, *moved) == (start, end)


@given(wild, ints, ints, wild)
def test_relocation_is_the_nearest_occurrence(text: str, start: int, end: int, surface: str) -> None:
    at = [k for k in range(len(text)) if surface and text.startswith(surface, k) and abs(k - start) <= 200]
    at.sort(key=lambda k: abs(k - start))
    tie = len(at) > 1 and abs(at[0] - start) == abs(at[1] - start)
    assert relocate(text, start, end, surface) == (None if tie or not at else (at[0], at[0] + len(surface)))


EMOJI = "😀 " + " ".join(f"word{number:02}" for number in range(20))
COUNTED = [(at + 1, at + 7, EMOJI[at : at + 6]) for at in range(2, len(EMOJI), 7)]


@pytest.mark.parametrize(("garbage", "of", "agree"), [(0, 9, 9), (1, 9, None), (1, 10, 9), (2, 20, 18), (3, 20, None)])
def test_nine_in_ten_are_proof(garbage: int, of: int, agree: int | None) -> None:
    cause = diagnose(EMOJI, [(90, 97, "nowhere")] * garbage + COUNTED[garbage:of])
    assert (cause and (cause.name, cause.agree, cause.of)) == (agree and ("utf-16", agree, of))
    assert cause is None or cause.spans[:garbage] == garbage * (None,)


def test_the_one_that_moves_fewer_right_spans_is_named() -> None:
    cause = diagnose("aaa 😀 Kyiv", [(1, 2, "a"), (7, 11, "Kyiv")])
    assert cause is not None
    assert (cause.statement, cause.spans) == ("offsets are UTF-16 code units", ((1, 2, "a"), (6, 10, "Kyiv")))


def test_the_one_that_explains_more_is_named() -> None:
    text = "w00…" + WORDS  # all are two too far; in UTF-8 all after the ellipsis are
    right = [(0, 3, "w00"), *((start + 4, end + 4, surface) for start, end, surface in map(word, range(9)))]
    cause = diagnose(text, [(start + 2, end + 2, surface) for start, end, surface in right])
    assert cause is not None
    assert (cause.name, cause.spans) == ("leading-space", tuple(right))


def test_a_right_span_that_would_be_wrong_refutes() -> None:
    assert diagnose("Lviv 😀 Kyiv", [(0, 4, "Lviv"), (8, 12, "Kyiv")]).name == "utf-16"  # type: ignore[union-attr]
    assert diagnose("Lviv 😀 Kyiv, Odesa", [(8, 12, "Kyiv"), (13, 18, "Odesa")]) is None


def test_equals_that_place_differently_are_no_proof() -> None:
    assert diagnose("cd ab ab", [(10, 12, "ab"), (13, 15, "ab")]).name == "leading-space"  # type: ignore[union-attr]
    assert diagnose("ab ab ab", [(10, 12, "ab"), (13, 15, "ab")]) is None


OLD = "Angela Merkel met Zelensky in Kyiv"
FOUND = [(match.start(), match.end(), match.group()) for match in re.finditer(r"[A-Z]\w+(?: [A-Z]\w+)*", OLD)]


def test_a_span_across_the_edit_narrows_it_and_is_not_placed() -> None:
    cause = diagnose(OLD.replace("Merkel", "Dorothea Merkel"), FOUND)
    assert cause is not None
    assert (cause.name, cause.agree, cause.of) == ("edit", 2, 3)
    assert cause.statement == "the text was edited between 1 and 12: 9 code points inserted"
    assert cause.spans == (None, (27, 35, "Zelensky"), (39, 43, "Kyiv"))
    cause = diagnose(OLD.replace("Angela Merkel", "Merkel"), [(0, 6, "Angela"), *FOUND[1:]])
    assert cause is not None
    assert cause.statement == "the text was edited between 0 and 5: 7 code points deleted"
    assert cause.spans == (None, (11, 19, "Zelensky"), (23, 27, "Kyiv"))
    cause = diagnose(OLD[:14] + "XX" + OLD[14:], [FOUND[0], (13, 14, " "), (14, 17, "met"), *FOUND[1:]])
    assert cause is not None
    assert cause.statement == "the text was edited at 14: 2 code points inserted"


def test_what_is_no_edit() -> None:
    text = "--- " + OLD
    one, *rest = [(start + 4, end + 4, surface) for start, end, surface in FOUND]
    assert diagnose(text, [one, (8, 16, "Zelensky"), (20, 24, "Kyiv")]) is None  # two shifts
    assert diagnose(text, [FOUND[0], FOUND[1], rest[1]]) is None  # a right span after it
    assert diagnose(text, [FOUND[0], FOUND[0]]) is None  # one place twice
    assert (
        diagnose(text, [*FOUND[1:], *((0, end, "nowhere") for end in (20, 21, 22))]) is None
    )  # more across than moved
    assert diagnose(text, [*FOUND[1:], (0, 20, "nowhere"), (0, 21, "nowhere")]) is not None  # as many: it may be one
    assert diagnose("abc", [(4, 4, "")]) is None  # an empty surface is no evidence


def test_a_span_in_what_was_deleted_narrows_the_edit() -> None:
    old = "Odesa and then on to Lviv, Kyiv, Riga"
    cause = diagnose(
        old.replace("Lviv, ", ""), [(m.start(), m.end(), m.group()) for m in re.finditer(r"[A-Z]\w+", old)]
    )
    assert cause is not None
    assert cause.statement == "the text was edited between 16 and 21: 6 code points deleted"
    assert cause.spans == ((0, 5, "Odesa"), None, (21, 25, "Kyiv"), (27, 31, "Riga"))


WORDS = " ".join(f"word{number:02}" for number in range(40))


def word(number: int, by: int = 0) -> Span:
    return number * 7 + by, number * 7 + 6 + by, f"word{number:02}"


@pytest.mark.parametrize("by", [-3, 3, 9])
def test_outliers_before_an_edit_do_not_hide_it(by: int) -> None:
    right, moved = [word(number) for number in range(4, 9)], [word(number, by) for number in range(20, 40)]
    for outlier in (
        word(2, by),
        (61 + by, 62 + by, "8"),
        (0, 3, "nowhere"),
    ):  # before right spans: the edit can't be there
        torn = (word(9)[0], word(14)[0], "a span across the edit")
        cause = diagnose(WORDS, [outlier, *right, torn, *moved])
        assert cause is not None
        assert (cause.name, cause.agree, cause.of) == ("edit", 20, 22)
        low = torn[0] + 1 - max(by, 0)
        assert cause.statement.startswith(f"the text was edited between {max(low, right[-1][1])} and {torn[1] - 1}: ")
        assert cause.spans == (None, *right, None, *(word(number) for number in range(20, 40)))


def test_outliers_that_no_one_edit_divides_are_only_outliers() -> None:
    right, moved = [word(number) for number in range(5)], [word(number, -3) for number in range(20, 40)]
    outliers = [(50, 60, "nowhere"), (90, 99, "nowhere")]
    cause = diagnose(WORDS, [*right, *outliers, *moved])
    assert cause is not None
    assert cause.statement == "the text was edited between 34 and 137: 3 code points inserted"
    assert (cause.agree, cause.of) == (20, 22)


def test_a_span_that_is_right_by_accident_moves_with_the_edit() -> None:
    cause = diagnose("--Kyiv Lviv aaaaaa Riga", [(0, 4, "Kyiv"), (12, 13, "a"), (17, 21, "Riga")])
    assert cause is not None
    assert cause.spans == ((2, 6, "Kyiv"), (14, 15, "a"), (19, 23, "Riga"))


def test_a_surface_may_hold_any_line_ends() -> None:
    cause = diagnose("Lviv\rRiga\r\nKyiv", [(0, 14, "Lviv\nRiga\nKyiv")])
    assert cause is not None
    assert (cause.name, cause.spans) == ("crlf-as-one", ((0, 15, "Lviv\rRiga\r\nKyiv"),))


def test_relocation_has_a_limit() -> None:
    text = 201 * " " + "Kyiv"
    assert relocate(text, 1, 5, "Kyiv") == (201, 205)
    assert relocate(text, 0, 4, "Kyiv") is None
    assert relocate(text, 401, 405, "Kyiv") == (201, 205)
    assert relocate(text, 402, 406, "Kyiv") is None


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("utf-16", lambda text: (text, lambda at: utf16(text[:at]))),
        ("utf-8", lambda text: (text, lambda at: utf8(text[:at]))),
        ("crlf-as-one", lambda text: (text, lambda at: len(one(text[:at])))),
        ("crlf-as-two", lambda text: (one(text), lambda at: len(two(one(text)[:at])))),
        ("nfc", lambda text: (nfd := unicodedata.normalize("NFD", text), lambda at: len(nfc(nfd[:at])))),
        ("edit", lambda text: (text, lambda at: at + 12 * (at > len(text) // 2))),
        ("end-inclusive", lambda text: (text, lambda at: at)),
    ],
)
def test_real_articles(path: Path, name: str, made: Callable[[str], tuple[str, Callable[[int], int]]]) -> None:
    text, counted = made(two(path.read_text(encoding="utf-8").replace("Talks", "Talks 😀 Zoë", 1) + "\n😀 Zoë ends\n"))
    right = [(*match.span(), match.group()) for match in regex.finditer(r"\b\p{Lu}\w+(?: \p{Lu}\w+)*", text)]
    right = [span for span in right if not span[0] <= len(text) // 2 < span[1]]
    less = 1 if name == "end-inclusive" else 0
    cause = diagnose(text, [(counted(start), counted(end) - less, surface) for start, end, surface in right])
    assert cause is not None
    assert cause.name == name
    assert cause.spans == tuple(right)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def test_articles_are_there() -> None:
    assert ARTICLES


def test_a_cause_leaves_alone_what_it_does_not_place() -> None:
    names = ["Ana", "Bob", "Eva", "Ida", "Jon", "Kim", "Leo", "Mia", "Ned", "Ona"]
    text = "😀 " + " ".join(names)
    spans = [
        {**ANA, "id": name, "start": 4 * k + 3, "end": 4 * k + 6, "text": name, "entity_id": name}
        for k, name in enumerate(names)
    ]
    lost = {**ANA, "id": "lost", "start": 4, "end": 7, "text": "Zoë", "label": "ORG"}
    findings = check(Corpus.of([sound(text=text, entities=[*spans, lost])])).findings
    assert {f.id: f.cause and (f.cause.name, f.cause.agree, f.cause.of) for f in findings} == {
        **dict.fromkeys(names, ("utf-16", 10, 11)),
        "lost": None,
    }
    assert {f.id: len(f.fix) for f in findings} == {**dict.fromkeys(names, 20), "lost": 0}
