import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.formats.discovery import read
from spanproof.labelstudio.config import config
from spanproof.labelstudio.from_task import Pulled, from_task
from spanproof.labelstudio.layout import Layout, not_shown
from spanproof.labelstudio.precheck import precheck
from spanproof.labelstudio.pull import annotated
from spanproof.labelstudio.regions import shown_span
from spanproof.labelstudio.to_task import prediction, to_task
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support.documents import LETTER, LETTERS
from support.labelstudio_hostile import HOSTILE
from support.labelstudio_save import saved
from support.labelstudio_schemas import correspondence, events
from support.labelstudio_tasks import PEOPLE, task_of
from support.linked import LINKED

SCHEMAS = {
    "article": Schema.article(),
    "letters": Schema.of(LETTERS),
    "events": events(),
    "linked": LINKED,
    "correspondence": correspondence(),
}
CONFIGS = {name: config(schema) for name, schema in SCHEMAS.items()}
ANY = st.sampled_from(sorted(SCHEMAS))


def sent(task: dict[str, Any]) -> dict[str, Any]:
    """The task as a request carries it: JSON in UTF-8."""
    task = json.loads(json.dumps(task, ensure_ascii=False).encode())
    return {**task, "annotations": [{**each, "id": 1, "was_cancelled": False} for each in task.get("annotations", ())]}


def after_save(task: dict[str, Any], name: str = "article") -> dict[str, Any]:
    """The task after a save in the browser."""
    annotations = [
        {**each, "result": saved(each["result"], CONFIGS[name], task["data"]["text"])} for each in task["annotations"]
    ]
    return {**task, "annotations": annotations}


def codes(pulled: Pulled) -> list[str]:
    """The codes of what was found in an annotation."""
    return [finding.code for finding in pulled.findings]


def errors(pulled: Pulled) -> list[str]:
    """The codes of the errors alone."""
    return [finding.code for finding in pulled.findings if finding.severity == "error"]


def refused(document: Any, name: str = "article") -> tuple[Finding, ...]:
    """Why a document can't be pushed."""
    return precheck(Corpus.of([document], SCHEMAS[name]), check)


def is_equal(document: Any, name: str = "article") -> bool:
    """Whether a document comes back equal, without a problem, from a server and after a save in the browser."""
    schema = SCHEMAS[name]
    task = sent(to_task(document, schema))
    back = [from_task(task, schema), from_task(after_save(task, name), schema)]
    whole = json.dumps(document, sort_keys=True)
    return all(not each.findings and json.dumps(each.document, sort_keys=True) == whole for each in back)


@given(st.data(), ANY)
def test_sound_documents_come_back_equal(data: st.DataObject, name: str) -> None:
    document = data.draw(strategies.documents(SCHEMAS[name]))
    assert refused(document, name) == ()
    assert is_equal(document, name)


@given(st.data(), ANY)
def test_broken_documents_are_refused_or_come_back_equal(data: st.DataObject, name: str) -> None:
    sound = data.draw(strategies.documents(SCHEMAS[name]))
    _, broken = data.draw(strategies.mutations(sound, SCHEMAS[name]))
    assert refused(broken, name) or is_equal(broken, name)


LEAF = st.none() | st.booleans() | st.integers(-5, 40) | st.sampled_from(["", "e1", "PERSON", "dct", " x\n", "#"])
JSON = LEAF | st.lists(LEAF, max_size=2) | st.dictionaries(st.sampled_from(["id", "x"]), LEAF, max_size=2)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a JSON value, with each of its members or indices."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, each in members for place in [(value, name), *places(each)]]


@given(st.data(), ANY)
def test_any_member_may_be_any_value(data: st.DataObject, name: str) -> None:
    document = copy.deepcopy(data.draw(strategies.documents(SCHEMAS[name])))
    for _ in range(data.draw(st.integers(1, 3))):
        owner, member = data.draw(st.sampled_from(places(document)))
        owner[member] = data.draw(JSON)
    assert refused(document, name) or is_equal(document, name)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_articles_come_back_equal(name: str) -> None:
    assert refused(HOSTILE[name]) == ()
    assert is_equal(HOSTILE[name])


