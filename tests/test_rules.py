"""The written rules: what must never be missed, and what only sounds like it."""

from pathlib import Path

import pytest

import knowledge_base
from bot.deskdata import load_desk_data
from bot.triage import Rule

ARTICLES = Path(knowledge_base.__file__).parent / "articles"
WRITTEN = load_desk_data(Path("no such folder")).rules
RULES = WRITTEN.about_words

MUST_MATCH = {
    "lost-device": [
        "my laptop was stolen from the car",
        "I lost my phone",
        "phone lost, what now",
        "left my work phone in the taxi",
        "meine laptop wurde gestohlen",
        "j'ai perdu mon téléphone",
        "me robaron el portátil en el tren",
        "someone stole my company laptop",
    ],
    "typed-credentials": [
        "I clicked a link in a mail about a parcel and typed my password, it looked fake",
        "I think that was phishing and I logged in there",
        "opened a suspicious attachment",
        "ich habe mein Passwort auf der Seite eingegeben",
        "j'ai saisi mon mot de passe sur un faux site",
    ],
    "account-compromised": ["i got hacked", "someone logged into my account from another country", "ich wurde gehackt"],
    "unwanted-mfa-prompts": ["I get MFA prompts that I did not request", "approved a prompt that wasn't mine"],
    "ransomware-or-malware": [
        "all my files are encrypted and there is a note to pay",
        "a popup says virus detected call microsoft support",
        "un technicien de microsoft a pris la main sur mon poste et parle de virus",
        "ein Herr von Microsoft ist per AnyDesk auf meinem Rechner und räumt auf",
        "un señor de Microsoft me pidió instalar TeamViewer por unos virus",
        "um rapaz da Microsoft está no meu computador por acesso remoto",
        "someone has control of my pc and is looking at my bank page",
    ],
    "mis-sent-data": ["sent the salary list to the wrong person", "I accidentally emailed patient data outside"],
    "site-down": [
        "whole office has no internet",
        "nobody in the warehouse can log in",
        "everyone on the third floor is locked out",
        "teams is down for everyone",
    ],
    "data-loss": ["files on the team drive keep disappearing", "somebody deleted the whole project folder"],
}

ONLY_SOUNDS_LIKE_IT = [
    "i lost my files",
    "my mails to one colleague bounce, everyone else in the office can email her fine",
    "the client opened what I shared and sees: something went wrong, this link has been removed",
    "please install anydesk for the vendor on friday",
    "need a remote desktop connection from home",
    "o aplicativo da Microsoft de área de trabalho remota não abre",
    "preciso de acesso remoto ao banco de dados",
    "die App von Microsoft für den Fernzugriff startet nicht",
    "transferencia de archivos por acceso remoto muy lenta",
    "lost connection again",
    "i lost my phone charger",
    "power cord was stolen with my bag, need a new one",
    "computer lost its domain trust",
    "missing phone number in teams",
    "outlook missing on new laptop",
    "got an email that looks like phishing, where do I report it",
    "how do i report phishing",
    "left click on the laptop does not work",
    "forgot my password",
    "my password is not accepted",
    "I typed my password and it says wrong",
    "the whole document is in the wrong font",
    "I left my laptop on over night and now it is slow",
    "can't find my laptop in the bluetooth list",
    "we have the hackathon on friday",
]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in MUST_MATCH.items() for text in texts])
def test_what_must_never_be_missed_meets_its_rule(name: str, text: str) -> None:
    assert _first(text) == name


@pytest.mark.parametrize("text", ONLY_SOUNDS_LIKE_IT)
def test_what_only_sounds_dangerous_meets_no_rule(text: str) -> None:
    assert _first(text) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_goes_onshore_and_gives_a_reason(rule: Rule) -> None:
    assert rule.tier == 3
    assert rule.reason.endswith(".")
    assert rule.queue in ("security", "major-incident", "onshore")


def _first(text: str) -> str | None:
    return next((rule.name for rule in RULES if rule.matches(text)), None)


def test_the_first_aid_of_every_rule_is_an_article() -> None:
    known = {path.stem for path in ARTICLES.rglob("*.md")}

    assert {rule.aid for rule in RULES if rule.aid} <= known
