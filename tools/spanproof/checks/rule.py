"""What a rule is and what it finds.

A rule is a function of a :class:`~spanproof.checks.view.View` that yields hits. Its docstring is its documentation, and
``bad`` an example that breaks exactly it. Rules run in the order of their codes; an error hides its object from the
rules after it, so that one fault has one finding.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.corpus.edits import Edit, Step
from spanproof.corpus.findings import Cause, Finding, Severity
from spanproof.schema.keywords import Keyword


@dataclass(frozen=True)
class Hit:
    """What a rule says of object ``k`` of ``items``; ``at`` leads on from it, to a member at fault.

    ``span`` is a place in the text (code points) where no annotation is, of a hit that speaks of a text member.
    """

    items: Items
    k: int
    message: str
    at: tuple[Step, ...] = ()
    span: tuple[int, int] | None = None
    cause: Cause | None = None
    fix: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule of the catalogue.

    ``judge`` takes a view of one batch; with ``collect``, which takes the view instead, it takes all that was collected
    and yields whole findings. ``bad`` are documents (members to put into a sound article, or whole documents of
    ``bad_schema``) that break this rule and no other; ``needs`` is the keyword without which it has nothing to
    say. A rule about a publication takes that instead; ``bad_files``
    are changes of a sound one: in which file, what becomes what.
    """

    code: str
    name: str
    severity: Severity
    judge: Callable[[Any], Iterable[Hit | Finding]]
    collect: Callable[[View], Any] | None
    bad: Sequence[Mapping[str, Any]]
    bad_schema: Mapping[str, Any] | None
    needs: Keyword[Any] | None
    registries: Mapping[str, Mapping[str, Any]] | None
    about: Literal["documents", "publication"] = "documents"
    bad_files: Sequence[tuple[str, str, str]] = ()

    @property
    def doc(self) -> str:
        """The documentation: what is wrong, why it matters, what would be right."""
        return inspect.cleandoc(self.judge.__doc__ or "")

    @property
    def title(self) -> str:
        """The first line of the documentation."""
        return self.doc.splitlines()[0]

    def found(self, finding: Finding) -> Finding:
        """A finding under this rule's code and severity."""
        return replace(finding, code=self.code, severity=self.severity)


def rule(
    code: str,
    name: str,
    severity: Severity = "error",
    *,
    bad: Sequence[Mapping[str, Any]] = (),
    bad_schema: Mapping[str, Any] | None = None,
    collect: Callable[[View], Any] | None = None,
    needs: Keyword[Any] | None = None,
    registries: Mapping[str, Mapping[str, Any]] | None = None,
    about: Literal["documents", "publication"] = "documents",
    bad_files: Sequence[tuple[str, str, str]] = (),
) -> Callable[[Callable[[Any], Iterable[Hit | Finding]]], Rule]:
    """Makes a rule of a function."""
    given = (collect, bad, bad_schema, needs, registries, about, bad_files)
    return lambda judge: Rule(code, name, severity, judge, *given)
