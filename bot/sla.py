"""How long something has taken in working time, and when it is due. Pure: knows no database, no Slack, no clock.

A clock counts the open seconds of a calendar, which its caller names each time: the team's, or ALWAYS for what is
critical. It never reads the time and never keeps a calendar, so a row with five values is all there is to store.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from bot.calendars import TICK, Hours

# Shares of a target that are announced: two warnings, then the breach.
SHARES = (0.5, 0.8, 1.0)
# A share that is missed by less has been reached: `after` may come a TICK early, and sums of moments err besides.
NEARLY = 2 * TICK


@dataclass(frozen=True)
class Clock:
    """Working time that counts against one target. All lengths are seconds, all moments epoch seconds."""

    kind: Literal["response", "resolution"]
    target: float
    """The working time that is allowed."""
    spent: float = 0.0
    """The working time that was used up to `since`."""
    since: float | None = None
    """Running since then; None while paused or stopped."""
    told: float = 0.0
    """The largest share that was announced already."""
    ran_out: float | None = None
    """When the target was used up, once the clock was put to rest or moved after that."""

    def spent_at(self, at: float, calendar: Hours) -> float:
        """Working time used up to `at`."""
        return self.spent if self.since is None else self.spent + calendar.worked(self.since, at)

    def started(self, at: float) -> Clock:
        """The clock running from `at`. One that runs already goes on as it is: nothing it has counted is lost."""
        return self if self.since is not None else replace(self, since=at)

    def paused(self, at: float, calendar: Hours) -> Clock:
        """The clock at rest, with all that it counted up to `at`. One that rests already stays as it is."""
        ran_out = self.due(calendar) if self.breached(at, calendar) and self.since is not None else self.ran_out
        return replace(self, spent=self.spent_at(at, calendar), since=None, ran_out=ran_out)

    def moved(self, at: float, before: Hours) -> Clock:
        """The clock of a case that goes to another calendar at `at`: what `before` counted is kept, a rest goes on."""
        return self if self.since is None else self.paused(at, before).started(at)

    def due(self, calendar: Hours) -> float | None:
        """When the target is used up; None while paused, and when the team is never at work long enough.

        It may be the very moment at which a team closes: "by 17:00" is what people are promised and what they plan by,
        and "by 9:00 tomorrow" would be the same working time and a worse promise. For a clock that was over its target
        already when it last started it is when that happened.
        """
        over = self.since is not None and self.spent >= self.target - NEARLY
        return self.ran_out if over and self.ran_out is not None else self._reaches(1.0, calendar)

    def next_share(self) -> float | None:
        """The smallest share that was not announced yet; None when all were."""
        return next((share for share in SHARES if share > self.told), None)

    def milestone(self, calendar: Hours) -> float | None:
        """When the next share is reached; None while paused, when all were announced, and when it never comes.

        A share that is used up in the last second of a day is reached at closing time, when nobody is at work: what is
        to be said then waits for the next opening (`speak_at`), where a team still has the rest of its target before
        it, or sees the breach first thing. It is not moved ahead of closing time, because a share must mean the same
        on every day, and a warning with a minute left changes nothing.
        """
        share = self.next_share()
        return None if share is None else self._reaches(share, calendar)

    def share_to_tell(self, at: float, calendar: Hours) -> float | None:
        """The largest share that was reached by `at` and not announced; None when there is none.

        After an outage or a night several may have been reached: one sentence, the last, is enough.
        """
        spent = self.spent_at(at, calendar)
        reached = [share for share in SHARES if share > self.told and spent >= share * self.target - NEARLY]
        return max(reached, default=None)

    def announced(self, share: float) -> Clock:
        """The clock with that share, and all below it, told. What was told never becomes untold."""
        return replace(self, told=max(self.told, share))

    def breached(self, at: float, calendar: Hours) -> bool:
        """Whether the target is used up at `at`: from the milestone of share 1.0 on, that moment included."""
        return self.spent_at(at, calendar) >= self.target - NEARLY

    def _reaches(self, share: float, calendar: Hours) -> float | None:
        if self.since is None:
            return None
        reached = calendar.after(self.since, share * self.target - self.spent)
        return reached if math.isfinite(reached) else None


def speak_at(at: float, calendar: Hours) -> float | None:
    """When something that happened at `at` may be said: at once while somebody is at work, else at the next opening.

    None when the calendar does not open again. At closing time itself nobody listens any more, so that waits too.
    """
    return calendar.opens(at)
