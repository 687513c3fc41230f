import pytest

from spanproof.systems.system import MissingSystemError
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
