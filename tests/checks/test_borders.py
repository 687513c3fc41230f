"""Spans without surfaces: a likely cause by the borders of words, never a proof, and nothing is trimmed beside it."""

import copy
import html
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from spanproof.text.drift.borders import Likely, Unworded, likely_of

_DOCUMENT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "key": "id",
    "required": ["id", "text", "names"],
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "names": {
            "type": "array",
            "items": {
                "type": "object",
                "spanOf": "text",
                "labelledBy": "label",
                "required": ["start", "end", "label"],
                "properties": {
                    "start": {"type": "integer"},
                    "end": {"type": "integer"},
                    "label": {"type": "string"},
                },
            },
        },
    },
}
SCHEMA = Schema.of(_DOCUMENT)
WORDED = copy.deepcopy(_DOCUMENT)
WORDED["properties"]["names"]["items"]["properties"]["text"] = {"type": "string"}
NAMES = ("Anna Wei", "Bo", "Çelik", "Li", "Robinson", "R&D")
Counting = Callable[[str], int]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def corpus(counted: Counting, seed: int = 1) -> tuple[list[dict[str, Any]], list[list[tuple[int, int]]]]:
    """Ten documents whose offsets count otherwise, without surfaces, and where their spans belong."""
    chance, documents, right = random.Random(seed), [], []
    for number in range(10):
        text, spans = "", []
        for _ in range(8):
            text += chance.choice(["😀 ", "& ", "<b> ", "“So” ", ""]) + chance.choice(["Then ", "And so ", "Today, "])
            name = chance.choice(NAMES)
            spans.append((len(text), len(text) + len(name)))
            text += name + chance.choice([" left. ", " said so. ", ", they say, went. "])
        names = [{"start": counted(text[:a]), "end": counted(text[:b]), "label": "NAME"} for a, b in spans]
        documents.append({"id": f"d{number}", "text": text, "names": names})
        right.append(spans)
    return documents, right


def likely(texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> Likely | None:
    return likely_of([Unworded(text, of_text) for text, of_text in zip(texts, spans, strict=True)])


def spans_of(documents: Any) -> list[list[tuple[int, int]]]:
    return [[(name["start"], name["end"]) for name in document["names"]] for document in documents]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("utf-16", utf16),
        ("utf-8", lambda text: len(text.encode())),
        ("html", lambda text: len(html.escape(text, quote=False))),
        ("one-based", lambda text: len(text) + 1),
    ],
)
def test_ten_documents_without_surfaces_have_a_likely_cause_and_no_proof(name: str, counted: Counting) -> None:
    documents, right = corpus(counted)
    broken = Corpus.of(documents, SCHEMA)
    report = check(broken)
    findings = [finding for finding in report.findings if finding.code in ("SP107", "SP108", "SP109")]
    assert findings
    for finding in findings:
        assert finding.cause
        assert name in finding.cause.name.split(" or ")
        assert (finding.cause.level, finding.cause.models) == ("likely", ())
        assert not finding.fix or finding.level == "likely"
    assert list(fix(broken).corpus.documents()) == documents  # what is trimmed here would be wrong for good
    moved = spans_of(fix(broken, likely=True).corpus.documents())
    for stored, now, true in zip(spans_of(documents), moved, right, strict=True):
        assert now in (stored, true)
    assert moved != spans_of(documents)


def test_sound_documents_and_few_odd_spans_have_no_cause() -> None:
    documents, right = corpus(len)
    texts = [document["text"] for document in documents]
    assert likely(texts, right) is None
    right[0][0] = (right[0][0][0], right[0][0][1] + 1)
    right[1][0] = (right[1][0][0], right[1][0][1] + 1)
    assert likely(texts, right) is None
    (edge, *_) = check(Corpus.of([{**documents[0], "names": [{"start": 0, "end": 2, "label": "X"}]}], SCHEMA)).findings
    assert edge.cause is None
    assert likely([], []) is None
    assert likely(["", "Ana"], [[], []]) is None


@given(st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=30))
def test_offsets_at_random_break_nothing(spans: list[tuple[int, int]]) -> None:
    text = "😀 Then Anna Wei & Bo said so. R&D, İzmir\r\nand Jose\u0301 met 外交部 again."
    cause = likely([text, ""], [spans, spans])
    if cause and cause.places:
        assert ((cause.places[0] >= -1) & (cause.places[0] <= len(text))).all()


def chinese(names: Sequence[tuple[str, str]]) -> tuple[list[Unworded], list[list[tuple[int, int]]]]:
    """Documents in a script without blanks, their last words a name; offsets count UTF-16, and one emoji is between."""
    documents, right = [], []
    for number, (first, second) in enumerate(names):
        text = chr(0x5200 + 3 * number) + first + "说起了"[: 1 + number % 3] + "😀" + second
        spans = [(text.index(first), text.index(first) + len(first)), (len(text) - len(second), len(text))]
        documents.append(
            Unworded(text, [(utf16(text[:start]), utf16(text[:end])) for start, end in spans], ("PER", "LOC"))
        )
        right.append(spans)
    return documents, right


def test_words_that_come_again_with_their_label_tell_which_of_several_causes_it_is() -> None:
    documents, right = chinese([("王芳", "上海"), ("李伟", "北京"), ("王芳", "北京"), ("李伟", "上海")] * 2)
    cause = likely_of(documents)
    assert cause is not None
    assert cause.name.split(" or ")[0] == "utf-16"
    assert "one-based" not in cause.name
    assert cause.recurring == 16
    assert cause.places is not None
    assert [list(map(tuple, places.tolist())) for places in cause.places] == right


