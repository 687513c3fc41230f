import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import faults

from spanproof.checks.check import check
from spanproof.formats.discovery import read


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return faults.write(tmp_path_factory.mktemp("faults"), 400)


@pytest.mark.parametrize(
    ("fault", "code"), [(faults.label, "SP201"), (faults.edge, "SP107"), (faults.missing, "SP002")]
)
def test_a_faulty_document_has_one_fault(sound: Path, fault: faults.Fault, code: str) -> None:
    found = check(read(faults.broken(sound, fault, 100))).findings
    assert {finding.code: 1 for finding in found} == {code: 1}
    assert len({finding.document for finding in found}) == len(found) == 4


@pytest.mark.slow
@pytest.mark.parametrize("fault", [faults.label, faults.edge, faults.missing])
def test_faulty_documents_take_little_longer_than_sound_ones(sound: Path, fault: faults.Fault) -> None:
    """One in a hundred takes 1.1 to 1.2 times as long, a fault in each some three times; it was up to 26."""
    few, every = faults.ratios(sound, fault, 3).values()
    assert few < 2, few
    assert every < 6, every
