"""WebAnno TSV 3, as WebAnno and INCEpTION write it: a token a line, a group of columns for each layer.

A layer is a type of UIMA, its first feature the label (named entities of DKPro have no layer). The words of each token
must stand in ``#Text`` at their UTF-16 offsets. Relations, chains and slots of others are relations.
Source: the user guide of INCEpTION, appendix A, WebAnno TSV 3.3.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.cas_writing import NAMED_ENTITY
from spanproof.formats.content import content_at
from spanproof.formats.encoding import decoded
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature
from spanproof.formats.markup import fill_ids, name_of, write_each
from spanproof.formats.utf16 import Utf16Places
from spanproof.formats.webanno_rows import ANY, BASE, ROLE, ColumnAnnotation, Lines, TokenRow
from spanproof.formats.webanno_values import slots, value_of
from spanproof.formats.webanno_writing import content_of, fit

_REFERENCE = re.compile(r"(?P<token>[\d.-]+)(?:\[(?P<source>\d{1,9})(?:_(?P<own>\d{1,9}))?\])?", re.ASCII)
_LINK = re.compile(r"(?P<chain>\d{1,9})-(?P<link>\d{1,9})", re.ASCII)
_FORMAT = b"#FORMAT=WebAnno TSV 3"


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    lines = Lines()
    for number, line in enumerate(decoded(content_at(path)).split("\n"), 1):
        lines.take(number, line.removesuffix("\r"))
    text = lines.text()
    places = Utf16Places(text)
    lines.check(text, places)
    reading = _NamedAnnotations(lines, places)
    annotations = [(annotation, line) for annotation, line in reading.annotations()]
    lines.problems.sort(key=lambda problem: problem[0])
    yield from (ReadError(str(path), line, problem) for line, problem in lines.problems)
    yield from (ReadError(str(path), line, how, repaired=True) for line, how in lines.repairs)
    yield LocatedDocument.of(name_of(path, LEAF.suffixes), text, annotations)


class _NamedAnnotations:
    """The annotations of a file, and those that name each other."""

    def __init__(self, lines: Lines, places: Utf16Places) -> None:
        self.lines, self.places = lines, places
        self.all = lines.annotations()
        self.owners = {id(one): self._owner(one) for one in self.all if one.layer.kind != "RL"}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.rows = {row.token: row for row in lines.rows}
        self.by_token: dict[str, list[ColumnAnnotation]] = {}
        for one in self.all:
            for token in one.tokens:
                self.by_token.setdefault(token, []).append(one)

    def annotations(self) -> list[tuple[dict[str, Any], int]]:
        """Return spans and relations, each with its line."""
        spans = [(self.owners[id(one)], one.row.line) for one in self.all if id(one) in self.owners]
        relations = [pair for one in self.all for pair in self._relations(one)]
        fill_ids([owner for owner, _ in (*spans, *self.tokens_made(), *relations)])
        for relation, _ in relations:
            for argument in relation["arguments"]:
                argument["target"] = argument["target"]["id"]
        return [*spans, *self.tokens_made(), *relations]

    def tokens_made(self) -> list[tuple[dict[str, Any], int]]:
        """Return the tokens that relations name, as spans, each with its line."""
        return [(span, self.rows[token].line) for token, span in self.tokens.items()]

    def _owner(self, one: ColumnAnnotation) -> dict[str, Any]:
        features = one.layer.features
        plain = [k for k in range(len(features)) if features[k] and one.layer.is_plain(k)]
        values = {features[k]: value_of(one.values[k]) for k in plain}
        label = next(iter(values.values()), None)
        attributes = {name: value for name, value in list(values.items())[1:] if value is not None}
        named: dict[str, Any] = {"id": None if one.layer.kind == "CH" else one.number}
        named["label"] = one.layer.type.rpartition(".")[2] if label is None else label
        named |= self._offsets(one)
        if one.layer.type != NAMED_ENTITY:
            named["layer"] = one.layer.type
        return {**named, "attributes": attributes} if attributes else named

    def _relations(self, one: ColumnAnnotation) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield the relations that an annotation is or begins; their targets are still the annotations themselves."""
        line, features = one.row.line, one.layer.features
        if one.layer.kind == "RL":
            reference = _REFERENCE.fullmatch(one.values[-1])
            pairs = [("Governor", reference and reference["token"], reference and reference["source"])]
            pairs.append(("Dependent", one.row.token, reference and reference["own"]))
            yield from self._related(self._owner(one), pairs, features[-1].removeprefix(BASE), line)
        elif one.layer.kind == "CH":
            yield from self._chain(one)
        for k in (k for k in range(len(features) - 1) if features[k].startswith(ROLE) and one.layer.kind == "SP"):
            roles, targets = slots(one.values[k]), slots(one.values[k + 1])
            references = [_REFERENCE.fullmatch(target) for target in targets]
            pairs = [(value_of(r) or "", t["token"], t["source"]) for r, t in zip(roles, references, strict=False) if t]
            if not len(roles) == len(references) == len(pairs):
                expected = "expected a role for each token, such as a;b and 1-1;1-2[3]"
                self.lines.problems.append((line, f"{one.values[k]!r} are roles of {one.values[k + 1]!r}; {expected}"))
            label = features[k].rpartition(":")[2].partition("_")[0]
            if pairs:
                host = {"role": "", "target": self.owners[id(one)]}
                for relation, at in self._related({"id": None, "label": label}, pairs, features[k + 1], line):
                    yield {**relation, "arguments": [host, *relation["arguments"]]}, at

    def _related(
        self, named: dict[str, Any], pairs: Sequence[tuple[str, str | None, str | None]], type_name: str, line: int
    ) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield a relation if all that it names is there.

        Args:
            named: what it is called, as an annotation.
            pairs: role, token and number of each argument.
            type_name: the type of what is named.
            line: the line.
        """
        arguments = []
        for role, token, number in pairs:
            target = self._named(type_name, token or "", number)
            if target is None:
                shown = f"{token}[{number}]" if number else f"{token}"
                self.lines.problems.append(
                    (line, f"{named['label']} names the {type_name} at {shown}, which doesn't exist")
                )
                return
            arguments.append({"role": role, "target": target})
        own: dict[str, Any] = {name: value for name, value in named.items() if name in ("label", "attributes")}
        yield {"id": None, **own, "arguments": arguments}, line

    def _named(self, type_name: str, token: str, number: str | None) -> dict[str, Any] | None:
        """Return the annotation of a type at a token; a token itself becomes a span when it is named."""
        there = [
            one for one in self.by_token.get(token, ()) if type_name in (ANY, one.layer.type) and one.layer.kind != "RL"
        ]
        exact = [one for one in there if one.number == (number if number != "0" else None)]
        chosen = exact or (there if len(there) == 1 and number in (None, "0") else [])
        if chosen:
            return self.owners[id(chosen[0])]
        row = self.rows.get(token)
        if row is None or not type_name.endswith(".Token"):
            return None
        span = {"id": None, "label": "Token", **self._offsets(row), "layer": type_name}
        return self.tokens.setdefault(token, span)

    def _offsets(self, one: ColumnAnnotation | TokenRow) -> dict[str, int]:
        """Return offsets in code points; those of the file where the text has no such place."""
        start, end = self.places.place(one.begin), self.places.place(one.end)
        return {"start": one.begin if start is None else start, "end": one.end if end is None else end}

    def _chain(self, one: ColumnAnnotation) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield the chain that a link begins."""
        links = {id(link): _LINK.fullmatch(link.link() or "") for link in self.all if link.layer is one.layer}
        own = links[id(one)]
        if own is None:
            self.lines.problems.append((one.row.line, f"the link {one.link()!r} isn't as expected, such as *->1-1"))
        elif own["link"] == "1":
            chain = [(int(link["link"]), at) for at, link in links.items() if link and link["chain"] == own["chain"]]
            arguments = [{"role": "", "target": self.owners[at]} for _, at in sorted(chain)]
            yield {"id": None, "label": one.layer.type.rpartition(".")[2], "arguments": arguments}, one.row.line


def _write(documents: Sequence[Document], path: Path) -> None:
    single = path.name.lower().endswith(".tsv")
    names = [document["id"] for document in documents]
    if single and names != [name_of(path, LEAF.suffixes)]:
        raise ValueError(f"{path}: a file of WebAnno holds one document, called as it is; expected a folder")
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError(f"{path}: two documents would have one file; expected ids that differ in more than case")
    write_each(documents, path, ".tsv" if single else LEAF.suffixes[0], content_of)


def _recognises(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").startswith(_FORMAT)


LEAF = Leaf(
    name="webanno",
    title="WebAnno TSV 3",
    suffixes=(".webanno.tsv",),
    shared=(".tsv",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.DISCONTINUOUS, Feature.EVENTS, Feature.SURFACES, Feature.METADATA},
    reconstructed="line feeds between sentences",
    unread="relations between the links of a chain, and identifiers of sentences",
    fit=fit,
)
