"""Scores of annotations of any shape and of relations: worked examples, loops over sets, and those of plain spans."""

import copy
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.score import Scores, score
from spanproof.metrics.task_layers import Task
from spanproof.schema.schema import Schema
from spanproof.schema.vocabulary import CONTRACT
from support import examples

EXAMPLES = CONTRACT / "examples"
STRING = {"type": "string"}
SPAN = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "label",
    "properties": {
        "id": STRING,
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "label": {"type": "string", "enum": ["A", "B", "C"]},
    },
}
END = {"type": ["string", "null"], "refersTo": ["/names/*/id"]}
RELATION = {
    "type": "object",
    "labelledBy": "kind",
    "relation": {"ends": ["from", "to"], "symmetric": ["KNOWS"]},
    "properties": {"kind": STRING, "from": END, "to": END},
}
SCHEMA = Schema.of(
    {
        "type": "object",
        "properties": {
            "text": STRING,
            "names": {"type": "array", "key": "id", "items": SPAN},
            "links": {"type": "array", "items": RELATION},
        },
    }
)
TEXT = "Ana met Bo. Cy left, and Di slept."


def document(names: Sequence[tuple[int, int, str]], links: Sequence[tuple[str, Any, Any]] = ()) -> dict[str, Any]:
    spans = [{"id": str(k), "start": s, "end": e, "label": label} for k, (s, e, label) in enumerate(names)]
    return {
        "text": TEXT,
        "names": spans,
        "links": [{"kind": kind, "from": one, "to": other} for kind, one, other in links],
    }


def scored(gold: Any, predicted: Any, task: Task, schema: Schema = SCHEMA, layer: str | None = None) -> Scores:
    sides = [Corpus.of(side if isinstance(side, list) else [side], schema) for side in (gold, predicted)]
    return score(*sides, task, layer=layer, resamples=0)


def values(scores: Scores) -> dict[tuple[str, str | None], tuple[float | None, float | None, float | None]]:
    return {(s.measure, s.part): (s.precision, s.recall, s.value) for s in scores.scores if s.variant == "strict"}


EXTENTS = [(0, 3), (0, 7), (4, 10), (8, 10), (12, 14), (12, 19), (15, 34), (25, 27)]
NAMES = st.lists(st.tuples(st.sampled_from(EXTENTS), st.sampled_from("ABC")).map(lambda x: (*x[0], x[1])), max_size=6)


@settings(max_examples=examples(80))
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3))
def test_annotations_of_one_span_score_as_spans_do(pairs: list[tuple[Any, Any]]) -> None:
    gold, predicted = ([document(pair[side]) for pair in pairs] for side in (0, 1))
    as_spans = values(scored(gold, predicted, "entities", layer="names"))
    as_units = values(scored(gold, predicted, "annotations", layer="names"))
    shared = as_units.keys() & as_spans.keys()
    assert {("exact", None), ("boundary", None), ("overlap", None), ("token", None)} <= shared
    # A mean is over the labels that occur, in whichever way they are listed.
    assert {key: as_units[key] for key in shared} == {key: as_spans[key] for key in shared}


LINKS = st.lists(
    st.tuples(st.sampled_from(["KNOWS", "LEADS"]), *[st.sampled_from(["0", "1", "2", "9", None])] * 2), max_size=5
)


@settings(max_examples=examples(100))
@given(NAMES, NAMES, LINKS, LINKS)
def test_relations_are_those_of_sets_of_spans(names: Any, others: Any, links: Any, guesses: Any) -> None:
    gold, predicted = document(names, links), document(others, guesses)
    found = values(scored(gold, predicted, "relations"))

    def known(side: dict[str, Any], how: str) -> Counter[Any]:
        things = {n["id"]: (n["start"], n["end"], *([n["label"]] if how == "typed" else [])) for n in side["names"]}
        keys: list[Any] = []
        for k, link in enumerate(side["links"]):
            ends = [things.get(link[end], (id(side), k)) for end in ("from", "to")]
            ends = sorted(ends, key=str) if how == "pairs" or link["kind"] == "KNOWS" else ends
            keys.append((None if how == "pairs" else link["kind"], *ends))
        return Counter(keys)

    for how in ("exact", "typed", "pairs"):
        a, b = known(gold, how), known(predicted, how)
        both, n, m = (a & b).total(), a.total(), b.total()
        expected = (both / m if m else None, both / n if n else None, 2 * both / (n + m) if n + m else None)
        assert found[how, None] == pytest.approx(expected, abs=1e-6) or found[how, None] == expected


