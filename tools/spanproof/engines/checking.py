"""What an engine spreads over its machines to check a corpus: functions of batches, one of groups, and their report.

A first pass takes a sample of the documents that drift, so that what is proved of one doesn't depend on those that are
in its batch. The function of batches judges documents by themselves, and gives what rules across documents need in rows
with the name of a group. The engine groups the rows by that name, by its own group-by. The function of groups judges
them.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import pyarrow as pa

from spanproof.checks.evidence import joined, samples_of
from spanproof.checks.gathered import Gathered
from spanproof.checks.judging import across
from spanproof.checks.pieces import AskedFindings, CheckWork, JudgedPiece, packed, unpacked
from spanproof.checks.report import Report, Seen, report_of
from spanproof.checks.runs import each
from spanproof.checks.sample import TextSample
from spanproof.checks.selection import codes_of
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.settings import UNSETTLED
from spanproof.corpus.waivers import Waiver
from spanproof.formats.other_rows import documents_among
from spanproof.formats.parquet import batches_of
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema

ROWS = pa.schema([("group", pa.string()), ("first", pa.string()), ("content", pa.binary())])
"""The columns of what both functions give: the group, the key of the first document, and what is found or needed."""
_FOUND = "found"
"""The name of the groups whose rows hold findings, before their number."""
_EVIDENCE = "evidence"
"""That of the groups whose rows hold how documents drift."""
Row = tuple[str, str, bytes]


@dataclass(frozen=True)
class Checking:
    """The functions that an engine calls. They can be sent to its machines.

    Attributes:
        work: what belongs to the documents, and what is asked for.
        buckets: in how many groups the documents and surfaces of a rule across documents are compared.
    """

    work: CheckWork
    buckets: int

    @classmethod
    def of(
        cls,
        schema: Schema | Mapping[str, Any],
        *,
        registries: Registries | None = None,
        waivers: Iterable[Waiver] = (),
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        buckets: int = 64,
    ) -> "Checking":
        """Return the functions for the documents of a schema.

        Args:
            schema: what a document is, a row of the engine.
            registries: name of the registry to key to entry; without them references into them are not looked up.
            waivers: findings that are right as they are.
            select: codes, prefixes of codes or names of rules to report; all by default.
            ignore: those not to report.
            buckets: in how many groups the engine compares documents and surfaces, at least as many as it has cores.

        Raises:
            SchemaError: the schema can't be used.
            ValueError: no rule has a code, prefix or name of ``select`` or ``ignore``, or there is no bucket.
        """
        if buckets < 1:
            raise ValueError(f"buckets is {buckets}; expected 1 or more")
        compiled = schema if isinstance(schema, Schema) else Schema.of(schema)
        asked: dict[str, dict[str, str]] = {} if registries is None else {name: {} for name in compiled.registries}
        corpus = Corpus(compiled, (), dict(registries or {}), tuple(waivers), registry_files=asked)
        return cls(CheckWork(corpus, AskedFindings(None, codes_of(select), codes_of(ignore), UNSETTLED)), buckets)

    def batch(self, table: pa.Table) -> pa.Table:
        """Judge documents by themselves; return what is found, and what rules across documents need, as ``ROWS``.

        Args:
            table: a document a row.
        """
        schema = self.work.corpus.schema
        rows = (self._rows(one) for one in documents_among(batches_of(table, schema), "", schema))
        return table_of(chain.from_iterable(rows))

    def evidence(self, table: pa.Table) -> pa.Table:
        """Return of documents what those of others need to know of how they drift, as ``ROWS``.

        Args:
            table: a document a row.
        """
        schema = self.work.corpus.schema
        samples = samples_of(documents_among(batches_of(table, schema), "", schema), self.work.corpus)
        content = packed(samples, self.work)
        return table_of([(f"{_EVIDENCE}/{zlib.crc32(content) % self.buckets}", "", content)] if samples else [])

    def with_evidence(self, rows: Iterable[Row]) -> "Checking":
        """Return the same functions for documents of which it is known how others drift.

        Without this the documents of each batch are judged by themselves.

        Args:
            rows: all rows that :meth:`group` gave of those of :meth:`evidence`, in any order.
        """
        return replace(self, work=replace(self.work, samples=self._joined(rows)))

    def group(self, table: pa.Table) -> pa.Table:
        """Judge a group; return what is found as ``ROWS``, of the same group.

        Args:
            table: all rows of one group, as :meth:`batch` or :meth:`evidence` gives them.
        """
        ordered = sorted(rows_of(table), key=lambda row: row[1])
        if not ordered or ordered[0][0].startswith(_FOUND):
            return table_of(ordered)
        name, first, _ = ordered[0]
        if name.startswith(_EVIDENCE):
            return table_of([(name, first, packed(self._joined(ordered), self.work))])
        standard, gathered = self.work.standard, Gathered(Seen(), spooled=False)
        rule = next(rule for rule in standard.rules if rule.code == name.partition("/")[0])
        states = [unpacked(content, self.work) for _, _, content in ordered]
        findings = list(across(standard, rule, states, gathered.seen))
        return table_of([(name, first, packed(JudgedPiece(findings, gathered), self.work))])

    def report(self, rows: Iterable[Row]) -> Report:
        """Return the report of all groups. It holds all findings.

        A rule across documents of which there was no group is judged here, as of a corpus without documents.

        Args:
            rows: group, first document and content of all rows that :meth:`group` gave, in any order.
        """
        seen, corpus, standard = Seen(), self.work.corpus, self.work.standard
        order = {rule.code: k for k, rule in enumerate(standard.rules)}
        ordered = sorted(rows, key=lambda row: (order.get(row[0].partition("/")[0], -1), row[1], row[0]))
        judged = [unpacked(content, self.work) for _, _, content in ordered]
        for piece in judged:
            seen.add(piece.gathered.seen)
        there = {name.partition("/")[0] for name, _, _ in ordered}
        lacking = (rule for rule in standard.those_about("documents") if rule.collect and rule.code not in there)
        others = [finding for rule in lacking for finding in across(standard, rule, [], seen)]
        every = chain(chain.from_iterable(piece.findings for piece in judged), others)
        asked = self.work.asked
        return report_of(
            (replace(finding, row=None) for finding in each(every)),
            seen,
            select=asked.select,
            ignore=asked.ignore,
            waivers=corpus.waivers,
        )

    def _joined(self, rows: Iterable[Row]) -> dict[str, TextSample]:
        """Return the samples that rows hold, as one for each member with texts."""
        samples: dict[str, TextSample] = {}
        for *_, content in rows:
            samples = joined(samples, unpacked(content, self.work))
        return samples

    def _rows(self, batch: Batch) -> Iterable[Row]:
        """Yield the rows of one batch."""
        standard, gathered = self.work.standard, Gathered(Seen(), spooled=False)
        findings = [one for of_batch in self.work.found_alone(iter([batch]), gathered) for one in of_batch]
        key = self.work.corpus.schema.canonical.key
        first = str(batch.columns[key][0].as_py() or "") if key and batch.columns.num_rows else ""
        judged = JudgedPiece(findings, Gathered(gathered.seen, spooled=False))
        yield f"{_FOUND}/{zlib.crc32(first.encode()) % self.buckets}", first, packed(judged, self.work)
        for rule in standard.those_about("documents"):
            for state in gathered.of(rule) if rule.collect else ():
                for number, part in rule.divide(state, self.buckets) if rule.divide else [(0, state)]:
                    yield f"{rule.code}/{number}", first, packed(part, self.work)


def rows_of(table: pa.Table) -> list[Row]:
    """Return the rows of a table of ``ROWS``."""
    return list(zip(*(table[name].to_pylist() for name in ROWS.names), strict=True))


def table_of(rows: Iterable[Row]) -> pa.Table:
    """Return rows as a table of ``ROWS``."""
    listed = list(rows)
    columns = [pa.array([row[k] for row in listed], kind) for k, kind in enumerate(ROWS.types)]
    return pa.table(columns, ROWS)
