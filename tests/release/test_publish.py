"""Ways to release wrongly: each is refused or recovered, in one sentence; with the real client on the loopback hub."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from spanproof.publication.changelog import sections
from support.documents import ROOT
from support.hub import Hub
from support.hub_repo import Commit, File, Repo
from support.releases import PREPARE, PUBLISH, REPO, edit, git, identify, one_more, other_role, ran, repository, save

# One process makes what all of them tell.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ways")]

Setup = Callable[[Path, Hub, str], object]
API = "POST /api/datasets/{}"


@dataclass(frozen=True)
class Way:
    """What is done to a repository whose version 0.1.0 is published, what is run then, and what each run says.

    A command that has ``REPO`` gets the repository of this way; ``python`` runs code in the process of the commands.
    """

    setup: Setup
    runs: list[tuple[list[str], int, str]]


def edited(root: Path, *_: object) -> None:
    edit(root, other_role)


def both(*setups: Setup) -> Setup:
    return lambda root, hub, repo: [setup(root, hub, repo) for setup in setups]


def fails(start: str, status: int) -> Setup:
    return lambda root, hub, repo: hub.failing.update({start.format(repo): [status]})


def lay(name: str, link: bool = False) -> list[str]:
    act = f"os.symlink('/etc/hostname', {name!r})" if link else f"open({name!r}, 'w').write('hf_secret')"
    return ["python", act]


def flip(root: Path, *_: object) -> None:
    schema = root / "data" / "letters.schema.json"
    text = schema.read_text("utf-8")
    flipped = json.loads(text)
    roles = flipped["properties"]["persons"]["items"]["properties"]["role"]["enum"]
    roles.reverse()
    schema.write_text(json.dumps(flipped), "utf-8")
    save(root, "Another order of the labels")


def cloned(*options: str) -> Setup:
    def clone(root: Path, *_: object) -> None:
        origin = root.with_name(f"{root.name}-origin")
        root.rename(origin)
        git(root.parent, "clone", "-q", *options, f"file://{origin}", root.name)
        identify(root)
        edited(root)

    return clone


def forget_line(root: Path, *_: object) -> None:
    (root / "data" / "releases.jsonl").unlink()
    save(root, "No record")


def spoil_line(root: Path, *_: object) -> None:
    (root / "data" / "releases.jsonl").write_text("{\n")
    save(root, "No record")


def on_main(hub: Hub, repo: str, title: str, **files: bytes) -> None:
    """A commit of somebody else on the hub."""
    there = hub.repos[repo]
    head = there.branches["main"]
    named = {name.replace("_", "."): File(content) for name, content in files.items()}
    there.branches["main"] = Commit({**head.files, **named}, title, "", head)


def moved_tag(root: Path, hub: Hub, repo: str) -> None:
    on_main(hub, repo, "The same again")
    hub.repos[repo].tags["v0.1.0"] = hub.repos[repo].branches["main"]


def stated_by_hand(root: Path, *_: object) -> None:
    facts = root / "data" / "dataset.json"
    facts.write_text(facts.read_text().replace('"0.1.0"', '"0.2.0"'))
    log = root / "data" / "CHANGELOG.md"
    log.write_text(log.read_text().replace("## 0.1.0 (2030-01-01)", "## 0.2.0 (unreleased)"))
    edited(root)


def lost_tag(root: Path, *_: object) -> None:
    git(root, "tag", "-d", "v0.1.0")


def lost_git(root: Path, *_: object) -> None:
    shutil.rmtree(root / ".git")


def elsewhere(root: Path, hub: Hub, repo: str) -> None:
    """Somebody else has published 0.2.0 of other letters there, meanwhile."""
    on_main(hub, repo, "Release 0.2.0", README_md=b"Mine")
    hub.repos[repo].tags["v0.2.0"] = hub.repos[repo].branches["main"]


NEXT = (PREPARE, 0, "0.2.0 of 2030-01-01 is prepared, after v0.1.0")
DONE = (PUBLISH, 0, "v0.2.0: published")
ISNT = "isn't what the corpus builds"
WAYS: dict[str, Way] = {
    "missing tag": Way(both(lost_tag, edited), [
        (PREPARE, 1, "data/CHANGELOG.md knows the release 0.1.0, and git no release; expected them to agree")]),
    "missing tag, published again": Way(lost_tag, [
        (PUBLISH, 1, "REPO knows the release 0.1.0, and git doesn't; expected them to agree: git fetch --tags")]),
    "shallow clone": Way(cloned("--depth", "1"), [
        (PREPARE, 1, "this clone is shallow"), (PUBLISH, 1, "expected a whole one: git fetch --unshallow --tags")]),
    "clone without tags": Way(cloned("--no-tags"), [
        (PREPARE, 1, "and git no release"), (["python", "os.system('git fetch -q --tags')"], 0, ""), NEXT, DONE]),
    "a whole clone": Way(cloned(), [NEXT, DONE, (PUBLISH, 0, "there already, nothing to do")]),
    "no git": Way(lost_git, [(PREPARE, 2, "is in no git repository"), (PUBLISH, 2, "is in no git repository")]),
    "dirty tree": Way(edited, [NEXT, (lay("notes.txt"), 0, ""),
        (PUBLISH, 1, "notes.txt: not committed; expected what is published to be committed")]),
    "changed after it was prepared": Way(edited, [
        NEXT, (["python", "open('data/corpus.jsonl', 'a').write('\\n')"], 0, ""),
        (PUBLISH, 1, "data/corpus.jsonl: not committed")]),
    "unbuilt gold": Way(edited, [(PUBLISH, 1, ISNT), NEXT, DONE]),
    "built under the old version": Way(edited, [
        (["build"], 0, ""), (PUBLISH, 1, "the tag v0.1.0 has another dataset, and a release is not changed")]),
    "foreign file": Way(edited, [
        NEXT, (lay("dataset/notes.txt"), 0, ""), (PUBLISH, 1, "dataset/notes.txt isn't a file of the build"),
        (PREPARE, 2, "dataset/notes.txt isn't a file of the build")]),
    "hidden file": Way(edited, [
        NEXT, (lay("dataset/.env"), 0, ""), (PUBLISH, 1, "dataset/.env is hidden; expected nothing but the files of"),
        (["check", "dataset"], 1, "SP711")]),
    "symlink": Way(edited, [
        NEXT, (lay("dataset/data/more", link=True), 0, ""), (PUBLISH, 1, "dataset/data/more is a link")]),
    "flipped enum": Way(flip, [
        ([*PREPARE, "0.1.1"], 1, "are MAJOR, and 0.1.1 is too low; expected 0.2.0 or above (documents.persons[].role: "
         "label id 0 was sender, is receiver"), NEXT]),
    "version too low": Way(edited, [
        ([*PREPARE, "0.1.1"], 1, "the changes since 0.1.0 are MAJOR, and 0.1.1 is too low; expected 0.2.0 or above")]),
    "lowered version": Way(edited, [
        ([*PREPARE, "0.0.9"], 1, "0.0.9 is below 0.1.0, which data/CHANGELOG.md knows as released")]),
    "released version": Way(edited, [([*PREPARE, "0.1.0"], 1, "0.1.0 is released: the tag v0.1.0 exists")]),
    "no version": Way(edited, [([*PREPARE, "v0.2"], 2, "'v0.2' isn't a version; expected x.y.z in digits")]),
    "version without a changelog": Way(stated_by_hand, [
        (["build"], 0, ""), (["python", "os.system('git add -A; git commit -qm built')"], 0, ""),
        (PUBLISH, 1, "data/CHANGELOG.md doesn't tell 0.2.0 as its newest release")]),
    "second publisher": Way(both(edited, elsewhere), [
        NEXT, (PUBLISH, 2, "v0.2.0 of REPO exists with other content (CHANGELOG.md differs, README.md differs")]),
    "second publisher between": Way(both(edited, fails(f"{API}/commit/", 412)), [
        NEXT, (PUBLISH, 2, "somebody else has published there in the meantime"), DONE]),
    "failed upload": Way(both(lambda r, *_: edit(r, one_more), lambda r, hub, repo: hub.failing.update(
        {f"PUT /_lfs/{repo}": [507]})), [
        (PREPARE, 0, "MINOR documents: 1 new row;"), (PUBLISH, 2, "the hub answers 507"),
        (PUBLISH, 0, "v0.1.1: published")]),
    "failed commit": Way(both(edited, fails(f"{API}/commit/", 500)), [NEXT, (PUBLISH, 2, "the hub answers 500"), DONE]),
    "failed tag": Way(both(edited, fails(f"{API}/tag/", 503)), [
        NEXT, (PUBLISH, 2, "the hub answers 503"), DONE]),
    "no right to write": Way(both(edited, fails(f"{API}/commit/", 403)), [
        NEXT, (PUBLISH, 2, "HF_TOKEN should be a token that may write there"), DONE]),
    "no token": Way(edited, [
        NEXT, (["python", "os.environ['HF_TOKEN'] = ''"], 0, ""), (PUBLISH, 2, "HF_TOKEN is not set"),
        (["python", "os.environ['HF_TOKEN'] = 'hf_' + 'wrong'"], 0, ""), (PUBLISH, 2, "the hub answers 401"),
        (["python", "os.environ['HF_TOKEN'] = 'hf_' + 'loopback'"], 0, ""), DONE]),
    "the hub lost it": Way(lambda r, hub, repo: hub.repos.update({repo: Repo()}), [
        (PUBLISH, 1, "data/releases.jsonl knows the release 0.1.0, and REPO doesn't")]),
    "the hub lost it before the next": Way(both(edited, lambda r, hub, repo: hub.repos.pop(repo)), [
        NEXT, (PUBLISH, 1, "and REPO no release before 0.2.0; expected them to agree: git checkout v0.1.0")]),
    "the hub's page was edited": Way(lambda r, hub, repo: on_main(hub, repo, "By hand", README_md=b"Mine"), [
        (PUBLISH, 2, "REPO was changed after v0.1.0 (README.md differs)")]),
    "moved tag": Way(moved_tag, [(PUBLISH, 1, "somebody has moved the tag")]),
    "record lost": Way(forget_line, [(PUBLISH, 0, "there already"), (PUBLISH, 0, "commit data/releases.jsonl: done")]),
    "record lost before the next": Way(both(forget_line, edited), [
        NEXT, (PUBLISH, 1, "and data/releases.jsonl no release before 0.2.0")]),
    "record broken": Way(spoil_line, [(PREPARE, 2, "data/releases.jsonl:1 isn't a JSON object")]),
    "private wanted, public there": Way(edited, [
        NEXT, ([*PUBLISH, "--private"], 2, "REPO exists and is public; to be published was a private dataset")]),
    "prepared, committed, prepared again": Way(edited, [
        NEXT, (["python", "os.system('git add -A; git commit -qm prepared')"], 0, ""),
        (PREPARE, 1, "a version that was prepared and never released is prepared again by its name"),
        ([*PREPARE, "0.2.0"], 0, "no file changed"), DONE]),
    "corpus that doesn't pass": Way(lambda r, *_: edit(r, lambda d: d[0]["persons"][0].update(end=9999)), [
        (PREPARE, 1, "the corpus doesn't pass the check")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[int, str]]]:
    """The exit code and the words of every run of every way; all in one process."""
    base = tmp_path_factory.mktemp("ways")
    first = repository(base / "first")
    with Hub() as hub:
        for code, output in ran(hub, base / "home", [(first, PREPARE), (first, PUBLISH)]):
            assert code == 0, output
        runs: list[tuple[str, Path, list[str]]] = []
        for k, (name, way) in enumerate(WAYS.items()):
            root, repo = base / f"way-{k}", f"org/way-{k}"
            shutil.copytree(first, root)
            record = root / "data" / "releases.jsonl"
            record.write_text(record.read_text().replace(REPO, repo))
            save(root, "Another repository on the hub")
            there = hub.repos[REPO]
            copies = {kind: dict(getattr(there, kind)) for kind in ("branches", "tags", "objects")}
            hub.repos[repo] = dataclasses.replace(there, **copies)
            way.setup(root, hub, repo)
            runs += [(name, root, [repo if word == REPO else word for word in command]) for command, *_ in way.runs]
        results = ran(hub, base / "home", [(root, command) for _, root, command in runs])
    told: dict[str, list[tuple[int, str]]] = {name: [] for name in WAYS}
    for (name, _, _), (code, output) in zip(runs, results, strict=True):
        told[name].append((code, output))
    return told


@pytest.mark.parametrize("name", WAYS)
def test_a_wrong_way_is_refused_or_recovered_in_a_sentence(name: str, told: dict[str, list[tuple[int, str]]]) -> None:
    repo = f"org/way-{list(WAYS).index(name)}"
    for (_, code, words), (is_, output) in zip(WAYS[name].runs, told[name], strict=True):
        assert is_ == code, output
        assert words.replace("REPO", repo) in output
        assert "Traceback" not in output
        assert "hf_" not in output
        refusals = [line for line in output.splitlines() if line.startswith("spanproof: ")]
        assert len(refusals) == (code != 0 and words != "SP711")


@pytest.mark.full
def test_this_dataset_can_be_released_as_it_stands(tmp_path: Path) -> None:
    """A repository of the files that are here, as committed: its version is published, and a second run does nothing.

    Releases before it are tagged there; they are what they were in this repository alone.
    """
    root = tmp_path / "talks"
    for name in git(ROOT, "ls-files", "-z").split("\0"):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    git(root, "init", "-q")
    identify(root)
    save(root, "The corpus")
    released = [section.version for section in sections((root / "annotations/CHANGELOG.md").read_text("utf-8"))[1]]
    for version in released[1:]:
        git(root, "tag", f"v{version}")
    publish = ["release", "publish", "org/talks"]
    with Hub() as hub:
        first, second = ran(hub, tmp_path / "home", [(root, publish), (root, publish)])
        assert first[0] == 0, first
        assert f"org/talks v{released[0]}: published" in first[1]
        assert second[0] == 0, second
        assert "there already, nothing to do" in second[1]
        assert list(hub.repos["org/talks"].tags) == [f"v{released[0]}"]
