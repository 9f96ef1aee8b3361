"""A security key of the tests' own (WebAuthn level 3 §6: ES256, no attestation), and what a browser does with it."""

import base64
import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

from portal.accounts.models import Account, Passkey
from tests.accounts.door import SECOND_FACTOR, SIGN_IN
from tests.people import PASSWORD

ME, NEW, PROVE = "/accounts/me", "/accounts/me/passkeys/new", "/accounts/prove"
ASK_NEW, ASK_PROOF = "/accounts/me/passkeys/question", "/accounts/prove/question"
ASK_FACTOR, ASK_ANYBODY = "/accounts/second-factor/question", "/accounts/sign-in/question"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def plain(content: str) -> bytes:
    return base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))


class Authenticator:
    """One credential. `counts=False`: it keeps no counter, as those held by several devices."""

    def __init__(self, *, counts: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.count = 0
        self.counts = counts

    def _client(self, kind: str, options: dict, origin: str) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, host: str, flags: int) -> bytes:
        self.count += self.counts
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def create(self, options: dict, *, origin: str = "https://localhost", host: str | None = None) -> str:
        """What the browser sends for `navigator.credentials.create(options)`."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        about = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        data = self._data(host or options["rp"]["id"], PRESENT | VERIFIED | ATTESTED) + about
        response = {
            "clientDataJSON": text(self._client("webauthn.create", options, origin)),
            "attestationObject": text(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["usb", "telepathy", "nfc"],
        }
        return self._sent(response)

    def get(
        self, options: dict, *, origin: str = "https://localhost", host: str | None = None, flags: int = PRESENT
    ) -> str:
        """What the browser sends for `navigator.credentials.get(options)`."""
        data, client = self._data(host or options["rpId"], flags), self._client("webauthn.get", options, origin)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature)}
        )

    def _sent(self, response: dict) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})


def question(client, url: str) -> dict:
    answer = client.post(url, headers={"X-CSRFToken": client.csrf(), "Referer": "https://localhost" + url})
    assert answer.status_code == 200, answer.status
    found: dict = answer.get_json()
    return found


def added(client, name: str = "nyckelknippan", *, counts: bool = True) -> Authenticator:
    """A new key of the person whose client it is."""
    key = Authenticator(counts=counts)
    answer = client.submit(NEW, {"name": name, "key": key.create(question(client, ASK_NEW))})
    assert answer.location == ME, answer.status
    return key


def kept(account: Account) -> list[Passkey]:
    return list(Passkey.select().where(Passkey.account == account.id).order_by(Passkey.id))


def second_by_key(client, key: Authenticator, **options):
    return client.submit(SECOND_FACTOR, {"key": key.get(question(client, ASK_FACTOR), **options)})


def proved_by_key(client, key: Authenticator, **options):
    return client.submit(PROVE, {"proof_key": key.get(question(client, ASK_PROOF), **options)})


def first_with_key(client, username: str, key: Authenticator, password: str = PASSWORD, **options):
    sent = key.get(question(client, ASK_ANYBODY), **options)
    return client.submit(SIGN_IN, {"username": username, "password": password, "key": sent})
