"""What the sentences of the card claim, and what proves each: a test, or the reason why nothing in the data can."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from support.documents import ROOT
from support.publication import DATASET

CARD = ROOT / "annotations" / "card.md"
GOLD = sorted((ROOT / "annotations" / "gold").glob("*.json"))
COMPUTED = "its numbers are computed by the build, and the build is made again in tests/release/test_build.py"
MAKING = "of how the corpus was made: no file can prove it"
ADVICE = "what the dataset is for, and what not: no statement about the rows"
HELP = "where to find or ask something"


class Corpus:
    """The corpus and the dataset as they stand in the repository, read without our own reader."""

    def __init__(self) -> None:
        import pyarrow.parquet as pq

        self.articles = [json.loads(file.read_text("utf-8")) for file in GOLD]
        for article, file in zip(self.articles, GOLD, strict=True):
            article["text"] = (file.parent / article["text_file"]).read_bytes().decode()
        files = {file.parent.name: file for file in sorted(DATASET.glob("data/*/*.parquet"))}
        self.tables = {name: pq.read_table(file).to_pylist() for name, file in files.items()}
        self.columns = {name: pq.read_schema(file).names for name, file in files.items()}
        self.registries = {
            name: json.loads((DATASET / f"{name}.json").read_text("utf-8")) for name in ("entities", "utterances")
        }

    def layers(self, article: Any) -> Iterator[tuple[str, Any]]:
        for layer in ("zones", "entities", "quotes", "dates", "damage"):
            yield from ((layer, item) for item in article[layer])


def exact_f1(folders: tuple[Path, Path], layer: str) -> float:
    """The exact F1 of the spans of a layer in two passes, computed here anew."""
    sides = [
        {
            (file.name, item["start"], item["end"], item["type"])
            for file in sorted(folder.glob("*.json"))
            for item in json.loads(file.read_text("utf-8"))[layer] or ()
        }
        for folder in folders
    ]
    return 2 * len(sides[0] & sides[1]) / (len(sides[0]) + len(sides[1]))


def spans_are_slices(corpus: Corpus) -> bool:
    parts = [
        (article["text"], part)
        for article in corpus.articles
        for _, item in corpus.layers(article)
        for part in (item, item.get("source"), item.get("cue"))
        if part
    ]
    return len(parts) > 500 and all(text[part["start"] : part["end"]] == part["text"] for text, part in parts)


def texts_are_as_received(corpus: Corpus) -> bool:
    served = {file.stem: file.read_bytes().decode() for file in (DATASET / "articles").glob("*.txt")}
    texts = {article["id"]: article["text"] for article in corpus.articles}
    rough = [text for text in texts.values() if text != text.strip() or not unicodedata.is_normalized("NFC", text)]
    return served == texts == {row["id"]: row["text"] for row in corpus.tables["articles"]} and len(rough) > 1


def marks_balance(text: str) -> bool:
    return text.count("“") == text.count("”") and text.count("«") == text.count("»") and text.count('"') % 2 == 0


def tables_join(corpus: Corpus) -> bool:
    layers = ("entities", "quotes", "dates")
    rows = [row for layer in layers for row in corpus.tables[layer]]
    renderings = [one for row in corpus.tables["utterances"] for one in row["renderings"]]
    ids = {article["id"] for article in corpus.articles}
    joined = [*rows, *corpus.tables["tokens"], *renderings]
    entries = {row["entity_id"] for row in corpus.tables["registry"]}
    utterances = {row["utterance"] for row in corpus.tables["utterances"]}
    return (
        {row["article_id"] for row in joined} == ids
        and all(len({row["uid"] for row in corpus.tables[layer]}) == len(corpus.tables[layer]) for layer in layers)
        and {row["entity_id"] for row in corpus.tables["entities"]} - {None} <= entries
        and {row["speaker"] for row in corpus.tables["quotes"]} - {None} <= entries
        and {row["utterance"] for row in corpus.tables["quotes"]} - {None} <= utterances
    )


def sentences_join(corpus: Corpus) -> bool:
    there = {(row["article_id"], row["sentence_index"]): row for row in corpus.tables["tokens"]}
    rows = [row for layer in ("entities", "quotes", "dates") for row in corpus.tables[layer]]
    homes = [(row, there[row["article_id"], row["sentence_index"]]) for row in rows]
    return all(home["start"] <= row["start"] < home["end"] for row, home in homes)


def columns_are_described(corpus: Corpus) -> bool:
    page = (DATASET / "FIELDS.md").read_text("utf-8")
    sections = {part.split("\n")[0]: part for part in re.split(r"\n## ", page)}
    return all(f"`{name}" in sections[config] for config, names in corpus.columns.items() for name in names)


def names_are_names(corpus: Corpus) -> bool:
    rows = [row for layer in ("entities", "quotes", "dates") for row in corpus.tables[layer]]
    pairs = [(row[name.removesuffix("_name")], row[name]) for row in rows for name in row if name.endswith("_name")]
    return bool(pairs) and all(isinstance(one, int) and isinstance(other, str) for one, other in pairs)


def decisions_have_reasons(corpus: Corpus) -> bool:
    lines = [json.loads(line) for line in (DATASET / "adjudication.jsonl").read_text("utf-8").splitlines()]
    guidelines = (DATASET / "GUIDELINES.md").read_text("utf-8")
    passes = ROOT / "annotations" / "passes"
    cited = {number for line in lines for number in re.split(r"[;,] *", line["guideline"])}
    known = all(re.search(rf"\b{number}\b", guidelines) for number in cited)
    return (
        known
        and all(line["reason"] for line in lines)
        and all(len(list((passes / name / "articles").glob("*.json"))) == len(corpus.articles) for name in ("a", "b"))
    )


def provenance_is_as_said(corpus: Corpus) -> bool:
    machine = {a["id"]: a["provenance"]["translated_from"] for a in corpus.articles
               if a["provenance"]["translation"] == "machine"}  # fmt: skip
    return machine == {"28c5c7bc61b1027f": "es", "3d6420707d2b56da": None}


def damage_agrees_as_said(corpus: Corpus) -> bool:
    passes, attempts = ROOT / "annotations" / "passes", ROOT / "annotations" / "attempts" / "damage"
    first = [
        {(item["article"], item["start"], item["end"], item["type"]) for item in map(json.loads, lines)}
        for lines in ((attempts / f"{name}.jsonl").read_text("utf-8").splitlines() for name in "ab")
    ]
    old = 2 * len(first[0] & first[1]) / (len(first[0]) + len(first[1]))
    new = exact_f1((passes / "a" / "articles", passes / "b" / "articles"), "damage")
    return (f"{old:.3f}", f"{new:.3f}") == ("0.377", "0.953")


def no_outside_identifiers(corpus: Corpus) -> bool:
    values = json.dumps(corpus.registries)
    return not re.search(r"\bQ\d{2,}|https?:|wikidata|dbpedia", values)


def tokens_are_letters_and_digits(corpus: Corpus) -> bool:
    return all(
        (len(token) == 1 or all(letter.isalnum() or unicodedata.combining(letter) for letter in token))
        and row["text"][start - row["start"] :].startswith(token)
        for row in corpus.tables["tokens"]
        for token, start in zip(row["tokens"], row["starts"], strict=True)
    )


def one_sentence_each(corpus: Corpus) -> bool:
    described = [e["description"] for e in corpus.registries["entities"].values() if e["type"] == "PERSON"]
    return len(described) > 5 and all(words.endswith(".") and ". " not in words for words in described)


def licences_stand(corpus: Corpus) -> bool:
    page, code = (DATASET / "LICENSE.md").read_text("utf-8"), (ROOT / "LICENSE").read_text("utf-8")
    return "CC BY 4.0" in page and "publishers" in page and "Apache License" in code


def zone_types(corpus: Corpus) -> set[str]:
    return {zone["type"] for article in corpus.articles for zone in article["zones"]}


Claim = str | Callable[[Corpus], bool]
CLAIMS: dict[str, Claim] = {
    "$documents news articles": lambda c: all("Istanbul" in article["text"] for article in c.articles),
    "The annotations are stand-off": spans_are_slices,
    "Version $version": COMPUTED,
    "prints": "its output is compared in tests/publication/test_publication.py and from the hub in tests/docs",
    "A row of `entities`": COMPUTED,
    "Offsets are Unicode code points": spans_are_slices,
    "The texts are as received": texts_are_as_received,
    "$oddities.": COMPUTED,
    "In one of them the quotation marks": lambda c: sum(not marks_balance(a["text"]) for a in c.articles) == 1,
    "All have one split": lambda c: {f.name.split("-")[0] for f in DATASET.glob("data/*/*")} == {"test"},
    "`articles` is the default.": COMPUTED,
    "`article_id` joins articles,": tables_join,
    "`sentence_index` with `article_id`": sentences_join,
    "$shared utterances are rendered": COMPUTED,
    "By article:": COMPUTED,
    "The registries behind the identifiers": lambda c: tables_join(c) and len(c.registries) == 2,
    "$registries.": COMPUTED,
    "What each column of each": columns_are_described,
    "In code, a label is a number": names_are_names,
    "For: ranking systems": ADVICE,
    "Not for: training a model": ADVICE,
    "The annotations are machine-made.": MAKING,
    "A large language model (Claude": MAKING,
    "No person has reviewed them.": MAKING,
    "The [guidelines](GUIDELINES.md)": decisions_have_reasons,
    "Every span, reference, date": "the dataset is checked in tests/release/test_build.py",
    "Two passes of one model": ADVICE,
    "In the layers where the two agree": ADVICE,
    "Named entities, quotations and TIMEX3": COMPUTED,
    "What it can't tell:": ADVICE,
    "- **Curation**": MAKING,
    "- **Source**": lambda c: all(article["provenance"]["source"] is None for article in c.articles),
    "The column `provenance`": lambda c: all(article["provenance"]["evidence"] for article in c.articles),
    "- **Language**": COMPUTED,
    "Two texts show that a machine": provenance_is_as_said,
    "`28c5c7bc61b1027f` from Spanish": provenance_is_as_said,
    "- **Speakers**": tables_join,
    "- **Annotator**": MAKING,
    "- **Situation**": lambda c: {a["dct"]["value"] for a in c.articles} == {"2025-02-26", "2025-02-27"},
    "- **Text**": lambda c: {"heading", "caption", "boilerplate"} <= zone_types(c),
    "- A test set.": ADVICE,
    "Few articles on one event": ADVICE,
    "- Both passes and the decisions": MAKING,
    "- Garbled names and sentences": lambda c: any(article["damage"] for article in c.articles),
    "That layer was annotated twice": damage_agrees_as_said,
    "- Where the passes agree on a layer": COMPUTED,
    "- No identifiers of an outside": no_outside_identifiers,
    "- Sentences and tokens of `tokens`": tokens_are_letters_and_digits,
    "- The reports repeat": ADVICE,
    "The choice of one event": ADVICE,
    "Names and statements of people": MAKING,
    "Nothing else about persons": one_sentence_each,
    "The texts belong to their publishers": licences_stand,
    "The annotations are under CC BY": licences_stand,
    "See [the licence](LICENSE.md).": licences_stand,
    "Errors and questions:": lambda c: any(r["uid"] == "fa189029789358c3/e12" for r in c.tables["entities"]),
    "Corrections are made in the gold": HELP,
    "To annotate it further": lambda c: len(list((DATASET / "label-studio").iterdir())) > 1,
}
"""What the sentences of the card begin with, and what proves each, or why nothing in the data can."""


def sentences() -> list[str]:
    """The sentences of the card's template, without headings, pictures and what the build writes alone."""
    text = re.sub(r"<!--.*?-->", "", CARD.read_text("utf-8"), flags=re.S)
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n|\n(?=- )", text)]
    told = [b for b in blocks if b and not b.startswith(("#", "[Quick", "![")) and not re.fullmatch(r"\$\w+", b)]
    return [sentence for block in told for sentence in re.split(r"(?<=[.:]) (?=[A-Z`$*])", block)]
