"""Use cases of the desk, Slack-free: what happens when a person writes, clicks or waits, and when an agent acts."""

from bot.desk.advice import Advisor
from bot.desk.conversation import Conversation
from bot.desk.handover import HandOver
from bot.desk.values import Asker, Change, Click, Removal, Report
from bot.desk.voice import Voice

__all__ = ["Advisor", "Asker", "Change", "Click", "Conversation", "HandOver", "Removal", "Report", "Voice"]
