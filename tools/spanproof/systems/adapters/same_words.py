"""``same-words``: which names are one entity, by their words alone, among the names that spaCy's small model finds."""

from typing import Any

from spanproof.schema.paths import Registries
from spanproof.systems.labels import NAMES
from spanproof.systems.names import full_name, slug, words_of
from spanproof.systems.ner import annotations
from spanproof.systems.spacy_pipelines import SMALL_PACKAGE, SMALL_REQUIRES, UNUSED, load
from spanproof.systems.system import Annotations, Predict, Source, System, per_text


def _open(_: Registries) -> Predict:
    pipeline = load(SMALL_PACKAGE)

    def annotate(source: Source) -> Annotations:
        with pipeline.memory_zone():
            mentions = [(e.start_char, e.end_char, e.label_) for e in pipeline(source.text).ents if e.label_ in NAMES]
        return {
            "entities": together(source, [dict(name) for name in annotations(source, mentions).get("entities", ())])
        }

    return per_text(annotate)


def together(source: Source, names: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return names of a text with the entity of each: its words, of a person the longest name that ends with them.

    Args:
        source: the text.
        names: their offsets (code points) and labels.
    """
    wordings = [words_of(source.text[name["start"] : name["end"]]) for name in names]
    persons = sorted(
        {words for words, name in zip(wordings, names, strict=True) if name["label"] == "PERSON"}, key=_rank
    )
    return [
        {**name, "entity_id": slug(full_name(words, persons) if name["label"] == "PERSON" else words)}
        for words, name in zip(wordings, names, strict=True)
    ]


def _rank(words: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return -len(words), words


SYSTEM = System(
    name="same-words",
    version="1",
    licence="Apache-2.0",
    weights="MIT",
    predicts={"entities": NAMES},
    limits="It uses the names that spacy-sm finds. So only its grouping of names (clusters) is scored. Names with the "
    "same words are one entity in all texts. Case, accents, articles and possessive endings don't count. A person is "
    "the longest name in the text that ends with the same words. It doesn't know nicknames, translations or "
    "abbreviations, and takes two things with one name for one. It knows no registry: its identifiers are the words.",
    open=_open,
    requires=SMALL_REQUIRES,
    scored=("clusters",),
    unused=UNUSED,
)
