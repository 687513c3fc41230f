"""Scoring a prediction against gold: what must hold of every task, on any corpus."""

import copy
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import pair_corpora
from spanproof.formats.discovery import read
from spanproof.metrics.boundaries import TRIMS, VARIANTS
from spanproof.metrics.intervals import held
from spanproof.metrics.score import Scores, score
from spanproof.metrics.task_counts import asked
from spanproof.metrics.task_layers import TASKS, Task
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples
from support.documents import LETTER, ROOT

GOLD = ROOT / "annotations" / "gold"
FEW = settings(max_examples=examples(12))
# Annotations and relations of whatever layer are in test_annotations.py.
EVERY = pytest.mark.parametrize("task", [task for task in TASKS if task not in ("annotations", "relations")])
LABELS = ("PERSON", "ORG", "GPE", "MONEY")

Document = dict[str, Any]
Key = tuple[str, str | None, str, str]


def run(gold: list[Document], predicted: list[Document], task: Task, **options: Any) -> Scores:
    return score(Corpus.of(gold), Corpus.of(predicted), task, **{"resamples": 0, **options})


def values(scores: Scores) -> dict[Key, tuple[float | None, float | None, float | None]]:
    found = {(s.layer, s.part, s.measure, s.variant): (s.value, s.precision, s.recall) for s in scores.scores}
    assert len(found) == len(scores.scores)
    return found


def gold() -> list[Document]:
    return [copy.deepcopy(document) for document in read(GOLD).documents()]


@st.composite
def systems(draw: st.DrawFn, document: Document) -> Document:
    """The document as a system might have annotated it."""
    other = copy.deepcopy(document)
    for layer in ("entities", "quotes", "dates"):
        for k in reversed(range(len(other[layer]))):
            item = other[layer][k]
            change = draw(st.sampled_from(["none", "none", "gone", "shorter", "label", "value", "twice"]))
            if change == "gone":
                del other[layer][k]
            elif change == "shorter" and item["end"] - item["start"] > 1:
                item["end"] -= 1
            elif change == "twice":
                other[layer].append(copy.deepcopy(item))
            elif change == "label" and layer == "entities":
                item["label"] = draw(st.sampled_from(LABELS))
            elif change == "label":
                item["type"] = draw(st.sampled_from(["DATE", "TIME"] if layer == "dates" else ["direct", "indirect"]))
            elif change == "value":
                member = {"entities": "entity_id", "quotes": "speaker", "dates": "value"}[layer]
                item[member] = draw(st.sampled_from(["x", "y"]))
                if layer == "quotes":
                    item["utterance"], item["source"] = "z", None
    return other


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Document], list[Document]]:
    """Gold and a prediction for every document of it."""
    documents = draw(st.lists(strategies.documents(), max_size=3, unique_by=lambda document: document["id"]))
    return documents, [draw(systems(document)) for document in documents]


@EVERY
@FEW
@given(st.lists(strategies.documents(), max_size=3, unique_by=lambda document: document["id"]))
def test_gold_scores_1_against_itself(task: Task, documents: list[Document]) -> None:
    for found in run(documents, documents, task, resamples=20).scores:
        if "MUC is 0" in found.caution:  # by convention, and it says so
            assert found.value == (0 if "MUC" in found.measure else pytest.approx(2 / 3, abs=2e-6))
            continue
        assert found.value in ((1,) if found.n[0] and "links" not in found.measure else (1, None)), found
        assert found.interval is None or (found.interval[0] < found.interval[1] == 1 and found.method == "exact")


@EVERY
def test_our_gold_scores_1_against_itself_on_everything(task: Task) -> None:
    found = run(gold(), gold(), task)
    assert {each.value for each in found.scores} == {1}


@EVERY
@FEW
@given(pairs(), st.data())
def test_order_says_nothing(task: Task, pair: tuple[list[Document], list[Document]], data: st.DataObject) -> None:
    def mixed(documents: list[Document]) -> list[Document]:
        shuffled = [
            {k: data.draw(st.permutations(v)) if isinstance(v, list) else v for k, v in each.items()}
            for each in documents
        ]
        return data.draw(st.permutations(shuffled))

    straight, crooked = (run(*each, task, resamples=20) for each in (pair, (mixed(pair[0]), mixed(pair[1]))))
    assert straight.scores == crooked.scores


