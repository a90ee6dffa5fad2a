"""The words around a secret, as data: what announces a password, what links it, and what is only talk about one.

English, German, French, Spanish and Portuguese; the announcing words of a dozen other languages. Holds no logic.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

# What a password is called. A long word may close a compound ("WLAN-Passwort", "DB_PASSWORD"); a short one stands alone.
_LONG_NAMES = (
    r"pas{1,3}[ -]?w{1,2}[oa]{0,2}r{0,2}d",
    r"pas{1,2}(?:owrd|wrod|wordd|wrd|wod)",
    r"passwd",
    r"pass[ -]?(?:phrase|code|key)",
    r"passwort",
    r"pa(?:ß|s)wort",
    r"kennwort",
    r"kennwörter",
    r"passwörter",
    r"zugangscode",
    r"sicherheitsantwort",
    r"wachtwoord",
    r"palavras?[ -](?:passe|chave)",
    r"mots? ?de ?passe",
    r"contrase(?:ñ|n\u0303|n|ni|nn)as?",
    r"lösenord",
    r"adgangskode",
    r"salasana",
    r"passord",
    r"парол[ьяюе]",
    r"jelszó",
)
_SHORT_NAMES = (
    r"p\.?w\.?d?",
    r"pswd?",
    r"psw",
    r"p/w",
    r"pass",
    r"pword",
    r"mdp",
    r"claves?",
    r"senhas?",
    r"pin(?:[ -]?(?:code|nummer|number))?",
    r"geheimzahl",
    r"has(?:ł|l)o",
    r"heslo",
    r"parola",
    r"şifre(?:m|si)?",
    r"(?:security|secret) answers?",
    r"(?:wi-?fi|wlan|wpa[23]?|network(?: security)?|netzwerk(?:sicherheits)?)[ -]?(?:key|schlüssel|code)",
    r"(?:clé|code) (?:du |de )?wi-?fi",
    r"(?:ssid|wi-?fi|wlan)[^\n.:=]{1,30}[ ,](?:key|schlüssel)",
    r"(?:client|app|shared|pre-?shared)[ -_]?(?:secret|key)",
)
_NAME_END = r"(?:e?s|en|er)?(?![^\W_]|/\w|-\w)"
NAME = rf"(?:(?:{'|'.join(_LONG_NAMES)})|(?<![^\W_])(?:{'|'.join(_SHORT_NAMES)})){_NAME_END}"

# What may stand between the name and its link: "password for the guest wifi is", "the password you gave me:".
_GAP_OPENERS = (
    r"for|to|of|on|at|in|i|i'm|we|you|they|he|she|that|which|from|with|here|again|now|"
    r"below|he's|she's|used|currently|für|zu|zum|zur|von|vom|des|der|dem|im|am|bei|beim|"
    r"ich|wir|die|das|den|auf|fürs|pour|de|du|d'|à|que|qui|sur|j'ai|para|del|en|da|do|"
    r"dos|no|na|em|voor|van"
)
GAP = rf"(?:,? {{1,2}}\(?(?:{_GAP_OPENERS})(?:(?<='))?(?: {{1,2}}[^\s:=\ue000]{{1,40}}(?<![.!?;])){{0,8}}?)"

# What Romance languages put after the name: "senha antiga X".
ADJECTIVE = (
    r"(?: (?:antig[oa]|nov[oa]|velh[oa]|atual|actual|nuev[oa]|viej[oa]|temporal|temporári[oa]|provisóri[oa]|provisional|inicial|"
    r"actuel|nouveau|ancien|provisoire|temporaire|initial))?"
)

# What links a name to its value.
IS = (
    r"(?:is|was|are|were|will be|should be|would be|must be|used to be|might be|could be|can be|it'?s|it is|it was|'s|"
    r"(?:is |was |got |has been )?(?:set|reset|changed|updated) to|"
    r"ist|war|wäre|lautet|lautete|heißt|heisst|"
    r"est|était|sera|serait|c'est|"
    r"es|era|sería|é|foi|era|seria|e)"
)
# Little words that may follow the link before the value comes.
STILL = (
    r"(?:(?:now|currently|still|just|simply|like|only|actually|always|probably|maybe|i think|again|jetzt|aktuell|noch|"
    r"immer noch|einfach|wohl|maintenant|toujours|juste|ahora|todavía|simplemente|agora|ainda|mesmo|really|literally|"
    r"usually|basically|also|auch|aussi|también|também) ){0,2}"
)

# Words that follow a password word in sentences that give nothing away.
HARMLESS_FILE = "harmless.toml"


@cache
def harmless_words() -> frozenset[str]:
    """Words that talk about passwords and are none, in every language at once: people mix them."""
    lists = tomllib.loads(files(__package__).joinpath(HARMLESS_FILE).read_text(encoding="utf-8"))
    return frozenset(word for words in lists.values() for word in words.split())


# Plain words that end like this describe a password; they are not one.
DESCRIBES = re.compile(
    r"(?:\w{3,}(?:ed|ing|ly|able|ible|ful|less)|"
    r"\w{3,}(?:ous|tion|ment|ness|bar|lich|iert|haft)|(?:ge|ver|zer|ab|er|ent|be|zurück|ein|aus)\w{2,}(?:t|en)|"
    r"\w{2,}(?:é|ée|és|ées|ible|eux|euse)|\w{3,}(?:ado|ada|ido|ida|ados|adas|idos|idas))",
    re.IGNORECASE,
)

# A number with one of these after it counts something: "password is 12 characters".
UNIT = re.compile(
    r"\s{0,2}(?:-\s?)?(?:char|digit|letter|day|week|month|year|hour|min|sec|time|attempt|tr(?:y|ies)|symbol|number|people|user|"
    r"of\b|x\b|zeichen|stell|ziffer|tag|woche|monat|jahr|stunde|mal\b|versuch|caract|chiffre|jour|mois|semaine|fois|an(?:s|nées)\b|"
    r"dígito|día|dia|mes(?:es)?\b|semana|vez|veces|vezes|hora|intento|tentativa|password|account|error|°|%)",
    re.IGNORECASE,
)

# Things of a service desk that mix letters and digits as passwords do.
_TICKETS = r"(?:INC|REQ|RITM|CHG|PRB|TASK|SCTASK|CS|HD|SR|TKT|CASE|TICKET|KB|AADSTS|MC|CVE|MS|RFC|EVENT|ID|SN|REF|PO|ERR|ERROR|HTTP)"
_PRODUCTS = (
    r"office|microsoft|windows|win|outlook|word|excel|powerpoint|ppt|access|visio|project|teams|exchange|exch|sharepoint|"
    r"server|srv|sql|mssql|ws|iphone|ipad|ios|macos|mac|macbook|android|galaxy|pixel|surface|thinkpad|latitude|elitebook|"
    r"probook|optiplex|precision|laserjet|officejet|deskjet|hp|dell|lenovo|xps|canon|brother|epson|ricoh|xerox|kyocera|"
    r"acrobat|adobe|autocad|sap|java|python|php|node|dotnet|net|chrome|edge|firefox|safari|ie|vpn|wpa|wep|ipv|sha|md|aes|rsa|tls|"
    r"ssl|http|usb|hdmi|dp|rj|cat|wifi|lte|mp|"
    r"pc|laptop|desktop|notebook|computer|host|device|ws|wks|nb|lt|dt|printer|drucker|prn|print|scanner|room|raum|sala|salle|"
    r"floor|etage|building|bldg|desk|step|schritt|part|page|tab|sheet|line|row|level|tier|type|version|ver|build|rev|release|"
    r"port|vlan|ssid|site|zone|group|gruppe|team|user|usuario|benutzer|option|method|slide|phase|testcase|com|"
    r"covid|channel|queue|no|nr|num|week"
)
TECHNICAL = re.compile(
    "|".join(
        (
            r"[-+]?0x[0-9a-f]+h?",
            r"-\d{6,12}",
            rf"{_TICKETS}[-_#:]?\d+(?:[-_]\d+)*",
            rf"(?:{_PRODUCTS})[-_]?\d{{1,6}}(?:\.\d+)*[a-z]{{0,2}}",
            r"[a-z]-?[1-9]\d{0,4}[a-z]{0,2}",
            r"(?-i:[A-Z]{2,}(?:_[A-Z0-9]+)+)",
            r"v?\d+(?:[.,]\d+)+[a-z]?",
            r"\d{1,2}(?:[:.h]\d{2}){1,2}(?:am|pm|h|uhr|z)?",
            r"\d{1,2}(?:am|pm|h|uhr)",
            r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:t[\d:.]+z?)?",
            r"[\d.,]+(?:[kmgt]i?b(?:ps|it/s)?|%|px|ms|s|sec|min|mins|h|hrs?|d|days?|x|th|st|nd|rd|k|m|€|\$|£|°c?|v|w|mm|cm|dpi|hz|[mg]hz)",
            r"[$€£][\d.,]+[km]?",
            r"\d+[-/x]\d+",
            r"[248]fa|[23]d|[234]g|5ghz|1password|7-?zip|802\.1x|ntlmv?[12]|365|b2b|p2p|o2|h2o|covid-?19",
            r"https?://.*|www\..*|[a-z]:\\.*|\\\\.*|~?/[\w./-]+",
            r"[\w.-]+\.(?:docx?|xlsx?|xlsm|pptx?|pdf|txt|csv|png|jpe?g|gif|zip|exe|msi|ps1|bat|dll|log|pst|ost|msg|eml|one|vsdx?|rdp|com|net|org|local|io|html?)",
            r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
            r"[#@][\w-]+",
            r"[\w.+%-]+@(?:[\w-]+\.)+[a-z]{2,}",
        )
    ),
    re.IGNORECASE,
)
