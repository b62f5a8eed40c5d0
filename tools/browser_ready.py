"""Say whether the browser tests can run here; exit status 1 and the way to get what is missing
where they cannot.
"""

import sys

from lab_driver import chromium_path, missing


def main() -> int:
    problems = missing()
    for problem in problems:
        print(f"browser tests cannot run, missing {problem}", file=sys.stderr)
    if not problems:
        print(f"browser tests can run: {chromium_path()}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
