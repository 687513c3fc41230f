"""The card: its readers take it, and what datasets makes of a card that is wrong."""

import re
import shutil
from pathlib import Path

import datasets
import pytest

from spanproof.publication.folder import Publication
from support.publication import DATASET, VERSION, change, codes_of, load_config, other_labels

pytestmark = pytest.mark.slow


def test_every_python_block_of_the_card_compiles() -> None:
    for block in re.findall(r"```python\n(.*?)```", Publication.read(DATASET).body, re.DOTALL):
        compile(block, "card", "exec")


def test_every_field_of_every_table_is_described() -> None:
    lines = re.findall(r"^\| `.*$", (DATASET / "FIELDS.md").read_text("utf-8"), re.MULTILINE)
    assert len(lines) > 100
    for line in lines:
        assert line.split("|")[3].strip(), line


def test_every_link_of_the_card_leads_to_a_file_of_the_dataset() -> None:
    links = set(re.findall(r"\]\(([^)#:]+)\)", Publication.read(DATASET).body))
    assert {"FIELDS.md", "AGREEMENT.md", "GUIDELINES.md", "picture.svg"} <= links
    assert [link for link in links if not (DATASET / link).is_file()] == []


def test_the_card_is_what_the_hubs_own_reader_takes() -> None:
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(DATASET / "README.md")
    assert card.data.license == "other"
    assert (DATASET / str(card.data.to_dict()["license_link"])).is_file()


def test_t1_a_rewritten_folder_is_read_from_the_stale_cache(dataset_copy: Path) -> None:
    """Hashing the version and the content into ``configs[]`` is what ends it; test_build.py has the counter-measure."""
    change(dataset_copy / "README.md", lambda card: re.sub(r"\n  (description|version): .*", "", card))
    before = load_config(dataset_copy)["label"][:]
    other_labels(dataset_copy)
    assert load_config(dataset_copy)["label"][:] == before
    change(
        dataset_copy / "README.md",
        lambda card: card.replace("config_name: entities\n", "config_name: entities\n  description: x\n", 1),
    )
    assert set(load_config(dataset_copy)["label"]) == {0}


def test_t4_a_version_under_dataset_info_is_ignored(dataset_copy: Path) -> None:
    assert str(load_config(dataset_copy).info.version) == VERSION

    def moved(card: str) -> str:
        without = card.replace(f"  version: {VERSION}\n", "")
        return without.replace(
            "dataset_info:\n- config_name: articles\n", "dataset_info:\n- config_name: articles\n  version: 3.2.1\n"
        )

    change(dataset_copy / "README.md", moved)
    assert str(load_config(dataset_copy, "articles").info.version) == "0.0.0"


def test_t5_labels_in_another_order_in_the_yaml_relabel_silently(dataset_copy: Path) -> None:
    right = load_config(dataset_copy)
    swapped = dataset_copy.parent / "swapped" / "dataset"
    shutil.copytree(dataset_copy, swapped)

    def swap(card: str) -> str:
        return card.replace("'0': PERSON", "'0': ?").replace("'4': GPE", "'4': PERSON").replace("'0': ?", "'0': GPE")

    change(swapped / "README.md", swap)
    wrong = load_config(swapped)
    assert [wrong.features["label"].int2str(k) for k in wrong["label"]] != right["label_name"][:]
    assert codes_of(swapped) == {"SP704"}


def test_t6_a_column_of_the_yaml_alone_is_null_in_every_row(dataset_copy: Path) -> None:
    change(
        dataset_copy / "README.md",
        lambda card: card.replace(
            "  - name: label_name\n", "  - name: nothing\n    dtype: string\n  - name: label_name\n", 1
        ),
    )
    assert set(load_config(dataset_copy)["nothing"]) == {None}
    assert codes_of(dataset_copy) == {"SP704"}


def test_t7_a_layer_is_a_list_of_structs_and_not_a_struct_of_lists(dataset_copy: Path) -> None:
    assert "sequence:" not in (dataset_copy / "README.md").read_text("utf-8")
    assert isinstance(load_config(dataset_copy, "articles")[0]["entities"], list)
    change(
        dataset_copy / "README.md",
        lambda card: card.replace("  - name: entities\n    list:\n", "  - name: entities\n    sequence:\n", 1),
    )
    with pytest.raises(datasets.exceptions.DatasetGenerationError):
        load_config(dataset_copy, "articles")
    assert codes_of(dataset_copy) == {"SP704"}
