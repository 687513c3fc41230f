"""Files of models: tags are read from them without running anything, a digest tells versions apart."""

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import regex

from spanproof.systems.adapters import transformers
from spanproof.systems.model_files import digest, model_path, saved_tags
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError
from support.toy_models import saved


def test_tags_are_read_from_a_file_and_nothing_of_it_is_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "sprung",)

    content = {"tags": ["O", "B-PER", "S-MISC", "E-PER", "B-nonsense", "O", b"S-LOC"], "trap": Trap()}
    new, old, other = (tmp_path / name for name in ("new.pt", "old.pt", "other.pt"))
    with zipfile.ZipFile(new, "w") as archive:
        archive.writestr("new/data.pkl", pickle.dumps(content))
    old.write_bytes(saved(content))
    other.write_bytes(b"no pickle")
    assert saved_tags(new) == saved_tags(old) == {"B-PER", "S-MISC", "S-LOC"}
    assert not (tmp_path / "sprung").exists()
    with pytest.raises(ValueError, match="isn't a file that torch saved"):
        saved_tags(other)


def test_a_changed_model_has_another_digest(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights").write_bytes(b"12")
    first = digest(folder)
    assert digest(folder) == first
    (folder / ".lock").write_bytes(b"")
    assert digest(folder) == first
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "model.pyc").write_bytes(b"1")
    assert digest(folder) == first
    (folder / "weights").write_bytes(b"21")
    second = digest(folder)
    (folder / "weights").rename(folder / "other")
    assert len({first, second, digest(folder)}) == 3


def test_a_model_that_isn_t_here_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name in ("transformers", "gliner", "flair"):
        with pytest.raises(MissingSystemError, match="hf download no-one/nothing --revision v1"):
            systems().find(f"{name}:no-one/nothing@v1")
    for path in ("/no/such", "./no/such", "two words"):
        with pytest.raises(ValueError, match="no name of the Hub"):
            model_path(path)
    for name in ("transformers", "gliner", "flair"):
        with pytest.raises(MissingSystemError, match=regex.escape(str(tmp_path))):
            systems().find(f"{name}:{tmp_path}")


def test_a_model_of_the_hub_is_its_snapshot_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    cached, commit = tmp_path / "models--no-one--toy", "0" * 40
    for folder in ("blobs", "refs", f"snapshots/{commit}"):
        (cached / folder).mkdir(parents=True)
    (cached / "refs" / "main").write_text(commit)
    for name, blob in (("config.json", "b" * 40), ("other.json", "c" * 40)):
        (cached / "blobs" / blob).write_text(json.dumps({"architectures": ["XForTokenClassification"], "id2label": {}}))
        (cached / "snapshots" / commit / name).symlink_to(cached / "blobs" / blob)
    snapshot = model_path("no-one/toy")
    assert snapshot == model_path(f"no-one/toy@{commit}") == cached / "snapshots" / commit
    first = digest(snapshot)
    (cached / "blobs" / ("c" * 40)).write_text("{}")  # never happens: a blob is named by its hash, and not read again
    assert digest(snapshot) == first
    with pytest.raises(ValueError, match="hf download no-one/toy --revision v2"):
        model_path("no-one/toy@v2")
    with pytest.raises(ValueError, match="none of its labels"):
        transformers.make("no-one/toy")
