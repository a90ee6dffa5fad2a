"""What may be stored, shown and sent where: secrets are stored nowhere, personal data is hidden from offshore readers.

Knows text and nothing else: neither Slack's client, nor queues, nor who reads.
"""

from bot.privacy.reading import Finding, Kind
from bot.privacy.redaction import findings, redact, scrub

__all__ = ["Finding", "Kind", "findings", "redact", "scrub"]
