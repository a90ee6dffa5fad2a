"""Files that people share: what Slack says about one, and the content, kept in memory while the workspace runs.

Knows nothing about messages, who may read them, or the server. Not thread-safe: the world's lock guards it.
"""

from __future__ import annotations

import mimetypes
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bot.workspace.messages import Json
from bot.workspace.seed import Channel, Identity

LARGEST = 5 * 1024 * 1024  # bytes of one file
KEPT = 100 * 1024 * 1024  # bytes of all together; the oldest go first
# What a browser may draw on the page. SVG is left out: it can carry scripts.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True)
class Upload:
    """What a person attached. Without `content` it is a pretended file: only its name travels."""

    name: str
    content: bytes = b""
    size: int = 0

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class Contents:
    """What is inside the files, by id."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def keep(self, file_id: str, content: bytes) -> None:
        self._kept[file_id] = content
        while sum(map(len, self._kept.values())) > KEPT:
            self._kept.popitem(last=False)

    def get(self, file_id: str) -> bytes | None:
        return self._kept.get(file_id)


def files_in(blocks: Iterable[Json]) -> set[str]:
    """The ids of the files that image blocks show."""
    return {str((block.get("slack_file") or {}).get("id")) for block in blocks if block.get("slack_file")}


def file_shape(
    upload: Upload, file_id: str, user: str, channel: Channel, identity: Identity, url: str, at: int
) -> Json:
    """The file as events, history and files.info show it."""
    name = quote(upload.name)
    private = f"{url}/files-pri/{identity.team_id}-{file_id}/{name}"
    shape: Json = {
        "id": file_id,
        "created": at,
        "timestamp": at,
        "name": upload.name,
        "title": upload.name,
        "mimetype": upload.mimetype,
        "filetype": Path(upload.name).suffix.removeprefix(".").lower() or "text",
        "pretty_type": Path(upload.name).suffix.removeprefix(".").upper() or "Plain Text",
        "user": user,
        "user_team": identity.team_id,
        "mode": "hosted",
        "editable": False,
        "is_external": False,
        "is_public": not channel.private,
        "size": len(upload.content) or upload.size,
        "url_private": private,
        "url_private_download": f"{url}/files-pri/{identity.team_id}-{file_id}/download/{name}",
        "permalink": f"{url}/files/{user}/{file_id}/{name}",
        "has_rich_preview": False,
        "file_access": "visible",
    } | _where(channel)
    if upload.content and upload.mimetype in PICTURES:
        shape["thumb_360"] = private  # Slack makes smaller copies; here the picture itself stands for them
    return shape


def _where(channel: Channel) -> Json:
    places: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    places["ims" if channel.is_im else "groups" if channel.private else "channels"].append(channel.id)
    return places
