"""A diff of two versions as text, JSON, Markdown and an entry of a changelog."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from html import escape
from itertools import chain, groupby, islice
from textwrap import indent
from typing import Any

from spanproof.revisions.diff import KINDS, Change, Diff
from spanproof.revisions.semver import RULE
from spanproof.schema.references import registry_of
from spanproof.table import StyledLine, Table, markdown, terminal, terminal_lines
from spanproof.text.display import visible

_STYLE = {"added": "green", "removed": "red", "edited": "magenta", "renumbered": "dim"}
_WIDTH = 60
_EDITS = 3
_LISTED = 12
_BLOCK = 1000
"""Lines or changes that are printed at a time."""
_CARRIED = (
    "edited: the text of a document; moved: other offsets; relabelled: another label; changed: another value; "
    "renumbered: another identifier; carried: other offsets only because the text before it changed, so not a change."
)
"""What the columns of the counts mean."""


def as_text(diff: Diff, *, stat: bool = False, release: bool = True, color: bool = False) -> str:
    """Return the changes by document and layer, the counts, and what a release with these changes is.

    Args:
        diff: what changed.
        stat: leave out the changes themselves.
        release: whether one of the two is, or may become, a release.
        color: with the colours of a terminal.
    """
    return "".join(text_parts(diff, stat=stat, release=release, color=color))


def text_parts(diff: Diff, *, stat: bool = False, release: bool = True, color: bool = False) -> Iterator[str]:
    """Yield what :func:`as_text` returns, some lines at a time."""
    counts = (_counts(diff), _CARRIED) if diff.changes else ()
    parts = chain(() if stat else _lines(diff), counts, _statement(diff, release=release))
    lines = terminal_lines(parts, color=color)
    while block := "".join(islice(lines, _BLOCK)):
        yield block


def changes_as_text(diff: Diff, *, color: bool = False) -> str:
    """Return the changes by document and layer, and how many there are: for those who ask for no release.

    Args:
        diff: what changed.
        color: with the colours of a terminal.
    """
    return terminal([*_lines(diff), _total(diff)], color=color)


def _lines(diff: Diff) -> Iterator[StyledLine]:
    for document, of_document in groupby(diff.changes, lambda change: change.document):
        yield (document or "registries", "bold"), (_opening(diff, document), "")
        for layer, changes in groupby(of_document, lambda change: change.layer):
            if layer is not None:
                yield ((f"  {layer}", "cyan"),)
            for change in changes:
                kind = (f"{change.kind:<11}", _STYLE.get(change.kind, "yellow"))
                yield ("    ", ""), kind, (" ".join(filter(None, [_place(change), _values(change)])), "")
        yield ""


def _opening(diff: Diff, document: str | None) -> str:
    """Return the first words of a document whose name is a hash, quoted after a blank; empty for any other."""
    words = diff.openings.get(document or "")
    return f" “{words}”" if words else ""


def as_json(diff: Diff) -> str:
    """Return all changes with old and new values, the counts of each layer, the bump and its rule as a JSON object."""
    return "".join(json_parts(diff))


def json_parts(diff: Diff) -> Iterator[str]:
    """Yield what :func:`as_json` returns, some changes at a time."""
    counts = [
        {
            "layer": layer,
            "old": old,
            "new": new,
            **{str(kind): diff.counts[layer].get(kind, 0) for kind in KINDS},
            "carried": diff.carried.get(layer or "", 0),
        }
        for layer, (old, new) in diff.sizes.items()
    ]
    value = {"bump": diff.bump, "rule": RULE, "counts": counts, "skipped": diff.skipped, "changes": ()}
    whole = json.dumps(value, indent=1)
    before, after = whole[: whole.rindex("]")], whole[whole.rindex("]") :]
    yield before
    objects = (indent(json.dumps(asdict(change), indent=1), "  ") for change in diff.changes)
    lead = "\n"
    while block := ",\n".join(islice(objects, _BLOCK)):
        yield f"{lead}{block}"
        lead = ",\n"
    yield f"{chr(10) + ' ' if diff.changes else ''}{after}\n"


def as_markdown(diff: Diff) -> str:
    """Return the counts as a table and the changes as lists, for a pull request."""
    lines = []
    if diff.changes:
        lines += [markdown(_counts(diff)), ""]
    for document, group in groupby(diff.changes, lambda change: change.document):
        changes, known = list(group), escape(f"{document or 'registries'}{_opening(diff, document)}")
        lines += [f"<details><summary>{known}: {len(changes):,}</summary>", ""]
        lines += [_item(change) for change in changes]
        lines += ["", "</details>", ""]
    return "\n".join([*lines, *_statement(diff, release=True)]) + "\n"


def changelog(diff: Diff) -> str:
    """Return the changes in users' words, a line for each layer, for CHANGELOG.md.

    Corrected values are listed one by one, a dozen of them in all.
    """
    lines, room = [], _LISTED
    for layer, counts in diff.counts.items():
        if counts:
            lines.append(f"- {_titled(layer)}: {', '.join(_counted(n, kind) for kind, n in counts.items())}")
        corrected = (c for c in diff.changes if c.layer == layer and c.kind in ("relabelled", "changed"))
        listed = [f"  {_item(change)}{_of(change)}" for change in islice(corrected, room)]
        lines += listed
        room -= len(listed)
        if more := sum(1 for _ in corrected):
            lines.append(f"  - and {more:,} more")
    return "\n".join(lines or ["- No record of the corpus changed."]) + "\n"


def _of(change: Change) -> str:
    return f" ({_escaped(change.document)})" if change.document else ""


def _counted(n: int, kind: str) -> str:
    """How many changes of a kind, in words."""
    return f"{n:,} {_PHRASES[kind][n > 1]}"


_PHRASES = {
    # one, several
    "added": ("added", "added"),
    "removed": ("removed", "removed"),
    "edited": ("with a corrected text", "with corrected texts"),
    "moved": ("with other offsets", "with other offsets"),
    "relabelled": ("with another label", "with other labels"),
    "changed": ("value corrected", "values corrected"),
    "renumbered": ("with another identifier", "with other identifiers"),
}


def _titled(layer: str | None) -> str:
    if layer is None:
        return "documents"
    registry = registry_of(layer)
    return layer if registry is None else f"registry of {registry}"


def _counts(diff: Diff) -> Table:
    """Return a row a layer: how many annotations old and new have, how many changes of each kind."""
    rows = []
    for layer, (old, new) in diff.sizes.items():
        changes = (*(diff.counts[layer].get(kind, 0) for kind in KINDS), diff.carried.get(layer or "", 0))
        rows.append((_titled(layer), f"{old:,}", f"{new:,}", *(f"{n:,}" if n else "" for n in changes)))
    return Table(("", "old", "new", *KINDS, "carried"), tuple(rows))


def _statement(diff: Diff, *, release: bool) -> Iterator[str]:
    for name in diff.skipped:
        yield f"The registry {name} is beside only one of the two, and was not compared."
    yield f"{f'{diff.bump.upper()}: ' if diff.bump and release else ''}{_total(diff)}"
    if release:
        yield RULE


def _total(diff: Diff) -> str:
    count = len(diff.changes)
    return f"{count:,} change{'s' if count != 1 else ''}." if count else "No record differs."


def _place(change: Change) -> str:
    """Return the annotation's key, offsets and words, and which of its members."""
    parts = [change.id]
    if change.start is not None and change.kind != "moved":
        parts.append(f"[{change.start}, {change.end})")
    if change.text is not None and change.kind != "moved":
        parts.append(_shown(change.text))
    path = ".".join(map(str, change.path))
    return " ".join(filter(None, [*parts, path if change.kind not in ("relabelled", "renumbered") else None]))


