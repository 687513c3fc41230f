"""Error analysis: everything is counted once, and what is listed is what stands in the texts."""

import copy
import json
import re
from collections import Counter
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.test_score import systems
from spanproof.bench.errors.analysis import Analysis, SystemErrors, analyse
from spanproof.bench.errors.disputes import Added, Missed
from spanproof.bench.errors.page import as_markdown, disputes_as_markdown
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.boundaries import VARIANTS, Variant
from spanproof.metrics.score import score
from spanproof.metrics.task_layers import Task
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples
from support.documents import LETTERS, ROOT

Document = dict[str, Any]
Predictions = dict[str, list[Document]]
TASKS: tuple[Task, ...] = ("entities", "quotations", "timex3")
LABEL = {"entities": ("entities", "label"), "quotations": ("quotes", "type"), "timex3": ("dates", "type")}
EVERY = pytest.mark.parametrize("task", TASKS)
FEW = settings(max_examples=examples(15))
GOLD = ROOT / "annotations" / "gold"


@st.composite
def guesses(draw: st.DrawFn) -> tuple[list[Document], Predictions]:
    """Gold, and what three systems say of it."""
    documents = draw(
        st.lists(strategies.documents(), min_size=1, max_size=2, unique_by=lambda document: document["id"])
    )
    return documents, {name: [draw(systems(document)) for document in documents] for name in "abc"}


def found(gold: list[Document], guessed: Predictions, task: Task, **options: Any) -> Analysis:
    corpora = {name: Corpus.of(documents) for name, documents in guessed.items()}
    return analyse(Corpus.of(gold), corpora, task, **{"resamples": 0, "most": 10**6, **options})


def keys(documents: list[Document], task: Task) -> Counter[tuple[str, int, int, str]]:
    """The spans as a reader of the JSON sees them; names without dates, which are a layer of their own."""
    layer, label = LABEL[task]
    return Counter((d["id"], s["start"], s["end"], s[label]) for d in documents for s in d[layer])


@EVERY
@FEW
@given(st.lists(strategies.documents(), max_size=2, unique_by=lambda document: document["id"]))
def test_gold_has_no_errors_against_itself(task: Task, documents: list[Document]) -> None:
    analysis = found(documents, {"itself": documents, "again": documents}, task)
    for errors in analysis.systems:
        assert asdict(errors.kinds) == {
            **dict.fromkeys(("label", "boundary", "both", "missed", "spurious"), 0),
            "right": keys(documents, task).total(),
        }
        assert all((row.gold, row.extent) == (row.predicted, "same") for row in errors.confusion)
        assert {part.f1 for part in errors.parts} <= {1.0}
    assert not analysis.missed
    assert not analysis.added


@EVERY
@FEW
@given(guesses())
def test_kinds_labels_and_parts_add_up_to_both_sides(task: Task, drawn: tuple[list[Document], Predictions]) -> None:
    gold, guessed = drawn
    for errors in found(gold, guessed, task).systems:
        a, b = keys(gold, task), keys(guessed[errors.system], task)
        assert (errors.kinds.gold, errors.kinds.predicted, errors.kinds.right) == (
            a.total(),
            b.total(),
            (a & b).total(),
        )
        for label in {key[3] for key in a | b}:
            rows = [
                [row.n for row in errors.confusion if getattr(row, side) == label] for side in ("gold", "predicted")
            ]
            assert list(map(sum, rows)) == [sum(n for key, n in side.items() if key[3] == label) for side in (a, b)]
        for by in ("label", "article", "text", "zone"):
            split = [part for part in errors.parts if part.by == by]
            assert len({part.name for part in split}) == len(split)
            sums = (sum(getattr(part, name) for part in split) for name in ("gold", "predicted", "right"))
            assert tuple(sums) == (errors.kinds.gold, errors.kinds.predicted, errors.kinds.right)
        for part in errors.parts:
            if part.by == "article":
                mine = [Counter({k: n for k, n in side.items() if k[0] == part.name}) for side in (a, b)]
                assert (part.gold, part.predicted, part.right) == (
                    mine[0].total(), mine[1].total(), (mine[0] & mine[1]).total(),
                )  # fmt: skip


@EVERY
@pytest.mark.parametrize("variant", VARIANTS)
@FEW
@given(guesses())
def test_labels_score_as_they_do_on_the_board(
    task: Task, variant: Variant, drawn: tuple[list[Document], Predictions]
) -> None:
    gold, guessed = drawn
    for errors in found(gold, guessed, task, variant=variant, resamples=20).systems:
        scores = score(Corpus.of(gold), Corpus.of(guessed[errors.system]), task, resamples=20)
        layer = LABEL[task][0]
        whole = scores.find("exact", layer, variant=variant)
        assert (errors.kinds.gold, errors.kinds.predicted) == whole.n
        assert whole.value is None or errors.kinds.right == pytest.approx(whole.value * sum(whole.n) / 2, abs=1e-3)
        for part in errors.parts:
            if part.by == "label":
                one = scores.find("exact", layer, part.name, variant)
                assert (part.f1, part.precision, part.recall) == (one.value, one.precision, one.recall)
                assert part.interval == one.interval


