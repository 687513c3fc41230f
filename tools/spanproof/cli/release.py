"""``spanproof release``: prepare, publish."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from spanproof.checks.render import OUTPUTS
from spanproof.cli.options import own_repository, print_as, reason_of, refuse, say


@click.group()
def release() -> None:
    """Release the dataset: prepare a version in the working copy, then publish it on the Hugging Face Hub.

    \b
    spanproof release prepare            version, changelog, dataset, hashes
    git commit -am "Release 0.2.0" && git tag v0.2.0
    spanproof release publish ORG/NAME   upload, compare what is served, tag
    """


@release.command()
@click.argument("version", required=False)
@click.option("--date", help="Day of the release, YYYY-MM-DD; default: today.")
def prepare(version: str | None, date: str | None) -> None:
    """Make the working copy a release.

    Compares the corpus with the last release (the newest git tag vX.Y.Z), takes the VERSION that the changes ask for
    (or yours, if it isn't too low: changed or removed records are major, added ones minor, all else a patch; while the
    first number is 0, major raises the second and the others the third), and writes it into dataset.json beside the
    corpus, the dataset, CITATION.cff and CHANGELOG.md where they are, and the files that pyproject.toml names under
    [tool.spanproof] as states. Nothing is committed or published.

    \b
    spanproof release prepare 0.2.0

    Exit codes: 0 prepared, 1 the corpus or the version doesn't pass, 2 unusable input.
    """
    import datetime

    from spanproof.release import prepare as releasing

    own = own_repository()
    day = date or datetime.date.today().isoformat()
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        refuse(f"{day}: no day; right is YYYY-MM-DD")
    with _refusing():
        prepared = releasing.prepare(own, version, day)
    if prepared.diff is not None:
        from spanproof.revisions.render import as_text

        click.echo(as_text(prepared.diff, stat=True), nl=False)
    order = f"after {prepared.since}" if prepared.since else "the first release"
    click.echo(f"{prepared.version} of {prepared.date} is prepared, {order}:")
    for name in prepared.changed or ("no file changed",):
        click.echo(f"  {name}")
    click.echo(f"next: look at the changelog, commit, git tag v{prepared.version}, spanproof release publish ORG/NAME")


@release.command()
@click.argument("repository", metavar="ORG/NAME")
@click.option("--private", is_flag=True, help="Create a private repository.")
def publish(repository: str, private: bool) -> None:
    """Publish the dataset on the Hugging Face Hub, as the version that its card states.

    The dataset must pass the check, and its version what changed since the release before. Uploads the folder,
    fetches back what the hub serves, compares every byte, tags it vX.Y.Z, and writes commit and hashes down in the file
    that pyproject.toml names as releases. A second run changes nothing. The token is read from HF_TOKEN alone.

    \b
    spanproof release publish ORG/NAME

    Exit codes: 0 published, 1 the dataset or its version doesn't pass, 2 unusable input or no hub.
    """
    from spanproof.release import hub as publishing
    from spanproof.release import prepare as releasing

    own = own_repository()
    dataset = own.root / own.dataset
    with _refusing():
        version = releasing.version_of(dataset)
        releasing.require_version(own, version)
        releasing.require_sound(dataset, None)
        published = publishing.publish(dataset, repository, version=version, private=private, progress=say)
        file = releasing.record(own, published)
    state = "published" if published.new else "there already"
    click.echo(f"{repository} {published.tag}: {state}, commit {published.commit}, {len(published.files)} files")
    click.echo(f"commit and hashes stand in {file}")


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what a build or a release raises into a message and an exit code."""
    from spanproof.release.build import BuildError
    from spanproof.release.hub import PublishError
    from spanproof.release.prepare import ReleaseError

    try:
        yield
    except BuildError as error:
        if error.report is not None:
            print_as(OUTPUTS, "text", error.report)
        _stop(error, error.exit_code)
    except ReleaseError as error:
        _stop(error, error.exit_code)
    except (PublishError, ValueError, OSError) as error:
        _stop(error, 2)


def _stop(error: Exception, code: int) -> None:
    say(f"spanproof: {reason_of(error)}")
    sys.exit(code)
