"""`python3 -m tests …`: the whole test suite, on every core, in the prepared environment; arguments go to pytest."""

import os
import sys

from bot.venv import ROOT, inside

if __name__ == "__main__":
    with inside("tests"):
        import pytest

        # A worker more than cores: a desk under test waits for its workspace now and then.
        everything = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal", str(ROOT / "tests")]
        config = ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")]
        sys.exit(pytest.main([*config, *(sys.argv[1:] or everything)]))
