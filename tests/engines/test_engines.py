"""Check, corrections and scores by engines are those of the plain run, on local clusters, a killed worker or none."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.fix import fix
from spanproof.checks.report import Report
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.engines import datasets_map
from spanproof.engines.checking import Checking, rows_of
from spanproof.engines.fixing import Fixing
from spanproof.schema.schema import Schema
from spanproof.testing.open_world.cases import SCHEMA
from support.apart import environment
from support.drifting import divided, drifting
from support.scored_sides import GOLD, PREDICTED, demand_same_scores

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
BROKEN = [members for rule in CATALOGUE if rule.schema is None and not rule.registries for members in rule.bad]


def corpus() -> list[Any]:
    """Documents with every fault that columns can hold, in the order of their keys; some keys stand twice."""
    documents = [sound(**{**members, "id": f"n{k:03}"}) for k, members in enumerate(BROKEN)]
    documents += [sound(id=f"s{k // 2}", entities=[{**ANA, "label": ("PERSON", "ORG")[k % 2]}]) for k in range(6)]
    batch = batch_of(documents, Schema.article())
    return [document for row, document in enumerate(documents) if row not in batch.raw]


def table_of(documents: list[Any]) -> pa.Table:
    return pa.Table.from_batches([batch_of(documents, Schema.article()).columns])


def comparable(report: Report) -> tuple[Any, ...]:
    """The findings in an order of their own, and the numbers."""
    findings = sorted((replace(finding, row=None) for finding in report.findings), key=repr)
    return findings, replace(report, findings=())


def demand_same(report: Report, documents: list[Any]) -> None:
    plain = check(Corpus.of(documents))
    assert {"SP003", "SP601", "SP603"} <= {finding.code for finding in plain.findings}
    assert comparable(pickle.loads(pickle.dumps(report))) == comparable(plain)  # engines and processes send reports


def test_batches_and_groups_in_any_order_are_the_plain_run() -> None:
    documents = corpus()
    table, checking = table_of(documents), Checking.of(Schema.article(), buckets=3)
    rows = pa.concat_tables([checking.batch(table.slice(first, 5)) for first in reversed(range(0, len(table), 5))])
    groups = {name: rows.filter(pa.compute.equal(rows["group"], name)) for name in rows["group"].unique().to_pylist()}
    judged = pa.concat_tables([checking.group(group) for group in groups.values()]).to_pylist()
    demand_same(checking.report((row["group"], row["first"], row["content"]) for row in judged), documents)


def test_nothing_is_not_sound() -> None:
    checking = Checking.of(Schema.article())
    assert checking.batch(table_of([])).num_rows == 0
    assert [finding.code for finding in checking.report([]).findings] == ["SP007"]
    with pytest.raises(ValueError, match="no rule has"):
        Checking.of(Schema.article(), select=["SP999"])


def test_corrections_are_made_in_batches_and_all_else_stays() -> None:
    trailing = {**ANA, "end": 10, "text": "Ana Silva "}
    documents = [sound(id="a"), sound(id="b", entities=[trailing]), sound(id="c")]
    table = table_of(documents)
    fixed = Fixing(Checking.of(Schema.article())).batch(table)
    assert fixed.schema == table.schema
    assert fixed.slice(0, 1).equals(table.slice(0, 1))
    assert fixed["entities"][1].as_py()[0]["end"] == 9
    assert fixed["id"].to_pylist() == ["a", "b", "c"]
    assert Fixing(Checking.of(Schema.article())).batch(fixed).equals(fixed)


def test_datasets_map_corrects_as_one_process_does() -> None:
    import datasets

    table, checking = table_of(corpus()), Checking.of(Schema.article())
    fixed = datasets_map.fix(datasets.Dataset(table), checking)
    right = Fixing(checking).batch(table)
    assert not right.equals(table)
    assert fixed.with_format(None)[:] == datasets.Dataset(right)[:]


def test_datasets_map_finds_what_the_plain_run_does(tmp_path: Path) -> None:
    import datasets

    documents = corpus()
    dataset = datasets.Dataset(table_of(documents))
    demand_same(datasets_map.check(dataset, Checking.of(Schema.article(), buckets=4)), documents)


def test_documents_that_drift_are_proved_by_all_however_they_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.setattr(datasets_map, "_ROWS", 3)
    documents = drifting(20, 1)
    table, checking = pa.Table.from_pylist(documents), Checking.of(SCHEMA, buckets=3)
    alone = [Fixing(checking).batch(table.slice(low, 3)) for low in range(0, 20, 3)]
    assert pa.concat_tables(alone).equals(table)
    report = datasets_map.check(datasets.Dataset(table), checking)
    assert comparable(report) == comparable(check(divided(documents, 3)))
    fixed = datasets_map.fix(datasets.Dataset(table), checking).to_list()
    assert fixed == list(fix(divided(documents, 3)).corpus.documents()) != documents


@pytest.mark.parametrize("most", [5, 200])
def test_evidence_is_the_same_in_whatever_groups_it_is_gathered(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spanproof.checks.sample._TEXTS", most)
    table, checking = pa.Table.from_pylist(drifting(20, 1)), Checking.of(SCHEMA, buckets=3)
    rows = [checking.evidence(table.slice(low, 3)) for low in range(0, 20, 3)]
    whole = checking.with_evidence(rows_of(checking.evidence(table)))
    some = [checking.group(pa.concat_tables(of)) for of in (rows[::-2], rows[1::2])]
    assert checking.with_evidence(row for one in some for row in rows_of(one)) == whole
    assert checking.with_evidence(row for one in rows for row in rows_of(one)) == whole
    sample = (whole.work.samples or {})["text"]
    assert len(sample.texts) == min(most, 20)
    assert (sample.below is None) == (most > 20)
    assert checking.evidence(table_of(corpus()[:1])).num_rows == 0


BEGIN = """
import os, signal, sys
import pyarrow.parquet as pq
from spanproof.engines.checking import Checking
from spanproof.engines.scoring import Scoring
from spanproof.schema.schema import Schema

