"""One format a file: read, write, amend; and finding the files of a corpus."""
