"""Loading a version of the dataset from a folder or the hub, so that it is that version: online, offline, cached."""

from pathlib import Path
from typing import TYPE_CHECKING

from spanproof.corpus.extras import explained
from spanproof.parsing.arguments import demanding

if TYPE_CHECKING:
    import datasets


class LoadError(Exception):
    """The dataset, or that version of it, can't be loaded; the message says why."""


@demanding("source", "config", "version", "split", "cache_dir")
def load(
    source: str | Path,
    config: str | None = None,
    *,
    version: str | None = None,
    split: str | None = None,
    cache_dir: str | Path | None = None,
) -> "datasets.Dataset":
    """Return a configuration of a dataset, of a given version or of the one there is.

    ``datasets.load_dataset(repo, revision=...)`` is not enough: offline it ignores the revision and gives whichever
    version was cached last, and for a folder it ignores it always. Here the hub's files at the tag are fetched, or
    found in the hub's cache, and loaded as a folder; then the version that was loaded is compared.

    Args:
        source: a dataset folder, or the id of a dataset on the hub, ``organisation/name``; a folder of that name wins.
        config: the configuration; the default one by default.
        version: ``x.y.z``: on the hub the tag ``vx.y.z``; the card must have it too. None: the folder as it is, the
            newest on the hub, or offline what was the newest when it was fetched.
        split: the split; by default the only one that there is.
        cache_dir: where ``datasets`` keeps its Arrow copies, as in ``load_dataset``.

    Raises:
        ModuleNotFoundError: the extra ``datasets`` isn't installed; the message says what installs it.
        LoadError: no such folder, dataset, version, configuration or split; no split is named and there are several; or
            another version was loaded.
    """
    try:
        import datasets
    except ModuleNotFoundError as error:
        raise explained(error) from error
    folder = Path(source) if Path(source).is_dir() else _fetched(str(source), version)
    cache = None if cache_dir is None else str(cache_dir)
    try:
        loaded = datasets.load_dataset(str(folder.absolute()), config, split=split, cache_dir=cache)
        if isinstance(loaded, datasets.DatasetDict):
            loaded = _only(loaded, source)
    except datasets.exceptions.NonMatchingSplitsSizesError as error:
        raise LoadError(
            f"{source}: the files of {config or 'the documents'} don't have the rows that the card counts; "
            "expected the whole dataset"
        ) from error
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise LoadError(f"{source}: {error}") from error
    if version is not None and str(loaded.info.version) != version:
        raise LoadError(
            f"{source}: the card gives {loaded.info.config_name} version {loaded.info.version}, asked for was {version}"
        )
    return loaded


def _only(splits: "datasets.DatasetDict", source: str | Path) -> "datasets.Dataset":
    """Return the one split that there is."""
    if len(splits) != 1:
        raise LoadError(f"{source} has the splits {', '.join(splits)}; expected split= with one of them")
    return next(iter(splits.values()))


def _fetched(repo_id: str, version: str | None) -> Path:
    """Return the files of a dataset of the hub at a version, all of them."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError
    from huggingface_hub.errors import RevisionNotFoundError as NoSuchTag

    named = f"version {version} of {repo_id}" if version else repo_id
    if repo_id.count("/") != 1 or repo_id.startswith((".", "/", "~")):
        raise LoadError(f"{repo_id}: there is no such folder, and a dataset on the hub is called organisation/name")
    try:
        return Path(snapshot_download(repo_id, repo_type="dataset", revision=f"v{version}" if version else None))
    except NoSuchTag as error:
        raise LoadError(f"{repo_id} has no tag v{version}") from error
    except RepositoryNotFoundError as error:
        raise LoadError(
            f"there is neither a folder {repo_id} nor such a dataset on the hub, or it is private"
        ) from error
    except LocalEntryNotFoundError as error:
        raise LoadError(f"{named} is not whole in the cache, and the hub can't be reached") from error
    except (HFValidationError, OSError) as error:
        raise LoadError(f"{named} can't be fetched: {error}") from error