@EVERY
@FEW
@given(guesses())
def test_what_all_miss_and_what_some_add(task: Task, drawn: tuple[list[Document], Predictions]) -> None:
    gold, guessed = drawn
    analysis = found(gold, guessed, task)
    wanted, said = set(keys(gold, task)), {name: set(keys(documents, task)) for name, documents in guessed.items()}
    missed = [(m.article, m.mention.start, m.mention.end, m.mention.label) for m in analysis.missed]
    assert len(set(missed)) == len(missed) == analysis.missed_by_all
    assert set(missed) == wanted - set().union(*said.values())
    added = {(a.article, a.mention.start, a.mention.end, a.mention.label): set(a.systems) for a in analysis.added}
    known = {key: {name for name in said if key in said[name]} for key in set().union(*said.values()) - wanted}
    assert added == {key: names for key, names in known.items() if len(names) > 1}
    assert [m.near for m in analysis.missed] == sorted((m.near for m in analysis.missed), reverse=True)
    texts = {document["id"]: document["text"] for document in gold}
    rows: list[Missed | Added] = [*analysis.missed, *analysis.added]
    for row in rows:
        text, mention, sentence = texts[row.article], row.mention, row.sentence
        assert text[mention.start : mention.end] == mention.surface
        assert text[sentence.start :].startswith(sentence.text)
        assert sentence.start <= mention.start < mention.end <= sentence.start + len(sentence.text)
    for m in analysis.missed:
        assert 0 <= m.near < 1
        assert (m.near > 0) == any(m.answers.values())
        for name, answer in m.answers.items():
            assert answer is None or (m.article, answer.start, answer.end, answer.label) in said[name]
    short = found(gold, guessed, task, most=1)
    assert (short.missed, short.added) == (analysis.missed[:1], analysis.added[:1])


@EVERY
@FEW
@given(guesses(), st.randoms(use_true_random=False))
def test_order_says_nothing(task: Task, drawn: tuple[list[Document], Predictions], random: Any) -> None:
    def mixed(documents: list[Document]) -> list[Document]:
        made = [{k: random.sample(v, len(v)) if isinstance(v, list) else v for k, v in d.items()} for d in documents]
        random.shuffle(made)
        return made

    gold, guessed = drawn
    crooked = {name: mixed(documents) for name, documents in guessed.items()}
    assert found(gold, guessed, task) == found(mixed(gold), crooked, task)


@EVERY
@FEW
@given(guesses())
def test_a_page_has_whole_rows_whatever_the_text(task: Task, drawn: tuple[list[Document], Predictions]) -> None:
    analysis = found(*drawn, task)
    assert json.loads(json.dumps(asdict(analysis), allow_nan=False))["task"] == task
    page = as_markdown(analysis) + "\n" + disputes_as_markdown(analysis)
    for block in page.split("\n\n"):
        if block.startswith("|"):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip("\n").split("\n")}
            assert len(cells) == 1, block
        else:
            assert "\n" not in block.strip("\n")


TEXT = "Ann of Rome met Bo Li. ACME saw Kim at Yale. Nil.\nPhoto: Zed"
ITEMS = {"Ann": "PERSON", "Rome": "GPE", "Bo Li": "PERSON", "ACME": "ORG", "Kim": "PERSON", "Yale": "ORG"}


def article(items: dict[str, str], **layers: list[tuple[str, str]]) -> Document:
    document: Document = {name: [] for name in ("entities", "quotes", "dates", "damage", "zones")}
    document |= {"id": "a", "text": TEXT}
    for k, (surface, label) in enumerate(items.items()):
        start = TEXT.index(surface)
        span = {"id": f"e{k}", "start": start, "end": start + len(surface), "text": surface, "label": label}
        document["entities"].append(span)
    for layer, spans in layers.items():
        for k, (surface, kind) in enumerate(spans):
            start = TEXT.index(surface)
            document[layer].append({"id": f"x{k}", "type": kind, "start": start, "end": start + len(surface)})
    return document


def one(gold: Document, guess: Document) -> tuple[Analysis, SystemErrors]:
    analysis = found([gold], {"a": [guess], "b": [guess]}, "entities")
    return analysis, analysis.systems[0]


def test_each_kind_of_error_is_told_by_span_and_label() -> None:
    guess = {"Ann": "PERSON", "Rome": "PERSON", "Bo": "PERSON", "ACME saw": "GPE", "Yale": "ORG", "Nil": "GPE"}
    analysis, errors = one(article(ITEMS), article(guess))
    assert asdict(errors.kinds) == {"right": 2, "label": 1, "boundary": 1, "both": 1, "missed": 1, "spurious": 1}
    table = {(row.gold, row.predicted, row.extent): row.n for row in errors.confusion}
    assert table == {
        ("PERSON", "PERSON", "same"): 1,
        ("PERSON", "PERSON", "overlapping"): 1,
        ("PERSON", None, "none"): 1,
        ("ORG", "GPE", "overlapping"): 1,
        ("ORG", "ORG", "same"): 1,
        ("GPE", "PERSON", "same"): 1,
        (None, "GPE", "none"): 1,
    }
    assert [(m.mention.surface, m.near) for m in analysis.missed] == [
        ("Rome", 0.5), ("Bo Li", 0.4), ("ACME", 0.25), ("Kim", 0.0),
    ]  # fmt: skip
    assert analysis.missed[2].answers["a"] is not None
    assert analysis.missed[2].answers["a"].surface == "ACME saw"
    added = {a.mention.surface: (a.gold and a.gold.surface, a.sentence.text) for a in analysis.added}
    assert added["Bo"] == ("Bo Li", "Ann of Rome met Bo Li.")
    assert added["Nil"] == (None, "Nil.")


