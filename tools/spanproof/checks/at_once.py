"""Documents whose only correction is one of all their spans: most that drift. They are tried together, once.

Where anything else would have to be decided, the corrections of a document are tried as all others are
(:mod:`spanproof.checks.trials`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat

from spanproof.checks.corrections import Key, Outcome, Wanted
from spanproof.checks.runs import FindingRun, Found, each, first_of
from spanproof.checks.trials import Judge
from spanproof.corpus.documents import Batch
from spanproof.corpus.edits import Edit, apply
from spanproof.corpus.findings import Finding


def corrected_at_once(
    batch: Batch, findings: Mapping[int, Sequence[Found]], judge: Judge, wanted: Wanted
) -> dict[int, Outcome]:
    """Return what became of the documents in which one correction ends all that it should, and no other is proved.

    Args:
        batch: documents that stand in records of their own, and that no waiver speaks of.
        findings: what is found in some of them, by their row.
        judge: the check.
        wanted: whether the correction of a finding is asked for.
    """
    fixes = {row: fix for row, some in findings.items() if (fix := _only_correction(some, wanted))}
    if not fixes:
        return {}
    documents = {row: apply(document, fixes[row]) for row, document in batch.some(list(fixes)).items()}
    left = judge(documents, frozenset())
    return {
        row: Outcome(document, (fixes[row],), partial(_ended, findings[row], left[row]), left[row], {})
        for row, document in documents.items()
        if _is_settled(findings[row], left[row], wanted)
    }


def _only_correction(findings: Sequence[Found], wanted: Wanted) -> tuple[Edit, ...] | None:
    """Return the correction of a document that is the only one, replaces members only, and is said of many spans."""
    correcting = [one for one in findings if first_of(one).fix]
    fix = first_of(correcting[0]).fix
    if not any(isinstance(one, FindingRun) for one in correcting) or any(edit.remove for edit in fix):
        return None
    asked = (one.fix is fix and one.level == "proved" and wanted(one) for one in map(first_of, correcting))
    return fix if all(asked) else None


def _is_settled(before: Sequence[Found], after: Sequence[Finding], wanted: Wanted) -> bool:
    """Say whether what should end has, no error was brought, and no proved correction is left."""
    if any(one.fix and one.level == "proved" and wanted(one) for one in after):
        return False
    cured = {key for one in before if first_of(one).fix for key in _keys(one)}
    errors = Counter(key for one in before if first_of(one).severity == "error" for key in _keys(one))
    errors.subtract((one.code, one.path) for one in after if one.severity == "error")
    return not any((one.code, one.path) in cured or errors[one.code, one.path] < 0 for one in after)


def _keys(one: Found) -> Iterator[Key]:
    """Yield code and path of a finding, or of each of several."""
    paths = one.paths() if isinstance(one, FindingRun) else iter((one.path,))
    return zip(repeat(first_of(one).code), paths, strict=False)


def _ended(before: Sequence[Found], after: Sequence[Finding]) -> tuple[Finding, ...]:
    left = {(one.code, one.path) for one in after}
    return tuple(one for one in each(before) if (one.code, one.path) not in left)
