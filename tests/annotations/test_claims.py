"""What the card claims of the data: each sentence that does is held against it, and no sentence is left out."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

import pyarrow.parquet as pq
import pytest

from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.agreement import agree
from spanproof.publication.folder import Publication
from spanproof.release.measured import SOUND, summary
from support.documents import ROOT
from support.publication import DATASET, FACTS, GOLD

pytestmark = pytest.mark.slow

BODY = Publication.read(DATASET).body
TEMPLATE = (ROOT / "annotations" / "card.md").read_text("utf-8")
DOCUMENTS = {document["id"]: document for document in GOLD.documents()}
TEXTS = [document["text"] for document in DOCUMENTS.values()]
LAYERS = ("zones", "entities", "quotes", "dates", "damage")


def tables() -> Mapping[str, list[dict[str, object]]]:
    return {file.parent.name: pq.read_table(file).to_pylist() for file in sorted(DATASET.glob("data/*/*.parquet"))}


def stand_off() -> None:
    for document in DOCUMENTS.values():
        assert hashlib.sha256(document["text"].encode()).hexdigest() == document["sha256"]
        assert (DATASET / "articles" / f"{document['id']}.txt").read_bytes().decode() == document["text"]


def counted() -> None:
    sentences = len(tables()["tokens"])
    said = f"{len(TEXTS)} news articles ({sum(map(len, TEXTS)):,} characters, {sentences} sentences)"
    assert said in BODY


def version() -> None:
    assert {entry["version"] for entry in Publication.read(DATASET).settings["configs"]} == {FACTS.get("version")}


def received() -> None:
    stand_off()
    counts = (
        sum(unicodedata.normalize("NFC", text) != text for text in TEXTS),
        sum(bool(re.search("[\u4e00-\u9fff]", text)) for text in TEXTS),
        sum(text[:1] == " " for text in TEXTS),
    )
    assert counts == tuple(map(int, re.findall(r"(\d+) of 5 (?:not|with|beginning)", BODY)))


def unbalanced() -> None:
    assert sum(text.count("“") != text.count("”") for text in TEXTS) == 1


def one_split() -> None:
    settings = Publication.read(DATASET).settings
    assert {part["split"] for entry in settings["configs"] for part in entry["data_files"]} == {"test"}
    assert [entry["config_name"] for entry in settings["configs"] if entry.get("default")] == ["articles"]


def joins() -> None:
    rows = tables()
    registry = {row["entity_id"] for row in rows["registry"]}
    utterances = {row["utterance"] for row in rows["utterances"]}
    sentences = {(row["article_id"], row["sentence_index"]) for row in rows["tokens"]}
    uids = [row["uid"] for name in ("entities", "quotes", "dates") for row in rows[name]]
    assert len(set(uids)) == len(uids)
    assert {row["entity_id"] for row in rows["entities"]} - {None} <= registry
    assert {row["speaker"] for row in rows["quotes"]} - {None} <= registry
    assert {row["utterance"] for row in rows["quotes"]} == utterances
    for name in ("entities", "quotes", "dates"):
        assert {(row["article_id"], row["sentence_index"]) for row in rows[name]} <= sentences


def shared() -> None:
    spread: dict[str, set[str]] = {}
    for document in DOCUMENTS.values():
        for quote in document["quotes"]:
            spread.setdefault(quote["utterance"], set()).add(document["id"])
    assert f" {sum(len(ids) > 1 for ids in spread.values())} of {len(spread)} utterances are quoted in more" in BODY


def registries() -> None:
    for name in ("entities", "utterances"):
        entries = json.loads((DATASET / f"{name}.json").read_text("utf-8"))
        assert f"{len(entries)} {name}" in BODY


def labels() -> None:
    for file in DATASET.glob("data/*/*.parquet"):
        schema = pq.read_schema(file)
        features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
        assert all(str(schema.field(name).type) == "string" for name in schema.names if name.endswith("_name"))
        ids = [name for name, feature in features.items() if feature.get("_type") == "ClassLabel"]
        assert all(str(schema.field(name).type) == "int64" for name in ids)


def decided() -> None:
    lines = (DATASET / "adjudication.jsonl").read_text("utf-8").splitlines()
    assert lines
    assert all(json.loads(line).get("reason") and json.loads(line).get("guideline") for line in lines)
    assert len([path for path in (ROOT / "annotations" / "passes").iterdir() if path.is_dir()]) >= 2


def proved() -> None:
    from spanproof import check

    report = check(GOLD)
    assert not [finding for finding in report.findings if finding.severity != "info"]


def waived() -> None:
    from spanproof import check

    report = check(GOLD)
    assert not report.unused
    assert {entry["code"] for entry in json.loads((DATASET / "waivers.json").read_text("utf-8"))} == {"SP601"}
    assert report.waived


def passes() -> tuple[Corpus, Corpus]:
    a, b = (read(ROOT / "annotations" / "passes" / name / "articles", GOLD.schema, {}) for name in "ab")
    return a, b


def agreement() -> None:
    agreed = agree(*passes(), resamples=0)
    assert summary(agreed) in BODY
    weak = [s.layer for s in agreed.scores if (s.measure, s.member, s.part) == ("exact F1", None, None)
            and (s.value is None or s.value < SOUND)]  # fmt: skip
    assert [name for name in LAYERS if f"experimental: `{name}`" in BODY] == weak[:1]


def blind_spots() -> None:
    exact = re.search(r"Exact F1 of their spans: (.*)", BODY)
    assert exact
    assert "1.000" in exact[1]


def annotated_further() -> None:
    from spanproof.labelstudio.aids import Aids
    from spanproof.labelstudio.config import config
    from spanproof.labelstudio.exchange import read_tasks
    from spanproof.labelstudio.from_task import from_task

    folder = ROOT / "dataset" / "label-studio"
    tasks = [from_task(task, GOLD.schema) for task in read_tasks(folder / "tasks.json")]
    assert [finding for task in tasks for finding in task.findings] == []
    assert {str(task.document["id"]): task.document for task in tasks} == DOCUMENTS
    guidelines = (ROOT / "dataset" / "GUIDELINES.md").read_text("utf-8")
    assert (folder / "config.xml").read_text("utf-8").strip() == config(GOLD.schema, Aids.of(GOLD, guidelines))


def provenance() -> None:
    shown = {key: document.get("provenance") or {} for key, document in DOCUMENTS.items()}
    assert all(stated and stated["source"] is None for stated in shown.values())
    translated = {k: stated["translated_from"] for k, stated in shown.items() if stated["translation"] == "machine"}
    assert translated == {"28c5c7bc61b1027f": "es", "3d6420707d2b56da": None}
    assert {document["language"] for document in DOCUMENTS.values()} == {"en"}
    for key, stated in shown.items():
        for words in re.findall("“([^”]+)”", stated["evidence"]):
            assert words in DOCUMENTS[key]["text"], (key, words)


def situation() -> None:
    assert {document["dct"]["value"] for document in DOCUMENTS.values()} == {"2025-02-26", "2025-02-27"}


def zoned() -> None:
    kinds = {zone["type"] for document in DOCUMENTS.values() for zone in document["zones"]}
    assert {"heading", "caption", "boilerplate"} <= kinds
    assert "cookies" in "".join(TEXTS)


def damaged() -> None:
    assert sum(len(document["damage"] or ()) for document in DOCUMENTS.values()) > 0


def attempts() -> None:
    first = [
        {(span["article"], span["start"], span["end"], span["type"]) for span in map(json.loads, file)}
        for file in ((ROOT / "annotations" / "attempts" / "damage" / f"{name}.jsonl").open("rb") for name in "ab")
    ]
    both = 2 * len(first[0] & first[1]) / (len(first[0]) + len(first[1]))
    assert f"exact F1 of {both:.3f}".replace("0.", ".") in BODY
    fresh = next(
        score.value for score in agree(*passes(), resamples=0).scores
        if (score.layer, score.measure, score.member, score.part) == ("damage", "exact F1", None, None)
    )  # fmt: skip
    assert f"agreed at {fresh:.3f}".replace("0.", ".") in BODY


def few() -> None:
    assert len(DOCUMENTS) == 5


def no_outside_ids() -> None:
    assert all(re.fullmatch("[a-z0-9-]+", slug) for slug in GOLD.registries["entities"])


def cut() -> None:
    for row in tables()["tokens"]:
        assert all(re.fullmatch(r"[^\W_]+|\S", token.replace("_", "-")) or len(token) > 1 for token in row["tokens"])


def persons() -> None:
    people = [entry for entry in GOLD.registries["entities"].values() if entry["type"] == "PERSON"]
    assert all(entry["description"].count(".") <= 3 for entry in people)


def licensed() -> None:
    described = json.loads((DATASET / "croissant.json").read_text("utf-8"))
    settings = Publication.read(DATASET).settings
    assert described["license"] == [f"https://huggingface.co/datasets/{FACTS.get('repository')}/blob/main/LICENSE.md"]
    assert settings["license_link"] == "LICENSE.md"
    words = (DATASET / "LICENSE.md").read_text("utf-8")
    assert "CC BY 4.0" in words
    assert "belong to their publishers" in words


def identified() -> None:
    assert any(row["uid"] == "fa189029789358c3/e12" for row in tables()["entities"])


CLAIMS: Mapping[str, Callable[[], None]] = {
    "$documents news articles": counted,
    "The annotations are stand-off": stand_off,
    "Version $version": version,
    "Offsets count Unicode code points": received,
    "The texts were not cleaned": received,
    "$oddities": received,
    "In one text the quotation marks don't balance": unbalanced,
    "All have one split": one_split,
    "`articles` is the default": one_split,
    "Use `article_id` to join": joins,
    "`uid` identifies": joins,
    "`sentence_index` with": joins,
    "An utterance is one statement": shared,
    "$shared utterances": shared,
    "The registries behind": registries,
    "$registries": registries,
    "In code, a label": labels,
    "A large language model (Claude": decided,
    "The [guidelines]": decided,
    "Every span, reference": proved,
    "What was waived": waived,
    "Full agreement on a layer": blind_spots,
    "**Source**": provenance,
    "The column `provenance`": provenance,
    "**Language**": provenance,
    "Two texts are clearly": provenance,
    "`28c5c7bc61b1027f` from": provenance,
    "**Situation**": situation,
    "**Text**": zoned,
    "A test set": few,
    "Few articles": few,
    "Garbled names": damaged,
    "What is damaged": damaged,
    "For this layer, two passes": attempts,
    "A layer on which": agreement,
    "The section says": agreement,
    "Entity ids aren't linked": no_outside_ids,
    "In `tokens`, sentences are split": cut,
    "A sequence of letters and digits": cut,
    "The annotations don't depend on": cut,
    "Nothing else about people": persons,
    "The annotations are under": licensed,
    "identifier of the article and": identified,
    "Errors and questions": identified,
    "To annotate it further": annotated_further,
}
"""Sentences of the template, by how they begin, with the test of what they claim."""
OTHER = (
    "The annotations were made by a machine",
    "No person has reviewed",
    "The agreement says how",
    "The table shows the F1",
    "A span is right if",
    "These scores don't show",
    "**Curation**",
    "**Speakers**",
    "**Annotator**",
    "Both passes and the decisions",
    "Whatever it misses",
    "There are no demographic data",
    "A third run decided",
    "The articles repeat",
    "The corpus only records",
    "It doesn't say whether",
    "Because one event",
    "Names and statements",
    "The texts belong",
    "See [the licence]",
    "Corrections appear",
    "For:",
    "Not for:",
    "A row of `entities`",
    "By article",
    "[FIELDS.md]",
    "prints",
)
"""Sentences that the data can't bear out or refute: how it came to be, what it is for, what to do."""


