"""Addresses: what is fetched of a store and laid out as files, and what is told where it can't be."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from spanproof.formats.addresses import (
    AddressError,
    fetching_folder,
    is_address,
    is_fetched,
    remote_at,
    with_addresses,
)


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryFileSystem]:
    """A store in memory, which ``memory://`` names."""
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    yield memory
    memory.store.clear()


def fetched(address: str, folder: Path) -> list[str]:
    """The files that an address gives, by their path from it."""
    path = remote_at(address).fetch(folder)
    return [file.relative_to(path).as_posix() for file in sorted(path.rglob("*")) if file.is_file()]


def test_a_folder_gives_all_files_below_it_but_hidden_ones(store: MemoryFileSystem) -> None:
    for name in ("a.jsonl", "deep/er/b.ann", "deep/.git/c", ".hidden.jsonl", "..d"):
        store.pipe(f"/bucket/corpus/{name}", b"x")
    store.pipe("/bucket/corpus2/e.jsonl", b"x")
    with fetching_folder() as folder:
        assert fetched("memory://bucket/corpus/", folder) == ["a.jsonl", "deep/er/b.ann"]
        place = remote_at("memory://bucket/corpus").fetch(folder) / "a.jsonl"
        assert is_fetched(place)
        assert with_addresses(f"at {place}:3") == "at memory://bucket/corpus/a.jsonl:3"
    assert not place.exists()


def test_a_file_brings_what_belongs_to_it(store: MemoryFileSystem) -> None:
    for name in ("my.jsonl.gz", "my.schema.json", "mine.jsonl", "waivers.json", "my/x.jsonl"):
        store.pipe(f"/bucket/{name}", b"12345")
    remote = remote_at("memory://bucket/my.jsonl.gz")
    assert remote.size == 15
    with fetching_folder() as folder:
        came = list[int]()
        place = remote.fetch(folder, came.append)
        assert sorted(file.name for file in place.parent.iterdir()) == ["my.jsonl.gz", "my.schema.json", "waivers.json"]
        assert sum(came) == 15


def test_an_empty_folder_is_one(store: MemoryFileSystem) -> None:
    store.mkdir("/bucket/empty")
    with fetching_folder() as folder:
        assert fetched("memory://bucket/empty", folder) == []


@pytest.mark.parametrize("name", ["../../evil.jsonl", "a//b.jsonl", "a/./b.jsonl", "a/../../b.jsonl", "nul\0.jsonl"])
def test_a_name_that_leads_elsewhere_is_refused(name: str, store: MemoryFileSystem) -> None:
    store.pipe("/bucket/corpus/a.jsonl", b"x")
    store.store[f"/bucket/corpus/{name}"] = store.store["/bucket/corpus/a.jsonl"]
    with pytest.raises(AddressError, match=r"^memory://bucket/corpus: .* can't be the name of a file"):
        remote_at("memory://bucket/corpus")


def test_a_file_in_the_way_of_a_folder_is_refused(store: MemoryFileSystem) -> None:
    store.pipe("/bucket/a", b"x")
    store.store["/bucket/a/b.jsonl"] = store.store["/bucket/a"]
    with fetching_folder() as folder, pytest.raises(AddressError, match=r"^memory://bucket/a: "):
        remote_at("memory://bucket").fetch(folder)


def test_what_is_cut_off_is_refused(store: MemoryFileSystem) -> None:
    store.pipe("/bucket/a.jsonl", b"12345")
    remote = remote_at("memory://bucket/a.jsonl")
    store.pipe("/bucket/a.jsonl", b"123")
    with fetching_folder() as folder, pytest.raises(AddressError, match=r"a\.jsonl: 3 bytes came; expected 5"):
        remote.fetch(folder)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("memory://nothing/a.jsonl", "there is no such file, folder or bucket"),
        ("nonsense://a", "no store is called nonsense; expected https://, hf://, s3:// or another one of fsspec"),
        ("file:///etc/passwd", "file:///etc/passwd is on this machine; expected its path alone"),
        ("https://127.0.0.1:9/a.jsonl", "its server can't be reached: Connection refused"),
        ("gs://bucket/a", "Please install gcsfs"),
        ("simplecache::memory://a", "one address within another"),
        ("https://host/", "is not the address of a file"),
        ("https://host/a/../b.jsonl", "is not the address of a file"),
        ("https:///b.jsonl", "is not the address of a file"),
        ("http://127.0.0.1:9/b.jsonl", "Connection refused"),
    ],
)
def test_what_cannot_be_fetched_is_told(address: str, words: str) -> None:
    with fetching_folder() as folder, pytest.raises(AddressError, match=words) as told:
        remote_at(address).fetch(folder)
    assert str(told.value).startswith(address)


def test_more_than_the_disk_has_is_refused_before_anything_is_fetched(store: MemoryFileSystem) -> None:
    store.pipe("/bucket/a.jsonl", b"1")
    remote = remote_at("memory://bucket/a.jsonl")
    huge = type(remote)(
        remote.address, remote.place, (type(remote.files[0])(remote.place, 1 << 60, remote.files[0].get),)
    )
    with fetching_folder() as folder, pytest.raises(AddressError, match=r"1,099,511,627,776 MiB, and .*TMPDIR"):
        huge.fetch(folder)


def test_paths_are_no_addresses() -> None:
    assert not any(map(is_address, ("a.jsonl", "/s3/a", "c:/a", r"c:\a", "HEAD~1:annotations", "-", "a:b/c")))
    assert all(map(is_address, ("s3://b/a", "hf://datasets/o/n", "https://h/a", Path("s3://b/a"))))
