import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import shapes


@pytest.mark.slow
def test_other_peoples_shapes_cost_about_as_much_as_ours() -> None:
    """A span costs 0.3 to 1.7 times as much as in ours (2.5 in 3,000 documents); record by record it was 2 to 7.5."""
    measured = {name: a_span for name, _, a_span in shapes.ratios(150, 3, list(shapes.SHAPES))}
    assert measured.keys() == shapes.SHAPES.keys()
    assert max(measured.values()) < 4, measured
    assert sum(measured.values()) / len(measured) < 2.5, measured
