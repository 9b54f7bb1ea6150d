"""The entry point. Knows the one answer that needs no command line parser: the version."""

import sys


def main() -> None:
    """Run the `gage` command and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from gage import __version__

        print(f"gage {__version__}")
        return
    from gage.cli.main import run

    run()


if __name__ == "__main__":
    main()