def test_spans_are_split_by_damage_and_by_the_shortest_zone() -> None:
    layers = {
        "damage": [("met Bo Li. ", "misspelling")],  # up to the next sentence, not in it
        "zones": [("ACME saw Kim at Yale", "caption"), ("Kim", "credit")],
    }
    analysis, errors = one(article(ITEMS, **layers), article({"Ann": "PERSON", "Yale": "ORG", "Zed": "PERSON"}))
    counts = {(p.by, p.name): (p.gold, p.predicted, p.right) for p in errors.parts if p.by in ("text", "zone")}
    assert counts == {
        ("text", "damaged"): (3, 1, 1),
        ("text", "undamaged"): (3, 2, 1),
        ("zone", "body"): (3, 2, 1),
        ("zone", "caption"): (2, 1, 1),
        ("zone", "credit"): (1, 0, 0),
    }
    [page] = analysis.articles
    assert (page.code_points, page.damage, page.per_thousand) == (len(TEXT), 1, round(1000 / len(TEXT), 3))


def test_a_span_over_two_sentences_is_shown_in_both() -> None:
    analysis, _ = one(article({"Li. ACME": "ORG"}), article({}))
    [row] = analysis.missed
    assert (row.sentence.start, row.sentence.text) == (0, TEXT[: TEXT.index(" Nil")])


def test_equally_near_spans_are_listed_in_their_order() -> None:
    gold, guess = article(ITEMS), article({"Ann of": "PERSON", "of Rome": "PERSON", "Nil": "ORG", "Zed": "ORG"})
    analysis, _ = one(gold, guess)
    assert [m.mention.surface for m in analysis.missed][-3:] == ["ACME", "Kim", "Yale"]
    backwards = [{**document, "entities": document["entities"][::-1]} for document in (gold, guess)]
    assert one(backwards[0], backwards[1])[0] == analysis


def test_a_label_table_is_that_of_both_sides() -> None:
    guess = article({"Rome": "LOC", "Ann": "PERSON"})
    strict = found([article(ITEMS)], {"a": [guess]}, "entities").systems[0].kinds
    coarse = found([article(ITEMS)], {"a": [guess]}, "entities", labels="three")
    assert (strict.right, strict.label, coarse.systems[0].kinds.right) == (1, 1, 2)
    assert (coarse.labels, {m.mention.label for m in coarse.missed}) == ("three", {"PERSON", "ORG"})


def test_a_schema_without_damage_and_zones_has_neither() -> None:
    letter: Document = {"name": "l", "body": "Ann to Bo", "mentions": [], "persons": []}
    letter["persons"] = [{"n": "1", "start": 0, "end": 3, "role": "sender"}]
    schema = Schema.of(LETTERS)
    gold = Corpus.of([letter], schema)
    analysis = analyse(gold, {"a": gold}, "entities", layer="persons", resamples=0)
    assert {part.by for part in analysis.systems[0].parts} == {"label", "article"}
    assert (analysis.articles, analysis.labels) == ((), "own")
    with pytest.raises(ValueError, match="0 layers of spans with quotation"):
        analyse(gold, {}, "quotations")


def test_a_task_without_spans_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of entities, quotations, timex3"):
        found([], {}, "clusters")


def test_our_gold_with_a_span_less_and_one_shifted() -> None:
    gold = [copy.deepcopy(document) for document in read(GOLD).documents()]
    guess = copy.deepcopy(gold)
    del guess[0]["entities"][0]
    guess[0]["entities"][1]["end"] += 1
    analysis = found(gold, {"a": guess, "b": copy.deepcopy(guess)}, "entities", resamples=100)
    for errors in analysis.systems:
        assert (errors.kinds.missed, errors.kinds.boundary, errors.kinds.spurious) == (1, 1, 0)
        assert all(part.interval for part in errors.parts if part.gold)
    assert (analysis.missed_by_all, analysis.added_by_some) == (2, 1)
    page = as_markdown(analysis)
    first = gold[0]["entities"][0]
    key = (gold[0]["id"], first["start"], first["end"], first["label"])
    disputes = disputes_as_markdown(analysis, {key: "gold is right"})
    assert "## Missed by every system: 2\n" in disputes
    assert disputes.count("| gold is right |") == 1
    assert disputes.count("| not reviewed |") == 2
    assert "| a | 351 | 350 | 349 | 0 | 1 | 0 | 1 | 0 |" in page
    assert "[1.000, 1.000]" not in page