def test_words_that_come_never_again_leave_all_causes() -> None:
    names = [(chr(0x4E00 + 2 * k) + "芳", chr(0x5E00 + 2 * k) + "海") for k in range(8)]
    cause = likely_of(chinese(names)[0])
    assert cause is not None
    assert cause.places is None
    assert {"utf-16", "one-based"} <= {*cause.name.split(" or ")}


def test_the_tokens_of_a_text_are_its_words() -> None:
    text = "don't stop -- rock'n'roll 😀 isn't over, it's rock'n'roll!"
    tokens = [
        (0, 2),
        (2, 5),
        (6, 10),
        (11, 13),
        (14, 25),
        (26, 27),
        (28, 30),
        (30, 33),
        (34, 38),
        (38, 39),
        (40, 42),
        (42, 44),
    ]
    stored = [(start + 1, end + 1) for start, end in tokens]
    by_tokens = likely_of([Unworded(text, stored, tokens=tokens)])
    assert by_tokens is not None
    assert by_tokens.name == "one-based"
    assert by_tokens.places is not None
    assert [tuple(place) for place in by_tokens.places[0].tolist()] == tokens


def test_a_span_past_the_end_has_the_likely_cause_of_its_document() -> None:
    documents, _ = corpus(utf16)
    document = max(documents, key=lambda one: utf16(one["text"]) - len(one["text"]))
    end = utf16(document["text"])
    document["names"].append({"start": end - 5, "end": end - 1, "label": "NAME"})
    findings = check(Corpus.of(documents, SCHEMA)).findings
    (past,) = (finding for finding in findings if finding.code == "SP105" and finding.start == end - 5)
    assert past.cause
    assert past.cause.level == "likely"
    assert past.level == "likely"
    alone = check(Corpus.of([{**document, "names": document["names"][-1:]}], SCHEMA)).findings
    assert [finding.cause for finding in alone] == [None]


def worded(documents: Any) -> Corpus:
    """The same documents, their spans with the words that stand at their offsets."""
    copies = [
        {**one, "names": [{**name, "text": one["text"][name["start"] : name["end"]]} for name in one["names"]]}
        for one in documents
    ]
    return Corpus.of(copies, Schema.of(WORDED))


@pytest.mark.parametrize(
    ("name", "counted"),
    [("utf-16", utf16), ("utf-8", lambda text: len(text.encode())), ("one-based", lambda text: len(text) + 1)],
)
def test_words_that_were_copied_at_the_wrong_offsets_prove_nothing(name: str, counted: Counting) -> None:
    documents, right = corpus(counted)
    broken = worded(documents)
    causes = [finding.cause for finding in check(broken).findings if finding.code in ("SP107", "SP108", "SP109")]
    assert causes
    assert all(cause and cause.level == "likely" and name in cause.name.split(" or ") for cause in causes)
    assert list(fix(broken).corpus.documents()) == list(broken.documents())
    moved = list(fix(broken, likely=True).corpus.documents())
    for stored, now, true in zip(spans_of(documents), spans_of(moved), right, strict=True):
        assert now in (stored, true)
    assert list(worded(moved).documents()) == moved


@given(st.sampled_from(NAMES[:5]), st.sampled_from((1, -1)), st.sampled_from(("", "“", "(", "外交部 ", "le ")))
def test_what_is_shifted_by_one_is_never_trimmed(name: str, by: int, before: str) -> None:
    text = f"So {before}{name} said so, and {name} left."
    start = len(before) + 3 + by
    broken = worded([{"id": "d", "text": text, "names": [{"start": start, "end": start + len(name), "label": "NAME"}]}])
    assert list(fix(broken).corpus.documents()) == list(broken.documents())


@pytest.mark.parametrize("sloppy", ["Anna Wei ", " Anna Wei", "  Bo  "])
def test_a_sloppy_selection_is_trimmed_unless_another_span_was_shifted(sloppy: str) -> None:
    text = f"Then{sloppy if sloppy[0] == ' ' else ' ' + sloppy} met Robinson again."
    start = text.index(sloppy)
    names = [{"start": start, "end": start + len(sloppy), "label": "NAME"}]
    at = text.index("Robinson") + 1
    shifted = [*names, {"start": at, "end": at + 8, "label": "NAME"}]
    (alone,) = fix(worded([{"id": "d", "text": text, "names": names}])).corpus.documents()
    assert alone["names"][0]["text"] == sloppy.strip()
    (beside,) = fix(worded([{"id": "d", "text": text, "names": shifted}])).corpus.documents()
    assert [one["text"] for one in beside["names"]] == [sloppy, "obinson "]


def test_a_script_without_blanks_between_words_does_not_tell_what_to_trim() -> None:
    broken = worded([{"id": "d", "text": "他在北京 大学学习", "names": [{"start": 2, "end": 5, "label": "NAME"}]}])
    (edge,) = check(broken).findings
    assert (edge.code, edge.level, bool(edge.fix)) == ("SP107", "likely", True)
    assert list(fix(broken).corpus.documents()) == list(broken.documents())


def test_a_cut_cluster_is_not_widened_where_another_span_was_shifted() -> None:
    text = "She saw Jose\u0301 and Robinson again."
    start, at = text.index("Jose"), text.index("Robinson") + 1
    cut, shifted = ({"start": a, "end": b, "label": "NAME"} for a, b in ((start, start + 4), (at, at + 8)))
    (alone,) = fix(worded([{"id": "d", "text": text, "names": [cut]}])).corpus.documents()
    (beside,) = fix(worded([{"id": "d", "text": text, "names": [cut, shifted]}])).corpus.documents()
    assert [alone["names"][0]["text"], beside["names"][0]["text"]] == ["Jose\u0301", "Jose"]
