"""What people read in the log about signing in and accounts. `words` joins it to the rest."""

from portal.audit.acts import Act
from portal.language import N_

ACTS: dict[str, str] = {
    Act.PASSWORD_ACCEPTED: N_("Angav rätt lösenord"),
    Act.SIGNED_IN: N_("Loggade in"),
    Act.SIGN_IN_FAILED: N_("Inloggningen misslyckades"),
    Act.SIGN_IN_THROTTLED: N_("Inloggningen spärrades efter för många försök"),
    Act.SECOND_FACTOR_FAILED: N_("Fel engångskod"),
    Act.SECOND_FACTOR_ENROLLED: N_("Tog i bruk tvåfaktorsautentisering"),
    Act.SECOND_FACTOR_RESET: N_("Nollställde tvåfaktorsautentiseringen"),
    Act.RECOVERY_CODE_USED: N_("Använde en reservkod"),
    Act.RECOVERY_CODES_MADE: N_("Skapade nya reservkoder"),
    Act.PASSKEY_ADDED: N_("Lade till en säkerhetsnyckel"),
    Act.PASSKEY_REMOVED: N_("Tog bort en säkerhetsnyckel"),
    Act.PASSKEY_REFUSED: N_("En säkerhetsnyckel godkändes inte"),
    Act.PROVED_ANEW: N_("Bekräftade sin identitet på nytt"),
    Act.SIGNED_OUT: N_("Loggade ut"),
    Act.SESSION_ENDED: N_("Avslutade en inloggning"),
    Act.PASSWORD_CHANGED: N_("Bytte lösenord"),
    Act.PASSWORD_RESET: N_("Gav ett tillfälligt lösenord"),
    Act.ACCOUNT_CREATED: N_("Skapade en användare"),
    Act.ACCOUNT_CHANGED: N_("Ändrade en användare"),
    Act.ACCOUNT_CLOSED: N_("Stängde ett konto"),
    Act.ACCOUNT_REOPENED: N_("Öppnade ett stängt konto"),
    Act.LANGUAGE_CHANGED: N_("Bytte språk"),
}