@EVERY
@FEW
@given(pairs())
def test_swapping_the_sides_swaps_precision_and_recall(task: Task, pair: tuple[list[Document], list[Document]]) -> None:
    there, back = values(run(*pair, task)), values(run(*pair[::-1], task))
    assert there.keys() == back.keys()
    for key, (value, precision, recall) in there.items():
        assert back[key] == pytest.approx((value, recall, precision), abs=2e-6), key


@pytest.mark.parametrize("task", ["entities", "quotations", "timex3"])
@FEW
@given(pairs())
def test_splitting_documents_adds_up(task: Task, pair: tuple[list[Document], list[Document]]) -> None:
    """The counts of the corpus are the sums of those of its documents scored alone, score by score."""
    whole = run(*pair, task)
    sums: dict[Key, Any] = {}
    for document, other in zip(*pair, strict=True):
        alone = run([document], [other], task)
        for found, counts in zip(alone.scores, alone.counts, strict=True):
            key = (found.layer, found.part, found.measure, found.variant)
            sums[key] = sums.get(key, 0) + counts.rows.sum(0)
    for found, counts in zip(whole.scores, whole.counts, strict=True):
        key = (found.layer, found.part, found.measure, found.variant)
        assert np.allclose(counts.rows.sum(0), sums.get(key, 0)), key


@FEW
@given(pairs())
def test_clusters_within_articles_add_up(pair: tuple[list[Document], list[Document]]) -> None:
    whole = run(*pair, "clusters")
    alone = [run([document], [other], "clusters") for document, other in zip(*pair, strict=True)]
    for k, counts in enumerate(whole.counts):
        if counts.measure.endswith("within") and alone:
            assert np.allclose(counts.rows.sum(0), sum(each.counts[k].rows.sum(0) for each in alone))


@pytest.mark.parametrize("task", ["entities", "timex3", "quotations"])
@FEW
@given(pairs())
def test_without_conventions_no_exact_match_is_lost(task: Task, pair: tuple[list[Document], list[Document]]) -> None:
    found = values(run(*pair, task))
    for (layer, part, measure, variant), (value, _, _) in found.items():
        if variant == "strict" and measure in ("exact", "boundary", "TempEval-3 strict"):
            free = found[layer, part, measure, "convention-free"][0]
            assert (free is None) == (value is None)
            assert value is None or free is None or free >= value


def article(text: str, *spans: tuple[str, str], layer: str = "entities") -> Document:
    """An article with entities at the first places of their surfaces."""
    items = [
        {"id": str(k), "start": text.index(s), "end": text.index(s) + len(s), "text": s, "label": label}
        for k, (s, label) in enumerate(spans)
    ]
    return {"id": "a", "text": text, layer: items}


def test_another_guideline_is_not_punished() -> None:
    text = "Then the President Trump met Kyiv’s envoy at the Hague."
    a = article(text, ("Trump", "PERSON"), ("Kyiv", "GPE"), ("Hague", "GPE"))
    b = article(text, ("the President Trump", "PERSON"), ("Kyiv’s", "GPE"), ("the Hague", "GPE"))
    found = run([a], [b], "entities")
    assert found.find("exact").value == found.find("boundary").value == 0
    assert found.find("overlap").value == 0.5
    assert found.find("exact", variant="convention-free").value == 1


def test_overlap_can_be_less_without_conventions() -> None:
    """The words that the sides share may be those that are ignored."""
    text = "at the Hague"
    found = run([article(text, ("the Hague", "GPE"))], [article(text, ("the", "GPE"))], "entities")
    assert found.find("overlap").value == 0.5
    assert found.find("overlap", variant="convention-free").value == 0


