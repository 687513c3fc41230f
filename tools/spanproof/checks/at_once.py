"""Documents whose only correction moves the spans of one text: most that drift. They are tried together, as columns.

Where anything else would have to be decided, the corrections of a document are tried as all others are
(:mod:`spanproof.checks.trials`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat

from spanproof.checks.corrections import Key, Outcome, Wanted
from spanproof.checks.rule import Rule
from spanproof.checks.runs import FindingRun, Found, each
from spanproof.corpus.documents import Batch
from spanproof.corpus.findings import Finding
from spanproof.corpus.moved import Moves, with_moved
from spanproof.corpus.waivers import Waived

JudgeBatch = Callable[[Batch], Iterable[Finding]]
"""Takes documents; returns what a fresh check finds in them."""


class FoundInRows:
    """What is found in the documents of a batch that offer a correction, by their row, in order.

    Attributes:
        offering: the rows in which something has a correction.
    """

    def __init__(self, findings: Sequence[Found]) -> None:
        self.offering = set[int]()
        for one in findings:
            if isinstance(one, FindingRun):
                self.offering.update(one.rows)
            elif one.fix and one.row is not None:
                self.offering.add(one.row)
        self._of: dict[int, list[Finding | tuple[FindingRun, int]]] = {row: [] for row in self.offering}
        self._findings = findings
        for one in findings:
            if isinstance(one, FindingRun):
                for k, row in enumerate(one.rows):
                    self._of[row].append((one, k))
            elif one.row in self._of:
                self._of[one.row].append(one)

    def parts(self, row: int) -> Iterator[Found]:
        """Yield what is found in a document."""
        for one in self._of[row]:
            yield one if isinstance(one, Finding) else one[0].of_documents(one[1], one[1] + 1)

    def cured(self, row: int) -> set[str]:
        """Return the codes of what a correction of a document is to end."""
        parts = (one if isinstance(one, Finding) else one[0] for one in self._of[row])
        return {one.code for one in parts if isinstance(one, FindingRun) or one.fix}

    def moves(self, wanted: Wanted, waived: Waived) -> dict[int, Moves]:
        """Return the corrections of documents that have no other, and move spans of which many are told, by row.

        Args:
            wanted: whether the correction of a finding is asked for.
            waived: may speak of some of them; these documents are left out.
        """
        known: dict[int, Moves | None] = {}
        for run in (one for one in self._findings if isinstance(one, FindingRun)):
            for part, is_waived in run.parts([waived.may_cover(run.code, name) for name in run.names]):
                is_wanted = not is_waived and wanted(part.first)
                for row, moves in zip(part.rows, part.moves, strict=True):
                    if known.setdefault(row, moves) is not moves or not is_wanted:
                        known[row] = None
        for one in self._findings:
            if not isinstance(one, Finding) or not one.fix or one.row is None:
                continue
            moved = known.get(one.row)
            if moved and not (one.fix is moved.known and one.level == "proved" and wanted(one)):
                known[one.row] = None
        return {row: moved for row, moved in sorted(known.items()) if moved}

    def has_only(self, moved: Moves, row: int, rules: Sequence[Rule]) -> bool:
        """Say whether all that is found in a document is what a correction is to end, and what rules of texts find.

        Args:
            moved: the correction.
            row: the document.
            rules: all rules.
        """
        of_texts = {rule.code for rule in rules if rule.of_texts}
        singly = (one for one in self._of[row] if isinstance(one, Finding))
        return all(one.fix is moved.known if one.fix else one.code in of_texts for one in singly)

    def of_codes(self, codes: Collection[str]) -> Mapping[int, Sequence[Finding]]:
        """Return what is found in documents one by one under some codes, by row."""
        by_row: dict[int, list[Finding]] = defaultdict(list)
        for one in self._findings:
            if isinstance(one, Finding) and one.row is not None and one.code in codes:
                by_row[one.row].append(one)
        return by_row


def corrected_at_once(
    batch: Batch,
    by_row: FoundInRows,
    moves: Mapping[int, Moves],
    judge: JudgeBatch,
    wanted: Wanted,
    rules: Sequence[Rule],
) -> dict[int, Outcome]:
    """Return what became of the documents in which one correction ends all that it should, and no other is proved.

    Args:
        batch: documents that stand in records of their own, which differ from them by the names of members at most.
        by_row: what is found in them.
        moves: the corrections of documents that have no other, by row.
        judge: the check, but for rules of texts alone: they find the same again.
        wanted: whether the correction of a finding is asked for.
        rules: all rules, in their order.
    """
    lasting = by_row.of_codes({rule.code for rule in rules if rule.of_texts})
    order = {rule.code: number for number, rule in enumerate(rules)}
    outcomes: dict[int, Outcome] = {}
    for spans in {id(one.spans): one.spans for one in moves.values()}.values():
        of = {row: one for row, one in moves.items() if one.spans is spans}
        left: dict[int, list[Finding]] = {row: [] for row in of}
        rows = list(of)
        for finding in judge(with_moved(batch, of)):
            if finding.row is not None:
                left[rows[finding.row]].append(replace(finding, row=rows[finding.row]))
        for row, one in of.items():
            if not left[row] or _is_settled(by_row, row, left[row], wanted):
                after = sorted([*left[row], *lasting.get(row, ())], key=lambda one: order[one.code])
                outcomes[row] = Outcome((one,), partial(_ended, by_row, row, after), after, {})
    return outcomes


def _is_settled(by_row: FoundInRows, row: int, after: Sequence[Finding], wanted: Wanted) -> bool:
    """Say whether what should end in a document has, no error was brought, and no proved correction is left."""
    if any(one.fix and one.level == "proved" and wanted(one) for one in after):
        return False
    codes = by_row.cured(row)
    if not any(one.code in codes or one.severity == "error" for one in after):
        return True
    before = list(by_row.parts(row))
    cured = {key for one in before if isinstance(one, FindingRun) or one.fix for key in _keys(one)}
    errors = Counter(key for one in before if one.severity == "error" for key in _keys(one))
    errors.subtract((one.code, one.path) for one in after if one.severity == "error")
    return not any((one.code, one.path) in cured or errors[one.code, one.path] < 0 for one in after)


def _keys(one: Found) -> Iterator[Key]:
    """Yield code and path of a finding, or of each of several."""
    if isinstance(one, FindingRun):
        return zip(repeat(one.code), map(one.path, range(len(one))), strict=False)
    return iter(((one.code, one.path),))


def _ended(by_row: FoundInRows, row: int, after: Sequence[Finding]) -> tuple[Found, ...]:
    """Return what is found in a document and is gone after its correction, as columns where all of a run is gone."""
    left, codes = {(one.code, one.path) for one in after}, {one.code for one in after}
    gone: list[Found] = []
    for one in by_row.parts(row):
        if one.code not in codes or left.isdisjoint(_keys(one)):
            gone.append(one)
        else:
            gone += [finding for finding in each([one]) if (finding.code, finding.path) not in left]
    return tuple(gone)
