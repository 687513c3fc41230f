"""Shapes in which other people write spans: what a span costs a check beside our own shape, at equal sizes.

``python tests/benchmarks/shapes.py [DOCUMENTS] [NAME ...]`` writes the same texts and names in the shape of each schema
in ``schema/examples`` and in ours, checks both by turns in one process, and prints the ratio of processor time a span.
"""

import copy
import hashlib
import itertools
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
from spanproof.checks.check import check
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema

Json = dict[str, Any]
EXAMPLES = Path(__file__).resolve().parents[2] / "schema" / "examples"


@dataclass(frozen=True)
class Text:
    """A text of tokens that are joined by blanks, and its names.

    Attributes:
        name: what identifies the document.
        number: the same as an integer.
        tokens: the tokens.
        starts: where each begins in the text, in code points.
        names: the numbers of the first token of each name and of the one after its last.
    """

    name: str
    number: int
    tokens: list[str]
    starts: list[int]
    names: list[tuple[int, int]]

    @classmethod
    def of(cls, document: Json, number: int) -> "Text":
        """The text of an article of the made corpus."""
        found = [(match.start(), match.group()) for match in re.finditer(r"\w+|[^\w\s]+", document["text"])]
        tokens = [token for _, token in found]
        first = {at: k for k, (at, _) in enumerate(found)}
        last = {at + len(token): k + 1 for k, (at, token) in enumerate(found)}
        spans = ((first.get(one["start"]), last.get(one["end"])) for one in document["entities"])
        names = [(low, high) for low, high in spans if low is not None and high is not None]
        starts = [0, *itertools.accumulate(len(token) + 1 for token in tokens[:-1])]
        return cls(f"d{number}", number, tokens, starts, sorted(set(names)))

    @property
    def text(self) -> str:
        """The text."""
        return " ".join(self.tokens)

    def spans(self, base: int = 0, low: int = 0, high: int | None = None) -> list[tuple[int, int, str]]:
        """Start, end and words of the names from one token to another, counted from a token."""
        kept = (one for one in self.names if low <= one[0] and one[1] <= (len(self.tokens) if high is None else high))
        words = ((self.starts[first] - self.starts[base], " ".join(self.tokens[first:end])) for first, end in kept)
        return [(start, start + len(name), name) for start, name in words]


def _ours(one: Text) -> Json:
    spans = enumerate(one.spans())
    named = [
        {"id": f"e{k}", "start": s, "end": e, "text": name, "label": "GPE", "entity_id": None}
        for k, (s, e, name) in spans
    ]
    sha256 = hashlib.sha256(one.text.encode()).hexdigest()
    others = {"language": "en", "dct": {"value": "2025-02-26", "source": "stated", "evidence": "2025"}}
    return {
        "id": one.name,
        "text": one.text,
        "sha256": sha256,
        "entities": named,
        **others,
        "zones": [],
        "quotes": [],
        "dates": [],
    }


def _bigbio(one: Text) -> Json:
    passage = {"id": "p", "type": "body", "text": [one.text], "offsets": [[0, len(one.text)]]}
    named = [
        {"id": f"e{k}", "type": "x", "text": [name], "offsets": [[s, e]]} for k, (s, e, name) in enumerate(one.spans())
    ]
    return {"id": one.name, "passages": [passage], "entities": named, "relations": []}


def _dialogue(one: Text) -> Json:
    cuts = [0, *range(60, len(one.tokens), 60), len(one.tokens)]
    turns = []
    for low, high in itertools.pairwise(cuts):
        spans = one.spans(low, low, high)
        slots = [{"slot": "city", "value": name, "start": s, "exclusive_end": e} for s, e, name in spans]
        turns.append({"speaker": "user", "utterance": " ".join(one.tokens[low:high]), "slots": slots})
    return {"dialogue_id": one.name, "turns": turns}


def _label_studio(one: Text) -> Json:
    labels = {"labels": ["PER"]}
    result = [
        {"id": f"r{k}", "value": {"start": s, "end": e, "text": n, **labels}} for k, (s, e, n) in enumerate(one.spans())
    ]
    return {"id": one.number, "data": {"text": one.text}, "annotations": [{"id": 1, "result": result}]}


def _pdnc(one: Text) -> Json:
    quotations = [
        {
            "quoteID": f"Q{k}",
            "quoteText": name,
            "subQuotationList": [name],
            "quoteByteSpans": [[start, end]],
            "speaker": "",
            "quoteType": "Explicit",
        }
        for k, (start, end, name) in enumerate(one.spans())
    ]
    return {"novel": one.name, "text": one.text, "quotations": quotations}