@EVERY
def test_a_missing_document_counts_as_empty(task: Task) -> None:
    whole = gold()
    emptied = [{**d, "entities": [], "quotes": [], "dates": []} if k == 2 else d for k, d in enumerate(whole)]
    fewer = [d for k, d in enumerate(whole) if k != 2]
    assert run(whole, fewer, task).scores == run(whole, emptied, task).scores
    for found in run(whole, [], task).scores:
        assert (found.precision, found.value) in ((None, 0), (None, None), (0, 0), (0, None)), found


def test_what_is_no_prediction_for_the_gold_is_refused(letters: Schema) -> None:
    a, other, changed = gold(), {**gold()[0], "id": "stranger"}, {**gold()[0], "text": "Other words"}
    with pytest.raises(ValueError, match=r'the gold has no document "stranger"; expected'):
        run(a, [other], "entities")
    with pytest.raises(ValueError, match=f'text differs in "{a[0]["id"]}"; expected'):
        run(a, [changed], "entities")
    with pytest.raises(ValueError, match="is shared by 2 documents; expected"):
        run(a, [a[0], a[0]], "entities")
    with pytest.raises(ValueError, match="different schemas"):
        score(Corpus.of(a), Corpus.of([LETTER], letters), "entities")
    with pytest.raises(ValueError, match="there is no such file"):
        score(Corpus.of(a), read("nowhere.jsonl"), "entities")
    out = gold()
    out[1]["entities"][3]["end"] = 10**6
    with pytest.raises(ValueError, match=f"{out[1]['id']} /entities/3: .* isn't a span of its text"):
        run(a, out, "entities")


@pytest.mark.parametrize(("label", "said"), [("VEHICLE", '"VEHICLE"'), (None, "none")])
def test_a_label_that_is_unknown_is_refused_not_dropped(label: str | None, said: str) -> None:
    b = gold()
    b[0]["entities"][2]["label"] = label
    with pytest.raises(ValueError, match=re.escape(f"{b[0]['id']} /entities/2: label is {said}; expected one of")):
        run(gold(), b, "entities")


def test_label_sets_hold_for_both_sides() -> None:
    b = gold()
    to = {"PERSON": "PER", "GPE": "LOC", "FAC": "LOC", "NORP": "MISC", "EVENT": "MISC", "LAW": "MISC"}
    for document in b:
        for item in document["entities"]:
            item["label"] = to.get(item["label"], item["label"])
    found = run(gold(), b, "entities", labels="conll-4")
    assert found.find("exact").value == 1
    parts = {each.part for each in found.scores if each.measure == "exact"}
    assert parts == {None, "macro", "PER", "LOC", "ORG", "MISC"}
    assert found.find("exact").n[0] < run(gold(), gold(), "entities").find("exact").n[0]


def test_eighteen_labels_take_in_the_expressions_of_time() -> None:
    """Wherever a system puts them: among its entities, or in a layer of their own."""
    b = gold()
    for document in b:
        for item in document["dates"]:
            label = "TIME" if item["type"] == "TIME" or item["value"].startswith("PT") else "DATE"
            document["entities"].append({**item, "label": label, "type": None, "entity_id": None})
        document["dates"] = []
    found = run(gold(), b, "entities", labels="ontonotes-18")
    assert found.find("exact").value == 1
    assert found.find("exact", part="DATE").n == (48, 48)
    assert run(gold(), gold(), "entities", labels="ontonotes-18").find("exact").value == 1
    assert run(gold(), b, "entities").find("exact").value == 1


def test_another_schema_is_scored_by_the_layer_that_is_named(letters: Schema) -> None:
    corpus = Corpus.of([LETTER], letters)
    found = score(corpus, corpus, "entities", layer="persons", resamples=10)
    assert found.find("exact", part="sender").value == 1
    assert "labels:own" in found.scores[0].signature
    assert score(corpus, corpus, "entities", resamples=10).scores == found.scores, "the only layer with labels"
    with pytest.raises(ValueError, match="0 layers can be meant by friends; expected one of: persons"):
        score(corpus, corpus, "entities", layer="friends")
    with pytest.raises(ValueError, match="0 layers of spans with quotation"):
        score(corpus, corpus, "quotations")
    with pytest.raises(ValueError, match="refers only to a registry"):
        score(corpus, corpus, "clusters", layer="persons")