def _values(change: Change) -> str:
    if change.kind == "edited":
        return _edits(change)
    if change.kind == "moved":
        return " → ".join(
            f"[{value['start']}, {value['end']}) {_shown(value['text'])}" for value in (change.old, change.new)
        )
    if change.kind in ("added", "removed"):
        return "" if change.layer is None else _shown(_members(change))
    same = " (another annotation has this identifier now)" if change.old == change.new else ""
    return f"{_shown(change.old)} → {_shown(change.new)}{same}"


def _members(change: Change) -> Any:
    """Return the members of an added or removed object that don't only say which one it is and where it stands."""
    value = change.old if change.kind == "removed" else change.new
    if not isinstance(value, dict):
        return value
    return {
        name: sub for name, sub in value.items() if sub not in (None, change.id, change.start, change.end, change.text)
    }


def _edits(change: Change) -> str:
    """How much of a text changed, and the first edits."""
    pairs = list(zip(change.old["edits"], change.new["edits"], strict=True))
    before, after = (sum(len(edit["text"]) for edit in side["edits"]) for side in (change.old, change.new))
    first = "; ".join(
        f"[{old['start']}, {old['end']}) {_shown(old['text'])} → {_shown(new['text'])}" for old, new in pairs[:_EDITS]
    )
    more = f"; and {len(pairs) - _EDITS:,} more" if len(pairs) > _EDITS else ""
    return f"{before:,} characters became {after:,}: {first}{more}"


def _shown(value: Any) -> str:
    """Return a value on one line, not too long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = "".join(map(visible, text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"))
    return f'"{text}"' if isinstance(value, str) else text


def _item(change: Change) -> str:
    layer = "" if change.layer is None else f"{change.layer} "
    return f"- {change.kind} {_escaped(layer + ' '.join(filter(None, [_place(change), _values(change)])))}"


def _escaped(text: str) -> str:
    return "".join(f"\\{character}" if character in "\\`*_[]<>|#~" else character for character in text)


OUTPUTS = {"text": text_parts, "json": json_parts, "markdown": as_markdown, "changelog": changelog}