def _prodigy(one: Text) -> Json:
    places = enumerate(zip(one.starts, one.tokens, strict=True))
    tokens = [{"text": token, "start": start, "end": start + len(token), "id": k} for k, (start, token) in places]
    spans = [{"start": start, "end": end, "label": "GPE"} for start, end, _ in one.spans()]
    return {"text": one.text, "tokens": tokens, "spans": spans}


def _pubtator(one: Text) -> Json:
    named = [{"offset": s, "length": e - s, "text": name, "type": "Gene"} for s, e, name in one.spans()]
    title, abstract = one.text[: one.starts[5] - 1], one.text[one.starts[5] :]
    return {"pmid": one.name, "title": title, "abstract": abstract, "annotations": named}


def _spert(one: Text) -> Json:
    entities = [{"type": "LOC", "start": first, "end": end} for first, end in one.names]
    return {"orig_id": one.name, "tokens": one.tokens, "entities": entities, "relations": []}


def _squad(one: Text) -> Json:
    asked = [
        {"id": f"q{k}", "answers": [{"text": name, "answer_start": start}]}
        for k, (start, _, name) in enumerate(one.spans())
    ]
    return {"data": [{"title": one.name, "paragraphs": [{"context": one.text, "qas": asked}]}]}


def _tags(one: Text) -> Json:
    tags = [0] * len(one.tokens)
    for first, end in one.names:
        tags[first:end] = [3] + [4] * (end - first - 1)
    return {"id": one.name, "tokens": one.tokens, "ner_tags": tags}


def _wikinews(one: Text) -> Json:
    spans = [{"charBegin": start, "charEnd": end, "value": name} for start, end, name in one.spans()]
    quotations = [{"id": k, "type": "Reported", "quote": span, "speaker": None} for k, span in enumerate(spans)]
    return {"documentName": one.name, "text": one.text, "annotations": quotations}


SHAPES: dict[str, Callable[[Text], Any]] = {
    "bigbio": _bigbio,
    "dialogue": _dialogue,
    "doccano": lambda one: {"id": one.number, "text": one.text, "label": [[s, e, "LOC"] for s, e, _ in one.spans()]},
    "gliner": lambda one: {"tokenized_text": one.tokens, "ner": [[first, end - 1, "city"] for first, end in one.names]},
    "label-studio": _label_studio,
    "pdnc": _pdnc,
    "prodigy": _prodigy,
    "pubtator": _pubtator,
    "spacy": lambda one: [one.text, {"entities": [[start, end, "GPE"] for start, end, _ in one.spans()]}],
    "spert": _spert,
    "squad": _squad,
    "tokens-and-tags": _tags,
    "wikinews": _wikinews,
}


def our_schema() -> Schema:
    """The schema of articles without registries, which a made corpus hasn't."""
    schema = copy.deepcopy({name: part for name, part in Schema.article().json.items() if name != "registries"})
    return Schema.of(schema)


def taken(path: Path, schema: Schema) -> tuple[float, int]:
    """Processor time of a check, and the spans that it saw."""
    begin = time.process_time()
    report = check(read(path, schema, {}))
    return time.process_time() - begin, report.spans


def ratios(documents: int, rounds: int, names: list[str]) -> Iterator[tuple[str, float, float]]:
    """Yield how many times as long as in ours a document, and a span, takes in each shape: the median of rounds."""
    with tempfile.TemporaryDirectory() as name:
        _, made = corpus.write(Path(name), documents)
        lines = [json.loads(line) for line in made.open(encoding="utf-8")]
        texts = [Text.of(line, k) for k, line in enumerate(lines)]
        files = {}
        for shape, write in {"ours": _ours, **SHAPES}.items():
            if shape == "ours" or shape in names:
                files[shape] = Path(name, f"{shape}.jsonl")
                records = (json.dumps(write(text), ensure_ascii=False) for text in texts if text.names)
                files[shape].write_text("".join(f"{record}\n" for record in records), "utf-8")
        ours = our_schema()
        for shape in names:
            schema = Schema.read(EXAMPLES / f"{shape}.schema.json")
            a_document, a_span = list[float](), list[float]()
            for number in range(rounds + 1):
                (base, base_spans), (took, spans) = taken(files["ours"], ours), taken(files[shape], schema)
                if number:  # the first one warms up
                    a_document.append(took / base)
                    a_span.append((took / spans) / (base / base_spans))
            yield shape, statistics.median(a_document), statistics.median(a_span)


if __name__ == "__main__":
    asked = sys.argv[2:] or list(SHAPES)
    print("a document  a span")
    for shape, a_document, a_span in ratios(int(sys.argv[1]) if len(sys.argv) > 1 else 300, 3, asked):
        print(f"{a_document:10.2f}  {a_span:6.2f}  {shape}", flush=True)
