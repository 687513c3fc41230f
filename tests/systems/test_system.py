import importlib
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from spanproof.systems.system import MissingSystemError, Predict, System
from support.systems_here import stub


def test_a_system_that_can_t_be_had_says_so() -> None:
    lacking = stub(requires=("no-such-thing==1.0",))
    assert lacking.missing == "stub needs no-such-thing==1.0, which isn't installed: pip install stub"
    older = stub(requires=("pytest<1",))
    assert older.missing
    assert older.missing.startswith(f"stub needs pytest<1, {pytest.__version__} is installed")
    for system in (lacking, older):
        with pytest.raises(MissingSystemError, match="pip install stub"):
            system.load()
    with pytest.raises(MissingSystemError, match="needs the registry entities"):
        stub(registry="entities").load({"utterances": {}})


def test_what_a_system_does_not_use_is_hidden_while_it_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "heavy_library.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    seen: list[bool] = []

    def opened(_: object) -> Predict:
        with suppress(ImportError):
            importlib.import_module("heavy_library")
        seen.append("heavy_library" in sys.modules and sys.modules["heavy_library"] is not None)
        return lambda sources: ({} for _ in sources)

    one = System("x", "1", "MIT", None, {}, "-", opened, unused=("heavy_library",))
    one.load_alone({})
    assert "heavy_library" not in sys.modules
    one.load({})
    one.load_alone({})
    assert seen == [False, True, True], "what is loaded already stays"
    del sys.modules["heavy_library"]
