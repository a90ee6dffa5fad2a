"""Prepares `.venv` from requirements.lock and runs this command again inside it. Standard library only.

It must run on a machine that has nothing but Python 3.11, so nothing may be imported here that pip installs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
# Written when everything is installed: a half-made environment has none and is made again.
STAMP = VENV / "requirements.sha256"
NEEDED = (3, 11)


@contextmanager
def inside(module: str) -> Iterator[None]:
    """Run the body in an environment that has the locked packages; if this is not one, run `module` again in it."""
    if not LOCK.is_file() or _is_ready_here():
        yield
        return
    if sys.version_info < NEEDED:
        sys.exit(f"This needs Python {NEEDED[0]}.{NEEDED[1]} or newer; this is {sys.version.split()[0]}.")
    prepare()
    command = [str(_python()), "-m", module, *sys.argv[1:]]
    try:
        sys.exit(subprocess.call(command))
    except KeyboardInterrupt:
        sys.exit(130)


def prepare() -> None:
    """Make `.venv` what requirements.lock says, if it is not that already."""
    if _is_stamped() and _python().exists():
        return
    print(f"Preparing {VENV} (once; a minute or two) …", file=sys.stderr, flush=True)
    try:
        _make()
        _run(
            str(_python()),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(LOCK),
        )
    except (OSError, subprocess.CalledProcessError) as fault:
        sys.exit(f"The packages could not be installed ({fault}). Check the network and run the same command again.")
    STAMP.write_text(_wanted() + "\n")


def _make() -> None:
    """A fresh environment. Debian's Python may lack ensurepip; then virtualenv or uv serve, if there is one."""
    if _python().exists() and _works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    attempts = (
        [sys.executable, "-m", "venv", str(VENV)],
        ["uv", "venv", "--quiet", "--seed", str(VENV)],
        ["virtualenv", "--quiet", str(VENV)],
    )
    for command in attempts:
        if command[0] != sys.executable and shutil.which(command[0]) is None:
            continue
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode == 0:
            return
        shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(
        "Python cannot make a virtual environment here. On Debian or Ubuntu: sudo apt-get install python3-venv. "
        "Then run the same command again."
    )


def _works() -> bool:
    probe = subprocess.run([str(_python()), "-m", "pip", "--version"], capture_output=True)
    return probe.returncode == 0


def _is_ready_here() -> bool:
    """Whether this very Python has the packages: inside the prepared `.venv`."""
    return Path(sys.prefix).resolve() == VENV.resolve() and _is_stamped()


def _is_stamped() -> bool:
    return STAMP.is_file() and STAMP.read_text().strip() == _wanted()


def _wanted() -> str:
    """What the environment must hold."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
