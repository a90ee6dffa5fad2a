"""The words around a secret, as data: what announces a password, what links it, and what is only talk about one.

English, German, French, Spanish and Portuguese; the announcing words of a dozen other languages. Holds no logic.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from bot.privacy.patterns import one_of

# What a password is called. A long word may end a compound ("WLAN-Passwort", "DB_PASSWORD"); a short one stands alone.
_LONG_NAMES = (
    r"pas{1,3}[ -]?w{1,2}[oa]{0,2}r{0,2}d",
    r"pas{1,2}(?:owrd|wrod|wordd|wrd|wod)|pss+w(?:or)?d",
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
    r"has(?:ł|l)o(?: to)?",
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

# A text with none of these names no password: a cheap test.
NAME_STEMS = (
    "pas|pw|p.w|psw|ssw|p/w|wort|wörter|pword|mdp|парол|contrase|senha|clave|pin|geheimzahl|heslo|hasło|haslo|şifre|"
    "lösenord|adgangskode|salasana|jelszó|parola|zugangscode|answer|palavra|wi-fi|wifi|wlan|wpa|network k|network s|"
    "netzwerks|ssid|secret|client|shared|wachtwoord"
)

# What may stand between the name and its link: "password for the guest wifi is", "the password you gave me:".
_GAP_OPENERS = (
    r"for|to|of|on|at|in|i|i'm|we|you|they|he|she|that|which|from|with|here|again|now|below|he's|she's|used|currently|"
    r"für|zu|zum|zur|von|vom|des|der|dem|meines|meiner|unseres|im|am|bei|beim|ich|wir|die|das|den|auf|fürs|pour|de|du|"
    r"d'[^\s:=]{1,30}|à|que|qui|sur|j'ai|para|del|en|da|do|dos|no|na|em|voor|van"
)
_GAP_WORD = r"(?:<[^<>\s]{1,200}>|[^\s:=\ue000]{1,40}(?<![.!?;]))"
GAP = rf"(?:,? {{1,2}}\(?(?:{_GAP_OPENERS})(?: {{1,2}}{_GAP_WORD}){{0,8}}?)"

# What Romance languages put after the name: "senha antiga X".
ADJECTIVE = (
    "(?: "
    + one_of(
        "antig[oa]|nov[oa]|velh[oa]|atual|actual|nuev[oa]|viej[oa]|temporal|temporári[oa]|provisóri[oa]|provisional|"
        "inicial",
        "anterior|actuel|nouveau|ancien|provisoire|temporaire|initial",
    )
    + ")?"
)

# What links a name to its value.
IS = one_of(
    r"is|was|are|were|will be|should be|would be|must be|used to be|might be|could be|can be|equals|reads|says|it'?s|"
    r"it is|it was",
    r"'s|(?:is |was |got |has been )?(?:set|reset|changed|updated) to",
    r"ist|isst|war|wäre|sollte|müsste|dürfte|lautet|lautete|heißt|heisst",
    r"est|était|sera|serait|c'est|(?:a|avait)(?: toujours)? été",
    r"(?:has|had|have)(?: always)? been|war schon immer|(?:siempre )?(?:ha|había) sido|sempre (?:foi|era)|will be",
    r"es|era|sería|é|è|foi|seria|e",
)
# Where these link, a plain word is more often about the password than the password: "its annoying", "senha e usuário".
WEAK_VERBS = frozenset(("it's", "its", "it is", "it was", "sollte", "müsste", "dürfte", "e"))
# Little words that may follow the link before the value comes.
STILL = (
    "(?:"
    + one_of(
        "now|currently|still|just|simply|like|only|actually|always|probably|maybe|i think|again|really|literally|"
        "usually",
        "basically|also|jetzt|aktuell|noch|immer(?: noch)?|einfach|wohl|auch|maintenant|toujours|juste|aussi",
        "ahora|todavía|simplemente|también|agora|ainda|mesmo|também",
    )
    + " ){0,2}"
)

# What may stand between one password and the next.
ALTERNATIVE = (
    r"[*_~`\"')\]]{0,3}(?:\s{0,2}[,/|&]\s{0,2}|\s{1,2})(?:"
    + one_of(
        "and|or|then|now|it is|it's|also|maybe|to|->|/|is|(?:the )?(?:second|new)(?: one)?",
        "und|oder|jetzt|ist|das neue|et|ou|puis|est|maintenant|le nouveau|y|o|es|ahora|la nueva|e|agora",
    )
    + " ){0,3}"
)
# When the password comes first: "X is my old password". These link it, and these may stand in between.
_ARTICLES = (
    "my|the|his|her|our|your|their|a|an|old|new|current|temporary|temp|initial|windows|wifi|wlan|outlook|vpn|mein|"
    "meine|das|dein|unser|altes|neues|aktuelles|mon|le|la|notre|nouveau|ancien|mi|tu|nueva|antigua|actual|minha|sua|"
    "nova"
)
ARTICLES = frozenset(_ARTICLES.split("|"))
EQUATES = frozenset(("is", "was", "as", "ist", "war", "als", "est", "était", "comme", "es", "era", "como", "é"))
SERVES = frozenset(("for", "für", "pour", "para"))
CHANGE = one_of(
    r"chang|reset|updat|switch|swap|rotat|renew|replac|set\b|(?:ge|ver|um)?änder|gewechselt|umgestellt|gesetzt|"
    r"aktualisier",
    "modifi|remplac|passé|cambi|actualiz|alter|mud|troqu|troc|atualiz",
)
# What people write before a password when the word itself stands elsewhere: "tried X", "I'm sure it's X".
LEAD_IN = (
    r"(?:(?<![\w'])"
    + one_of(
        r"it'?s|it is|it was|this is|that is|that's|is|was|were|been|be|accepts?|took|takes?|i\.?e\.?|namely|called|"
        r"tr(?:y|ied|ying)|us(?:e|ed|ing)",
        "typ(?:e|ed|ing)|enter(?:ed|ing)?|put(?:ting)?(?: in)?|gave|giv(?:e|ing)|wrote|says?|said|old|new|one|again|"
        "with|not",
        "isn't|wasn't|make|keep",
        "es ist|das ist|ist|war|lautet|probiert|probiere|versucht|eingegeben|getippt|mit|nicht|benutze|verwende|nutze|"
        "gebe|nehme",
        "habe|c'est|est|était|avec|essayé|tapé|saisi|utilise|mis|pas|nouveau",
        "es|era|con|probé|probado|usé|usado|uso|escribí|escrito|puse|puesto|pongo|introducido",
        "é|com|tentei|usei|digitei|coloquei",
    )
    + r"\s{1,2}|[:=,(]\s{0,2}|->\s?|[\"'`*])(?:(?:just|simply|my|the|mein|mon|mi|minha) )?[*_~`\"'(]{0,3}$"
)
# ... and before what only says who somebody is.
WHO = (
    one_of(
        "user(?:[ -]?(?:name|id))?s?|log[io]n(?: name| id)?|account|id|employee|badge|computer|device|pc|laptop|"
        "host(?:name)?",
        "printer|server|ticket|called|named|benutzer(?:name|kennung)?|konto|kennung|nutzer|identifiant|utilisateur|"
        "compte",
        "usuario|usuário|utilizador|cuenta|conta",
    )
    + r"\s?(?:is|are|was|:|=|#|ist|est|es|é|named|called)?[\s\"'`*(]{0,3}$"
)
SIGNING_IN = (
    r"(?<!\w)"
    + one_of(
        r"log(?:ged|ging)?[ -]?[io]n|sign(?:ed|ing)?[ -]?in|credentials?|creds|einlogg\w{0,6}|anmeld\w{0,6}|"
        r"zugangsdaten",
        "typed|entered|locked (?:me )?out|locks me out|eingegeben|gesperrt|tapé|tecleado|digitei",
        "connecter|connexion|identifiants?|iniciar sesión|credenciales|credenciais",
    )
    + r"(?!\w)"
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
    one_of(
        r"\w{3,}(?:ed|ing|able|ible|ful|less|ous|tion|ment|ness)",
        r"\w{2,}(?:nt|b|te|ct|us|al|en|ng|om|tr|ve|se|ck|re|me|ar|il|nd|id|st|er|or|ed|ll)ly",
        r"\w{3,}(?:bar|lich|iert|haft)|(?:ge|ver|zer|ab|er|ent|be|zurück|ein|aus|unter)\w{2,}(?:t|en)",
        r"\w{2,}(?:é|ée|és|ées|eux|euse)|\w{3,}(?:ado|ada|ido|ida|ados|adas|idos|idas)",
        "sensitive|related|only|problems?|issues?",
    ),
    re.IGNORECASE,
)

# A number with one of these after it counts something: "password is 12 characters".
UNIT = re.compile(
    r"\s{0,2}(?:-\s?)?"
    + one_of(
        r"char|digit|letter|day|week|month|year|hour|min|sec|time|attempt|tr(?:y|ies)|symbol|number|people|user|of\b|"
        r"x\b|°|%",
        r"zeichen|stell|ziffer|tag|woche|monat|jahr|stunde|mal\b|versuch",
        r"caract|chiffre|jour|mois|semaine|fois|an(?:s|nées)\b|dígito|día|dia|mes(?:es)?\b|semana|vez|veces|vezes|"
        r"hora|intento",
        "tentativa|password|account|error",
    ),
    re.IGNORECASE,
)

# Never a password, whatever is said before: codes, versions, dates, times, sizes, names of files and machines.
_TICKET = one_of(
    "INC|REQ|RITM|CHG|PRB|TASK|SCTASK|CS|HD|SR|TKT|CASE|TICKET|KB|AADSTS|SSPR|MC|CVE|MS|RFC|EVENT|ID|SN|REF|PO|ERR|"
    "ERROR|HTTP"
)
_UNIT = one_of(
    "[kmgt]i?b(?:ps|it/s)?|%|px|ms|s|sec|mins?|h|hrs?|d|days?|x|th|st|nd|rd|k|m|€|\\$|£|°c?|v|w|mm|cm|dpi|[mg]?hz"
)
_FILE = one_of(
    "docx?|xlsx?|xlsm|pptx?|pdf|txt|csv|png|jpe?g|gif|zip|exe|msi|ps1|bat|dll|log|pst|ost|msg|eml|one|vsdx?|rdp|html?",
    "com|net|org|local|io",
)
TECHNICAL = re.compile(
    one_of(
        r"[-+]?0x[0-9a-f]+(?:[- ][0-9a-f]+)*h?|-\d{6,12}|[cd]0[0-9a-f]{6}|80(?:0[0-9a-f]|18|24|2b|31|70)[0-9a-f]{4}|"
        r"caa[0-9a-f]{5}",
        rf"{_TICKET}[-_#:]?\d+(?:[-_]\d+)*",
        r"(?-i:[A-Z]{2,}(?:_[A-Z]+)+)",
        r"v?\d+(?:[.,]\d+)+[a-z]?|\d{1,2}(?:[:.h]\d{2}){1,2}(?:am|pm|h|uhr|z)?|\d{1,2}(?:am|pm|h|uhr)",
        r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:t[\d:.]+z?)?|\d+[-/x]\d+|\d+-[a-z]+",
        rf"[\d.,]+{_UNIT}|[$€£][\d.,]+[km]?",
        r"\d{2}h[12]|[248]fa|[23]d|[234]g|5ghz|1password|7-?zip|802\.1x|ntlmv?[12]|365|b2b|p2p|o2|h2o|covid-?19",
        r"[\w.-]+\\[\w.-]+\$?|\$(?:true|false|null|_|\w*(?:pass|pw|cred)\w*)",
        r"https?://.*|www\..*|[a-z]:\\.*|\\\\.*|~?/[\w./-]+",
        rf"[\w.-]+\.{_FILE}",
        r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
        r"[#@](?:[a-z_-]+|\d+)|[\w.+%-]+@(?:[\w-]+\.)+[a-z]{2,}|[\w.-]+@\d+(?:\.\d+){3}",
    ),
    re.IGNORECASE,
)
# Things of an office that mix letters and digits as passwords do: a password only where one is plainly announced.
_THING = one_of(
    "office|microsoft|windows|win|outlook|word|excel|powerpoint|ppt|access|visio|project|teams|exchange|exch|"
    "sharepoint|citrix",
    "server|srv|sql|mssql|ws|iphone|ipad|ipod|ios|macos|mac|macbook|android|galaxy|pixel|surface|thinkpad|latitude|"
    "elitebook|tablet",
    "probook|optiplex|precision|laserjet|officejet|deskjet|hp|dell|lenovo|xps|canon|brother|epson|ricoh|xerox|kyocera|"
    "teamviewer",
    "acrobat|adobe|autocad|sap|java|python|php|node|dotnet|net|chrome|edge|firefox|safari|ie|vpn|wpa|wep|ipv|sha|md|"
    "aes|rsa|tls|ssl",
    "keepass|http|usb|hdmi|dp|rj|cat|wifi|lte|mp|kiosk|terminal|station|schedule|book|document|dokument|folder|ordner|"
    "drive|share",
    "pc|laptop|desktop|notebook|computer|host|device|wks|nb|lt|dt|printer|drucker|prn|print|scanner|room|raum|sala|"
    "salle",
    "halle|werk|standort|zimmer|büro|projekt|filiale|lager|stock|bureau|étage|bâtiment|oficina|planta|edificio|andar|"
    "prédio|loja",
    "floor|etage|building|bldg|desk|step|schritt|part|page|tab|sheet|line|row|level|tier|type|version|ver|build|rev|"
    "release",
    "port|vlan|ssid|site|zone|group|gruppe|team|user|usuario|benutzer|option|method|slide|phase|testcase|com",
    "covid|channel|queue|no|nr|num|week",
)
THING = re.compile(rf"{_THING}[-_]?\d{{1,6}}(?:\.\d+)*[a-z]{{0,7}}|[a-z]-?[1-9]\d{{0,4}}[a-z]{{0,2}}", re.IGNORECASE)
