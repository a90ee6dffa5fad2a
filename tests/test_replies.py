"""What people mean by short replies, in five languages."""

import pytest

from bot.replies import Meaning, bundled

READER = bundled()

REPLIES = {
    Meaning.SOLVED: [
        "that worked, thanks",
        "It works now!",
        "fixed",
        "solved, thank you so much",
        "yes that did the trick",
        "great, I'm in",
        "the error is gone",
        "all good now 👍",
        "jetzt geht es wieder, danke",
        "hat geklappt",
        "c'est bon, merci",
        "ya funciona, gracias",
        "funcionou, obrigada",
    ],
    Meaning.NOT_SOLVED: [
        "still broken",
        "no",
        "nope, same error",
        "that did not help",
        "doesn't work",
        "it worked yesterday but it still fails now",
        "I already tried that",
        "no luck",
        "not working :(",
        "that's not it",
        "it came back",
        "nothing works",
        "geht immer noch nicht",
        "nein",
        "ça ne marche toujours pas",
        "sigue sin funcionar",
        "não funcionou",
    ],
    Meaning.PERSON: [
        "human please",
        "can I talk to a person?",
        "I want to speak with a real human",
        "get me an agent",
        "please connect me to someone from IT",
        "stop the bot",
        "call me back please",
        "ich möchte mit einem Menschen sprechen",
        "je veux parler à quelqu'un",
        "quiero hablar con una persona",
        "quero falar com uma pessoa",
    ],
    Meaning.TRYING: ["ok", "let me try", "one moment", "I'll restart and see", "trying it now", "moment", "vou tentar"],
    Meaning.THANKS: [
        "thanks",
        "Thank you so much!",
        "thx 🙏",
        "perfect, thanks a lot",
        "danke!",
        "merci beaucoup",
        "gracias",
    ],
    Meaning.GREETING: ["hi", "Hello there", "good morning all", "hallo zusammen", "bonjour", "olá, bom dia"],
    Meaning.OTHER: [
        "I do not see that menu",
        "outlook also asks for my PIN",
        "it says 0x80070643",
        "where is File > Options?",
        "the person in HR cannot open the file",
        "my agent software shows an error",
        "hello, my printer is on fire",
        "thanks but what do I click after that",
    ],
}


@pytest.mark.parametrize(("meaning", "text"), [(m, text) for m, texts in REPLIES.items() for text in texts])
def test_a_reply_is_read_as_people_mean_it(meaning: Meaning, text: str) -> None:
    assert READER.read(text) is meaning


def test_a_long_message_is_news_and_no_verdict() -> None:
    story = (
        "it does not work like it says because on my screen there is another window with a long list of accounts in it"
    )

    assert READER.read(story) is Meaning.OTHER


def test_asking_for_a_person_counts_however_long_the_message_is() -> None:
    story = (
        "since the move nothing prints here and I have tried everything twice, so can I please talk to a human about it"
    )

    assert READER.read(story) is Meaning.PERSON


def test_a_mention_of_the_desk_is_no_part_of_the_meaning() -> None:
    assert READER.read("<@U0TRIAGE> thanks!") is Meaning.THANKS
