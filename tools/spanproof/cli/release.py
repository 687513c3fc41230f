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

    Builds the dataset, compares it with the last release, and chooses the VERSION that the differences require (or
    yours, if it isn't too low). Writes the version and the day into dataset.json and CHANGELOG.md beside the corpus,
    the built dataset, CITATION.cff if it cites a dataset and not software, and the files that pyproject.toml lists
    under [tool.spanproof] as states. Nothing is committed or published.

    The last release is the newest git tag vX.Y.Z; the committed changelog and the record of what was published must
    have the same version. A changed or removed row needs a major version, added rows a minor one, changed descriptions
    a patch. While the first number is 0, major raises the second number, and minor and patch the third. The page
    tools/docs/how-to/release-a-dataset.md has the whole table.

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

    Nothing is changed unless all of these hold: the dataset is exactly what a build of the corpus gives, and passes the
    check; everything is committed except what prepare has written; the changelog, the git tags, the Hub and the file of
    releases name the same last release; and the version is the right one after it.

    Then, step by step: commit what prepare has written; tag it vX.Y.Z in git; create the repository; upload; fetch
    everything back and compare every byte; tag it on the Hub; record commit and hashes in the file that pyproject.toml
    names as releases; commit that. A step that is already done is skipped, so running the command again completes an
    interrupted run, and once it is complete changes nothing. Nothing is pushed to a git remote. The token is read only
    from HF_TOKEN.

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
