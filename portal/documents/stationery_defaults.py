"""What a letter's head and foot say until the city's own `stationery.toml` says otherwise (register §1)."""

from typing import Any

ARMS = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 36"><path fill="#0b3a5b" \
d="M1 1h30v19c0 7.5-6.3 12.2-15 15C7.3 32.2 1 27.5 1 20z"/><circle cx="16" cy="10" r="4.6" fill="#f2b632"/>\
<g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"><path d="M5 19.5c3.7-3 7.3-3 11 0s7.3 3 \
11 0"/><path d="M7 25.5c3-2.4 6-2.4 9 0s6 2.4 9 0"/></g></svg>"""
"""A plain mark, nobody's arms: the city puts its own in its place."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "sv": {
        "city": "Borgå stad",
        "unit": "Registratorskontoret",
        "register": "Borgå stads samtalsinspelningar",
        "controller": "Borgå stad, stadsstyrelsen, Stadshusgatan 9, 06100\u00a0Borgå",
        "post": "PB 23, 06101\u00a0BORGÅ",
        "visit": "Kompassen, Krämaretorget B",
        "phone": "",
        "email": "kirjaamo@porvoo.fi",
        "web": "",
        "business_id": "",
        "contact": {"name": "", "title": "kontakt- och kommunikationsdirektören", "phone": "", "email": ""},
        "officer": {"name": "", "title": "stadsjuristen", "phone": "", "email": "tietosuojavastaava@porvoo.fi"},
        "signer": {"name": "", "title": "kontakt- och kommunikationsdirektör"},
        "ombudsman": {
            "name": "Dataombudsmannens byrå",
            "visit": "Fågelviksgränden 4, 00530\u00a0Helsingfors",
            "post": "PB 800, 00531\u00a0Helsingfors",
            "phone": "029 566 6700",
            "email": "tietosuoja@om.fi",
            "web": "tietosuoja.fi",
        },
        "remedies": {
            "ombudsman": [
                "Om du anser att dina personuppgifter behandlas i strid med lag kan du föra saken till "
                "dataombudsmannen (21 § i dataskyddslagen, 1050/2018, och artikel 77 i EU:s allmänna "
                "dataskyddsförordning). Det kostar ingenting.",
            ],
            "court": [
                "Du har också rätt att föra saken till domstol, om du anser att dina rättigheter enligt "
                "dataskyddsförordningen har kränkts (artikel 79).",
            ],
        },
        "appeal": {},
    },
    "fi": {
        "city": "Porvoon kaupunki",
        "unit": "Kirjaamo",
        "register": "Porvoon kaupungin puhelunauhoitteet",
        "controller": "Porvoon kaupunki, kaupunginhallitus, Raatihuoneenkatu 9, 06100\u00a0Porvoo",
        "post": "PL 23, 06101\u00a0PORVOO",
        "visit": "Kompassi, Rihkamatori B",
        "phone": "",
        "email": "kirjaamo@porvoo.fi",
        "web": "",
        "business_id": "",
        "contact": {"name": "", "title": "yhteys- ja viestintäjohtaja", "phone": "", "email": ""},
        "officer": {"name": "", "title": "kaupunginlakimies", "phone": "", "email": "tietosuojavastaava@porvoo.fi"},
        "signer": {"name": "", "title": "yhteys- ja viestintäjohtaja"},
        "ombudsman": {
            "name": "Tietosuojavaltuutetun toimisto",
            "visit": "Lintulahdenkuja 4, 00530\u00a0Helsinki",
            "post": "PL 800, 00531\u00a0Helsinki",
            "phone": "029 566 6700",
            "email": "tietosuoja@om.fi",
            "web": "tietosuoja.fi",
        },
        "remedies": {
            "ombudsman": [
                "Jos katsot, että henkilötietojasi käsitellään lainvastaisesti, voit saattaa asian "
                "tietosuojavaltuutetun käsiteltäväksi (tietosuojalain 1050/2018 21 § ja EU:n yleisen "
                "tietosuoja-asetuksen 77 artikla). Se on maksutonta.",
            ],
            "court": [
                "Voit myös saattaa asian tuomioistuimen käsiteltäväksi, jos katsot, että tietosuoja-asetuksen "
                "mukaisia oikeuksiasi on loukattu (79 artikla).",
            ],
        },
        "appeal": {},
    },
}
"""By language. Also the shape: keys and kinds of values of the file are these."""
