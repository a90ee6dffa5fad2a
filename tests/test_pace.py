"""How fast the desk speaks in a channel."""

from bot.slack.pace import BURST, Pace


class Clock:
    """Time that a test moves."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_short_burst_is_allowed_and_then_one_message_a_second() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(int(BURST)):
        pace.spend("C1")

    assert pace.resting() == ("C1",)
    clock.at += 1
    assert pace.resting() == ()


def test_one_busy_channel_does_not_slow_another() -> None:
    pace = Pace(Clock())
    for _ in range(20):
        pace.spend("C1")
    pace.spend("C2")

    assert pace.resting() == ("C1",)


def test_slack_decides_how_long_a_rest_is() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.rest("C1", 30)
    clock.at += 29.9

    assert pace.resting() == ("C1",)
    assert pace.shortest_rest() is not None
    clock.at += 0.2
    assert pace.resting() == ()


def test_a_clock_that_is_set_back_holds_no_channel_up() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.rest("C1", 30)
    pace.spend("C2")
    clock.at -= 3_600

    assert pace.resting() == ("C1",)
    clock.at += 30
    assert pace.resting() == ()
