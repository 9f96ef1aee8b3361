"""With a certificate every letter is sealed, or the fault is seen; without one nothing is said."""

import dataclasses
import datetime as dt
import io
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from portal import clock, config
from portal.documents import seal, verification
from portal.documents.kinds import Kind
from portal.documents.verification import Verdict
from tests.documents import authority, chosen
from tests.documents.authority import PASSPHRASE, YEAR, archive, chain, letter, make, roots_file


@pytest.fixture
def sealing(settings, tmp_path):
    """Settings with the city's certificate, its passphrase and the root."""
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    held = chain()
    return config.use(
        dataclasses.replace(
            settings,
            seal_certificate=archive(tmp_path, held.city, held.between, held.root),
            seal_passphrase_file=tmp_path / "passphrase",
            seal_roots=roots_file(tmp_path, held.root),
        )
    )


def fault(settings) -> str:
    """The code, which the start and the sealing of a letter must both give."""
    with pytest.raises(config.ConfigError) as at_start:
        seal.check(settings)
    with pytest.raises(seal.SealFault) as when_sealing:
        seal.seal(letter(), settings)
    assert at_start.value.code == when_sealing.value.code
    assert PASSPHRASE not in str(at_start.value)
    return at_start.value.code


def test_the_sealed_letter_is_the_letter_with_the_seal_behind_it(sealing):
    seal.check(sealing)
    sealed = seal.seal(letter(), sealing)
    assert sealed.pdf.startswith(letter())
    assert sealed.certificate == seal.fingerprint(chain().city.certificate)
    assert seal.sealed_by(sealed.pdf) == seal.sealer(sealing)
    assert seal.sealer(sealing).name == "Exempelstad"
    assert "Stämpel" in seal.sealer(sealing).subject
    assert "Mellanled" in seal.sealer(sealing).issuer


def test_the_seal_is_pades_invisible_and_forbids_changes(sealing):
    from pyhanko.pdf_utils.reader import PdfFileReader

    sealed = seal.seal(letter(), sealing).pdf
    reader = PdfFileReader(io.BytesIO(sealed))
    (found,) = reader.embedded_signatures
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.docmdp_level.value == 1  # NO_CHANGES, the modification level of ISO 32000-1 table 254
    assert [float(edge) for edge in found.sig_field["/Rect"]] == [0, 0, 0, 0]
    kinds = {attribute["type"].native for attribute in found.signer_info["signed_attrs"]}
    assert "signing_certificate_v2" in kinds
    assert "signing_time" not in kinds  # ETSI EN 319 142-1 §6.3: the time stands in /M
    assert not {"/Reason", "/Location", "/ContactInfo"} & set(found.sig_object)


def test_the_root_is_not_carried_along(sealing):
    from pyhanko.pdf_utils.reader import PdfFileReader

    (found,) = PdfFileReader(io.BytesIO(seal.seal(letter(), sealing).pdf)).embedded_signatures
    carried = {one.sha256.hex() for one in [found.signer_cert, *found.other_embedded_certs]}
    assert carried == {seal.fingerprint(one.certificate) for one in (chain().city, chain().between)}


def test_the_time_in_the_seal_is_the_portals(sealing):
    moment = clock.now().replace(microsecond=0) + dt.timedelta(days=40)
    with clock.frozen(moment):
        sealed = seal.seal(letter(), sealing).pdf
    (found,) = verification.verify(sealed, None, register=False).seals
    assert found.sealed_at == moment


def test_without_a_certificate_the_letter_is_as_it_came(settings):
    seal.check(settings)
    assert seal.seal(letter(), settings) == (letter(), "")
    assert seal.sealer(settings) is None
    assert seal.sealed_by(letter()) is None


@pytest.mark.parametrize(
    ("key", "digest"),
    [
        (lambda: ec.generate_private_key(ec.SECP384R1()), "sha384"),
        (lambda: ec.generate_private_key(ec.SECP521R1()), "sha512"),
        (lambda: rsa.generate_private_key(65537, 2048), "sha256"),
    ],
    ids=["P-384", "P-521", "RSA"],
)
def test_other_keys_that_authorities_issue_seal_too(settings, tmp_path, key, digest):
    held = make("Stämpel", issuer=chain().root, key=key())
    chosen = dataclasses.replace(settings, seal_certificate=archive(tmp_path, held, passphrase=None))
    sealed = seal.seal(letter(), chosen)
    found = verification.verify(sealed.pdf, [chain().root.certificate], register=False)
    assert found.verdict is Verdict.GENUINE
    assert seal.sealed_by(sealed.pdf).fingerprint == sealed.certificate


def test_a_wrong_passphrase_is_a_fault(sealing):
    sealing.seal_passphrase_file.write_text("hallon")
    assert fault(sealing) == "SealPassphrase"


def test_a_missing_passphrase_is_a_fault(sealing):
    assert fault(dataclasses.replace(sealing, seal_passphrase_file=None)) == "SealPassphrase"


@pytest.mark.parametrize("name", ["seal_certificate", "seal_passphrase_file"])
def test_a_missing_file_is_a_fault_that_names_the_setting(sealing, tmp_path, name):
    chosen = dataclasses.replace(sealing, **{name: tmp_path / "gone"})
    assert fault(chosen) == "SealMissing"
    with pytest.raises(config.ConfigError, match=name):
        seal.check(chosen)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----", b"\x30\x03\x02\x01\x03", b"\x30\x82"])
