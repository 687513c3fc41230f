"""What a rule is and what it finds.

A rule is a function of a :class:`~spanproof.checks.view.View` that yields hits. Rules run in the order of their codes;
an error hides its object from the rules after it, so that one fault has one finding.

The docstring of the function is the documentation of the rule. Its first line says in one plain sentence what is wrong,
as it stands in the list of all rules. Then it says why that matters and what would be right. Its last paragraph begins
with "Waive it" and says when a finding may stay, or with "Never waive it" and says why it may not.
"""

import inspect
import pickle
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from spanproof.arrays import Ints
from spanproof.checks.runs import Saying
from spanproof.checks.view import Spans, View
from spanproof.corpus.columns import Items
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause, Finding, Level, Severity
from spanproof.schema.keywords import Keyword
from spanproof.schema.node import Place
from spanproof.schema.paths import Path

if TYPE_CHECKING:
    from spanproof.checks.causes import Diagnosis


class Hit(NamedTuple):
    """What a rule says of one object of a batch; the check makes a finding of it.

    Attributes:
        items: the objects of one place of the schema, such as ``spans.items`` or ``view.documents``.
        k: which of them.
        message: what is there and what would be right, as a part of a sentence about the object.
        at: where the fault is within the object, such as ``("label",)``; empty if it is the object itself.
        span: start and end (code points, half open) of a place in a text, where the fault is of the text that ``at``
            names and not of an annotation.
        cause: why offsets are off, where it is known.
        fix: the edits of the document that correct the fault. Before they are made they are tried: if the finding is
            still there afterwards, or the document has a new error, they aren't made.
        level: how sure the correction is: ``proved`` or ``likely``. ``spanproof check --fix`` makes likely corrections
            only with ``--likely``.
        written: the path of the fault in the record of the file, for a file of another shape, where the fault is in a
            part of the record that the document which rules see doesn't have.
        layer: the list of spans that the finding is counted under, such as ``("entities",)``, where ``items`` aren't
            that list, for example where the finding is about a whole document.
        candidates: where the span could belong (start and end, code points), where that is open.
    """

    items: Items
    k: int
    message: str
    at: Path = ()
    span: tuple[int, int] | None = None
    cause: Cause | None = None
    fix: tuple[Edit, ...] = ()
    level: Level = "proved"
    written: Path | None = None
    layer: Place = ()
    candidates: tuple[tuple[int, int], ...] = ()


class HitRun(NamedTuple):
    """What a rule says of many spans, of which those of each document have one cause and one proved correction.

    Attributes:
        spans: the spans at one place of the schema.
        k: which of them.
        bounds: the first of them in each document, and the end.
        saying: what makes the message of each, or the messages.
        diagnoses: why the offsets of each document are off, and its correction.
    """

    spans: Spans
    k: Ints
    bounds: Ints
    saying: Saying | Sequence[str]
    diagnoses: Sequence["Diagnosis"]