def sentences() -> Iterable[str]:
    """The sentences of the template, without headings, computed blocks, comments, links between sections."""
    prose = re.sub(
        r"<!--.*?-->|^#.*$|^!\[.*$|</?(?:details|summary)>|\[[^\]]*\]\((?:#[^)]*|CHANGELOG.md)\)[ ·\n]*",
        "",
        TEMPLATE,
        flags=re.M,
    )
    for paragraph in re.split(r"\n\s*\n|\n- ", prose):
        words = " ".join(paragraph.split()).removeprefix("- ")
        if words and not re.fullmatch(r"\$\w+", words) and words != "The fields of every configuration":
            yield from (sentence for sentence in re.split(r"(?<=[.:?])\s+(?=[A-Z$`*])", words) if sentence)


def test_every_sentence_of_the_card_is_tested_or_said_to_be_no_claim_about_the_data() -> None:
    for sentence in sentences():
        known = [words for words in (*CLAIMS, *OTHER) if sentence.startswith(words)]
        assert known, f"neither a claim with a test nor none: {sentence!r}"
    said = list(sentences())
    for words in (*CLAIMS, *OTHER):
        assert any(words in sentence for sentence in said), f"the card no longer says {words!r}"


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_holds(claim: str) -> None:
    CLAIMS[claim]()


def test_the_card_is_short() -> None:
    assert BODY.count("\n") <= 250
