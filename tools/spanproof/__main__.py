"""``python -m spanproof``."""

from spanproof.cli import main

main()
