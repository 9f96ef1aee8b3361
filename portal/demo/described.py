"""The privacy description of the demo: one version that everybody reads, and the next one waiting to be approved."""

from portal import clock
from portal.accounts.models import Account
from portal.demo.people import RESPONSIBLE
from portal.register import contradictions, descriptions

WRITES = "kerstin"
STANDS = "Meddelandet spelas in på det servicenumret före årets slut. Punkten skrivs om då."
"""Why the text stands, where one service number tells its callers nothing yet."""
MORE = {
    "told": {
        "sv": "Den som ringer får i början av samtalet veta att det spelas in, på svenska och finska. På numret till "
        "Äldreomsorg tas meddelandet i bruk senare. Den här beskrivningen kan läsas på nätet och fås på papper av "
        "staden.",
        "fi": "Soittajalle kerrotaan puhelun alussa ruotsiksi ja suomeksi, että puhelu nauhoitetaan. Numerossa "
        "Vanhuspalvelut tiedote otetaan käyttöön myöhemmin. Tämän selosteen voi lukea verkossa ja saada paperilla "
        "kaupungilta.",
    }
}


def tell() -> None:
    clerk, responsible = (Account.get(Account.username == name) for name in (WRITES, RESPONSIBLE))
    first = descriptions.draft(by=clerk)
    first = descriptions.propose(first, seen=first.seen, by=clerk)
    answers = {one.key: STANDS for one in contradictions.of(descriptions.content(first))}
    how = {"valid_from": clock.today(), "answers": answers, "seen": first.seen}
    descriptions.publish(first, **how, by=responsible)
    following = descriptions.draft(by=clerk)
    following = descriptions.change(following, MORE, seen=following.seen, by=clerk)
    descriptions.propose(following, seen=following.seen, by=clerk)
