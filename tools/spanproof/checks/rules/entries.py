"""SP512 to SP514: registries: whether they are there, what their entries are, and what these refer to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, found_in, strings, to_arrow
from spanproof.checks.examples import ANA
from spanproof.checks.rule import rule
from spanproof.checks.structure import misfits_in
from spanproof.checks.view import View
from spanproof.corpus.findings import Finding
from spanproof.corpus.registries import EntryReference, aliases_of, looked_up, misfit_of
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Path, Registries
from spanproof.schema.references import Condition, registry_target
from spanproof.schema.schema import Schema

_SLASH = strings(["/"])[0]  # pyarrow's own way to a scalar imports pandas
_RIO = {"name": "Rio", "type": "GPE", "aliases": ["Rio"]}
_MEETING: Mapping[str, Any] = {"gist": "They meet.", "speaker": None, "renderings": []}


def uses_of_registries(view: View) -> Counter[str]:
    """Count the values of a batch that name an entry of each registry, and nothing of their own document."""
    uses = Counter[str]()
    for node, targets in view.schema.having(Node.refers_to):
        if targets.all_registries and not targets.local:
            _, column = view.columns.column(node.place)
            uses.update(dict.fromkeys(targets.all_registries, len(column) - column.null_count))
    for lists, exhaustive in view.schema.having(Node.exhaustive):
        _, column = view.columns.column((*lists.place, "*", exhaustive.member))
        uses[exhaustive.registry] = max(uses[exhaustive.registry], len(column) - column.null_count)
    return uses


@dataclass(frozen=True)
class Batched:
    """What the rules of registries need of a batch.

    Attributes:
        schema: that of the corpus.
        registries: those of the corpus.
        files: for each registry that was looked for the file of each of its entries.
        uses: how many values of the batch name an entry of each registry.
        references: the references of all entries.
        leads: which of them lead into the batch.
        misfits: what is wrong with the annotations that some of them lead to, which break conditions, by their number.
        unread: whether something of the batch couldn't be read.
    """

    schema: Schema
    registries: Registries
    files: Mapping[str, Mapping[str, str]]
    uses: Mapping[str, int]
    references: Sequence[EntryReference]
    leads: Bools
    misfits: Mapping[int, str]
    unread: bool

    def finding(self, registry: str, path: Path, message: str) -> Finding:
        """Return a finding of a value in a registry."""
        file = self.files.get(registry, {}).get(str(path[0])) if path else None
        return Finding("", "error", message, registry_target(registry), path, file=file)


def _batched(view: View) -> Batched:
    return view.once(
        "entries",
        lambda: Batched(
            view.schema, view.registries, view.registry_files, uses_of_registries(view), view.entry_references,
            *_leading_here(view), bool(view.batch.errors),
        ),
    )  # fmt: skip


def _leading_here(view: View) -> tuple[Bools, dict[int, str]]:
    """Say which references of entries lead to a document of a batch, or to something in one; and what is wrong there.

    Of those that lead only to what breaks a condition, the second value says how.
    """
    references = view.entry_references
    leads = np.zeros(len(references), np.bool_)
    fits = np.zeros(len(references), np.bool_)
    misfits: dict[int, str] = {}
    for targets in {reference.targets for reference in references}:
        k = np.array([j for j, reference in enumerate(references) if reference.targets == targets])
        values = strings([references[j].value for j in k.tolist()])
        for place in (*targets.places, *((member,) for member in targets.members)):
            at = found_in(values, _identities(view, place))
            for number, row in zip(k[at >= 0].tolist(), at[at >= 0].tolist(), strict=True):
                leads[number] = True
                wrong = _misfit(view, place, row, targets.conditions(place))
                fits[number] |= wrong is None
                misfits.setdefault(number, str(wrong))
    return leads, {number: wrong for number, wrong in misfits.items() if not fits[number]}


def _misfit(view: View, place: Place, row: int, conditions: Sequence[Condition]) -> str | None:
    """Return what an annotation breaks of the conditions of a reference; None if it meets them.

    Args:
        view: the batch.
        place: where its key stands.
        row: which of the annotations there.
        conditions: what must hold of it.
    """
    for asked in conditions:
        value = view.columns.items(place[:-1]).columns[asked.member][row].as_py()
        listed = view.schema.nodes[(*place[:-1], asked.member)].allowed
        # A value that the schema doesn't list is found already (SP201, SP002).
        if value not in asked.values and (value is None or listed is None or value in listed):
            return f"has {asked.member} {value!r}; expected {asked.in_words}"
    return None


def _identities(view: View, place: Place) -> pa.Array:
    """Return what an entry calls the values at a place: the key of the document, a slash, the value; or the key."""
    keys = view.keys
    assert keys is not None
    if len(place) == 1:
        return keys
    items, column = view.columns.column(place)
    return pc.binary_join_element_wise(keys.take(to_arrow(items.doc)), column.cast(pa.string()), _SLASH)


@rule(
    "SP512",
    "missing-registry",
    "warning",
    collect=_batched,
    bad=[{"entities": [ANA]}],
    good=[{"entities": []}],
    registries={"utterances": {"meeting": _MEETING}},
)
def missing_registry(collected: Sequence[Batched]) -> Iterator[Finding]:
    """A registry that the documents refer to is missing or empty.

    So the check couldn't look up whether the entries exist, and didn't look for the names of the registry in the texts.
    Its file is missing beside the corpus, or the schema gives the registry another name.

    Waive it while the registry is being written.
    """
    for name in collected[0].files if collected else ():
        uses = sum(batch.uses.get(name, 0) for batch in collected)
        registry = collected[0].registries.get(name)
        expected = f"expected {name}.json beside the corpus, with an entry for each key"
        if registry is None and uses:
            yield collected[0].finding(
                name,
                (),
                f"{uses} {'values refer' if uses > 1 else 'value refers'} to it, but it is missing; {expected}",
            )
        elif registry is not None and not registry:
            yield collected[0].finding(name, (), f"has no entry; {expected}")


@rule(
    "SP513",
    "registry-entry",
    collect=_batched,
    bad=[{}],
    good=[{}],
    registries={"entities": {"rio": {**_RIO, "type": "LOCATION"}}},
    good_registries={"entities": {"rio": _RIO}},
)
def registry_entry(collected: Sequence[Batched]) -> Iterator[Finding]:
    """An entry of a registry breaks its schema.

    The schema of the documents says in ``registries`` what an entry is. A member is missing, has the wrong type, or
    holds a value that isn't allowed. If the schema says that the names of a registry are looked for in the texts
    (``exhaustive``), each entry must list its names as ``aliases``.

    Never waive it: readers rely on the schema. If it is too narrow, widen it.
    """
    for batch in collected[:1]:
        broken = set[tuple[Any, ...]]()
        for name, registry in batch.schema.registry_schemas.items():
            for misfit in misfits_in(0, batch.registries.get(name, {}), registry.judge):
                broken.add((name, *misfit.path[:1]))
                yield batch.finding(name, misfit.path, misfit.message)
        for name in sorted({exhaustive.registry for _, exhaustive in batch.schema.having(Node.exhaustive)}):
            for key, entry in batch.registries.get(name, {}).items():
                if aliases_of(entry) is None and (name, key) not in broken:
                    message = "its names can't be looked for; expected aliases, a list of all its spellings"
                    yield batch.finding(name, (key,), message)


@rule(
    "SP514",
    "registry-reference",
    collect=_batched,
    bad=[{}],
    good=[{}],
    registries={"entities": {"rio": _RIO}, "utterances": {"meeting": {**_MEETING, "speaker": "oslo"}}},
    good_registries={"entities": {"rio": _RIO}, "utterances": {"meeting": _MEETING}},
)
def registry_reference(collected: Sequence[Batched]) -> Iterator[Finding]:
    """An entry of a registry refers to something that doesn't exist.

    It may refer to an entry of a registry, to a document by its key, or to an annotation by the key of its document, a
    slash, and the annotation's own key. The target was removed or renamed, or the reference is misspelt. Or the target
    exists, but isn't what the schema's ``where`` requires, such as a group where a person is required.

    Never waive it: anyone who follows the reference finds nothing. Correct it, or let it be null.
    """
    if not collected:
        return
    leads = np.logical_or.reduce([batch.leads for batch in collected])
    unread = any(batch.unread for batch in collected)
    first = collected[0]
    kinds = {reference.targets for reference in first.references}
    known = {targets: looked_up(targets, first.registries) for targets in kinds}
    fitting = {targets: looked_up(targets, first.registries, allowed=True) for targets in kinds}
    for number, (reference, lead) in enumerate(zip(first.references, leads.tolist(), strict=True)):
        targets = reference.targets
        values = known[targets]
        # What isn't there or couldn't be read may hold it; that is a finding already (SP512, SP001).
        if not (lead or values is None or reference.value in values or (unread and targets.local)):
            message = f"{reference.value!r} is not among {' and '.join(targets.written)}"
            yield first.finding(reference.registry, reference.path, message)
        elif targets.where and values is not None and reference.value not in (fitting[targets] or ()):
            wrong = [batch.misfits.get(number) for batch in collected if batch.leads[number]]
            if None not in wrong and (wrong or reference.value in values):
                fault = wrong[0] if wrong else misfit_of(targets, first.registries, reference.value)
                yield first.finding(reference.registry, reference.path, f"{reference.value!r} {fault}")
