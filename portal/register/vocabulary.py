"""Beginnings of the words by which a text names what it speaks of, as patterns without regard to capitals."""

from portal.accounts.permissions import Role

ROLE_STEMS: dict[str, dict[Role, str]] = {
    "sv": {
        Role.ADVISER: r"kundrådgivar",
        Role.MANAGER: r"\bchef",
        Role.CLERK: r"handläggar",
        Role.CONTROLLER: r"beslutsfattar",
        Role.DPO: r"dataskyddsombud|stadsjurist",
        Role.ADMIN: r"administratör",
    },
    "fi": {
        Role.ADVISER: r"asiakasneuvoj",
        Role.MANAGER: r"esihenkilö|esimie",
        Role.CLERK: r"\bkäsittelij",
        Role.CONTROLLER: r"päättäj",
        Role.DPO: r"tietosuojavastaav|kaupunginlakimie",
        Role.ADMIN: r"ylläpitäj|pääkäyttäj|järjestelmänvalvoj",
    },
}
LISTENING = {"sv": r"lyssn|\bhör", "fi": r"kuunnel|kuuntel|\bkuul"}
STEMS: dict[str, dict[str, str]] = {
    "sv": {
        "threat": r"hot",
        "training": r"utbildning",
        "notes": r"anteckn|notering",
        "outgoing": r"staden ringer|utgående|ringer upp|vi ringer",
        "other": r"marknadsför|reklam|profiler|forskning|direktför",
        "given": r"lämna\w* ut|utlämn",
        "consent": r"samtyck",
        "outside": r"utanför",
        "automatic": r"automat",
        "second": r"tvåfaktor|engångskod|tvåstegs",
        "encrypted": r"krypter",
        "logged": r"\blogg|övervak",
        "password": r"lösenord",
        "sealed": r"försegl|digital underskrift|digitalt undertecknad",
        "card": r"kopia av (en |din )?(identitet|id-|pass|körkort)",
        "signature": r"underskr|undertecknad",
        "certificate": r"intyg",
        "told": r"början|börjar|inled|innan samtalet",
    },
    "fi": {
        "threat": r"uhka",
        "training": r"koulutu",
        "notes": r"muistiinpan|merkin|merkit",
        "outgoing": r"kaupunki soitt|lähtevi|me soit|kun soitamme|soitamme sinulle",
        "other": r"markkinoin|mainon|profiloin|tutkimus",
        "given": r"luovut",
        "consent": r"suostu",
        "outside": r"ulkopuol",
        "automatic": r"automaat",
        "second": r"kahden vaiheen|kaksivaihei|kertakäytt|monivaihei",
        "encrypted": r"salat|salau",
        "logged": r"\bloki|valvo",
        "password": r"salasan",
        "sealed": r"sinetöi|sähköisesti allekirjoit",
        "card": r"(henkilöllisyystodistuksen|passin|ajokortin|henkilökortin) (kopio|jäljennös)",
        "signature": r"allekirjoit",
        "certificate": r"todistu",
        "told": r"alussa|alkaessa|aluksi|ennen puhelua",
    },
}
KEEPS: dict[str, dict[str, str]] = {
    "sv": {
        "threat": r"\bhot|beslut|pröva|granska",
        "request": r"handling|begäran|ärende|kopia",
        "consent": STEMS["sv"]["consent"],
        "incident": r"incident|iakttag",
        "backup": r"säkerhetskop|nyckel|nyckl",
    },
    "fi": {
        "threat": r"uhka|päätö|arvioi|tarkist",
        "request": r"asiakirj|pyyn|\basia|jäljen|kopio",
        "consent": STEMS["fi"]["consent"],
        "incident": r"loukkau|havain",
        "backup": r"varmuuskop|avain|avaim",
    },
}
"""Of what the text says how long it is kept, sentence by sentence; else of the calls themselves."""
RECIPIENTS: dict[str, dict[str, str]] = {
    "sv": {"police": r"polis", "statute": r"myndighet|lag", "consent": STEMS["sv"]["consent"]},
    "fi": {"police": r"poliis", "statute": r"viranomai|lai|lak", "consent": STEMS["fi"]["consent"]},
}
