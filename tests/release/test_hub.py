"""Publishing on a hub: the same bytes under a tag, or no tag and the reason."""

import hashlib
import shutil
import time
from pathlib import Path

import pytest

from spanproof.release.hub import PublishError, publish
from support.hub import Hub, release
from support.hub_repo import Repo

pytestmark = pytest.mark.slow

ATTEMPT = """
import dataclasses, os
from pathlib import Path
from spanproof.release.hub import publish
from spanproof.release.steps import ReleaseError

def attempt(folder, version="1.0.0", **more):
    steps = []
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}
    try:
        done = dataclasses.asdict(publish(files, "org/talks", version=version, progress=steps.append, **more))
        return done | {"steps": steps, "error": ""}
    except ReleaseError as error:
        return {"error": str(error), "steps": steps}
"""


@pytest.fixture
def hub():
    with Hub() as hub:
        yield hub


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Version 1.0.0, and 2.0.0 with fewer rows and without one of the articles."""
    where = tmp_path_factory.mktemp("releases")
    first, second = release(where / "first", "1.0.0"), release(where / "second", "2.0.0", rows=2)
    dropped(second).unlink()
    return first, second


def dropped(folder: Path) -> Path:
    return folder / "articles" / "28c5c7bc61b1027f.txt"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def served(hub: Hub, tag: str) -> dict[str, bytes]:
    files = hub.repos["org/talks"].tags[tag].files
    return {path: file.content for path, file in files.items() if path != ".gitattributes"}


def test_two_versions_stand_side_by_side_and_a_second_run_changes_nothing(
    hub: Hub, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = folders
    code = f"out = [attempt({str(first)!r}), attempt({str(first)!r}), attempt({str(second)!r}, '2.0.0')]"
    one, again, two = hub.run(tmp_path, ATTEMPT + code)
    assert served(hub, "v1.0.0") == contents(first)
    assert served(hub, "v2.0.0") == contents(second)
    assert dropped(first).name in str(served(hub, "v1.0.0").keys() - served(hub, "v2.0.0").keys())
    repo = hub.repos["org/talks"]
    assert one["commit"] == repo.tags["v1.0.0"].oid != two["commit"] == repo.tags["v2.0.0"].oid
    assert [commit.title for commit in repo.at("main").history()] == [
        "Release 2.0.0",
        "Release 1.0.0",
        "initial commit",
    ]
    assert one["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in contents(first).items()}
    assert (one["new"], again["new"], two["new"]) == (True, False, True)
    assert all(step.endswith("done already") for step in again["steps"])
    assert {**again, "new": True, "steps": []} == {**one, "steps": []}
    for tag in repo.tags.values():  # T10: Parquet is LFS, and nothing else
        assert {path for path, file in tag.files.items() if file.lfs} == {
            p for p in tag.files if p.endswith(".parquet")
        }


def test_a_tag_with_other_content_is_refused_and_left_alone(
    hub: Hub, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    changed, fewer, more = (shutil.copytree(folders[0], tmp_path / name) for name in ("changed", "fewer", "more"))
    dropped(changed).write_bytes(b"another text")
    dropped(fewer).unlink()
    (more / "more.txt").write_bytes(b"one more")
    code = f"out = [attempt(folder) for folder in {[str(folder) for folder in (folders[0], changed, fewer, more)]}]"
    one, *refused = hub.run(tmp_path, ATTEMPT + code)
    assert not one["error"]
    article = "articles/28c5c7bc61b1027f.txt"
    for attempt, said in zip(
        refused, (f"{article} differs", f"{article} is only there", "more.txt is missing there"), strict=True
    ):
        assert f"v1.0.0 of org/talks exists with other content ({said})" in attempt["error"]
    assert served(hub, "v1.0.0") == contents(folders[0])
    assert hub.repos["org/talks"].at("main").oid == one["commit"]


def test_what_fails_is_not_tagged_and_another_run_completes_it(
    hub: Hub, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    """507 and not 500 for the file: clients try a 500 again, for 23 seconds."""
    api = "POST /api/datasets/org/talks"
    hub.failing = {"PUT /_lfs/": [507], f"{api}/commit/": [500], f"{api}/tag/": [503]}
    code = f"""