def test_a_file_that_is_no_archive_is_a_fault(sealing, content):
    sealing.seal_certificate.write_bytes(content)
    assert fault(sealing) in ("SealUnreadable", "SealPassphrase")


def test_a_passphrase_without_a_certificate_is_a_fault_at_the_start(settings, tmp_path):
    chosen = dataclasses.replace(settings, seal_passphrase_file=tmp_path / "passphrase")
    with pytest.raises(config.ConfigError, match="seal_certificate is not"):
        seal.check(chosen)


def test_an_archive_without_a_key_is_a_fault(sealing):
    bare = pkcs12.serialize_key_and_certificates(b"x", None, chain().city.certificate, None, NoEncryption())
    sealing.seal_certificate.write_bytes(bare)
    assert fault(dataclasses.replace(sealing, seal_passphrase_file=None)) == "SealKey"


@pytest.mark.parametrize(
    "key",
    [
        lambda: rsa.generate_private_key(65537, 1024),
        lambda: ec.generate_private_key(ec.SECP224R1()),
        lambda: ec.generate_private_key(ec.BrainpoolP256R1()),
        lambda: ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=["RSA-1024", "P-224", "brainpool", "Ed25519"],
)
def test_a_key_that_readers_do_not_take_is_a_fault(settings, tmp_path, key):
    held = make("Stämpel", issuer=chain().root, key=key())
    assert fault(dataclasses.replace(settings, seal_certificate=archive(tmp_path, held, passphrase=None))) == "SealKey"


@pytest.mark.parametrize(
    "kind",
    [{"usage": False}, {"usage": None}, {"authority": True}],
    ids=["for key exchange", "does not say", "an authority"],
)
def test_a_certificate_for_something_else_is_a_fault(settings, tmp_path, kind):
    held = make("Stämpel", issuer=chain().root, **kind)
    chosen = dataclasses.replace(settings, seal_certificate=archive(tmp_path, held, passphrase=None))
    assert fault(chosen) == "SealPurpose"


def test_a_certificate_that_ran_out_since_the_start_is_a_fault_and_no_letter_without_a_seal(sealing):
    seal.check(sealing)
    assert seal.seal(letter(), sealing).certificate
    with clock.frozen(clock.now() + 3 * YEAR):
        assert fault(sealing) == "SealExpired"


def test_a_certificate_that_is_not_valid_yet_is_a_fault(sealing):
    with clock.frozen(clock.now() - dt.timedelta(days=3)):
        assert fault(sealing) == "SealNotYet"


def test_a_certificate_from_another_root_is_refused_at_the_start(sealing, tmp_path):
    other = make("Rot", authority=True)
    chosen = dataclasses.replace(sealing, seal_roots=roots_file(tmp_path, other, name="other.pem"))
    with pytest.raises(seal.SealFault) as refused:
        seal.check(chosen)
    assert refused.value.code == "SealRoots"


def test_a_missing_authority_between_is_refused_at_the_start(sealing, tmp_path):
    chosen = dataclasses.replace(sealing, seal_certificate=archive(tmp_path, chain().city, name="alone.p12"))
    with pytest.raises(seal.SealFault, match="does not lead"):
        seal.check(chosen)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_roots_that_cannot_be_read_are_refused_at_the_start(sealing, tmp_path, content):
    path = tmp_path / "roots"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(seal.SealFault, match="seal_roots"):
        seal.check(dataclasses.replace(sealing, seal_roots=path))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", letter()[:300], b"Beslut"])
def test_a_file_that_cannot_be_sealed_is_refused_by_itself(sealing, content):
    with pytest.raises(seal.SealRefused):
        seal.seal(content, sealing)


def test_a_seal_that_went_astray_is_not_handed_out(sealing, monkeypatch):
    monkeypatch.setattr(seal, "_sign", lambda pdf, loaded: pdf)
    with pytest.raises(seal.SealRefused):
        seal.seal(letter(), sealing)


def test_the_certificate_is_read_once(sealing):
    seal.seal(letter(), sealing)
    sealing.seal_certificate.unlink()
    assert seal.seal(letter(), sealing).certificate


def test_no_address_is_asked_when_a_letter_is_sealed_or_judged(sealing, monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    sealed = seal.seal(letter(), sealing)
    found = verification.verify(sealed.pdf, [chain().root.certificate], register=True)
    assert found.verdict is Verdict.GENUINE


def test_the_start_and_the_page_do_without_the_heavy_import():
    program = (
        "import sys, portal.start, portal.documents.seal, portal.documents.verification, portal.documents.cli\n"
        "print(sorted(name for name in sys.modules if name.startswith(('pyhanko', 'asn1crypto'))))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_invented_authority_makes_what_it_says():
    assert authority.chain().city.certificate.issuer == authority.chain().between.certificate.subject


@pytest.mark.parametrize("language", ["sv", "fi"])
@pytest.mark.parametrize("kind", [*chosen.OTHERS, Kind.CASE_PARTIAL])
def test_a_sealed_letter_keeps_both_standards(sealing, printed, verapdf, kind, language):
    sealed = seal.seal(printed(kind, language, "short"), sealing).pdf
    assert verapdf.faults(sealed) == []
    assert verification.verify(sealed, [chain().root.certificate], register=False).verdict is Verdict.GENUINE
