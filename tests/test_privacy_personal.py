"""Personal data with a shape: hidden from offshore readers, kept for the others, and never confused with figures."""

import pytest

from bot.privacy import Kind, redact, scrub

PERSONAL = {
    Kind.EMAIL: [
        "write to ⟦anna@example.com⟧",
        "⟦anna.b+desk@mail.example.co.uk⟧ bounces",
        "<⟦mailto:anna@example.com|anna@example.com⟧>",
        "*⟦anna@example.com⟧*, please",
        "Größe an ⟦jürgen@example.de⟧",
        "⟦anna (at) example.com⟧",
        "&lt;⟦anna@example.com⟧&gt;",
        "cc: ⟦a@example.com⟧;⟦b@example.org⟧",
    ],
    Kind.PHONE: [
        "call me on ⟦+1 555 010 0199⟧",
        "⟦+15550100199⟧",
        "⟦+49 30 5550 1234⟧ is my number",
        "reach me at ⟦(555) 010-0199⟧",
        "⟦555-010-0199⟧ works too",
        "my phone: ⟦555-0199⟧",
        "<⟦tel:+15550100199|+1 555 010 0199⟧>",
        "mobile ⟦0044 20 5550 0199⟧",
        "Meine Nummer ist ⟦0171 5550199⟧",
        "Telefon: ⟦030/5550199⟧",
        "Durchwahl ⟦4471⟧",
        "ext. ⟦4471⟧",
        "mon portable : ⟦06 00 00 01 99⟧",
        "mi móvil es ⟦600 000 199⟧",
        "meu celular é ⟦(11) 95550-0199⟧",
    ],
    Kind.IP: [
        "my IP is ⟦192.0.2.17⟧",
        "⟦10.20.30.40⟧ does not answer",
        "ping ⟦198.51.100.7⟧:8080",
        "http://⟦203.0.113.9⟧/admin",
        "route ⟦10.1.0.0⟧/16",
        "⟦2001:db8::8a2e:370:7334⟧ is slow",
        "⟦fe80::1c2d:3eff:fe4f:5a6b⟧ only",
    ],
    Kind.IBAN: [
        "IBAN ⟦DE89 3704 0044 0532 0130 00⟧ bitte",
        "⟦GB82WEST12345698765432⟧",
        "mon iban : ⟦FR14 2004 1010 0505 0001 3M02 606⟧",
        "IBAN: ⟦ES91-2100-0418-4502-0005-1332⟧",
    ],
    Kind.NATIONAL_ID: [
        "my SSN is ⟦123-45-6789⟧",
        "⟦123-45-6789⟧ was in the file",
        "social security number ⟦123 45 6789⟧",
        "passport ⟦C01X00T47⟧",
        "my NI number is ⟦QQ 12 34 56 C⟧",
        "Steuer-ID ⟦12 345 678 901⟧",
        "Sozialversicherungsnummer: ⟦12 010190 A 123⟧",
        "numéro de sécurité sociale ⟦1 90 01 75 123 456 78⟧",
        "mi DNI es ⟦12345678Z⟧",
        "CPF ⟦123.456.789-00⟧",
        "meu CPF é ⟦12345678900⟧",
    ],
    Kind.BIRTHDAY: [
        "date of birth: ⟦12/03/1980⟧",
        "DOB ⟦1980-03-12⟧",
        "born on ⟦March 12, 1980⟧",
        "geboren am ⟦12.03.1980⟧",
        "né le ⟦12/03/1980⟧",
        "fecha de nacimiento: ⟦12/03/1980⟧",
        "nascido em ⟦12/03/1980⟧",
    ],
    Kind.ADDRESS: [
        "send it to ⟦12 Example Street⟧ please",
        "I live at ⟦4567 North Maple Ave, Apt 4⟧",
        "Lieferung an ⟦Musterstraße 12a⟧",
        "Adresse: ⟦Lange Straße 5, 80331 Musterstadt⟧",
        "⟦Am Musterweg 7⟧",
        "livrer au ⟦12 rue de la Paix⟧",
        "vivo en ⟦Calle Mayor 12⟧",
        "moro na ⟦Rua das Flores, 12⟧",
    ],
}


@pytest.mark.parametrize(("kind", "marked"), [(kind, marked) for kind in PERSONAL for marked in PERSONAL[kind]])
def test_personal_data_is_hidden_from_offshore_readers_and_kept_for_others(kind, marked):
    if "⟦mailto:" in marked or "⟦tel:" in marked:
        marked = marked.replace("<⟦", "⟦<").replace("⟧>", ">⟧")
    first, *rest = marked.split("⟦")
    text = first + "".join(part.replace("⟧", "") for part in rest)

    assert redact(text) == first + "".join(f"[{kind} hidden]" + part.split("⟧")[1] for part in rest)
    assert scrub(text) == text


FIGURES = [
    "version 16.0.17328.20162",
    "Zoom 5.17.11.34827",
    "client version 5.1.8.105",
    "driver 31.0.101.4953 installed",
    "firmware 1.2.3.4",
    "BIOS 1.24.0.1",
    "Windows 10.0.22631.4890",
    "127.0.0.1 localhost",
    "mask 255.255.255.0",
    "I only get 169.254.11.20",
    "dns 8.8.8.8 and 1.1.1.1",
    "ping ::1",
    "SMTP 5.7.57",
    "std::vector and Foo::Bar",
    "at 10:30:45",
    "00:1A:2B:3C:4D:5E is the adapter",
    "error -2147024891 while calling",
    "call about INC0012345",
    "call back on 12.03.2025 at 10:30",
    "phone shows 0x80070643",
    "phone app version 6.2401.0210",
    "on my phone since 2025-03-12",
    "mobile build 22631.4890",
    "ticket number 4500123456",
    "my phone's serial number 5CG1234XYZ",
    "order 555-0199",
    "meeting ID 312 456 789 012",
    "event 4740 on 3 phones",
    "1700000000.123456",
    "1200 mailboxes, 34000 mails, 5600000 items",
    "2019 - 2025",
    "20250312",
    "room 4.01, building 7",
    "Room 12, Floor 3 on Main Campus",
    "5 Drives and 3 Ways",
    "the drive way 5",
    "see article 12345",
    "10 GB of 256GB",
    "@channel please",
    "mail@ is cut off",
    "john at example dot nothing",
    "<@U0123ABCD|anna> in <#C0123ABCD|it-help>",
    "passport scanner jammed",
    "ID card printer 300 dpi",
    "license count 25000 used",
    "born in 1980",
    "the report of 12/03/2025",
    "Ring 2 of the rollout",
    "in Ring 2 getestet",
    "Platz 12 im Großraum",
    "Calle page 12",
    "extension of 30 days",
    "Chrome extension 2 missing",
    "DE12 is the sales region",
    "numero de versión 16.0.17328.20162",
]


@pytest.mark.parametrize("text", FIGURES)
def test_figures_of_a_service_desk_are_not_taken_for_personal_data(text):
    assert redact(text) == text


def test_names_stay_because_no_rule_knows_a_name():
    assert redact("Ana Silva is locked out, ask Maria") == "Ana Silva is locked out, ask Maria"


def test_one_message_may_hold_many_kinds():
    text = "I am at 192.0.2.17, mail <mailto:a@example.com|a@example.com>, pw Sunflower9, call +1 555 010 0199"

    assert redact(text) == (
        "I am at [IP address hidden], mail [e-mail hidden], pw [password removed], call [phone hidden]"
    )