def test_gold_comes_back_equal(root: Path) -> None:
    documents = list(read(root / "annotations" / "gold", Schema.article()).documents())
    assert len(documents) == 5
    assert all(is_equal(document) for document in documents)
    assert is_equal(LETTER, "letters")


@given(st.data(), ANY)
def test_a_prediction_comes_back_equal_and_says_that_it_is_one(data: st.DataObject, name: str) -> None:
    document = data.draw(strategies.documents(SCHEMAS[name]))
    made = prediction(document, SCHEMAS[name], "model-1")
    assert made["model_version"] == "model-1"
    task = sent({"data": to_task(document, SCHEMAS[name])["data"], "predictions": [made]})
    pulled = from_task(task, SCHEMAS[name])
    assert pulled.document == document
    assert set(pulled.origins.values()) <= {"prediction"}


@given(st.data(), ANY)
def test_a_task_is_the_same_each_time_and_says_what_it_is_of(data: st.DataObject, name: str) -> None:
    schema = SCHEMAS[name]
    document = data.draw(strategies.documents(schema))
    task = to_task(document, schema)
    assert task == to_task(copy.deepcopy(document), schema)
    assert task["data"]["id"] == document[str(schema.key)]
    assert task["annotations"][0]["ground_truth"] is False
    regions = [one["id"] for one in task["annotations"][0]["result"] if one["type"] == "labels"]
    assert len(regions) == len(set(regions))


# What annotators do.

TEXT = "Ana said: “We 😀 meet.” Zoë met Ana on Monday, a day after 1 May."


def span(surface: str, nth: int = 0) -> dict[str, Any]:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(surface, start + 1)
    return {"start": start, "end": start + len(surface), "text": surface}


def base() -> dict[str, Any]:
    quote = {"id": "q1", "type": "direct", **span("We 😀 meet."), "source": span("Ana"), "cue": span("said")}
    people = [
        {"id": "e1", **span("Ana"), "label": "PERSON", "entity_id": "ana"},
        {"id": "e2", **span("Ana", 1), "label": "PERSON", "entity_id": "ana", "prefix": "met ", "suffix": " on"},
    ]
    dates = [
        {"id": "d1", **span("a day after"), "type": "DATE", "value": "2025-05-02", "mod": None, "anchor": "d7"},
        {"id": "d7", **span("1 May"), "type": "DATE", "value": "2025-05-01", "mod": None, "anchor": "dct"},
    ]
    empty = copy.deepcopy(HOSTILE["no-text"])
    more = {"speaker": "ana", "continues": None, "utterance": "we-meet"}
    return {
        **empty,
        "id": "a",
        "text": TEXT,
        "sha256": SHA,
        "entities": people,
        "quotes": [quote | more],
        "dates": dates,
    }


SHA = to_task({**HOSTILE["no-text"], "text": TEXT}, Schema.article())["data"]["sha256"]


class Work:
    """A task under an annotator's hands."""

    def __init__(self) -> None:
        self.task = sent(to_task(base(), Schema.article()))
        self.result: list[dict[str, Any]] = self.task["annotations"][0]["result"]

    def region(self, name: str, label: str, surface: str, nth: int = 0, **more: Any) -> None:
        at = {"start": span(surface, nth)["start"], "end": span(surface, nth)["end"]}
        value = {**at, "text": surface, "labels": [label]}
        own = {"id": name, "from_name": "span", "to_name": "text", "type": "labels", "origin": "manual", "value": value}
        self.result.append({**own, **more})

    def says(self, name: str, control: str, value: str, kind: str = "textarea") -> None:
        values = {"textarea": "text", "choices": "choices"}
        own = {"id": name, "from_name": control, "to_name": "text", "type": kind, "value": {values[kind]: [value]}}
        self.result.append(own)

    def relates(self, a: str, b: str, *labels: str, **more: Any) -> None:
        relation = {"type": "relation", "from_id": a, "to_id": b, "labels": list(labels), "direction": "right"}
        self.result.append({**relation, **more})

    def of(self, name: str, control: str) -> dict[str, Any]:
        return next(one for one in self.result if one.get("id") == name and one["from_name"] == control)

    def without(self, name: str) -> None:
        self.result[:] = [
            one for one in self.result if name not in (one.get("id"), one.get("from_id"), one.get("to_id"))
        ]

    def pulled(self) -> Pulled:
        pulled = from_task(self.task, Schema.article())
        again = from_task(after_save(self.task), Schema.article())
        assert (again.document, again.origins) == (pulled.document, pulled.origins)
        assert errors(again) == []
        assert codes(again) == codes(pulled)
        return pulled


