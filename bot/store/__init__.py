"""The only SQL that changes anything: a small set of named operations over one SQLite file."""

from bot.store.database import Database, Transaction
from bot.store.inbox import Delivery
from bot.store.outbox import Post, Sendable

__all__ = ["Database", "Delivery", "Post", "Sendable", "Transaction"]