@dataclass(frozen=True)
class Rule:
    """A rule of the catalogue, as :func:`rule` makes it of a function, which is ``judge`` here."""

    code: str
    name: str
    severity: Severity
    judge: Callable[[Any], Iterable[Hit | HitRun | Finding]]
    needs: Keyword[Any] | None
    collect: Callable[[View], Any] | None
    about: Literal["documents", "publication"]
    bad: Sequence[Mapping[str, Any]]
    good: Sequence[Mapping[str, Any]]
    schema: Mapping[str, Any] | None
    registries: Mapping[str, Mapping[str, Any]] | None
    good_registries: Mapping[str, Mapping[str, Any]] | None
    bad_files: Sequence[tuple[str, str, str]]
    spooled: bool = False
    divide: Callable[[Any, int], Iterable[tuple[int, Any]]] | None = None
    of_texts: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Name where the rule stands, for another process to find it there.

        Raises:
            PicklingError: it isn't at the top of a module.
        """
        module, name = self.judge.__module__, self.judge.__qualname__
        if getattr(sys.modules.get(module), name, None) is not self:
            raise pickle.PicklingError(
                f"the rule {self.code} isn't {module}.{name}; expected it at the top of a module"
            )
        return _rule_in, (module, name)

    @property
    def doc(self) -> str:
        """Return the documentation: what is wrong, why it matters, what would be right, when to waive it."""
        return inspect.cleandoc(self.judge.__doc__ or "")

    @property
    def title(self) -> str:
        """Return the first line of the documentation."""
        return self.doc.splitlines()[0]

    @property
    def waivable(self) -> bool:
        """Say whether what is found may stay as it is, as the documentation says in its last paragraph."""
        return self.doc.split("\n\n")[-1].startswith("Waive it")

    def signed(self, finding: Finding, severity: Severity | None = None) -> Finding:
        """Return a finding with the code of this rule, and its severity if none is given."""
        return replace(finding, code=self.code, severity=severity or self.severity)


def _rule_in(module: str, name: str) -> Rule:
    known: Rule = getattr(import_module(module), name)
    return known


def rule(
    code: str,
    name: str,
    severity: Severity = "error",
    *,
    needs: Keyword[Any] | None = None,
    collect: Callable[[View], Any] | None = None,
    about: Literal["documents", "publication"] = "documents",
    bad: Sequence[Mapping[str, Any]] = (),
    good: Sequence[Mapping[str, Any]] = (),
    schema: Mapping[str, Any] | None = None,
    registries: Mapping[str, Mapping[str, Any]] | None = None,
    good_registries: Mapping[str, Mapping[str, Any]] | None = None,
    bad_files: Sequence[tuple[str, str, str]] = (),
    spooled: bool = False,
    divide: Callable[[Any, int], Iterable[tuple[int, Any]]] | None = None,
    of_texts: bool = False,
) -> Callable[[Callable[[Any], Iterable[Hit | HitRun | Finding]]], Rule]:
    """Make a rule of a function that takes a view and yields hits.

    ::

        @rule("MY101", "lower-case", "warning")
        def lower_case(view):
            \"\"\"A name is written in small letters.\"\"\"
            for spans in view.spans.values():
                for k in spans.sound.nonzero()[0].tolist():
                    if spans.surface[k].as_py().islower():
                        yield Hit(spans.items, k, "has no capital letter")

    Args:
        code: what users select and waive it by, such as ``SP106``. It never changes. Those of this package are SP and
            three digits, of which the first says which family it is of; another package has letters of its own.
        name: what it is called, in small letters with hyphens, such as ``text-differs``.
        severity: ``error`` for what is certainly wrong: the check fails, and later rules don't see the object.
            ``warning`` for what is most likely wrong: the check fails. ``info`` for what is correct but may surprise a
            reader: the check doesn't fail.
        needs: the keyword of the schema that the rule is about, such as ``Node.span_of``. The rule doesn't run for a
            schema without that keyword. None: it runs for every schema.
        collect: for a rule that compares documents: takes the view of each batch and returns what the rule needs of
            it, as little as it can. The function itself then takes all that was collected, in order, after the last
            batch, and yields findings instead of hits.
        about: ``documents``, or ``publication``: then the function takes a
            :class:`~spanproof.publication.folder.Publication` and yields findings.
        bad: a list with one document in which this rule finds something and no other rule does. A rule that compares
            documents may need more than one. Write only the members that differ from the sound article in
            :data:`spanproof.checks.examples.SOUND`.
        good: the same documents without the fault, changed as little as possible. Leave it out if the rule offers a
            correction: then the good example is ``bad`` with the correction made.
        schema: the JSON Schema of ``bad`` and ``good``, which are whole documents then; by default they are articles.
        registries: the registries beside ``bad`` and ``good``: name of the registry to key to entry.
        good_registries: those beside ``good`` alone, where it is the registries that differ.
        bad_files: for a rule about publications, in the place of ``bad``: changes of a sound dataset folder, each as
            path of the file, text that is there, text that it becomes. In a Parquet file they are the name of a column
            and the number that its first value becomes.
        spooled: whether what is collected grows with the documents. It lies in a file then, so that it must be
            picklable, and the function takes an iterable of it, which it may iterate several times.
        divide: for what can be compared apart: takes what was collected of a batch, and a number. Yields parts of it,
            each with the number (less than that) of those that it is compared with. None: all of it is compared.
        of_texts: whether the rule looks at texts alone, so that it finds the same when spans are moved.

    Returns:
        What makes a :class:`Rule` of the function.
    """
    return lambda judge: Rule(
        code,
        name,
        severity,
        judge,
        needs,
        collect,
        about,
        bad,
        good,
        schema,
        registries,
        good_registries,
        bad_files,
        spooled,
        divide,
        of_texts,
    )
