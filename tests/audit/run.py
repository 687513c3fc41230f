"""Audit published corpora: check copies of them, and write the page.

``python tests/audit/run.py COPIES`` checks each corpus of which there is a copy, keeps the counts in ``facts.json`` and
writes the page anew. COPIES is a folder with a folder a corpus, each a clone of the repository that the page names.
"""

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from audit.drifting import drift_facts, with_programs
from audit.measuring import measured
from audit.page import FACTS, PAGE, facts_in, page_of
from audit.published import CORPORA
from spanproof.formats.files import replace_file


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("copies", type=Path, help="the folder with the copies")
    parser.add_argument("--only", action="append", metavar="NAME", help="audit this corpus alone; may be repeated")
    parser.add_argument("--samples", type=Path, help="a folder for findings to be judged; they quote the corpora")
    parser.add_argument("--no-drifts", action="store_true", help="keep the drifts of the facts as they are")
    asked = parser.parse_args()
    facts = facts_in()
    for corpus in CORPORA:
        if not (corpus.name in asked.only if asked.only else (asked.copies / corpus.name).is_dir()):
            continue
        with ProcessPoolExecutor(1, get_context("spawn")) as process:  # so that the memory is that of one corpus
            told, sample = process.submit(measured, corpus, asked.copies).result()
            drifts = facts.get(corpus.name, {}).get("drifts", {})
            if not asked.no_drifts:
                drifts = with_programs(process.submit(drift_facts, corpus, asked.copies).result(), drifts)
        facts[corpus.name] = {**told, "drifts": drifts}
        if asked.samples:
            lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in sample)
            replace_file(asked.samples / f"{corpus.name}.jsonl", lines.encode())
        replace_file(FACTS, (json.dumps(facts, indent=1) + "\n").encode())
        replace_file(PAGE, page_of(facts).encode())
        print(
            corpus.name, told["documents"], "documents,", sum(one["findings"] for one in told["findings"]), "findings"
        )


if __name__ == "__main__":
    main()
