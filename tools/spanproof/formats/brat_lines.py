"""The lines of a brat file: what a document has that no line can say, and the lines that say the rest."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from spanproof.formats.losses import Document, Fitting, Loss
from spanproof.schema import paths

TRIGGER = "trigger"
"""The role of an event's trigger, its first argument."""
NAME = re.compile(r"[^\s:]+")
REFERENCE = re.compile(r"[^\s:]+:[^\t]*\S")
_ENDS = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_LINE_END = re.compile(f"[{_ENDS}]")
"""What ends a line where brat reads its files; a blank stands for it in the words of a span."""
_WORD = re.compile(r"\S+")
_FILE = re.compile(r"[^\x00-\x1f/\\.:][^\x00-\x1f/\\:]{0,200}")


def words_of(written: str, fragments: Sequence[Mapping[str, Any]], text: str) -> list[str | None]:
    """Return the words of each fragment of a span; joined by blanks they are what was written, whatever that is.

    Where the words don't part where the fragments do, they part at a blank near that, and differ from the text there.

    Args:
        written: the words on the line of the span, those of its fragments joined by blanks.
        fragments: start and end of each (code points).
        text: the text of the document.

    Returns:
        The words of each; None for those for which there are no more.
    """
    parts: list[str | None] = []
    for following in range(len(fragments) - 1, 0, -1):
        length = max(fragments[-1 - following]["end"] - fragments[-1 - following]["start"], 0)
        blanks = [k for k, sign in enumerate(written) if sign == " "]
        borders = blanks[: len(blanks) - following + 1]
        if not borders:
            return [*_as_there([*parts, written], fragments, text), *[None] * following]
        border = next((k for k in borders if k >= length), borders[-1])
        parts.append(written[:border])
        written = written[border + 1 :]
    return _as_there([*parts, written], fragments, text)


def _as_there(parts: list[str | None], fragments: Sequence[Mapping[str, Any]], text: str) -> list[str | None]:
    """Return the words of fragments with the line feeds for which blanks stand in them."""
    slices = [text[fragment["start"] : fragment["end"]] for fragment in fragments]
    pairs = zip(parts, slices, strict=False)
    return [there if part and _LINE_END.sub(" ", part) == _LINE_END.sub(" ", there) else part for part, there in pairs]


def lines_of(document: Document) -> Iterator[str]:
    """Yield the lines of a document that :func:`fit` has been over."""
    yield from map(line_of_span, document["spans"])
    relations = document.get("relations", [])
    for relation in relations:
        arguments = [f"{argument['role']}:{argument['target']}" for argument in relation["arguments"]]
        if relation["id"].startswith("*"):
            yield " ".join([f"*\t{relation['label']}", *(name[1:] for name in arguments)])
        elif relation["id"].startswith("E"):
            trigger = arguments[0].removeprefix(f"{TRIGGER}:")
            yield " ".join([f"{relation['id']}\t{relation['label']}:{trigger}", *arguments[1:]])
        else:
            yield " ".join([f"{relation['id']}\t{relation['label']}", *arguments])
    numbers = {mark: count(1) for mark in "AN#"}
    for owner in (*document["spans"], *relations):
        for name, value in owner.get("attributes", {}).items():
            for mark, rest in _told(owner["id"], value):
                yield f"{mark}{next(numbers[mark])}\t{name} {rest}"


def line_of_span(span: Mapping[str, Any]) -> str:
    """Return the line of a span; one without words has no column for them."""
    parts = span.get("fragments") or [span]
    offsets = ";".join(f"{part['start']} {part['end']}" for part in parts)
    words = "" if parts[0].get("text") is None else f"\t{_written(parts)}"
    return f"{span['id']}\t{span['label']} {offsets}{words}"


def _written(parts: Sequence[Mapping[str, Any]]) -> str:
    """Return the words of the fragments of a span as they stand on its line."""
    return _LINE_END.sub(" ", " ".join(part["text"] for part in parts if part.get("text") is not None))


