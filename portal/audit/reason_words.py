"""Why a delivered file or a sign-in was refused, as the log says it: codes."""

from portal.language import N_

REASONS = {
    "too_large": N_("för stor"),
    "not_audio": N_("inte ljud"),
    "broken": N_("trasig"),
    "many_streams": N_("flera ljudspår eller bild"),
    "bad_length": N_("orimlig längd"),
    "bad_channels": N_("orimligt antal kanaler"),
    "bad_name": N_("filnamnet går inte att tolka"),
    "bad_time": N_("tiden går inte att tolka"),
    "unknown_queue": N_("okänt servicenummer"),
    "conflict": N_("samma samtal finns med annat innehåll"),
    "already_purged": N_("redan gallrad"),
    "bad_json": N_("trasig JSON"),
    "signed": N_("signerad"),
    "encrypted": N_("krypterad"),
    "critical": N_("kräver ett okänt tillägg"),
    "no_content": N_("utan innehåll"),
    "hash_mismatch": N_("kontrollsumman stämmer inte"),
    "remote": N_("innehållet finns på annat håll"),
    "not_a_file": N_("inte en vanlig fil"),
    "unreadable": N_("går inte att läsa"),
    "taken": N_("togs in"),
    # of a sign-in
    "unknown": N_("okänt användarnamn"),
    "closed": N_("stängt konto"),
    "password": N_("fel lösenord"),
    "old_password": N_("fel gammalt lösenord"),
    # of a passkey
    "wrong": N_("svaret stämmer inte"),
    "stale": N_("frågan gäller inte längre"),
    "copied": N_("räknaren har inte stigit: nyckeln kan vara kopierad"),
}
