"""Trouble that somebody repairs while the desk waits for its end."""

import threading
from collections.abc import Callable


class Patience(threading.Event):
    """Whoever waits has something repaired meanwhile."""

    def __init__(self, repair: Callable[[], object]) -> None:
        super().__init__()
        self.repair = repair

    def wait(self, timeout: float | None = None) -> bool:
        self.repair()
        return False
