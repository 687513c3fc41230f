"""Class labels: names become ids and ids names."""

import pyarrow as pa
import pytest

from spanproof.formats import class_labels as labels


def test_ids_beyond_the_names_become_digits_and_unknown_names_are_refused() -> None:
    feature = {"_type": "ClassLabel", "names": ["a", "b"]}
    assert labels.decoded(pa.array([1, None, 7, -1]), feature).to_pylist() == ["b", None, "7", "-1"]
    with pytest.raises(ValueError, match="'c' is none of the labels a, b"):
        labels.encoded(pa.array(["a", "c"]), feature, pa.int64())
    assert labels.features_of(pa.schema([])) == {}
    assert labels.features_of(pa.schema([], {b"huggingface": b"no json"})) == {}
