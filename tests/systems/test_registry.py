import json
from importlib.metadata import EntryPoint

import pytest

from spanproof.schema.schema import Schema
from spanproof.systems.registry import GROUP, systems
from spanproof.systems.system import MissingSystemError, System, unfit
from support.documents import ROOT
from support.systems_here import stub

PREDICTIONS = "tools/leaderboard/predictions"
OURS = tuple(systems(()).known.values())


@pytest.mark.parametrize("system", OURS, ids=lambda system: system.name)
def test_ours_say_what_they_are(system: System) -> None:
    assert unfit(system, Schema.article()) is None
    assert system.licence
    assert system.limits
    assert systems().find(system.name) is system


def test_the_leaderboard_has_the_limits_that_the_systems_state() -> None:
    runs = [json.loads(file.read_text("utf-8"))["system"] for file in (ROOT / PREDICTIONS / "runs").glob("*.json")]
    assert len(runs) > 10
    assert {run["name"]: run["limits"] for run in runs} == {
        run["name"]: systems().find(run["name"]).limits for run in runs
    }


def test_entry_points_of_others() -> None:
    here = {"stranger": stub(name="stranger"), "taken": stub(name="gazetteer"), "number": 7}
    points = [EntryPoint(name, f"{__name__}:HERE.{name}", GROUP) for name in here]
    broken = EntryPoint("broken", "no_such_module:SYSTEM", GROUP)
    for name, value in here.items():
        setattr(HERE, name, value)
    found = systems([*points, broken])
    assert set(found.known) == {*(system.name for system in OURS), "stranger"}
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "ModuleNotFoundError: No module named 'no_such_module'",
        "int; expected a System",
        "the name gazetteer is taken",
    ]
    with pytest.raises(MissingSystemError, match=r"did you mean gazetteer.*no_such_module"):
        found.find("gazeteer")


class HERE:
    """What entry points name."""
