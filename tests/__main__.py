"""`python3 -m tests …`: the whole test suite, in the prepared environment; arguments go to pytest."""

import sys

from bot.venv import ROOT, inside

if __name__ == "__main__":
    with inside("tests"):
        import pytest

        sys.exit(
            pytest.main(
                ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *(sys.argv[1:] or [str(ROOT / "tests")])]
            )
        )