def _told(target: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the kind of line and the rest of it for the value of an attribute."""
    if not isinstance(value, list):
        yield "A", target if value is True else f"{target} {value}"
        return
    for item in value:
        if isinstance(item, str):
            yield "#", f"{target}\t{item}"
        else:
            name = f"\t{item['name']}" if "name" in item else ""
            yield "N", f"{target} {item['resource']}:{item['id']}{name}"


def fit(fitting: Fitting) -> None:
    """Take what no line of brat can say."""
    fitting.name_as(_FILE, "a file of brat is called after its document")
    for k, span in list(fitting.spans.items()):
        parts = span.get("fragments", [span])
        if not _WORD.fullmatch(span["label"]):
            fitting.lose(("spans", k), f"its label {span['label']!r} isn't one word, as those of brat are")
        elif not all(0 <= part[end] < 10**18 for part in parts for end in ("start", "end")):
            fitting.lose(("spans", k), "brat has no negative or huge offsets")
        else:
            _fit_words(fitting, k, span)
    for k, relation in list(fitting.relations.items()):
        if why := _unwritable_relation(relation, fitting):
            fitting.lose(("relations", k), why)
    for path, value in fitting.attributes():
        unnamed = path[0] == "relations" and _kind(fitting.relations[int(path[1])]) == "*"
        if why := "brat's sets have no id" if unnamed else _unwritable(str(path[-1]), value):
            fitting.lose(path, why)
    fitting.cut_references()
    numbered = -1
    while numbered != len(fitting.relations):  # relations that are lost now may have had numbers
        numbered = len(fitting.relations)
        kinds = {k: _kind(relation) for k, relation in fitting.relations.items()}
        spans = _numbered(dict.fromkeys(fitting.spans, "T"), fitting.spans)
        fitting.rename(spans, _numbered(kinds, fitting.relations), "brat numbers its annotations")


def _fit_words(fitting: Fitting, k: int, span: dict[str, Any]) -> None:
    """Part a span at line ends, as brat does, and take the words that can't be on its line."""
    parts, text = span.get("fragments", [span]), fitting.document["text"]
    pieces = [piece for part in parts for piece in _pieces(part, text)]
    if not pieces:
        fitting.lose(("spans", k), "it holds nothing but line ends, and no fragment of brat has one")
        return
    if [(piece["start"], piece["end"]) for piece in pieces] != [(part["start"], part["end"]) for part in parts]:
        fitting.losses.append(Loss(("spans", k, "fragments"), "it is split at line ends: no fragment of brat has one"))
        span |= {"start": min(piece["start"] for piece in pieces), "end": max(piece["end"] for piece in pieces)}
        for member in ("text", "fragments"):
            span.pop(member, None)
        span |= {"fragments": pieces} if len(pieces) > 1 else {"text": pieces[0]["text"]}
    parts = span.get("fragments", [span])
    for n, (part, words) in enumerate(zip(parts, words_of(_written(parts), parts, text), strict=True)):
        at: paths.Path = ("spans", k) if part is span else ("spans", k, "fragments", n)
        fitting.replace((*at, "text"), words, "brat has the words of a span on one line")


def _pieces(part: Mapping[str, Any], text: str) -> list[dict[str, Any]]:
    """Return the parts of a fragment that have no line end; itself where its words aren't those of the text."""
    start, end, words = part["start"], part["end"], part["text"]
    if words != text[start:end] or not _LINE_END.search(words):
        return [{"start": start, "end": end, "text": words}]
    inside = re.finditer(f"[^{_ENDS}]+", words)
    return [{"start": start + piece.start(), "end": start + piece.end(), "text": piece[0]} for piece in inside]


def _unwritable_relation(relation: Mapping[str, Any], fitting: Fitting) -> str | None:
    """Say why a relation has no line in brat; None where it has one."""
    roles = [argument["role"] for argument in relation["arguments"]]
    targets = [argument["target"] for argument in relation["arguments"]]
    if not _kind(relation):
        return "it isn't an event, relation of two roles or set of brat"
    if not all(map(NAME.fullmatch, filter(None, [relation["label"] or ":", *roles]))):
        return "its label or a role isn't one word without a colon, as those of brat are"
    if not all(map(_WORD.fullmatch, targets)):
        return "it names something by an id with a blank"
    sets = {owner["id"] for owner in fitting.relations.values() if _kind(owner) == "*"}
    return "it names a set, and brat's sets have no id" if sets & {*targets} else None


def _kind(relation: Mapping[str, Any]) -> str:
    """Return the first character of a relation's line; empty where brat has none such."""
    roles = [argument["role"] for argument in relation["arguments"]]
    if roles[:1] == [TRIGGER]:
        return "E" if all(roles) else ""
    if not any(roles):
        return "*" if len(roles) > 1 else ""
    return "R" if len(roles) == 2 and all(roles) else ""


def _numbered(kinds: dict[int, str], owners: dict[int, dict[str, Any]]) -> dict[int, str]:
    """Return ids that brat can have: those that it can have already, and new numbers."""
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for k, kind in kinds.items():
        own = owners[k]["id"]
        if kind != "*" and re.fullmatch(rf"{kind}[1-9]\d*", own, re.ASCII) and own not in taken:
            ids[k] = own
            taken.add(own)
    for kind in set(kinds.values()):
        free = (name for number in count(1) if (name := f"{kind}{number}") not in taken)
        ids |= {k: next(free) for k, its in kinds.items() if its == kind and k not in ids}
    return ids


def _unwritable(name: str, value: Any) -> str | None:
    """Say why an attribute has no line in brat; None where it has one."""
    if not _WORD.fullmatch(name):
        return "its name isn't one word, as those of brat are"
    if value is True or (isinstance(value, str) and value.strip() == value != "" and _is_line(value, "\t")):
        return None
    if isinstance(value, list) and value and all(isinstance(item, str) and _is_line(item) for item in value):
        return None
    if isinstance(value, list) and value and all(map(_is_reference, value)):
        return None
    return (
        "brat can store `true`, strings, lists of one-line strings, and references (resource and id), but nothing else"
    )


def _is_reference(item: Any) -> bool:
    if not isinstance(item, dict) or not {"resource", "id"} <= item.keys() <= {"resource", "id", "name"}:
        return False
    if not all(isinstance(part, str) and _is_line(part) for part in item.values()):
        return False
    return bool(NAME.fullmatch(item["resource"])) and bool(REFERENCE.fullmatch(f"{item['resource']}:{item['id']}"))


def _is_line(value: str, *others: str) -> bool:
    return not _LINE_END.search(value) and not any(sign in value for sign in others)