def test_a_new_region_gets_the_next_key_in_the_order_of_the_text() -> None:
    work = Work()
    work.region("xYz12", "PERSON", "Zoë")
    work.region("abc", "ORG", "met Ana")
    work.says("xYz12", "entities_entity_id", "zoe")
    pulled = work.pulled()
    people = base()["entities"]
    zoe = {"id": "e3", **span("Zoë"), "label": "PERSON", "entity_id": "zoe"}
    other = {"id": "e4", **span("met Ana"), "label": "ORG", "entity_id": None}
    assert pulled.document == {**base(), "entities": [people[0], zoe, other, people[1]]}
    assert pulled.findings == ()
    assert pulled.origins["xYz12"] == "manual"


def test_the_key_of_what_was_deleted_is_not_given_again() -> None:
    work = Work()
    work.without("dates-1")
    work.region("new", "DATE", "Monday")
    work.says("new", "dates_value", "2025-02-24")
    dates = work.pulled().document["dates"]
    assert [(each["id"], each["anchor"]) for each in dates] == [("d8", None), ("d1", None)]


def test_a_new_quote_has_its_parts_by_relations_whichever_way_they_are_drawn() -> None:
    work = Work()
    work.region("c", "indirect", "Zoë met Ana")
    work.region("s", "source", "Zoë")
    work.region("v", "cue", "met")
    work.relates("c", "s", "source")
    work.relates("v", "c", "cue")
    work.relates("quotes-0", "c", "continues", direction="left")
    work.says("c", "quotes_utterance", "they-met")
    pulled = work.pulled()
    own = {"id": "q2", "type": "indirect", **span("Zoë met Ana"), "source": span("Zoë"), "cue": span("met")}
    assert pulled.document["quotes"][1] == {**own, "speaker": None, "continues": "q1", "utterance": "they-met"}
    assert codes(pulled) == ["relation-turned"]


def test_a_source_that_was_drawn_on_an_entity_is_the_source_of_the_same_words() -> None:
    work = Work()
    work.region("c", "indirect", "Zoë met Ana")
    work.region("e", "PERSON", "Zoë")
    work.region("s", "source", "Zoë")
    work.relates("c", "e", "source")
    pulled = work.pulled()
    assert pulled.document["quotes"][1]["source"] == span("Zoë")
    assert "relation-attached" in codes(pulled)


def test_a_part_that_is_deleted_is_null_and_one_that_is_shared_stands_in_both() -> None:
    work = Work()
    work.without("quotes-0-cue")
    work.region("c", "mixed", "Zoë met")
    work.relates("c", "quotes-0-source", "source")
    pulled = work.pulled()
    first, second = pulled.document["quotes"]
    assert (first["cue"], first["source"], second["source"]) == (None, span("Ana"), span("Ana"))
    assert codes(pulled) == ["value-missing"]


def test_values_change_go_and_come() -> None:
    work = Work()
    work.of("dates-0", "dates_value")["value"]["text"] = ["2025-05-03"]
    work.result.remove(work.of("entities-0", "entities_entity_id"))
    work.says("dates-1", "dates_mod", "APPROX", "choices")
    work.result.remove(work.of("dates-1", "dates_anchor"))
    expected = base()
    expected["dates"][0]["value"] = "2025-05-03"
    expected["entities"][0]["entity_id"] = None
    expected["dates"][1] |= {"mod": "APPROX", "anchor": None}
    pulled = work.pulled()
    assert pulled == Pulled(expected, pulled.origins, (), pulled.objects)


