"""The program ``spanproof``, which is ``python -m spanproof`` as well."""


def main() -> None:
    """Run the command line; Ctrl-C while it is imported is told as it is later."""
    try:
        from spanproof.cli import main as commands

        commands()
    except KeyboardInterrupt:
        from spanproof.cli.interrupts import tell_interruption

        tell_interruption()


if __name__ == "__main__":
    main()
