"""The task of quotation attribution: what was said, who is named, how it is reported, who spoke."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spanproof.arrays import Bools, Ints
from spanproof.corpus.pairs import Facing, Ground, shared
from spanproof.metrics import boundaries as conventions
from spanproof.metrics import spans as metrics
from spanproof.metrics.boundaries import Trim, as_is, trimmed
from spanproof.metrics.counts import Tally, accuracy, labelled, prf
from spanproof.metrics.label_sets import numbered, own, targets
from spanproof.metrics.matching import MEASURES, counted, partners, tallied
from spanproof.metrics.spans import Side
from spanproof.schema.node import Node


@dataclass(frozen=True)
class Quotes:
    """The quotations of one side: content with the type as label, each part's start and end (-1: none), speaker."""

    content: Side
    parts: tuple[npt.NDArray[np.int64], ...]
    speaker: Ints

    def at(self, which: Bools) -> "Quotes":
        """Some of them."""
        return Quotes(self.content.at(which), tuple(part[which] for part in self.parts), self.speaker[which])


def speaker_of(node: Node) -> str | None:
    """The member that says who spoke: the one that refers to a registry and to the spans of the document that do so."""
    for name, member in node.fields.items():
        targets = member.get("refersTo", ())
        if any(t.startswith("registry:") for t in targets) and any(t.startswith("/") for t in targets):
            return name
    return None


def attribution(facing: Facing, node: Node, trim: Trim) -> list[Tally]:
    """Scores of a layer with ``quotation``, of all quotations and of those that are direct on their own side.

    * spans of content (labelled by type), and of each part (unlabelled), in four measures;
    * ``content+PART``, ``content+speaker``: F1 of quotations with the same content that have this the same too;
      ``attribution`` all of it, the type included. No source is the same as no source, and an unknown speaker the same
      as an unknown one;
    * ``relaxed+speaker``: the speaker is the same and contents share a character;
    * ``speaker accuracy``: of the quotations with the same content, the share that has the same speaker;
      ``relaxed speaker accuracy`` of those whose contents share a character.
    """
    ground, text = facing.ground(node)
    sides, types, speaker = _quotes(facing, node, text, trim)
    keyword = node.get("quotation")
    direct = types.index(keyword["direct"]) if keyword["direct"] in types else -1
    found = []
    for measure in MEASURES:
        counts = counted(measure, sides[0].content, sides[1].content, len(types), ground)
        kinds = types if measure != "boundary" else ("",)
        found += labelled(node.place[0], measure, counts, kinds, "tokens" if measure == "token" else "spans")
    for part in (None, keyword["direct"]):
        chosen = [side.at(side.content.label == direct) if part else side for side in sides]
        found += _parts(node, part, chosen, ground)
        found += _wholes(node, part, chosen, ground, speaker)
    return found


def _quotes(facing: Facing, node: Node, text: str, trim: Trim) -> tuple[list[Quotes], tuple[str, ...], str | None]:
    keyword, pair = node.get("quotation"), facing.spans(node.place)
    table = own(node, keyword["type"])
    kinds = [numbered(facing, spans, keyword["type"], table) for spans in pair]
    speaker = speaker_of(node)
    speakers: list[Ints] = [np.full(len(spans), -1) for spans in pair]
    if speaker:
        speakers = list(shared(*(spans.items.columns[speaker] for spans in pair))[:2])
    of_content = as_is if trim is as_is else conventions.content
    parts: list[list[npt.NDArray[np.int64]]] = [[], []]
    for name in keyword["parts"]:
        for k, spans in enumerate(facing.spans((*node.place, name))):
            held = np.full((len(pair[k]), 2), -1)
            held[spans.items.parent] = np.stack(trimmed(text, spans.start, spans.end, trim), 1)
            parts[k].append(held)
    quotes = [
        Quotes(
            Side(*trimmed(text, spans.start, spans.end, of_content), kind),
            tuple(held),
            who,
        )
        for spans, kind, held, who in zip(pair, kinds, parts, speakers, strict=True)
    ]
    return quotes, targets(table), speaker


def _parts(node: Node, kind: str | None, sides: Sequence[Quotes], ground: Ground) -> list[Tally]:
    """The spans of sources, of cues."""
    found = []
    for k, name in enumerate(node.get("quotation")["parts"]):
        held = [side.parts[k][side.parts[k][:, 0] >= 0] for side in sides]
        a, b = (Side(spans[:, 0], spans[:, 1], np.zeros(len(spans), np.int64)) for spans in held)
        for measure in ("exact", "overlap", "token"):
            counts = counted(measure, a, b, 1, ground)[:, 0]
            n = (int(counts[:, 0].sum()), int(counts[:, 1].sum()))
            of = "tokens" if measure == "token" else "spans"
            found.append(Tally(f"{node.place[0]}.{name}", kind, measure, counts, prf, n, of))
    return found


def _wholes(node: Node, kind: str | None, sides: Sequence[Quotes], ground: Ground, speaker: str | None) -> list[Tally]:
    """Quotations of which more than the content is the same."""
    a, b = sides
    layer, bounds, n = node.place[0], ground.sentences, (len(a.speaker), len(b.speaker))
    members = node.get("quotation")["parts"]
    rows = {
        **{f"content+{name}": [[side.parts[k]] for side in sides] for k, name in enumerate(members)},
        **({f"content+{speaker}": [[side.speaker[:, None]] for side in sides]} if speaker else {}),
        "attribution": [[*side.parts, side.speaker[:, None], side.content.label[:, None]] for side in sides],
    }
    found = []
    for measure, each in rows.items():
        table = np.concatenate([np.concatenate(columns, 1) for columns in each])
        number = np.unique(table, axis=0, return_inverse=True)[1].ravel()
        numbered = [
            Side(side.content.start, side.content.end, part)
            for side, part in zip(sides, np.split(number, [n[0]]), strict=True)
        ]
        counts = metrics.exact_f1(numbered[0], numbered[1], bounds).counts
        found.append(Tally(layer, kind, measure, counts, prf, n, "quotations"))
    if not speaker:
        return found
    content = [Side(s.content.start, s.content.end, s.speaker + 1) for s in sides]
    first, second = partners(*content)
    same = (content[0].start[first] == content[1].start[second]) & (content[0].end[first] == content[1].end[second])
    right = a.speaker[first] == b.speaker[second]
    at = content[0].start[first]
    counts = tallied(bounds, content[0].start, content[1].start, at[right])
    found.append(Tally(layer, kind, f"relaxed+{speaker}", counts, prf, n, "quotations"))
    for measure, among in ((f"{speaker} accuracy", same), (f"relaxed {speaker} accuracy", same | True)):
        counts = tallied(bounds, at[among], at[among & right])
        found.append(Tally(layer, kind, measure, counts, accuracy, (int(among.sum()),) * 2, "matched contents"))
    return found
