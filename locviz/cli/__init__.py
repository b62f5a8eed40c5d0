"""``locviz``: the command line. One module per command; a command loads only what it needs."""

import argparse
import sys
from importlib import import_module

# name -> (module with `add_arguments(parser)` and `run(args) -> int`, one line of help)
COMMANDS = {
    "doctor": ("locviz.cli.doctor", "say what this machine has and how to mend what is missing"),
    "data": ("locviz.cli.data", "list, fetch and check data sets"),
    "train": ("locviz.cli.train", "train a detector on a COCO or VOC folder, or on a named set"),
    "eval": ("locviz.cli.eval", "evaluate a trained detector"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; bad input ends with a message and exit status 2, never with a traceback."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="locviz", description="Learn how machines localize.")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, (_, help_line) in COMMANDS.items():
        commands.add_parser(name, help=help_line, add_help=False)
    if not argv or argv[0] not in COMMANDS:
        parser.parse_args(argv or ["--help"])
        return 2
    module = import_module(COMMANDS[argv[0]][0])
    command = argparse.ArgumentParser(
        prog=f"locviz {argv[0]}", description=COMMANDS[argv[0]][1].capitalize() + "."
    )
    module.add_arguments(command)
    try:
        return module.run(command.parse_args(argv[1:]))
    # An OSError is a file that may not be read, or a file where a folder should be.
    except (ValueError, OSError) as error:
        print(f"locviz {argv[0]}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
