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
    git diff                             look at it
    spanproof release publish ORG/NAME   commit, tag, upload, compare, tag there
    """


@release.command()
@click.argument("version", required=False)
@click.option("--date", help="Day of the release, YYYY-MM-DD; default: today.")
def prepare(version: str | None, date: str | None) -> None:
    """Make the working copy a release.

    Compares the dataset, as it is built now, with that of the last release, takes the VERSION that the differences ask
    for (or yours, if it isn't too low), and writes it with the day into dataset.json and CHANGELOG.md beside the
    corpus, the dataset, a CITATION.cff of a dataset, and the files that pyproject.toml names under [tool.spanproof] as
    states. Nothing is committed or published.

    The last release is the newest git tag vX.Y.Z; the changelog as committed and the record of what was published must
    know the same one. A row that changed or went is major, rows that were added are minor, words about the data are a
    patch; while the first number is 0, major raises the second and the others the third. The whole table is in
    tools/docs/how-to/release-a-dataset.md.

    \b
    spanproof release prepare 0.2.0

    Exit codes: 0 prepared, 1 the corpus or the version doesn't pass, 2 unusable input.
    """
    import datetime

    own = own_repository()
    day = date or datetime.date.today().isoformat()
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        refuse(f"{day}: no day; expected YYYY-MM-DD")
    with _refusing():
        from spanproof.release import prepare as releasing

        prepared = releasing.prepare(own, version, day)
    for difference in prepared.differences:
        click.echo(f"{difference.level.upper()} {difference.what}")
    order = f"after {prepared.since}" if prepared.since else "the first release"
    click.echo(f"{prepared.version} of {prepared.date} is prepared, {order}:")
    for name in prepared.changed or ("no file changed",):
        click.echo(f"  {name}")
    click.echo("next: look at the changelog, then spanproof release publish ORG/NAME")


@release.command()
@click.argument("repository", metavar="ORG/NAME")
@click.option("--private", is_flag=True, help="Create a private repository.")
def publish(repository: str, private: bool) -> None:
    """Publish the dataset on the Hugging Face Hub, as the version that its card states.

    Before anything is changed: the dataset must be what the corpus builds and hold nothing else, pass the check, be
    committed but for what prepare has written, and be of a version that follows from the release before it, on which
    changelog, git tags, Hub and the record agree.

    Then, step by step: commit what prepare has written, tag it vX.Y.Z in git, create the repository, upload, fetch back
    and compare every byte, tag it there, write commit and hashes down in the file that pyproject.toml names as
    releases, commit that. Each step is skipped if it is done: a run that was interrupted is completed by another one,
    and one more changes nothing. Nothing is pushed to a git remote. The token is read from HF_TOKEN alone.

    \b
    spanproof release publish ORG/NAME

    Exit codes: 0 published, 1 the dataset or its version doesn't pass, 2 unusable input or no hub.
    """
    own = own_repository()
    with _refusing():
        from spanproof.release import publish as publishing

        published = publishing.publish(own, repository, private=private, progress=say)
    state = "published" if published.new else "there already, nothing to do"
    click.echo(f"{repository} {published.tag}: {state}, commit {published.commit}, {len(published.files)} files")
    click.echo(f"commit and hashes are recorded in {own.releases}; next: git push, git push origin {published.tag}")


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what a build or a release raises into a message and an exit code."""
    from spanproof.release.build import BuildError
    from spanproof.release.steps import ReleaseError

    try:
        yield
    except BuildError as error:
        if error.report is not None:
            print_as(OUTPUTS, "text", error.report)
        _stop(error, error.exit_code)
    except ReleaseError as error:
        _stop(error, error.exit_code)
    except (ValueError, OSError) as error:
        _stop(error, 2)


def _stop(error: Exception, code: int) -> None:
    say(f"spanproof: {reason_of(error)}")
    sys.exit(code)
