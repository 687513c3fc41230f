"""Environments of systems, with wheels made here: over this one, beside the others, whole or not at all."""

import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import version as version_of
from pathlib import Path

import pytest

from spanproof.schema.paths import Registries
from spanproof.systems import environments
from spanproof.systems.system import MissingSystemError, Predict, System


def wheel(folder: Path, name: str, version: str, *, wants: str = "", code: str = "") -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{name}.py", code or f"VERSION = {version!r}\n")
        needs = f"Requires-Dist: {wants}\n" if wants else ""
        packed.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")
    return path


def never(_: Registries) -> Predict:
    raise AssertionError("opened")


def system(**fields: tuple[str, ...]) -> System:
    return System("gazetteer", "1", "MIT", None, {"entities": ("PERSON",)}, "-", never, **fields)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPANPROOF_SYSTEMS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_can_be_had_needs_no_environment(cache: Path) -> None:
    assert environments.install(system(requires=("click",)), pytest.fail) == Path(sys.executable)
    assert environments.missing(system()) is None
    assert not cache.exists()


@pytest.mark.slow
def test_an_environment_has_its_own_versions_before_those_of_this_one(tmp_path: Path) -> None:
    own = wheel(tmp_path, "click", "0.0.1")
    alone = wheel(tmp_path, "verbs", "2", wants="no-such-distribution==9")
    asked = system(requires=(f"click @ {own.as_uri()}", "jinja2"), alone=(f"verbs @ {alone.as_uri()}",))
    assert "verbs" in str(environments.missing(asked))
    said: list[str] = []
    python = environments.install(asked, said.append)
    assert "click @ file" in said[0]
    assert environments.missing(asked) is None
    code = "import click, verbs, jinja2, spanproof; print(click.VERSION, verbs.VERSION, jinja2.__file__)"
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True, env=environments.variables()
    )
    version, verbs, jinja = done.stdout.split()
    assert (version, verbs) == ("0.0.1", "2")
    assert not Path(jinja).is_relative_to(tmp_path)
    assert environments.install(asked, pytest.fail) == python


@pytest.mark.slow
def test_an_installation_that_fails_leaves_none_behind(tmp_path: Path) -> None:
    broken = tmp_path / "torn-1-py3-none-any.whl"
    broken.write_bytes(b"no zip")
    asked = system(requires=(f"torn @ {broken.as_uri()}",))
    with pytest.raises(MissingSystemError, match=r"gazetteer can't be installed: .*log: "):
        environments.install(asked, print)
    assert environments.missing(asked)
    wheel(tmp_path, "torn", "1")
    assert environments.install(asked, print).exists()


def test_what_is_installed_in_another_way_says_how() -> None:
    theirs = System("x", "1", "MIT", None, {}, "-", never, requires=("no-such-thing",), install="brew install x")
    with pytest.raises(MissingSystemError, match="brew install x"):
        environments.install(theirs, pytest.fail)
    lacking = system(programs=("no-such-program",))
    with pytest.raises(MissingSystemError, match="the command no-such-program, which doesn't exist"):
        environments.install(lacking, pytest.fail)


def test_npm_that_isn_t_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(MissingSystemError, match="there is no npm"):
        environments.install(system(node=("chrono-node@2.10.3",)), lambda _: None)


@pytest.mark.slow
def test_a_system_is_served_from_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("starlette")
    site, needed = tmp_path / "site", wheel(tmp_path, "verbs", "2")
    about = site / "strange-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[spanproof.systems]\nstrange = strange:SYSTEM\n")
    (site / "strange.py").write_text(
        "from spanproof.systems.system import System\n"
        "def opened(_):\n"
        "    import verbs\n"
        "    return lambda sources: ({'entities': []} for _ in sources)\n"
        "SYSTEM = System('strange', '1', 'MIT', None, {'entities': ('PERSON',)}, '-', opened,\n"
        f"    requires=('jinja2',), alone=('verbs @ {needed.as_uri()}',))\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(site), *filter(None, sys.path))))
    install = [sys.executable, "-m", "spanproof", "bench", "install", "strange"]
    assert "strange: " in subprocess.run(install, capture_output=True, text=True, check=True).stderr
    serve = [sys.executable, "-m", "spanproof", "labelstudio", "serve", "--system", "strange", "--port", "0"]
    with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = [process.stderr.readline(), process.stderr.readline()]
        process.terminate()
    assert said[0] == "loading strange-1\n"
    assert "strange-1 answers at http://127.0.0.1:" in said[1]
    (installed,) = (tmp_path / "cache").glob("strange-*/installed")
    leaning = json.loads(installed.read_bytes())
    assert leaning == {"jinja2": version_of("jinja2"), "markupsafe": version_of("markupsafe")}
    installed.write_text(json.dumps({**leaning, "jinja2": "0.1"}))
    listed = subprocess.run([*install[:-2], "systems"], capture_output=True, text=True, check=True).stdout
    assert "missing: strange needs verbs" in listed