def test_a_region_that_is_moved_takes_its_text_and_context_with_it() -> None:
    work = Work()
    work.of("entities-1", "span")["value"] |= span("met Ana")
    for control in ("entities_entity_id",):
        work.of("entities-1", control)["value"] |= {"start": 0, "end": 1}
    pulled = work.pulled().document["entities"][1]
    assert pulled == {**base()["entities"][1], **span("met Ana"), "prefix": "Zoë ", "suffix": " on"}


def test_a_label_of_the_same_layer_keeps_the_key_and_one_of_another_makes_it_new() -> None:
    work = Work()
    work.of("entities-0", "span")["value"]["labels"] = ["ORG"]
    work.of("dates-1", "span")["value"]["labels"] = ["EVENT"]
    work.result.remove(work.of("dates-1", "dates_value"))
    work.result.remove(work.of("dates-1", "dates_anchor"))
    pulled = from_task(work.task, Schema.article())
    assert [(each["id"], each["label"]) for each in pulled.document["entities"]] == [
        ("e1", "ORG"),
        ("e2", "PERSON"),
        ("e3", "EVENT"),
    ]
    assert [each["id"] for each in pulled.document["dates"]] == ["d1"]
    assert errors(pulled) == ["relation-unfit"]


def test_a_copy_of_a_region_is_a_new_one() -> None:
    work = Work()
    copied = copy.deepcopy(work.of("entities-0", "span"))
    work.result.append({**copied, "id": "other"})
    work.says("other", "entities_entity_id", "ana")
    people = work.pulled().document["entities"]
    assert [each["id"] for each in people] == ["e1", "e3", "e2"]


def test_a_note_of_an_annotator_is_told() -> None:
    work = Work()
    work.region("n", "FAC", "Monday", meta={"text": ["is this a place?"]})
    (note,) = work.pulled().findings
    assert (note.code, note.severity) == ("annotator-note", "info")
    assert "is this a place?" in note.message


def corrupt(work: Work, how: str) -> None:
    if how == "label-unknown":
        work.region("n", "PLACE", "Zoë")
    elif how == "label-count":
        work.of("entities-0", "span")["value"]["labels"] = ["PERSON", "ORG"]
    elif how == "region-twice":
        work.region("entities-0", "ORG", "Zoë")
    elif how == "offsets-outside":
        work.of("entities-0", "span")["value"]["end"] = 900
    elif how == "text-differs":
        work.of("entities-0", "span")["value"]["text"] = "Zoë"
    elif how == "relation-unknown":
        work.relates("entities-0", "entities-1", "knows")
    elif how == "relation-unlabelled":
        work.relates("entities-0", "entities-1")
    elif how == "relation-unfit":
        work.relates("entities-0", "entities-1", "source")
    elif how == "relation-dangling":
        work.relates("entities-0", "gone", "source")
    elif how == "relation-twice":
        work.region("n", "DATE", "Monday")
        work.relates("dates-0", "n", "anchor")
    elif how == "reference-twice":
        work.says("dates-0", "dates_anchor", "dct", "choices")
    elif how == "part-alone":
        work.region("n", "source", "Zoë")
    elif how == "part-twice":
        work.region("n", "source", "Zoë")
        work.relates("quotes-0", "n", "source")
    elif how == "attribute-lost":
        work.says("gone", "dates_value", "x")
    elif how == "attribute-hidden":
        work.says("entities-0", "dates_value", "x")
    elif how == "attribute-twice":
        work.says("dates-0", "dates_value", "x")
    elif how == "control-unknown":
        work.says("dates-0", "colour", "x")
    elif how == "value-unfit":
        work.says("dates-0", "dates_mod", "NEVER", "choices")
    elif how == "result-unreadable":
        work.result.append({"id": "n"})
    elif how == "text-changed":
        work.task["data"]["text"] += "!"
    elif how == "no-annotation":
        work.task["annotations"][0]["was_cancelled"] = True


