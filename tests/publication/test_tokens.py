"""The configuration of tokens: which layers its tags are of."""

from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import Facts
from spanproof.schema.schema import Schema

TEXT = "Ana met Bob."


def schema_with(policy: Any) -> Schema:
    def spans(label: str, **keywords: Any) -> dict[str, Any]:
        properties = {name: {"type": "integer"} for name in ("start", "end")}
        properties |= {"kind": {"type": "string", "enum": [label]}}  # type: ignore[dict-item]
        required = ["start", "end", "kind"]
        item = {
            "type": "object",
            "spanOf": "text",
            "labelledBy": "kind",
            "required": required,
            "properties": properties,
        }
        return {"type": "array", "overlap": "forbid", "items": item, **keywords}

    members = {"id": {"type": "string"}, "text": {"type": "string"}}
    words = spans("NOUN", **({"policy": policy} if policy else {}))
    layers = {"names": spans("PER"), "words": words}
    required = ["id", "text", "names", "words"]
    return Schema.of({"type": "object", "key": "id", "required": required, "properties": {**members, **layers}})


def tags(policy: Any) -> set[str]:
    names = [{"start": 0, "end": 3, "kind": "PER"}]
    words = [{"start": 8, "end": 11, "kind": "NOUN"}]
    corpus = Corpus.of([{"id": "a", "text": TEXT, "names": names, "words": words}], schema_with(policy))
    configs = {config.name: config for config in Dataset.of(corpus, Facts({})).configs}
    return set(configs["tokens"].schema.nodes["ner_tags", "*"].enum)


def test_tags_are_of_mentions_and_not_of_the_parts_that_a_text_is_cut_into() -> None:
    assert tags(None) == {"O", "B-PER", "I-PER", "B-NOUN", "I-NOUN"}
    assert tags({"role": "tokens"}) == {"O", "B-PER", "I-PER"}
