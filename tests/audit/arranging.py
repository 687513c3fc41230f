"""Files of a corpus written anew, where they don't lie as a reader expects them. No annotation is changed."""

import ast
import csv
import json
import shutil
from pathlib import Path
from typing import Any

from spanproof.formats.discovery import read


def polnear(copy: Path, room: Path) -> None:
    """Put each annotation file beside its text, which has the name without the annotator: several share one text."""
    for annotations in sorted(copy.glob("data/*/attributions/*.ann")):
        text = annotations.parents[1] / "text" / f"{annotations.stem.rpartition('_')[0]}.txt"
        if text.is_file():
            shutil.copy(annotations, room / annotations.name)
            shutil.copy(text, room / f"{annotations.stem}.txt")


def pdnc(copy: Path, room: Path) -> None:
    """Make a document of each novel: its text, its characters, and the rows of its quotations as objects."""
    for folder in sorted(path for path in copy.glob("data/*") if (path / "quotation_info.csv").is_file()):
        characters = [{"name": row["Main Name"]} for row in _rows(folder / "character_info.csv")]
        quotations = [_quotation(row) for row in _rows(folder / "quotation_info.csv")]
        text = (folder / "novel_text.txt").read_bytes().decode()
        document = {"novel": folder.name, "text": text, "characters": characters, "quotations": quotations}
        _write(room / f"{folder.name}.jsonl", document)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _quotation(row: dict[str, str]) -> dict[str, Any]:
    """Return a row with its lists as lists, and the mentions of all its parts in one."""
    listed = {name: ast.literal_eval(row[name]) for name in ("subQuotationList", "quoteByteSpans")}
    texts, spans = (ast.literal_eval(row[name]) for name in ("mentionTextsList", "mentionSpansList"))
    mentions = [
        {"span": span, "text": text}
        for words, places in zip(texts, spans, strict=True)
        for text, span in zip(words, places, strict=True)
    ]
    plain = {name: row[name] for name in ("quoteID", "quoteText", "speaker", "quoteType", "referringExpression")}
    return {**plain, **listed, "mentions": mentions}


def tbaq(copy: Path, room: Path) -> None:
    """Read TimeML with our reader, and put each kind of annotation into a list of its own."""
    for number, document in enumerate(read(copy / "data" / "TBAQ-cleaned").documents()):
        _write(room / f"{number}.jsonl", _by_kind(document))


_ENDS = {
    "eventInstanceID": "event",
    "timeID": "time",
    "relatedToEventInstance": "relatedToEvent",
    "relatedToTime": "relatedToTime",
}


def _by_kind(document: Any) -> dict[str, Any]:
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in ("events", "times", "unsaid", "instances", "links")}
    for span in document["spans"]:
        own = {name: span[name] for name in ("id", "start", "end")}
        said = span.get("attributes", {})
        if span["label"] == "EVENT":
            lists["events"].append({**own, "class": said["class"]})
        elif span["label"] == "TIMEX3":
            lists["times"].append({**own, "type": said["type"], "value": said["value"]})
    for relation in document.get("relations", []):
        said, targets = relation.get("attributes", {}), {one["role"]: one["target"] for one in relation["arguments"]}
        if relation["label"] == "TIMEX3":
            lists["unsaid"].append({"id": relation["id"], "type": said["type"], "value": said["value"]})
        elif relation["label"] == "MAKEINSTANCE":
            lists["instances"].append({"id": relation["id"], "event": targets["eventID"]})
        elif relation["label"] == "TLINK":
            ends = {name: targets.get(role) for role, name in _ENDS.items()}
            lists["links"].append({"id": relation["id"], "relType": said["relType"], **ends})
    return {"id": document["id"], "text": document["text"], **lists}


def doccano(copy: Path, room: Path) -> None:
    """Call the spans as later versions of doccano do: ``label``, not ``labels``."""
    lines = (copy / "tests/data/labeling/labeling_text_label.jsonl").read_text("utf-8").splitlines()
    for number, record in enumerate(map(json.loads, lines)):
        _write(room / f"{number}.jsonl", {"label": record.pop("labels"), **record})


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False) + "\n", "utf-8")
