"""Use cases of the desk, Slack-free: what happens when a person writes, clicks or waits, and when an agent acts."""

from bot.desk.advice import Advisor
from bot.desk.agents import Agents
from bot.desk.board import Board
from bot.desk.clocks import Clocks
from bot.desk.conversation import Conversation
from bot.desk.handover import HandOver
from bot.desk.overview import Overviews
from bot.desk.rounds import Rounds
from bot.desk.staff import Rights, Staff
from bot.desk.together import Together
from bot.desk.values import Asker, Change, Click, Removal, Report
from bot.desk.voice import Voice

__all__ = [
    "Advisor",
    "Agents",
    "Asker",
    "Board",
    "Change",
    "Click",
    "Clocks",
    "Conversation",
    "HandOver",
    "Overviews",
    "Removal",
    "Report",
    "Rights",
    "Rounds",
    "Staff",
    "Together",
    "Voice",
]