MARK = sys.argv[2]

class Killing(Checking):
    def batch(self, table):
        try:
            os.close(os.open(MARK, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return Checking.batch(self, table)
        os.kill(os.getpid(), signal.SIGKILL)
"""
"""Both engines send classes of the main program by their content, those of modules by their name."""
RAY = """
import ray
from spanproof.engines import ray_data

ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=10**8)
ray.data.DataContext.get_current().enable_progress_bars = False
checking = Checking.of(Schema.article(), buckets=4)
dataset = ray.data.from_arrow(pq.read_table(sys.argv[1])).repartition(4)
report = ray_data.check(dataset, Killing(checking.work, checking.buckets))
fixed = [*ray_data.fix(dataset, checking).iter_rows()]
sides = [ray.data.read_parquet(path) for path in sys.argv[4:]]
scores = ray_data.score(*sides, Scoring.of(Schema.article(), "entities", buckets=4))
"""
SPARK = """
from pyspark.sql import SparkSession
from spanproof.engines import spark

session = (
    SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", False)
    .config("spark.sql.shuffle.partitions", 4)
    .config("spark.sql.files.openCostInBytes", 2**27)
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", 8)
    .getOrCreate()
)
checking = Checking.of(Schema.article(), buckets=4)
frame = session.read.parquet(sys.argv[1])
report = spark.check(frame, Killing(checking.work, checking.buckets))
fixed = spark.fix(frame, checking).toArrow().to_pylist()
sides = [session.read.parquet(path) for path in sys.argv[4:]]
scores = spark.score(*sides, Scoring.of(Schema.article(), "entities", buckets=4))
session.stop()
"""
END = """
import pickle
pickle.dump((report, fixed, scores), open(sys.argv[3], "wb"))
"""


def in_order(rows: list[Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.full
@pytest.mark.parametrize(("package", "program"), [("ray", RAY), ("pyspark", SPARK)], ids=["ray", "spark"])
def test_a_cluster_finds_what_the_plain_run_does_though_a_worker_is_killed(
    package: str, program: str, tmp_path: Path
) -> None:
    """On a busy machine of two cores Ray took 131 s and Spark 120 s, most of it to start: for `make full` alone."""
    import pickle

    import pyarrow.parquet as pq

    if package == "pyspark" and shutil.which("java") is None:
        pytest.skip("no java, which Spark needs; on Debian: apt install default-jre-headless")
    python = environment(tmp_path / "environment", package)
    documents, (data, killed, result) = corpus(), (tmp_path / name for name in ("data", "killed", "report"))
    data.mkdir()
    table = table_of(documents)
    for k in range(0, len(table), 10):
        pq.write_table(table.slice(k, 10), data / f"{k:04}.parquet")
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYSPARK_PYTHON": str(python),
        "RAY_worker_niceness": "0",  # at 15, as it is by default, workers wait for minutes beside other tests
    }
    sides = tmp_path / "gold.parquet", tmp_path / "predicted.parquet"
    for side, of_side in zip(sides, (GOLD, PREDICTED), strict=True):
        pq.write_table(table_of(of_side), side)
    command = [str(python), "-c", BEGIN + program + END, *map(str, (data, killed, result, *sides))]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=540, env=environ, cwd=tmp_path)
    assert run.returncode == 0, run.stderr[-3000:]
    assert killed.exists()
    report, fixed, scores = pickle.loads(result.read_bytes())
    demand_same(report, documents)
    assert in_order(fixed) == in_order(Fixing(Checking.of(Schema.article())).batch(table).to_pylist())
    demand_same_scores(scores)
