"""Secrets with a shape: each is found wherever it stands, and what only resembles one stays."""

import random
import string

import pytest

from bot.privacy import Kind, findings, redact, scrub

# Whatever looks like a real secret is put together here, so that no scanner of sources takes it for one.
LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def made_of(alphabet: str, length: int, seed: int = 1) -> str:
    """A repeatable run of characters with at least one digit in it."""
    return "".join(random.Random(seed).choices(alphabet, k=length - 1)) + "7"


def groups(length: int, count: int, between: str = "-", alphabet: str = string.digits) -> str:
    return between.join(made_of(alphabet, length, seed) for seed in range(count))


def with_check_digit(digits: str) -> str:
    """`digits` and the one that makes Luhn's sum end with 0."""
    doubled = [int(d) * 2 if at % 2 == 0 else int(d) for at, d in enumerate(reversed(digits))]
    return digits + str(-sum(n - 9 if n > 9 else n for n in doubled) % 10)


def in_fours(digits: str, between: str = " ") -> str:
    return between.join(digits[at : at + 4] for at in range(0, len(digits), 4))


BITLOCKER = groups(6, 8)
PRODUCT_KEY = "-".join(made_of("BCDFGHJKMPQRTVWXY2346789", 5, seed) for seed in range(5))
VISA = with_check_digit("4" + "1" * 14)
AMEX = with_check_digit("37" + "1" * 12)
PEM = "-----BEGIN {0} KEY-----\n" + made_of(LETTERS, 64) + "\n" + made_of(LETTERS, 40) + "==\n-----END {0} KEY-----"
JWT = ".".join(("ey" + "J" + made_of(LETTERS, 20), "ey" + "J" + made_of(LETTERS, 40), made_of(LETTERS, 43)))

SECRETS = {
    Kind.RECOVERY_KEY: [
        BITLOCKER,
        BITLOCKER.replace("-", " - "),
        BITLOCKER.replace("-", " "),
        BITLOCKER.replace("-", "\u2013"),
        groups(6, 7),
        made_of(string.digits, 48),
    ],
    Kind.PRODUCT_KEY: [PRODUCT_KEY, PRODUCT_KEY.lower(), PRODUCT_KEY.replace("-", " - ")],
    Kind.TOKEN: [
        "xox" + "b-" + "1234567890-" + made_of(LETTERS, 24),
        "xox" + "p-" + made_of(LETTERS, 30),
        "xox" + "e.xox" + "p-1-" + made_of(LETTERS, 40),
        "xa" + "pp-1-A0" + made_of(LETTERS, 30),
        "AK" + "IA" + made_of(string.ascii_uppercase + string.digits, 16),
        "AS" + "IA" + made_of(string.ascii_uppercase + string.digits, 16),
        "gh" + "p_" + made_of(LETTERS, 36),
        "gh" + "s_" + made_of(LETTERS, 36),
        "github" + "_pat_" + made_of(LETTERS, 60),
        "gl" + "pat-" + made_of(LETTERS, 20),
        "s" + "k-" + made_of(LETTERS, 48),
        "s" + "k_live_" + made_of(LETTERS, 24),
        "AI" + "za" + made_of(LETTERS, 35),
        "S" + "G." + made_of(LETTERS, 22) + "." + made_of(LETTERS, 43),
        "np" + "m_" + made_of(LETTERS, 36),
        "pypi" + "-" + made_of(LETTERS, 60),
        "h" + "f_" + made_of(LETTERS, 34),
        "abc8" + "Q~" + made_of(LETTERS, 34),
        "da" + "pi" + made_of(HEX, 32),
        JWT,
    ],
    Kind.CARD: [VISA, in_fours(VISA), in_fours(VISA, "-"), AMEX, f"{AMEX[:4]} {AMEX[4:10]} {AMEX[10:]}"],
    Kind.PRIVATE_KEY: [PEM.format("RSA PRIVATE"), PEM.format("OPENSSH PRIVATE"), PEM.format("PRIVATE")],
}
SENTENCES = ("{}", "here it is: {} thanks", "*{}*", "`{}`", "(see {})", "I have {}, what now?")


@pytest.mark.parametrize(("kind", "secret"), [(kind, secret) for kind in SECRETS for secret in SECRETS[kind]])
def test_a_secret_is_removed_in_any_sentence_and_its_surroundings_stay(kind, secret):
    for sentence in SENTENCES:
        assert scrub(sentence.format(secret)) == sentence.format(f"[{kind} removed]")


KEY = made_of(LETTERS, 32)
LABELLED = [
    ("Authorization: Bearer {}", KEY),
    ("Authorization: Basic {}", made_of(LETTERS, 22) + "=="),
    ("my api key is {}", KEY),
    ("API-Key: {}", KEY),
    ("api_key={}", KEY),
    ("client secret: {}", KEY),
    ("client_secret={}", KEY),
    ("aws_secret_access_key = {}", made_of(LETTERS, 40)),
    ("the access token is {}", KEY),
    ("token: {}", KEY),
    ("refresh_token={}", KEY),
    ("AccountName=x;AccountKey={}", made_of(LETTERS, 86) + "=="),
    ("https://example.com/a?sig={}", KEY),
    ("https://example.com/a?x=1&amp;token={}", KEY),
    ("<https://example.com/cb?code={}|sign in>", KEY),
    ("https://hooks.slack" + ".com/services/{}", "T0" + KEY[:8] + "/B0" + KEY[:8] + "/" + KEY),
    ("SharedAccessKey={}", KEY + "="),
    ("product key: {}", PRODUCT_KEY.replace("-", " ")),
    ("our card 4 ends, number {}", in_fours(with_check_digit("51" + "0" * 13))),
]