def test_unknown_tasks_and_label_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="'naming' isn't a task; expected one of entities"):
        run(gold(), gold(), "naming")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'bio' isn't a label set; expected one of ontonotes-18"):
        run(gold(), gold(), "entities", labels="bio")


def test_quotations_are_scored_part_by_part() -> None:
    """Two quotations: one with another source and speaker, one whose content is a word short."""
    a = gold()
    quotes = a[0]["quotes"][:2]
    a[0]["quotes"] = quotes
    b = copy.deepcopy(a)
    b[0]["quotes"][0] |= {"source": None, "speaker": "somebody-else"}
    b[0]["quotes"][1]["end"] -= 5
    found = run(a[:1], b[:1], "quotations")
    assert found.find("exact", "quotes").value == 0.5
    assert found.find("overlap", "quotes").value == 0.75
    assert found.find("exact", "quotes.source").recall == 0.5
    assert found.find("exact", "quotes.cue").value == 1
    assert found.find("content+source").value == found.find("content+speaker").value == 0
    assert found.find("content+cue").value == 0.5
    assert found.find("relaxed+speaker").value == 0.5
    assert found.find("speaker accuracy").value == 0
    assert found.find("relaxed speaker accuracy").value == 0.5
    assert found.find("attribution").value == 0


def test_direct_alone_leaves_the_others_out_on_both_sides() -> None:
    a, b = gold(), gold()
    for document in b:
        for quote in document["quotes"]:
            if quote["type"] != "direct":
                quote["speaker"] = "nobody"
    found = run(a, b, "quotations")
    assert found.find("content+speaker", part="direct").value == 1
    assert found.find("content+speaker").value != 1
    directs = sum(quote["type"] == "direct" for document in a for quote in document["quotes"])
    assert found.find("attribution", part="direct").n == (directs, directs)


def test_links_are_of_two_articles() -> None:
    """One utterance told in two articles and once more in one of them: two links, of which one is found."""
    a = gold()[:2]
    a[0]["quotes"], a[1]["quotes"] = a[0]["quotes"][:2], a[1]["quotes"][:1]
    for document in a:
        for quote in document["quotes"]:
            quote["utterance"] = "u"
    b = copy.deepcopy(a)
    b[0]["quotes"][1]["utterance"] = "alone"
    found = run(a, b, "utterances").find("links across")
    assert (found.precision, found.recall) == (1, 0.5)


def test_slugs_need_not_be_spelt_alike() -> None:
    b = gold()
    for document in b:
        for layer, member in (("entities", "entity_id"), ("quotes", "utterance")):
            for item in document[layer]:
                item[member] = item[member] and f"the-{item[member][::-1]}"
    for task in ("clusters", "utterances"):
        assert {each.value for each in run(gold(), b, task).scores} == {1}  # type: ignore[arg-type]


def test_a_signature_names_what_the_number_depends_on() -> None:
    plain = run(gold(), gold(), "entities", resamples=10)
    lines = [each.signature for each in plain.scores]
    assert len(set(lines)) == len(lines)
    assert re.fullmatch(
        r"entities\|exact\|task:entities\|labels:ontonotes-16\|variant:strict\|resamples:10\|seed:0"
        r"\|data:[0-9a-f]{16}\|spanproof:[0-9.]+",
        lines[0],
    )
    assert run(gold(), [], "entities", resamples=10).scores[0].signature == lines[0]
    assert run(gold()[1:], [], "entities", resamples=10).scores[0].signature != lines[0]


CHANGES = {
    "entities": [("entities", "end", -1), ("entities", "label", "LAW"), ("entities", "entity_id", "x")],
    "quotations": [("quotes", "type", "mixed"), ("quotes", "speaker", "x"), ("quotes", "source", None)],
    "timex3": [("dates", "value", "2001"), ("dates", "type", "SET")],
}


