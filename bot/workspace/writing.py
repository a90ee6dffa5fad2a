"""What people do with words: write, share a file, edit, delete, react. Part of `Workspace`.

Knows nothing about HTTP, sockets or the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.workspace.files import LARGEST, Upload, file_shape, files_in
from bot.workspace.messages import Json, Message
from bot.workspace.seed import Channel, Person
from bot.workspace.text import as_stored
from bot.workspace.world import CannotDo, World, locked


class Writing(World):
    @locked
    def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[str | Mapping[str, Any]] = (),
        *,
        broadcast: bool = False,
    ) -> str:
        """Posts what a person typed and returns its ts; `broadcast` shows a reply in the channel, too."""
        person = self.person(user)
        place = self._open_to(person, channel)
        if not text.strip() and not files:
            raise CannotDo("Write something first.")
        if thread_ts is not None:
            self.message(place.id, thread_ts)
        shared = tuple(self._share(person, place, each) for each in [_upload(given) for given in files])
        subtype = "file_share" if shared else ("thread_broadcast" if broadcast and thread_ts else None)
        fields = {"thread_ts": thread_ts, "files": shared, "subtype": subtype}
        return self.post(place, person.id, self.stored(text), **fields).ts

    @locked
    def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        person = self.person(user)
        message = self._own(person, channel, ts)
        if not text.strip():
            raise CannotDo("Write something first, or delete the message.")
        self.change(message, text=self.stored(text), edited_by=person.id, edited_ts=self.next_ts())

    @locked
    def delete(self, user: str, channel: str, ts: str) -> None:
        self.remove(self._own(self.person(user), channel, ts))

    @locked
    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Adds an emoji; where this person has used it before, takes it back."""
        person = self.person(user)
        message = self.visible(person, channel, ts)
        if message.ephemeral_to is not None:
            raise CannotDo("Only you see that message, so it takes no reactions.")
        emoji = name.strip(":")
        self.set_reaction(message, person.id, emoji, add=not message.has_reaction(emoji, person.id))

    def stored(self, typed: str) -> str:
        return as_stored(typed, self._mention, self._channel_link)

    def _mention(self, handle: str) -> str | None:
        for person in self.people.values():
            if person.handle == handle:
                return f"<@{person.id}>"
        for group in self.groups.values():
            if group.handle == handle:
                return f"<!subteam^{group.id}>"
        return None

    def _channel_link(self, name: str) -> str | None:
        for channel in self.channels.values():
            if not channel.is_im and channel.name == name:
                return f"<#{channel.id}|{name}>"
        return None

    def _open_to(self, person: Person, channel: str) -> Channel:
        place = self.place(person, channel)
        with_app = place.is_im and self.identity.bot_user in place.members
        if with_app and (self.manifest.messages_tab_read_only or not self.manifest.messages_tab):
            raise CannotDo("The app's manifest has its Messages tab switched off or read-only.")
        return place

    def _own(self, person: Person, channel: str, ts: str) -> Message:
        message = self.visible(person, channel, ts)
        if message.user != person.id:
            raise CannotDo("Only its writer can change a message.")
        return message

    def _share(self, person: Person, channel: Channel, upload: Upload) -> Json:
        file_id = self.new_event_id().replace("Ev", "F0")
        if upload.content:
            self.contents.keep(file_id, upload.content)
        at = int(self.now().timestamp())
        return file_shape(upload, file_id, person.id, channel, self.identity, self.url, at)

    @locked
    def shared_file(self, file_id: str) -> tuple[Message, Json] | None:
        """A file that has been shared, with the message that it hangs on."""
        for log in self.logs.values():
            for message in log:
                for file in message.files:
                    if file["id"] == file_id:
                        return message, file
        return None

    @locked
    def file_for(self, user: str, file_id: str) -> tuple[Json, bytes]:
        """A file and its content, for somebody who sees the message that it hangs on."""
        person = self.person(user)
        found = self.shared_file(file_id)
        if found is None or not (self._sees(person, found[0]) or self._shown_to(person, file_id)):
            raise CannotDo("That file is not there, or it was shared where you are not.")
        content = self.contents.get(file_id)
        if content is None:
            raise CannotDo("Only the name of that file is kept here.")
        return found[1], content

    def _shown_to(self, person: Person, file_id: str) -> bool:
        """Whether the app shows it in a block where this person reads."""
        shown = (each for log in self.logs.values() for each in log if file_id in files_in(each.blocks))
        return any(self._sees(person, each) for each in shown)

    def _sees(self, person: Person, message: Message) -> bool:
        return person.id in self.channels[message.channel].members and message.visible_to(person.id)


def _upload(given: str | Mapping[str, Any]) -> Upload:
    """A name alone, or `{"name", "content"}` with bytes; a size without content is taken as it is said."""
    if isinstance(given, str):
        return Upload(given)
    name, content = str(given.get("name") or "file"), given.get("content", b"")
    if len(content) > LARGEST:
        raise CannotDo(f"{name} is larger than 5 MB; attach a smaller one.")
    return Upload(name, content, int(given.get("size", 0)))