from huggingface_hub import HfApi
out = []
for n in range(4):
    out.append(attempt({str(folders[0])!r}))
    out[-1]["tags"] = [ref.name for ref in HfApi().list_repo_refs("org/talks", repo_type="dataset").tags]
"""
    *failed, done = hub.run(tmp_path, ATTEMPT + code)
    assert [status in attempt["error"] for status, attempt in zip(("507", "500", "503"), failed, strict=True)] == [
        True
    ] * 3
    assert [attempt["tags"] for attempt in failed] == [[], [], []]
    assert (done["error"], done["new"], done["tags"]) == ("", True, ["v1.0.0"])
    assert served(hub, "v1.0.0") == contents(folders[0])
    assert [commit.title for commit in hub.repos["org/talks"].at("main").history()] == [
        "Release 1.0.0",
        "initial commit",
    ]


def test_a_hub_that_serves_other_bytes_gets_no_tag(hub: Hub, folders: tuple[Path, Path], tmp_path: Path) -> None:
    """Of the same length: the client compares lengths, and no more. The fourth attempt is served well."""
    suffixes = (".parquet", ".md", ".txt", "none")

    def spoil(path: str, content: bytes) -> bytes:
        attempt = hub.requests.count("GET /api/whoami-v2")
        return content[:-1] + b"?" if path.endswith(suffixes[attempt - 1]) else content

    hub.spoil = spoil
    code = f"""
from huggingface_hub import HfApi
out = []
for n in range(4):
    out.append(attempt({str(folders[0])!r}))
    out[-1]["tags"] = [ref.name for ref in HfApi().list_repo_refs("org/talks", repo_type="dataset").tags]
"""
    *spoiled, done = hub.run(tmp_path, ATTEMPT + code)
    for suffix, attempt in zip(suffixes[:3], spoiled, strict=True):
        assert "serves something other than what was uploaded" in attempt["error"]
        assert f"{suffix} differs" in attempt["error"]
        assert not attempt["tags"]
    assert (done["new"], done["tags"]) == (True, ["v1.0.0"])


def test_a_tag_that_was_moved_is_noticed(hub: Hub, folders: tuple[Path, Path], tmp_path: Path) -> None:
    """T15: a hub's tags can be made anew; the record tells, by the commit, and publishing again refuses."""
    first, second = map(str, folders)
    code = f"""
from huggingface_hub import HfApi
api, talks = HfApi(), dict(repo_id="org/talks", repo_type="dataset")
record = attempt({first!r})
api.delete_tag(**talks, tag="v1.0.0")
api.upload_folder(**talks, folder_path={second!r}, delete_patterns=["*"])
api.create_tag(**talks, tag="v1.0.0")
moved = api.dataset_info("org/talks", revision="v1.0.0").sha
paths = api.list_repo_files(**talks, revision="v1.0.0")
large = {{f.path: f.lfs.sha256 for f in api.get_paths_info(**talks, paths=paths, revision="v1.0.0") if f.lfs}}
out = [record, moved, large, attempt({first!r})]
"""
    record, moved, large, again = hub.run(tmp_path, ATTEMPT + code)
    assert moved != record["commit"]
    assert all(record["files"][path] != sha256 for path, sha256 in large.items())
    assert large
    assert "exists with other content" in again["error"]


def test_a_tag_that_names_another_commit_is_told(hub: Hub, folders: tuple[Path, Path], tmp_path: Path) -> None:
    class Elsewhere(Repo):
        def make(self, kind: str, name: str, revision: str) -> None:
            super().make(kind, name, self.at(revision).history()[1].oid)

    hub.repos["org/talks"] = Elsewhere()
    error = hub.run(tmp_path, f"{ATTEMPT}out = attempt({str(folders[0])!r})")["error"]
    made, named = (commit.oid for commit in hub.repos["org/talks"].at("main").history())
    assert error == f"the tag v1.0.0 of org/talks was made for commit {made}, and names {named}"