@pytest.mark.parametrize(("task", "change"), [(task, each) for task, found in CHANGES.items() for each in found])
def test_another_gold_has_another_hash(task: Task, change: tuple[str, str, Any]) -> None:
    layer, member, value = change
    other = gold()
    item = other[0][layer][0]
    item[member] = item["end"] - 1 if member == "end" else value
    lines = [run(each, [], task).scores[0].signature for each in (gold(), other)]
    assert lines[0] != lines[1]


@given(st.permutations(range(5)))
@settings(max_examples=examples(5))
def test_a_hash_knows_no_order_and_no_identifiers(order: list[int]) -> None:
    other = [gold()[k] for k in order]
    for document in other:
        document["entities"].reverse()
        for k, item in enumerate(document["entities"]):
            item["id"] = f"n{k}"
    lines = [run(each, [], "entities").scores[0].signature for each in (gold(), other)]
    assert lines[0] == lines[1]


def test_intervals_hold_the_value_and_the_sample_is_named() -> None:
    b = gold()
    for document in b:
        document["entities"] = document["entities"][::2]
    found = run(gold(), b, "entities", resamples=200).find("exact")
    assert found.interval is not None
    assert found.value is not None
    assert found.interval[0] < found.value < found.interval[1]
    assert (found.method, found.covers) == ("two-stage", held("two-stage", 5))
    assert (found.precision, found.precision_interval) == (1, (round(0.025 ** (1 / found.n[1]), 6), 1))
    assert found.caution.startswith("Gold has 351 spans, so each of them changes recall by 0.0028. Intervals come from")
    assert "There are only 5 documents, so sentences of each are drawn too." in found.caution
    cluster = run(gold(), b, "clusters", resamples=20).find("B³ within")
    assert cluster.method == "documents"


def test_the_score_that_is_meant_is_found_or_named() -> None:
    found = run(gold(), gold(), "quotations")
    with pytest.raises(LookupError, match=r"2 scores|3 scores"):
        found.find("exact")
    with pytest.raises(LookupError, match="0 scores are F5"):
        found.find("F5")
    assert {each.variant for each in found.scores} == set(VARIANTS)


@pytest.mark.parametrize("speakers", [(None, "z"), ("z", None), (None, None)])
def test_an_unknown_speaker_is_nobody_elses(speakers: tuple[str | None, str | None]) -> None:
    """The second quotation of gold has no speaker, the first of the prediction the last one of the alphabet."""
    text = "One said this. Two said that."
    a, b = (
        {
            "id": "a",
            "text": text,
            "quotes": [
                {"id": str(k), "start": start, "end": start + 3, "type": "indirect", "speaker": who}
                for k, (start, who) in enumerate(zip(starts, each, strict=True))
            ],
        }
        for starts, each in (((0, 15), speakers), ((0, 9), speakers[::-1]))
    )
    found = run([a], [b], "quotations", variants=["strict"])
    assert found.find("relaxed speaker accuracy").n == (1, 1)
    assert found.find("relaxed speaker accuracy").value == (speakers[0] == speakers[1])
    assert found.find("speaker accuracy").n == (1, 1)


@EVERY
@FEW
@given(st.data())
def test_counts_of_texts_are_the_sums_of_those_of_their_sentences(task: Task, data: st.DataObject) -> None:
    predicted = [data.draw(systems(document)) for document in gold()]
    pair = pair_corpora(Corpus.of(gold()), Corpus.of(predicted), partial=True)
    fine = asked(pair, task, None, None)
    document = pair.continuum(pair.schema.nodes[fine.places[0]]).document_of_sentence
    for trim in TRIMS.values():
        coarse = asked(pair.undivided, task, None, None).counts(trim)
        for one, other in zip(fine.counts(trim), coarse, strict=True):
            assert (one.layer, one.part, one.measure, one.n) == (other.layer, other.part, other.measure, other.n)
            np.testing.assert_allclose(one.over_documents(document, len(pair.names)).rows, other.rows, atol=1e-9)
