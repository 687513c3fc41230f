"""A layer that drifts while the others of its documents are right is explained as if it were alone."""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from spanproof.testing.open_world.cases import KINDS, SCHEMA, Case, case

SHIFTED = "one too high"
UNITS: Mapping[str, Callable[[str], int]] = {
    SHIFTED: lambda before: len(before) + 1,
    "UTF-16": lambda before: len(before.encode("utf-16-le")) // 2,
    "bytes": lambda before: len(before.encode()),
}
WORDS = ("Ana", "Oslo", "Riga", "Izmir", "met", "saw", "went", "1999", "2001", "May", "June", "😀", "é")
DATES, NAMES = r"\b(?:1999|2001|May|June)\b", r"\b(?:Ana|Oslo|Riga|Izmir)\b"
PROPERTIES = SCHEMA.json["properties"]
TWO_LAYERS = Schema.of({**SCHEMA.json, "properties": {**PROPERTIES, "dates": PROPERTIES["names"]}})


def spans(text: str, pattern: str, kind: str, counted: Callable[[str], int] = len) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{kind}-{at}",
            "start": counted(text[: found.start()]),
            "end": counted(text[: found.end()]),
            "text": found[0],
            "label": "NAME",
        }
        for at, found in enumerate(re.finditer(pattern, text))
    ]


def documents(number: int, unit: str, most: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Documents whose dates were counted in a unit, so many at most in each, and the same as they should be."""
    random, now, right = Random(0), [], []
    for k in range(number):
        text = "😀 é " + " ".join(random.choice(WORDS) for _ in range(random.randrange(20, 60))) + "."
        document = {"id": f"d{k}", "text": text, "names": spans(text, NAMES, f"n{k}")}
        right.append({**document, "dates": spans(text, DATES, f"d{k}")[:most]})
        now.append({**document, "dates": spans(text, DATES, f"d{k}", UNITS[unit])[:most]})
    return now, right


@pytest.mark.parametrize(("number", "most"), [(1, 8), (40, 1), (40, 8)])
@pytest.mark.parametrize("unit", UNITS)
def test_a_layer_in_another_unit_is_mended(unit: str, number: int, most: int) -> None:
    now, right = documents(number, unit, most)
    fixed = list(fix(Corpus.of(now, TWO_LAYERS)).corpus.documents())
    assert now != right
    assert all(after in (before, sound) for before, after, sound in zip(now, fixed, right, strict=True))
    assert sum(after == sound for after, sound in zip(fixed, right, strict=True)) > 0.95 * number


def test_a_few_wrong_spans_of_a_layer_are_no_unit() -> None:
    (now,), (right,) = documents(1, SHIFTED, 8)
    now["dates"] = [*now["dates"][:2], *right["dates"][2:]]
    assert list(fix(Corpus.of([now], TWO_LAYERS)).corpus.documents()) == [now]


def test_four_spans_that_a_wrong_unit_nearly_explains_are_left() -> None:
    """Beside right ones they were put on wrong words, as if JSON escapes had been counted."""
    text = (
        "王芳见了去上海。“好”说上海。北京。“好”见了上海和见了北京。北京和和。\r\n\r\n"
        "王芳😀😀王芳😀。“好”王芳。王芳见了去王芳见了😀王芳。北京😀和王芳😀去王芳。"
    )
    wrong = [(28, 29, "北京"), (31, 32, "北京"), (48, 49, "王芳"), (79, 80, "王芳")]
    right = [(0, 2, "王芳"), (5, 7, "上海"), (12, 14, "上海"), (31, 35, "北京和和"), (54, 56, "王芳"), (59, 61, "王芳")]
    names, dates = (
        [
            {"id": f"{kind}{start}", "start": start, "end": end, "text": words, "label": "NAME"}
            for start, end, words in some
        ]
        for kind, some in (("n", wrong), ("d", right))
    )
    document = {"id": "d", "text": text, "names": names, "dates": dates}
    assert list(fix(Corpus.of([document], TWO_LAYERS)).corpus.documents()) == [document]


def test_spans_of_a_layer_that_is_right_are_neither_moved_nor_doubted() -> None:
    now, _ = documents(40, SHIFTED, 8)
    report = check(Corpus.of(now, TWO_LAYERS))
    assert report.with_errors == sum(len(document["dates"]) for document in now)
    assert report.in_bounds == 0
    assert {finding.path[0] for finding in report.findings} == {"dates"}


def split(one: Case, share: float) -> tuple[list[dict[str, Any]], dict[str, tuple[int, int] | None]]:
    """The documents of a case with some of their spans right, in a layer of their own, and where each belongs."""
    random, split, belong = Random(one.number), [], {}
    for document, places in zip(one.documents, one.places, strict=True):
        layers: dict[str, list[dict[str, Any]]] = {"names": [], "dates": []}
        for item, place in zip(document["names"], places, strict=True):
            belong[item["id"]] = place
            right = place is not None and item["text"] is not None and random.random() < share
            bounds = place if right else None
            start, end = bounds or (item["start"], item["end"])
            words = document["text"][start:end] if right else item["text"]
            layers["dates" if right else "names"].append({**item, "start": start, "end": end, "text": words})
        split.append({**document, **layers})
    return split, belong


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_moved_in_a_layer_beside_a_right_one_is_moved_to_its_place(kind: str) -> None:
    before, belong = split(case(kind, 1), 0.5)
    after = fix(Corpus.of(before, TWO_LAYERS)).corpus.documents()
    for was, now in zip(before, after, strict=True):
        assert now["dates"] == was["dates"]
        for old, new in zip(was["names"], now["names"], strict=True):
            assert new == old or (new["start"], new["end"]) == belong[old["id"]]
