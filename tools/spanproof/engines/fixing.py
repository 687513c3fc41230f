"""What an engine spreads over its machines to correct a corpus."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from spanproof.arrays import to_arrow
from spanproof.checks.corrections import made
from spanproof.checks.gathered import Gathered
from spanproof.checks.report import Seen
from spanproof.checks.tried import tried_alone, wanted_of
from spanproof.engines.checking import Checking
from spanproof.formats.class_labels import holds_ids
from spanproof.formats.parquet import batches_of


@dataclass(frozen=True)
class Fixing:
    """The function that an engine calls to have the proved corrections of documents made.

    Attributes:
        checking: what is asked for: corrections of which codes, and what a waiver covers.
    """

    checking: Checking

    def batch(self, table: pa.Table) -> pa.Table:
        """Return documents with every proved correction made; what isn't corrected stays as it is.

        Args:
            table: a document a row.

        Raises:
            ValueError: labels are numbers whose names the columns say, which can't be written.
        """
        if holds_ids(table.schema):
            raise ValueError("labels are numbers of a ClassLabel; expected names, which a correction can write")
        work, base = self.checking.work, 0
        asked, rows, changed = work.asked, np.arange(len(table)), list[Any]()
        wanted = wanted_of(work.corpus, asked.select, asked.ignore, asked.settings)
        batches = batches_of(table, work.corpus.schema)
        for one in tried_alone(work.standard, batches, Gathered(Seen(), spooled=False), wanted):
            assert one.batch is not None
            documents = made(one.batch, {row: outcome for row, outcome in one.proved.items() if outcome.steps})
            written = one.batch.changed(documents) if one.batch.within else documents.items()
            for row, document in written:
                rows[base + row] = len(table) + len(changed)
                changed.append(document)
            base += len(one.batch.records) or one.batch.columns.num_rows
        if not changed:
            return table
        return pa.concat_tables([table, pa.Table.from_pylist(changed, schema=table.schema)]).take(to_arrow(rows))