def test_upload_folder_alone_keeps_what_was_dropped(hub: Hub, folders: tuple[Path, Path], tmp_path: Path) -> None:
    """T14: why publishing deletes all that the folder doesn't have."""
    code = f"""
from huggingface_hub import HfApi
api = HfApi()
api.create_repo("org/talks", repo_type="dataset")
for folder in {[str(folder) for folder in folders]}:
    api.upload_folder(repo_id="org/talks", repo_type="dataset", folder_path=folder)
out = api.list_repo_files("org/talks", repo_type="dataset")
"""
    assert "articles/28c5c7bc61b1027f.txt" in hub.run(tmp_path, code)


def test_a_token_that_is_refused_missing_or_impossible_is_not_shown(
    hub: Hub, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    code = f"""
out = []
for token in ["hf_secret", "", "hf_sec\\nret", "hf_secr\u00e9t"]:
    os.environ["HF_TOKEN"] = token
    out.append(attempt({str(folders[0])!r})["error"])
"""
    said = hub.run(tmp_path, ATTEMPT + code)
    refused, missing, *impossible = said
    assert "401" in refused
    assert "a token that may write" in refused
    assert missing == "HF_TOKEN is not set: it should be a token that may write to org/talks"
    assert all("HF_TOKEN holds characters that no token has" in error for error in impossible)
    assert not any("hf_s" in error or "ret" in error for error in said)
    assert not hub.repos


def test_without_a_hub_the_reason_is_told_soon(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with Hub() as closed:
        pass
    start = time.monotonic()
    error = closed.run(tmp_path, f"{ATTEMPT}out = attempt({str(folders[0])!r})")["error"]
    offline = closed.run(tmp_path, f"{ATTEMPT}out = attempt({str(folders[0])!r})", HF_HUB_OFFLINE="1")["error"]
    assert time.monotonic() - start < 20
    assert f"org/talks at {closed.url}: ConnectError" in error
    assert "offline mode" in offline.lower()


def test_a_private_dataset_is_private(hub: Hub, folders: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = map(str, folders)
    private = hub.run(tmp_path, f"{ATTEMPT}out = attempt({first!r}, private=True)")
    assert not private["error"]
    look = 'from huggingface_hub import HfApi\nout = HfApi(token=False).repo_exists("org/talks", repo_type="dataset")'
    assert hub.run(tmp_path, look) is False
    hub.repos["org/talks"].private = False
    public = hub.run(tmp_path, f"{ATTEMPT}out = attempt({second!r}, '2.0.0', private=True)")
    assert "exists and is public" in public["error"]
    assert hub.repos["org/talks"].at("main").oid == private["commit"]


def test_a_card_that_the_hub_rejects_is_not_uploaded(hub: Hub, folders: tuple[Path, Path], tmp_path: Path) -> None:
    hub.rejects = ['"license" must be one of']
    assert '"license" must be one of' in hub.run(tmp_path, f"{ATTEMPT}out = attempt({str(folders[0])!r})")["error"]
    assert len(hub.repos["org/talks"].at("main").history()) == 1


@pytest.mark.parametrize(
    ("version", "card", "said"),
    [
        ("1.0", None, "'1.0' isn't a version; expected x.y.z"),
        ("v1.0.0", None, "'v1.0.0' isn't a version"),
        ("3.0.0", None, "has version 1.0.0, to be published: 3.0.0"),
        ("1.0.0", "---\nlicense: mit\n---\n", "the card has no configs"),
        ("1.0.0", "---\nconfigs: [\n---\n", "no card that can be read"),
        ("1.0.0", "---\n- a list\n---\n", "the card has no configs"),
        ("1.0.0", "", "the card has no configs"),
    ],
)
def test_a_folder_of_another_version_is_refused_before_any_hub_is_asked(
    folders: tuple[Path, Path], tmp_path: Path, version: str, card: str | None, said: str
) -> None:
    folder = shutil.copytree(folders[0], tmp_path / "dataset")
    if card is not None:
        (folder / "README.md").write_text(card, "utf-8")
    with pytest.raises(PublishError) as raised:
        publish(contents(folder), "org/talks", version=version)
    assert said in str(raised.value)