@pytest.mark.parametrize(
    "how",
    [
        "label-unknown",
        "label-count",
        "region-twice",
        "offsets-outside",
        "text-differs",
        "relation-unknown",
        "relation-unlabelled",
        "relation-unfit",
        "relation-dangling",
        "relation-twice",
        "reference-twice",
        "part-alone",
        "part-twice",
        "attribute-lost",
        "attribute-hidden",
        "attribute-twice",
        "control-unknown",
        "value-unfit",
        "result-unreadable",
        "text-changed",
        "no-annotation",
    ],
)
def test_nothing_vanishes_in_silence(how: str) -> None:
    work = Work()
    assert from_task(work.task, Schema.article()).findings == ()
    corrupt(work, how)
    assert how in errors(from_task(work.task, Schema.article()))


def spans(value: Any, text: str) -> set[tuple[int, int]]:
    """The offsets of all spans in a document, as they are and as they are shown."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    below: set[tuple[int, int]] = set().union(*(spans(each, text) for each in inner))
    if isinstance(value, dict) and {"start", "end"} <= value.keys():
        below |= {(value["start"], value["end"]), shown_span(value, text) or (0, 0)}
    return below


def worked(draw: st.DrawFn, result: list[dict[str, Any]], layout: Layout, length: int) -> list[dict[str, Any]]:
    """A result after regions were deleted (with what hangs on them), relabelled, drawn, related."""
    for k in range(draw(st.integers(1, 4))):
        known = [one for one in result if one["type"] == "labels"]
        step = draw(st.sampled_from(["delete", "relabel", "draw", "relate"] if known else ["draw"]))
        label = draw(st.sampled_from(layout.labels)).value
        if step == "delete":
            gone = draw(st.sampled_from(known))["id"]
            result = [one for one in result if gone not in (one.get("id"), one.get("from_id"), one.get("to_id"))]
        elif step == "relabel":
            draw(st.sampled_from(known))["value"]["labels"] = [label]
        elif step == "draw":
            start = draw(st.integers(0, length - 1))
            value = {"start": start, "end": draw(st.integers(start + 1, length)), "labels": [label]}
            result.append({"id": f"new{k}", "from_name": "span", "to_name": "text", "type": "labels", "value": value})
        else:
            ends = {end: draw(st.sampled_from(known))["id"] for end in ("from_id", "to_id")}
            name = draw(st.sampled_from([link.name for link in layout.relations]))
            result.append({"type": "relation", **ends, "labels": [name], "direction": "right"})
    return result


@given(st.data(), ANY)
def test_whatever_annotators_do_each_region_is_in_the_document_or_in_a_problem(data: st.DataObject, name: str) -> None:
    schema, layout = SCHEMAS[name], Layout.of(SCHEMAS[name])
    document = data.draw(strategies.documents(schema).filter(lambda each: each[layout.text]))
    text = document[layout.text]
    task = sent(to_task(document, schema))
    result = worked(data.draw, task["annotations"][0]["result"], layout, len(text))
    pulled = from_task(task, schema, {"result": result})
    there = spans(pulled.document, text)
    told = " ".join(f"{finding.id} {finding.message}" for finding in pulled.findings if finding.severity == "error")
    for one in result:
        if one["type"] == "labels":
            assert (one["value"]["start"], one["value"]["end"]) in there or one["id"] in told
    again = from_task(sent(to_task(pulled.document, schema)), schema)
    assert again.document == pulled.document


def test_a_mention_in_two_fragments_that_is_drawn() -> None:
    schema = SCHEMAS["letters"]
    task = sent(to_task({**LETTER, "mentions": []}, schema))
    result = task["annotations"][0]["result"]
    for name, start, end in (("a", 23, 27), ("b", 35, 37)):
        value = {"start": start, "end": end, "labels": ["fragments"]}
        result.append({"id": name, "from_name": "span", "to_name": "text", "type": "labels", "value": value})
    for target, label in (("b", "fragments"), ("persons-1", "of")):
        result.append({"type": "relation", "from_id": "a", "to_id": target, "labels": [label], "direction": "right"})
    pulled = from_task(task, schema)
    assert pulled.findings == ()
    assert pulled.document == LETTER


def test_a_fragment_that_lost_the_first_is_a_mention_of_its_own_and_told() -> None:
    schema = SCHEMAS["letters"]
    task = sent(to_task(LETTER, schema))
    gone = "mentions-0-fragments-0"
    result = task["annotations"][0]["result"]
    result[:] = [one for one in result if gone not in (one.get("id"), one.get("from_id"))]
    pulled = from_task(task, schema)
    assert pulled.document["mentions"] == [{"fragments": [LETTER["mentions"][0]["fragments"][1]]}]
    assert codes(pulled) == ["part-freed", "value-missing"]


def event(key: str, *ats: tuple[int, int]) -> dict[str, Any]:
    arguments = [{"role": "x", "at": {"start": start, "end": end}} for start, end in ats]
    return {"id": key, "arguments": arguments}


def test_relations_between_objects_are_those_of_their_first_regions() -> None:
    layers = {"names": [], "events": [event("v1", (0, 2), (3, 5)), event("v2", (6, 8), (9, 10))]}
    task = sent(to_task({"url": "u", "source": "0123456789", "layers": layers}, SCHEMAS["events"]))
    heads = [f"layers-events-{k}-arguments-{n}-at" for k in (0, 1) for n in (0, 1)]
    relation = {"type": "relation", "labels": ["after"], "direction": "right"}
    first = task["annotations"][0]["result"]
    drawn = from_task(
        task, SCHEMAS["events"], {"result": [*first, {**relation, "from_id": heads[2], "to_id": heads[0]}]}
    )
    assert (errors(drawn), drawn.document["layers"]["events"][1]["after"]) == ([], "v1")
    for a, b in ((heads[2], heads[1]), (heads[3], heads[0])):
        wrong = from_task(task, SCHEMAS["events"], {"result": [*first, {**relation, "from_id": a, "to_id": b}]})
        assert errors(wrong) == ["relation-unfit"]


@pytest.mark.parametrize(("control", "said"), [("weight", "heavy"), ("weight", "nan"), ("count", "1.5")])
def test_a_number_that_is_none_is_told(control: str, said: str) -> None:
    name = {"n": 1, "start": 0, "end": 2, "kind": "other", "weight": 0.5, "count": 2}
    document = {"url": "u", "source": "0123456789", "layers": {"names": [name], "events": []}}
    task = sent(to_task(document, SCHEMAS["events"]))
    one = next(x for x in task["annotations"][0]["result"] if x["from_name"] == f"layers_names_{control}")
    one["value"]["text"] = ["7"]
    assert from_task(task, SCHEMAS["events"]).document["layers"]["names"][0][control] == 7
    one["value"]["text"] = [said]
    pulled = from_task(task, SCHEMAS["events"])
    assert (pulled.document, errors(pulled)) == (document, ["value-unfit"])


def test_a_reference_that_may_mean_two_things_is_shown_once() -> None:
    document = base()
    document["dates"][1]["id"] = "dct"
    assert is_equal(document)


def test_values_are_shown_plain_and_kept_as_they_are() -> None:
    document = HOSTILE["quotes"]
    result = to_task(document, Schema.article())["annotations"][0]["result"]
    shown = {(one["id"], one["from_name"]): one["value"]["text"] for one in result if one["type"] == "textarea"}
    assert [each["speaker"] for each in document["quotes"][3:]] == ["  two  blanks ", "line\nbreak"]
    assert shown["quotes-3", "quotes_speaker"] == ["two blanks"]
    assert shown["quotes-4", "quotes_speaker"] == ["line break"]
    assert document["quotes"][3]["utterance"] == ""
    assert ("quotes-3", "quotes_utterance") not in shown


def test_the_annotation_is_the_one_that_is_named_else_the_last_that_was_not_skipped() -> None:
    work = Work()
    empty = {"result": [], "was_cancelled": False}
    work.task["annotations"] += [empty, {"result": [{}], "was_cancelled": True}]
    assert from_task(work.task, Schema.article()).document["entities"] == []
    assert from_task(work.task, Schema.article(), work.task["annotations"][0]).document == base()


def test_a_task_of_others_and_a_schema_of_two_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="pushed from a corpus"):
        from_task({"data": {"text": "x"}}, Schema.article())
    with pytest.raises(ValueError, match="expected the text"):
        to_task({"id": "x"}, Schema.article())
    part = {"type": "object", "required": ["start", "end"], "properties": LETTERS["properties"]["persons"]["items"]}
    two = {"a": {"type": "string"}, "b": {"type": "string"}}
    numbers = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    spans = {f"of_{m}": {**part, "spanOf": m, "properties": numbers} for m in two}
    with pytest.raises(SchemaError, match="spans of a, b"):
        config(Schema.of({"type": "object", "properties": two | spans}))


def test_the_label_of_an_annotation_of_fragments_is_chosen_on_its_regions() -> None:
    [control] = [control for control in Layout.of(LINKED).controls if control.place == ("mentions", "*")][-1:]
    assert (control.member, list(control.choices)) == ("kind", ["PERSON", "ORG"])


def test_relations_that_are_not_shown_are_named() -> None:
    assert not_shown(LINKED) == {"links": "relType has no enum, and arcs have names that are listed"}
    assert not_shown(Schema.article()) == {}


LETTER_HOME: dict[str, Any] = {
    "name": "home",
    "text": "Ana writes to Zoë from Rio.",
    "sent": None,
    "persons": [
        {"id": "p1", "start": 0, "end": 3, "text": "Ana", "kind": "sender"},
        {"id": "p2", "start": 14, "end": 17, "text": "Zoë", "kind": "receiver"},
    ],
    "places": [{"id": "p1", "start": 23, "end": 26, "text": "Rio", "kind": "town"}],
    "relations": [{"type": "writes-from", "head": "p1", "tail": "p1", "note": "stated"}],
    "kinship": [],
}


def arc(name: str, source: str, target: str) -> dict[str, Any]:
    """A relation that somebody drew."""
    return {"type": "relation", "from_id": source, "to_id": target, "labels": [name], "direction": "right"}


def test_relation_objects_are_arcs_and_arcs_are_relation_objects() -> None:
    schema = SCHEMAS["correspondence"]
    task = sent(to_task(LETTER_HOME, schema))
    result = task["annotations"][0]["result"]
    assert result[-1] == arc("writes-from", "persons-0", "places-0")
    drawn = [*result[:-1], arc("sibling", "persons-1", "persons-0"), arc("lives-in", "places-0", "persons-1")]
    pulled = from_task(task, schema, {"result": drawn})
    assert pulled.document["relations"] == [{"type": "lives-in", "head": "p2", "tail": "p1"}]
    assert pulled.document["kinship"] == [{"type": "sibling", "head": "p2", "tail": "p1"}]
    assert codes(pulled) == ["relation-turned"]
    both = from_task(task, schema, {"result": [*result, arc("lives-in", "persons-1", "places-0")]})
    assert [item.get("note") for item in both.document["relations"]] == ["stated", None]


def test_an_arc_that_goes_with_its_end_is_told() -> None:
    schema = SCHEMAS["correspondence"]
    task = sent(to_task(LETTER_HOME, schema))
    left = [item for item in task["annotations"][0]["result"] if "places-0" not in (item.get("id"), item.get("to_id"))]
    pulled = from_task(task, schema, {"result": left})
    assert (pulled.document["places"], pulled.document["relations"]) == ([], [])
    assert [finding.message for finding in pulled.findings if finding.severity == "warning"] == [
        "relations p1 -> p1 is gone, because the region at one of its ends was deleted; "
        "draw it again if you want to keep it"
    ]
    there = task_of(LETTER_HOME, 3, schema)
    there["annotations"][0] |= {"result": left, "updated_by": 1}
    taken = annotated(Corpus.of([LETTER_HOME], schema), [there], PEOPLE)
    assert taken.documents["home"]["places"] == []
    assert taken.told() == {3: pulled.findings[0].message}


def test_a_relation_without_a_name_gets_the_only_one_that_fits() -> None:
    task = sent(to_task(HOSTILE["quotes"], Schema.article()))
    result = copy.deepcopy(task["annotations"][0]["result"])
    for item in result:
        if item["type"] == "relation" and item["labels"] != ["continues"]:
            item["labels"] = []
    pulled = from_task(task, Schema.article(), {"result": result})
    assert pulled.document == HOSTILE["quotes"]
    assert set(codes(pulled)) == {"relation-unlabelled"}
    assert errors(pulled) == []
