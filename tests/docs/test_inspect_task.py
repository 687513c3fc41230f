"""The task for inspect-ai on the page about measuring, run with that package against answers that are known."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.documents import ROOT

PAGE = ROOT / "tools" / "docs" / "how-to" / "measure-systems.md"
GOLD = [
    {"text": "Ana met Bo in Lisbon.", "label": [[0, 3, "PER"], [8, 10, "PER"], [14, 20, "LOC"]]},
    {"text": "Nobody left.", "label": []},
    {"text": "Bo left Paris.", "label": [[0, 2, "PER"], [8, 13, "LOC"]]},
]
RUN = """
import json
from inspect_ai import eval as evaluate
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from names import names

answers = [
    [["Ana", "PER"], ["Lisbon", "LOC"], ["Eve", "PER"]],
    [],
    [["Bo", "LOC"], ["Paris", "LOC"]],
]
outputs = [json.dumps([{"text": text, "label": label} for text, label in names]) for names in answers]
outputs = [ModelOutput.from_content("mockllm/model", output) for output in [*outputs, "I can't."]]
for output in outputs:
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)  # Else a table is downloaded to count.
for some in (outputs[:3], outputs[3:]):
    model = get_model("mockllm/model", custom_outputs=some, memoize=False)
    (log,) = evaluate(names(), model=model, max_connections=1, display="none", log_dir="logs")
    scores = [sample.scores["span_f1"].value for sample in log.samples or () if sample.scores]
    print(json.dumps([log.status, scores]))
"""


@pytest.mark.full
def test_the_task_for_inspect_ai_scores_what_is_placed_and_an_answer_that_is_none_is_an_error(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(packages), "inspect-ai==0.3.285"]
    subprocess.run(install, check=True)
    block = PAGE.read_text("utf-8").partition("### A task for inspect-ai")[2].partition("```python\n")[2]
    (tmp_path / "names.py").write_text(block.partition("```")[0], "utf-8")
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(line) + "\n" for line in GOLD), "utf-8")
    path = os.pathsep.join([str(tmp_path), str(ROOT / "tools"), *sys.path, str(packages)])
    env = {**os.environ, "PYTHONPATH": path}
    run = subprocess.run(
        [sys.executable, "-c", RUN], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    good, bad = map(json.loads, run.stdout.splitlines())
    assert good == ["success", [pytest.approx(2 / 3), 1.0, 0.5]]
    assert bad == ["error", []]
