"""A week of the desk, played before the visitor comes: people write, agents work, clocks run; from `week.toml`."""

from __future__ import annotations

import heapq
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.cases import Case, State
from bot.demo.stage import Stage
from bot.workspace.messages import Message

SCRIPT = Path(__file__).with_name("week.toml")
WEEK = timedelta(days=7)
HELP_CHANNEL = "it-help"
# How long people take to try an answer, and to rate what they got.
TRIES_FOR = timedelta(minutes=6)
RATES_AFTER = timedelta(minutes=40)

# What a person presses, by how the script calls it.
VERDICTS = {"solved": "solved", "not_solved": "not_solved", "person": "talk_to_person"}

Act = Callable[[], None]


@dataclass
class Scene:
    """One request as the script tells it, and where it got to."""

    script: dict[str, Any]
    case_id: int = 0
    asked: str = ""
    opened: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def who(self) -> str:
        return str(self.script["who"])

    @property
    def in_public(self) -> bool:
        return self.script.get("where") == HELP_CHANNEL

    @property
    def place(self) -> str:
        return HELP_CHANNEL if self.in_public else f"@{self.who}"

    @property
    def thread(self) -> str | None:
        return self.asked if self.in_public else None


class Week:
    """Acts are done in order of time; each may bring others. What would happen after now is left to the visitor."""

    def __init__(self, stage: Stage, script: Path = SCRIPT) -> None:
        self.stage = stage
        self.scenes = [Scene(row) for row in tomllib.loads(script.read_text("utf-8"))["case"]]
        self._ends_at = datetime.now(UTC)
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def play(self) -> None:
        for scene in self.scenes:
            self._plan(self._begins(scene), partial(self._reports, scene))
        while self._acts:
            moment, _, act = heapq.heappop(self._acts)
            if moment < self._ends_at:
                self.stage.go_to(moment)
                act()
        self.stage.go_to(datetime.now(UTC))

    def _plan(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (moment, next(self._order), act))

    def _later(self, minutes: float, act: Act) -> None:
        self._plan(self.stage.clock() + timedelta(minutes=minutes), act)

    def _begins(self, scene: Scene) -> datetime:
        if "ago" in scene.script:
            return self._ends_at - timedelta(minutes=scene.script["ago"])
        zone = ZoneInfo(self.stage.workspace.person(scene.who).tz)
        day = (self._ends_at - timedelta(days=scene.script["day"])).astimezone(zone).date()
        return datetime.combine(day, time.fromisoformat(scene.script["at"]), zone)

    # -- the person -----------------------------------------------------------------------------------------------

    def _reports(self, scene: Scene) -> None:
        scene.opened = self.stage.clock()
        scene.asked = self.stage.says(scene.who, scene.place, scene.script["says"])
        case = self.stage.case_of(scene.place, scene.asked)
        if case:
            scene.case_id = case.id
            self._later(0 if case.with_people else TRIES_FOR.total_seconds() / 60, lambda: self._judges(scene))

    def _judges(self, scene: Scene) -> None:
        """Until it is solved, or people have it."""
        case = self._case(scene)
        action = VERDICTS.get(scene.script.get("then", ""), "")
        if action and case.state is State.CLARIFYING:
            action = f"choose:{case.offered[0]}" if case.offered else "talk_to_person"
        answer = self.stage.latest(scene.place, action, scene.thread) if action else None
        if case.with_people:
            if "claims" in scene.script:
                self._later(scene.script["claims"], lambda: self._is_claimed(scene))
        elif answer:
            self.stage.presses(scene.who, answer, action)
            self._later(TRIES_FOR.total_seconds() / 60, lambda: self._judges(scene))

    # -- the agents -----------------------------------------------------------------------------------------------

    def _is_claimed(self, scene: Scene) -> None:
        agent, card = self._agent(scene), self._card(scene)
        self.stage.presses(agent, card, "claim")
        if "escalates" in scene.script:
            self.stage.fills(agent, self._card(scene), "escalate", {"text": scene.script["escalates"]})
            self._go_on_elsewhere(scene, "escalates")
        elif "reroutes" in scene.script:
            title, why = scene.script["reroutes"]
            self._reroute(scene, agent, title, why)
        else:
            self._later(5, lambda: self._writes(scene, agent))

    def _reroute(self, scene: Scene, agent: str, title: str, why: str) -> None:
        queue = self.stage.desk.staff.queue_of(self._case(scene))
        if queue.title != title:
            self.stage.fills(agent, self._card(scene), "reroute", {"reason": why}, title)
        self._go_on_elsewhere(scene, "reroutes")

    def _go_on_elsewhere(self, scene: Scene, done: str) -> None:
        del scene.script[done]
        self._later(scene.script["claims"], lambda: self._is_claimed(scene))

    def _writes(self, scene: Scene, agent: str) -> None:
        words: dict[str, object] = {"text": scene.script["sends"]} if "sends" in scene.script else {}
        if "ready" in scene.script:
            words = {"choice": scene.script["ready"]}
        if words:
            if scene.script.get("asks"):
                words["flag"] = "wait"
            self.stage.fills(agent, self._card(scene), "send_to_user", words)
        if "answers" in scene.script:
            self._later(scene.script["answers_after"], lambda: self._answers(scene, agent))
        if "resolves" in scene.script:
            self._later(scene.script["resolves"], lambda: self._is_resolved(scene, agent))

    def _answers(self, scene: Scene, agent: str) -> None:
        self.stage.says(scene.who, scene.place, scene.script["answers"], scene.thread)
        if "sends_then" in scene.script:
            words = {"text": scene.script["sends_then"]}
            self._later(10, lambda: self.stage.fills(agent, self._card(scene), "send_to_user", words))

    def _is_resolved(self, scene: Scene, agent: str) -> None:
        self.stage.fills(agent, self._card(scene), "resolve", {})
        if "rating" in scene.script:
            self._later(RATES_AFTER.total_seconds() / 60, lambda: self._rates(scene))
        if "reopens" in scene.script:
            self._later(90, lambda: self._reopens(scene))

    def _rates(self, scene: Scene) -> None:
        if question := self.stage.latest(scene.place, "rate", scene.thread):
            score = str(scene.script["rating"])
            self.stage.presses(scene.who, question, "rate", f"{scene.case_id}|{score}")

    def _reopens(self, scene: Scene) -> None:
        self.stage.says(scene.who, scene.place, scene.script.pop("reopens"), scene.thread)
        self._later(20, lambda: self._is_claimed(scene))

    # -- where it stands ------------------------------------------------------------------------------------------

    def _case(self, scene: Scene) -> Case:
        return self.stage.case(scene.case_id)

    def _card(self, scene: Scene) -> Message:
        return self.stage.card(scene.case_id)

    def _agent(self, scene: Scene) -> str:
        """Somebody of the queue who is at work, of the team that has the case where there is one."""
        return self.stage.agent_for(self._case(scene))
