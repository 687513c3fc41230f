"""The card as it is served: its code runs with nothing but the published repository in reach."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from spanproof._version import __version__
from support.hub import Hub
from support.publication import DATASET, FACTS

pytestmark = pytest.mark.slow

REPOSITORY = FACTS.get("repository")
LOOPBACK_ALONE = """
import socket
_connect = socket.socket.connect
def _guarded(self, address):
    assert not isinstance(address, tuple) or address[0] in ("127.0.0.1", "::1"), address
    return _connect(self, address)
socket.socket.connect = _guarded
"""
PUBLISH = f"""
from huggingface_hub import HfApi
api = HfApi()
api.create_repo({REPOSITORY!r}, repo_type="dataset")
commit = api.upload_folder(repo_id={REPOSITORY!r}, repo_type="dataset", folder_path={str(DATASET)!r})
api.create_tag({REPOSITORY!r}, repo_type="dataset", tag="v{__version__}", revision=commit.oid)
"""
FETCH = f"""
import os
from huggingface_hub import snapshot_download
folder = snapshot_download({REPOSITORY!r}, repo_type="dataset")
out = [folder, open(os.path.join(folder, "README.md"), encoding="utf-8").read()]
"""
PRINTED = """
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as shown:
    exec(compile({code!r}, "card", "exec"), {{}})
out = shown.getvalue()
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub() as hub:
        hub.run(tmp_path_factory.mktemp("publisher"), PUBLISH)
        yield hub


@pytest.fixture(scope="module")
def served(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A snapshot of the repository, and the card in it."""
    folder, card = hub.run(tmp_path_factory.mktemp("reader"), LOOPBACK_ALONE + FETCH)
    return Path(folder), card


def test_every_block_of_code_runs_from_the_hub(hub: Hub, served: tuple[Path, str], tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", served[1], re.DOTALL)
    shown = re.search(r"prints\n\n```\n(.*?)```", served[1], re.DOTALL)
    assert len(blocks) >= 2
    assert shown
    printed = [hub.run(tmp_path, LOOPBACK_ALONE + PRINTED.format(code=block)) for block in blocks]
    assert printed == [shown[1], *[""] * (len(blocks) - 1)]


def test_the_quick_start_runs_from_a_download_without_a_hub(hub: Hub, served: tuple[Path, str], tmp_path: Path) -> None:
    folder, card = served
    code = re.search(r"```python\n(.*?)```", card, re.DOTALL)
    shown = re.search(r"prints\n\n```\n(.*?)```", card, re.DOTALL)
    assert code
    assert shown
    own = re.sub(r'^source = ".*?"', f"source = {str(folder)!r}", code[1], flags=re.MULTILINE)
    assert own != code[1]
    assert hub.run(tmp_path, PRINTED.format(code=own), HF_HUB_OFFLINE="1", HF_ENDPOINT="http://127.0.0.1:9") == shown[1]


def test_what_the_card_links_to_is_served(served: tuple[Path, str]) -> None:
    folder, card = served
    body = card.split("---\n", 2)[2]
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.*)$", body, re.M)
    }
    targets = re.findall(r"\]\(([^)]+)\)", body)
    assert {"GUIDELINES.md", "adjudication.jsonl", "CHANGELOG.md", "LICENSE.md", "picture.svg"} <= set(targets)
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif target.startswith("https:"):
            assert target.startswith(f"https://huggingface.co/datasets/{REPOSITORY}"), target
        else:
            assert (folder / target).is_file(), target
