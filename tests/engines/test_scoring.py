"""Scores that are put together of groups: the numbers of the plain run, and its refusals."""

import pickle
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

import spanproof
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.engines import datasets_map
from spanproof.engines.scoring import MERGED, Scoring
from spanproof.metrics.score import Scores
from spanproof.schema.schema import Schema
from support.scored_sides import GOLD, PREDICTED, TEXT, demand_same_scores, numbers

ARTICLE = Schema.article()


def table_of(documents: list[Any], schema: Schema = ARTICLE) -> pa.Table:
    return pa.Table.from_batches([batch_of(documents, schema).columns])


def by_groups(scoring: Scoring, gold: list[Any], predicted: list[Any], schema: Schema = ARTICLE) -> Scores:
    """Score in batches of seven documents, and groups in any order."""
    sides = (scoring.gold, gold), (scoring.predicted, predicted)
    rows = pa.concat_tables(
        function(table_of(documents[k : k + 7], schema))
        for function, documents in sides
        for k in range(0, len(documents), 7)
    )
    names = reversed(rows["group"].unique().to_pylist())
    groups = (scoring.group(rows.filter(pa.compute.equal(rows["group"], name))) for name in names)
    judged = (tuple(row.values()) for group in groups for row in group.to_pylist())
    return pickle.loads(pickle.dumps(scoring.scores(judged)))


@pytest.mark.parametrize("task", MERGED)
@pytest.mark.parametrize("buckets", [1, 5, 64])
def test_groups_give_the_numbers_of_the_plain_run(task: Any, buckets: int) -> None:
    scores = by_groups(Scoring.of(Schema.article(), task, buckets=buckets), GOLD, PREDICTED)
    assert len(scores.coverage.unanswered) == 2
    demand_same_scores(scores, task)


def test_labels_that_no_schema_lists_are_those_of_all_groups() -> None:
    one = {"type": "object", "spanOf": "text", "labelledBy": "label", "required": ["start", "end", "label"]}
    members = {"start": {"type": "integer"}, "end": {"type": "integer"}, "label": {"type": "string"}}
    listed = {"type": "array", "items": {**one, "properties": members}}
    properties = {"id": {"type": "string"}, "text": {"type": "string"}, "spans": listed}
    schema = Schema.of({"type": "object", "key": "id", "required": [*properties], "properties": properties})

    def sides(label: Callable[[int], str]) -> list[Any]:
        spans = lambda k: [{"start": 0, "end": 9, "label": label(k)}]  # noqa: E731
        return [{"id": f"n{k:02}", "text": TEXT, "spans": spans(k)} for k in range(40)]

    gold, predicted = sides(lambda k: f"L{k // 8}"), sides(lambda k: f"L{k // 9}" if k % 3 else "NEW")
    scores = by_groups(Scoring.of(schema, "entities", buckets=16), gold, predicted, schema)
    plain = spanproof.score(Corpus.of(gold, schema), Corpus.of(predicted, schema), "entities", resamples=0)
    assert numbers(scores) == numbers(plain)
    assert scores.foreign == {"NEW": 14}


def test_datasets_map_scores_as_the_plain_run() -> None:
    import datasets

    gold, predicted = (datasets.Dataset(table_of(documents)) for documents in (GOLD, PREDICTED))
    demand_same_scores(datasets_map.score(gold, predicted, Scoring.of(Schema.article(), "entities", buckets=4)))


def test_the_signature_is_of_gold_and_of_no_other() -> None:
    scoring = Scoring.of(Schema.article(), "entities", buckets=4)
    first, again, other = (
        by_groups(scoring, gold, PREDICTED[:30]).scores[0].signature for gold in (GOLD, GOLD[::-1], GOLD[:39])
    )
    assert first == again != other


def test_what_cannot_be_scored_is_refused_as_by_the_plain_run() -> None:
    scoring = Scoring.of(Schema.article(), "entities", buckets=4)
    off = {**PREDICTED[3], "entities": [{**PREDICTED[3]["entities"][0], "end": 900}]}
    with pytest.raises(ValueError, match="the prediction: not scored, 1 fault"):
        by_groups(scoring, GOLD, [*PREDICTED[:3], off])
    with pytest.raises(ValueError, match="gold has no document"):
        by_groups(scoring, GOLD[:30], PREDICTED)
    with pytest.raises(ValueError, match="is shared by 2 documents"):
        by_groups(scoring, [*GOLD, GOLD[0]], PREDICTED)
    with pytest.raises(ValueError, match="no document of gold has entities"):
        scoring.scores([])
    with pytest.raises(ValueError, match="gold: has no entities in 40 documents"):
        by_groups(scoring, [{**each, "entities": []} for each in GOLD], PREDICTED)
    with pytest.raises(ValueError, match="'clusters' isn't scored by an engine"):
        Scoring.of(Schema.article(), "clusters")
    one = {"type": "object", "spanOf": "text", "labelledBy": "label", "properties": {"label": {"type": "string"}}}
    one["properties"] |= {"start": {"type": "integer"}, "end": {"type": "integer"}}
    properties = {"text": {"type": "string"}, "spans": {"type": "array", "items": one}}
    keyless = {"type": "object", "required": [*properties], "properties": properties}
    with pytest.raises(ValueError, match="names no key"):
        Scoring.of(Schema.of(keyless), "entities")


def moved_on(one: dict[str, Any]) -> dict[str, Any]:
    start, end = one["start"] + 1, one["end"] + 1
    return {**one, "start": start, "end": end, "text": TEXT[start:end]}


def test_offsets_counted_otherwise_are_refused() -> None:
    moved = [{**each, "entities": [moved_on(one) for one in each["entities"]]} for each in PREDICTED]
    with pytest.raises(ValueError, match="not scored"):
        by_groups(Scoring.of(Schema.article(), "entities", buckets=2), GOLD, moved)
