"""The rules of one span and of its list against a judge that is slow, obvious and sees one document at a time."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.schema.schema import Schema

JUDGED = {"SP102", "SP103", "SP104", "SP105", "SP106", "SP107", "SP108", "SP109", "SP203", "SP204", "SP205", "SP206"}
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}"
SPAN = {
    "type": "object",
    "spanOf": "body",
    "labelledBy": "label",
    "properties": {
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "text": {"type": ["string", "null"]},
        "label": {"type": "string"},
        "part": {
            "type": ["object", "null"],
            "spanOf": "body",
            "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
        },
    },
}
SCHEMA = Schema.of(
    {
        "type": "object",
        "properties": {
            "body": {"type": "string"},
            "flat": {"type": "array", "overlap": "forbid", "items": SPAN},
            "deep": {"type": "array", "overlap": "nest", "items": SPAN},
            "free": {"type": "array", "items": SPAN},
        },
    }
)

Open = list[tuple[int, dict[str, Any]]]


MARKS = "".join(c for c in map(chr, range(0x20000)) if unicodedata.category(c).startswith("M"))


def of_one(text: str, span: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """The codes of one span, and whether each ends its examination."""
    start, end, surface = span["start"], span["end"], span.get("text")
    bounds = {0, len(text), *(match.end() for match in regex.finditer(r"\X", text))}
    inner = [at for at in (start, end) if 0 < at < len(text)]
    yield from [("SP102", True)] * (start < 0 or end < 0)
    yield from [("SP103", True)] * (start > end)
    yield from [("SP104", True)] * (start == end <= len(text))
    yield from [("SP105", True)] * (end > len(text))
    yield from [("SP106", True)] * (surface is not None and text[start:end] != surface)
    yield from [("SP107", True)] * (text[start:end] != text[start:end].strip())
    yield from [("SP108", True)] * any(at not in bounds for at in inner)
    word = rf"(?V1)[[\p{{L}}\p{{N}}\p{{M}}]--[{UNSPACED}]]{{2}}"
    bases = ((text[:at].rstrip(MARKS) or text[:at])[-1] for at in inner)  # a mark is of a word if its base is
    split = [regex.fullmatch(word, base + text[at]) for base, at in zip(bases, inner, strict=True)]
    yield from [("SP109", False)] * any(split)


def examined(text: str, spans: list[dict[str, Any]], found: Counter[Any], *path: Any) -> Open:
    """The spans that no error ends, their codes counted."""
    rest = []
    for index, span in enumerate(spans):
        for code, ends in of_one(text, span):
            found[(code, *path, index)] += 1
            if ends:
                break
        else:
            rest.append((index, span))
    return rest


def of_list(rest: Open, overlap: str, found: Counter[Any], *path: Any) -> None:
    for code, keys in (("SP203", ("start", "end", "label")), ("SP204", ("start", "end"))):
        seen = set()
        for index, span in list(rest):
            key = tuple(span.get(name) for name in keys)
            if key in seen:
                found[(code, *path, index)] += 1
                rest.remove((index, span))
            seen.add(key)
    for code in ("SP205", "SP206"):
        if overlap == "allow":
            return
        order = sorted(rest, key=lambda pair: (pair[1]["start"], -pair[1]["end"], pair[0]))
        for rank, (index, span) in enumerate(order):
            met = [other["end"] for _, other in order[:rank] if other["end"] > span["start"]]
            crossed = [end for end in met if end < span["end"]]
            broken = bool(crossed) if overlap == "nest" else bool(met)
            crosses = overlap == "nest" or max(met, default=0) < span["end"]
            if broken and crosses == (code == "SP206"):
                found[(code, *path, index)] += 1
                rest.remove((index, span))


def judge(documents: list[dict[str, Any]]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for row, document in enumerate(documents):
        text = document["body"]
        for layer, overlap in (("flat", "forbid"), ("deep", "nest"), ("free", "allow")):
            of_list(examined(text, document[layer], found, row, layer), overlap, found, row, layer)
            for index, span in enumerate(document[layer]):
                if span["part"]:
                    examined(text, [span["part"]], found, row, layer, index, "part")
    return found


def catalogue(documents: list[dict[str, Any]]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for finding in check(Corpus.of(documents, SCHEMA)).findings:
        if finding.code in JUDGED:
            place = finding.path if finding.path[-1] != "part" else (*finding.path, 0)
            found[(finding.code, finding.row, *place)] += 1
    return found


PIECES = st.sampled_from(
    [
        *(" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u200d", "\u0600", "“", "”", ".", "-", "x" * 70),
        *("a", "bc", "é", "e\u0301", "ß9", "שלום", "中文", "か\u3099", "한", "\u1112\u1161\u11ab", "ไทย", "क्षि"),
        *("😀", "👍🏽", "👨‍👩‍👧", "🇩🇪🇫🇷"),
    ]
)


@st.composite
def spans(draw: st.DrawFn, text: str) -> dict[str, Any]:
    offsets = st.integers(-1, len(text) + 1) if draw(st.integers(0, 5)) == 0 else st.integers(0, len(text))
    start, end = draw(offsets), draw(offsets)
    if draw(st.integers(0, 7)):
        start, end = sorted((start, end))
    right = text[max(0, start) : max(0, end)]
    surface = draw(st.sampled_from([right, right, right, None, right + "x", right[:-1], right.swapcase()]))
    part = None
    if draw(st.booleans()):
        part = {"start": draw(offsets), "end": draw(offsets)}
    return {"start": start, "end": end, "text": surface, "label": draw(st.sampled_from("AB")), "part": part}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    text = "".join(draw(st.lists(PIECES, max_size=12)))
    layers = {name: draw(st.lists(spans(text), max_size=5)) for name in ("flat", "deep", "free")}
    for layer in layers.values():
        if layer and draw(st.booleans()):
            layer.append({**draw(st.sampled_from(layer)), "label": draw(st.sampled_from("AB"))})
    return {"body": text, **layers}


def flat(text: str, *offsets: tuple[int, int]) -> dict[str, Any]:
    made = [{"start": a, "end": b, "text": text[a:b], "label": "A", "part": None} for a, b in offsets]
    return {"body": text, "flat": made, "deep": made, "free": made}


@given(st.lists(documents(), max_size=4))
@example([flat("a b c d e", (0, 9), (2, 5), (4, 7), (4, 7), (6, 9))])
@example([flat("", (0, 0)), flat("ab", (0, 2)), flat("é", (0, 1))])
@example([flat("ab ", (2, 3)), flat(" ab", (1, 3))])
def test_the_catalogue_is_the_slow_judge(corpus: list[dict[str, Any]]) -> None:
    assert catalogue(corpus) == judge(corpus)


USES = Schema.of(
    {
        "type": "object",
        "key": "id",
        "properties": {
            "id": {"type": "string"},
            "body": {"type": "string"},
            "names": {
                "type": "array",
                "consistent": ["label", "entity"],
                "items": {
                    "type": "object",
                    "spanOf": "body",
                    "labelledBy": "label",
                    "properties": {
                        "start": {"type": "integer"},
                        "end": {"type": "integer"},
                        "text": {"type": "string"},
                        "label": {"type": ["string", "null"]},
                        "entity": {"type": ["string", "null"]},
                    },
                },
            },
        },
    }
)
names = st.tuples(st.sampled_from("abc"), st.sampled_from(["A", "B", None]), st.sampled_from(["x", "y", None]))


@given(st.lists(st.lists(st.lists(names, max_size=6), max_size=3), max_size=3))
def test_one_surface_with_two_values_is_one_finding(
    corpus: list[list[list[tuple[str, str | None, str | None]]]],
) -> None:
    parts, values = [], {"SP601": Counter[Any](), "SP602": Counter[Any]()}
    for batch in corpus:
        made = []
        for document in batch:
            text = " ".join(surface for surface, _, _ in document)
            spans = [
                {"start": 2 * k, "end": 2 * k + 1, "text": surface, "label": label, "entity": entity}
                for k, (surface, label, entity) in enumerate(document)
            ]
            made.append({"id": f"{len(parts)}.{len(made)}", "body": text, "names": spans})
            for surface, label, entity in document:
                values["SP601"][surface, label] += label is not None
                values["SP602"][surface, entity] += entity is not None
        parts.append(batch_of(made, USES))
    expected = set()
    for code, counted in values.items():
        for surface in "abc":
            found = Counter({value: n for (of, value), n in counted.items() if of == surface and n})
            if len(found) > 1:
                expected.add((code, surface, tuple(sorted(found.items()))))
    told = set()
    for finding in check(Corpus(USES, tuple(parts))).findings:
        if finding.code in values:
            counts = regex.findall(r"(\w) \((\d+)\)", finding.message)
            assert [int(n) for _, n in counts] == sorted((int(n) for _, n in counts), reverse=True)
            told.add((finding.code, finding.text, tuple(sorted((value, int(n)) for value, n in counts))))
            batch, row = map(int, str(finding.document).split("."))
            used = corpus[batch][row][finding.path[1]]
            assert (used[0], used[1 if finding.code == "SP601" else 2]) == (finding.text, counts[-1][0])
    assert told == expected