@pytest.mark.parametrize(("sentence", "secret"), LABELLED)
def test_a_key_that_only_its_label_gives_away_is_removed(sentence, secret):
    cleaned = scrub(sentence.format(secret))

    assert secret not in cleaned
    assert "removed]" in cleaned


CODES = [
    "my code is ⟦123456⟧",
    "my MFA code is ⟦482913⟧",
    "The verification code ⟦482 913⟧ is not accepted",
    "OTP ⟦482913⟧",
    "otp: ⟦482-913⟧",
    "2fa code ⟦4829⟧ doesn't work",
    "authenticator code: *⟦482913⟧*",
    "sms code `⟦482913⟧`",
    "one-time code: ⟦48291377⟧",
    "security code is ⟦482913⟧",
    "I typed the code from the app ⟦482913⟧ twice",
    "I got a code by SMS: ⟦482913⟧",
    "they sent me the code ⟦482913⟧ on WhatsApp",
    "⟦482913⟧ is my verification code",
    "codes ⟦482913⟧ and ⟦552910⟧ by text, both refused",
    "code is G-nothing, then verification code ⟦G-482913⟧",
    "sign-in code is ⟦A7K9QX⟧",
    "Bestätigungscode ⟦482913⟧",
    "der SMS-Code ist ⟦482913⟧",
    "Mein Code ist ⟦482913⟧",
    "TAN ⟦482913⟧ abgelehnt",
    "code de vérification : ⟦482913⟧",
    "mon code est ⟦482913⟧",
    "código de verificación ⟦482913⟧",
    "mi código es ⟦482913⟧",
    "código de verificação: ⟦482913⟧",
    "backup codes: ⟦1234-5678⟧, ⟦2345-6789⟧ and ⟦3456-7890⟧",
    "my backup codes:\n1. ⟦abcd1234⟧\n2. ⟦efgh5678⟧",
    "recovery code ⟦ABCD-1234-EFGH⟧",
    "Wiederherstellungscode: ⟦ABCD-1234⟧",
    "codes de secours : ⟦1234 5678⟧",
    "código de recuperación ⟦ABCD-1234⟧",
    "card code: cvv ⟦123⟧",
    "PUK: ⟦12345678⟧",
]


@pytest.mark.parametrize("marked", CODES)
def test_a_code_that_is_said_to_be_one_is_removed(marked):
    text, secrets = unmarked(marked)

    assert scrub(text) == covered(marked, "[code removed]")
    assert [text[found.start : found.end] for found in findings(text)] == secrets


def unmarked(marked: str) -> tuple[str, list[str]]:
    secrets = [part.split("⟧")[0] for part in marked.split("⟦")[1:]]
    return marked.replace("⟦", "").replace("⟧", ""), secrets


def covered(marked: str, label: str) -> str:
    first, *rest = marked.split("⟦")
    return first + "".join(label + part.split("⟧")[1] for part in rest)


ONLY_RESEMBLES = [
    "error code 500121 during MFA",
    "MFA sign-in error code 530032",
    "AADSTS50126",
    "AADSTS500011: the resource principal was not found",
    "0x80070643",
    "0x8007 0643",
    "0X8007-0643 again",
    "-2147024891",
    "-2147467259 from Outlook",
    "KB5034441",
    "KB 5034441",
    "event id 4625",
    "550 5.7.57 SMTP; client was not authenticated",
    "Windows 22631.4890",
    "10.0.19045",
    "version 16.0.17328.20162",
    "INC0012345",
    "REQ0045678 and RITM0012345",
    "correlation id 9e0f1a2b-3c4d-4b2c-8a6d-1f3e4a5b8c7d",
    "BitLocker recovery key ID 9F3C2A1B",
    "key ID 9F3C2A1B-4D5E-4F60-8A7B-1C2D3E4F5A6B",
    "backup job 12345678 failed",
    "code 43 in device manager",
    "stop code 0x0000007E",
    "exit code 1603",
    "zip code 80331",
    "code page 1252",
    "the code is 6 digits long",
    "order 4500123456",
    "serial number 5CG1234XYZ",
    "1700000000.123456",
    "2025-03-12T10:22:31Z",
    "12/03/2025 10:30:45",
    "256 GB of 512 GB",
    "<@U0123ABCD> asks in <#C0123ABCD|it-help>",
    "<!subteam^S0123ABCD|@desk>",
    "4111 of 5222 mailboxes moved",
    "1234567890123456 is no card",
    "printer PRN-HQ-03, room B2.114",
    "token expired",
    "the access token is missing",
    "api key page does not load",
    "secret santa mail blocked",
    "basic authentication is turned off",
    "bearer of bad news",
    "a five-words-every-other-thing-there name",
    "activation error 0xC004F074",
    "product key is already in use",
    "access code for the door on floor 4",
]


@pytest.mark.parametrize("text", ONLY_RESEMBLES)
def test_what_only_resembles_a_secret_is_left_alone(text):
    assert redact(text) == text


def test_a_key_that_was_cut_off_is_removed_to_its_end():
    assert scrub("see -----BEGIN RSA PRIVATE KEY-----\n" + made_of(LETTERS, 60)) == "see [private key removed]"


def test_a_number_that_fails_the_card_check_stays():
    broken = VISA[:-1] + str((int(VISA[-1]) + 1) % 10)

    assert scrub(f"card {broken}") == f"card {broken}"


def test_disguises_do_not_help():
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in BITLOCKER)
    split = "\u200b".join(BITLOCKER)

    assert scrub(wide) == scrub(split) == "[recovery key removed]"