def test_a_worked_example_of_relations() -> None:
    names = [(0, 3, "A"), (8, 10, "A"), (12, 14, "B")]
    gold = document(names, [("KNOWS", "0", "1"), ("LEADS", "0", "2"), ("LEADS", "1", "2")])
    # Under other identifiers: KNOWS turned is right, LEADS turned is wrong, LEADS 1-2 has an end with another label.
    guess = document(
        [(12, 14, "C"), (8, 10, "A"), (0, 3, "A")],
        [("KNOWS", "1", "2"), ("LEADS", "0", "2"), ("LEADS", "1", "0"), ("LEADS", "1", None)],
    )
    found = values(scored(gold, guess, "relations"))
    assert found["exact", None] == (0.5, pytest.approx(2 / 3, abs=1e-6), pytest.approx(4 / 7, abs=1e-6))
    assert found["typed", None] == (0.25, pytest.approx(1 / 3, abs=1e-6), pytest.approx(2 / 7, abs=1e-6))
    assert found["pairs", None] == (0.75, 1.0, pytest.approx(6 / 7, abs=1e-6))
    assert found["exact", "KNOWS"] == (1.0, 1.0, 1.0)


def example(name: str) -> tuple[Schema, Any, Any]:
    """The schema of an example, what its file holds, and a copy of it."""
    schema = Schema.read(EXAMPLES / f"{name}.schema.json")
    path = next(path for path in sorted(EXAMPLES.glob(f"{name}.json*")))
    text = path.read_text("utf-8")
    records = [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else json.loads(text)
    return schema, records, copy.deepcopy(records)


def of_files(name: str, predicted: Any, folder: Any, task: Task = "annotations", layer: str | None = None) -> Any:
    """Scores of a prediction in the shape in which its format is written."""
    schema, gold, _ = example(name)
    sides = []
    for which, records in (("gold", gold), ("predicted", predicted)):
        path = folder / which / "corpus.json"
        path.parent.mkdir()
        path.write_text(json.dumps(records), "utf-8")
        for text in EXAMPLES.glob(f"{name}.txt"):
            (path.parent / text.name).write_bytes(text.read_bytes())
        sides.append(read(path, schema))
    return values(score(*sides, task, layer=layer, resamples=0))


def test_the_answer_to_another_question_is_wrong(tmp_path: Any) -> None:
    _, _, guess = example("squad")
    questions = guess["data"][0]["paragraphs"][0]["qas"]
    questions[0]["answers"], questions[1]["answers"] = questions[1]["answers"], questions[0]["answers"]
    n = sum(len(q["answers"]) for d in guess["data"] for p in d["paragraphs"] for q in p["qas"])
    assert of_files("squad", guess, tmp_path)["exact", None][2] == pytest.approx((n - 2) / n, abs=1e-6)


def test_fragments_and_relations_are_matched_whatever_they_are_called(tmp_path: Any) -> None:
    _, _, guess = example("bigbio")
    for record in guess:
        for relation in record.get("relations", []):
            relation |= {"arg1_id": "x" + relation["arg1_id"], "arg2_id": "x" + relation["arg2_id"]}
        for entity in record["entities"]:
            entity["id"] = "x" + entity["id"]
        record["entities"].reverse()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert of_files("bigbio", guess, tmp_path / "a", layer="entities")["exact", None] == (1.0, 1.0, 1.0)
    assert of_files("bigbio", guess, tmp_path / "b", "relations")["exact", None] == (1.0, 1.0, 1.0)


def test_a_fragment_that_is_lacking_makes_another_annotation(tmp_path: Any) -> None:
    _, _, guess = example("pdnc")
    first = next(q for novel in (guess if isinstance(guess, list) else [guess]) for q in novel["quotations"])
    assert len(first["quoteByteSpans"]) == 2
    first |= {"quoteByteSpans": first["quoteByteSpans"][:1], "subQuotationList": first["subQuotationList"][:1]}
    first["quoteText"] = first["subQuotationList"][0]
    found = of_files("pdnc", guess, tmp_path)
    n = sum(len(novel["quotations"]) for novel in (guess if isinstance(guess, list) else [guess]))
    assert found["exact", None][2] == pytest.approx((n - 1) / n, abs=1e-6)
    assert found["overlap", None][2] == pytest.approx((n - 0.5) / n, abs=1e-6)


def test_who_speaks_is_scored_with_what_is_said(tmp_path: Any) -> None:
    _, _, guess = example("pdnc")
    novels = guess if isinstance(guess, list) else [guess]
    novels[0]["quotations"][0]["speaker"] = "Somebody else"
    n = sum(len(novel["quotations"]) for novel in novels)
    found = of_files("pdnc", guess, tmp_path)
    assert found["exact", None] == (1.0, 1.0, 1.0)
    assert found["exact+speaker", None][2] == pytest.approx((n - 1) / n, abs=1e-6)


def test_parts_of_a_quotation_don_t_stand_for_each_other(tmp_path: Any) -> None:
    _, _, guess = example("wikinews")
    quotation = next(a for d in guess for a in d["annotations"] if a.get("speaker") and a.get("cue"))
    quotation["speaker"], quotation["cue"] = quotation["cue"], quotation["speaker"]
    n = sum(len(d["annotations"]) for d in guess)
    found = of_files("wikinews", guess, tmp_path)
    assert found["exact", None][2] == pytest.approx((n - 1) / n, abs=1e-6)
    assert found["overlap", None][2] == pytest.approx((n - 0.5) / n, abs=1e-6)


def test_what_can_t_be_scored_is_said() -> None:
    with pytest.raises(ValueError, match="0 layers can be meant by annotations; expected one of: none"):
        scored({"x": "a"}, {"x": "a"}, "annotations", Schema.of({"type": "object", "properties": {"x": STRING}}))
    with pytest.raises(ValueError, match="0 layers can be meant by friends; expected one of: names"):
        scored(document([]), document([]), "annotations", layer="friends")
    lost = copy.deepcopy(dict(SCHEMA.json))
    lost["properties"]["links"]["items"]["properties"]["to"] = STRING
    with pytest.raises(ValueError, match="/links/\\*: to leads to nothing, which has no spans, so that only names"):
        scored(document([]), document([]), "relations", Schema.of(lost))
    with pytest.raises(ValueError, match="40 isn't a span of its text"):
        scored(document([(0, 40, "A")]), document([]), "annotations")


def test_what_nobody_has_is_undefined_and_what_one_lacks_is_0() -> None:
    for task in ("annotations", "relations"):
        assert values(scored(document([]), document([]), task))["exact", None] == (None, None, None)
        some = document([(0, 3, "A"), (8, 10, "B")], [("LEADS", "0", "1")])
        assert values(scored(some, document([]), task))["exact", None] == (None, 0.0, 0.0)
        assert values(scored(document([]), some, task))["exact", None] == (0.0, None, 0.0)


def test_a_quotation_of_several_fragments_is_scored_with_its_parts_and_its_speaker() -> None:
    place = {
        "type": ["object", "null"],
        "spanOf": "text",
        "properties": {n: SPAN["properties"][n] for n in ("start", "end")},
    }
    quote = {
        "type": "object",
        "annotationOf": {"fragments": "pieces"},
        "labelledBy": "type",
        "quotation": {"type": "type", "direct": "direct", "parts": ["source", "cue"]},
        "properties": {
            "type": {"type": "string", "enum": ["direct", "indirect"]},
            "pieces": {"type": "array", "items": {**place, "type": "object"}},
            "source": place,
            "cue": place,
            "speaker": {"type": ["string", "null"], "refersTo": ["registry:people"]},
        },
    }
    schema = Schema.of({"type": "object", "properties": {"text": STRING, "quotes": {"type": "array", "items": quote}}})
    text = "We go, said Ana, and we stay. Bo said no."

    def at(words: str) -> dict[str, int]:
        return {"start": text.index(words), "end": text.index(words) + len(words)}

    first = {
        "type": "direct",
        "pieces": [at("We go"), at("we stay")],
        "source": at("Ana"),
        "cue": at("said"),
        "speaker": "a",
    }
    second = {"type": "indirect", "pieces": [at("no")], "source": at("Bo"), "cue": None, "speaker": "b"}
    gold = Corpus.of([{"text": text, "quotes": [first, second]}], schema)
    swapped = [{**first, "source": at("Bo"), "speaker": "b"}, {**second, "source": at("Ana")}]
    scores = score(gold, Corpus.of([{"text": text, "quotes": swapped}], schema), "annotations", resamples=0)
    values = {name: scores.find(name).value for name in ("exact", "exact+source", "exact+cue", "exact+speaker")}
    assert values == {"exact": 1.0, "exact+source": 0.0, "exact+cue": 1.0, "exact+speaker": 0.5}
    assert scores.find("aligned content").value == 1.0
    assert scores.find("aligned source").value == 0.0
    assert {one.value for one in score(gold, gold, "annotations", resamples=0).scores} == {1.0}
