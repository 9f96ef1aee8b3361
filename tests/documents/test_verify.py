"""Who sealed it, when, and whether a byte changed; for a file without a seal, whether the register holds it."""

import dataclasses
import datetime as dt
import hashlib
import io
import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from portal import clock, config
from portal.documents import seal, verification
from portal.documents.cli import document
from portal.documents.models import Document, State
from portal.documents.verification import Verdict
from tests.documents.authority import PASSPHRASE, YEAR, archive, chain, letter, make, roots_file


def sealed_with(settings, folder, held, *others) -> bytes:
    path = archive(folder, held, *others, passphrase=None, name=f"{held.certificate.serial_number:x}.p12")
    return seal.seal(letter(), dataclasses.replace(settings, seal_certificate=path)).pdf


@pytest.fixture
def sealed(settings, tmp_path) -> bytes:
    return sealed_with(settings, tmp_path, chain().city, chain().between)


def judge(pdf: bytes, *roots) -> verification.Finding:
    trusted = roots or (chain().root,)
    return verification.verify(pdf, [one.certificate for one in trusted], register=False)


def room(pdf: bytes) -> tuple[int, int]:
    """Where the seal's own bytes stand, brackets included."""
    _, start, end, _ = seal.spread(list(seal.BYTE_RANGE.finditer(pdf))[-1])
    return start, end


def flipped(pdf: bytes, at: int) -> bytes:
    """One bit; a hexadecimal digit becomes another one."""
    changed = bytearray(pdf)
    changed[at] ^= 1
    return bytes(changed)


def appended(pdf: bytes, text: bytes = b"Bifall") -> bytes:
    """An incremental update that puts other words on the page, as an editor writes it."""
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    body = b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text
    place = len(pdf) + 1
    changed = b"4 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(body), body)
    table = place + len(changed)
    update = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 20/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return pdf + b"\n" + changed + update % (place, start, table)


def test_a_sealed_letter_says_who_when_whole_and_trusted(settings, tmp_path):
    moment = clock.now().replace(microsecond=0) + dt.timedelta(days=7)
    with clock.frozen(moment):
        pdf = sealed_with(settings, tmp_path, chain().city, chain().between)
    found = judge(pdf)
    (one,) = found.seals
    assert (one.intact, one.whole, one.trusted, one.valid_then) == (True, True, True, True)
    assert one.sealed_at == moment
    assert one.covered == found.size == len(pdf)
    assert "Stämpel" in one.sealed_by
    assert "Mellanled" in one.issuer
    assert one.certificate == seal.fingerprint(chain().city.certificate)
    assert (found.fault, found.verdict) == ("", Verdict.GENUINE)


def test_a_bit_changed_in_the_letter_is_seen_wherever_it_is(sealed):
    start, end = room(sealed)
    places = [*range(0, start, 41), *range(end, len(sealed), 41)]
    assert len(places) > 50
    for at in places:
        assert judge(flipped(sealed, at)).verdict is Verdict.REFUSED, at


def test_a_bit_changed_in_the_seal_itself_is_seen_wherever_it_is(sealed):
    """Where it stands no signature covers: its own syntax, its padding, and what it carries along."""
    start, end = room(sealed)
    digits = range(start + 1, end - 1)
    places = {*digits[:160], *digits[160::67], start, end - 1}
    version = re.search(rb"(?i)02010130[45][0-9a-f]", sealed[start:end])  # of the signer's part, and whom it names
    info = start + version.start()
    places |= set(range(info, info + 8))
    for at in sorted(places):
        assert judge(flipped(sealed, at)).verdict is Verdict.REFUSED, at


@pytest.mark.parametrize("hidden", [b"ff", b"4d45"])
def test_bytes_hidden_behind_the_seal_in_its_own_room_are_seen(sealed, hidden):
    _, end = room(sealed)
    changed = sealed[: end - 1 - len(hidden)] + hidden + sealed[end - 1 :]
    assert len(changed) == len(sealed)
    (one,) = judge(changed).seals
    assert not one.intact


def test_a_seal_that_is_written_out_longer_is_seen(sealed):
    """The same values with a length of three bytes instead of two (BER, not DER), out of the padding."""
    start, end = room(sealed)
    content = sealed[start + 1 : end - 1]
    assert (content[:4], content[-2:]) == (b"3082", b"00")
    changed = sealed[: start + 1] + b"308300" + content[4:-2] + sealed[end - 1 :]
    assert len(changed) == len(sealed)
    assert judge(changed).verdict is Verdict.REFUSED


def test_digits_of_the_seal_in_another_case_are_seen(sealed):
    start, end = room(sealed)
    letter_at = next(at for at in range(start + 1, end) if chr(sealed[at]).isalpha())
    changed = bytearray(sealed)
    changed[letter_at] ^= 0x20
    assert judge(bytes(changed)).verdict is Verdict.REFUSED


def test_words_put_on_the_page_by_an_update_are_seen(sealed):
    changed = appended(sealed)
    found = judge(changed)
    (one,) = found.seals
    assert one.intact, "what was sealed is still in the file"
    assert not one.whole
    assert one.covered == len(sealed)
    assert found.verdict is Verdict.REFUSED


@pytest.mark.parametrize("tail", [b"\n", b"\0", b"% tail"])
def test_bytes_at_the_end_are_seen(sealed, tail):
    assert judge(sealed + tail).verdict is Verdict.REFUSED


@pytest.mark.parametrize("lost", [1, 100, 1000])
def test_a_file_cut_short_is_refused(sealed, lost):
    assert judge(sealed[:-lost]).verdict is Verdict.REFUSED


def test_a_letter_whose_whole_seal_was_cut_off_is_an_unsealed_one(sealed):
    assert judge(sealed[: len(letter())]).verdict is Verdict.UNPROVEN


def test_a_second_seal_by_the_same_authority_does_not_hide_what_the_first_did_not_cover(tmp_path, sealed, monkeypatch):
    """Whoever has any certificate under the root could alter a letter and seal it anew."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner, sign_pdf

    monkeypatch.setattr(PdfSigner, "_enforce_certification_constraints", lambda self, reader: None)
    other = make("Annan stämpel", issuer=chain().root)
    path = archive(tmp_path, other, name="other.p12")
    writer = IncrementalPdfFileWriter(io.BytesIO(appended(sealed)), strict=False)
    signer = SimpleSigner.load_pkcs12(str(path), passphrase=PASSPHRASE.encode())
    out = sign_pdf(writer, PdfSignatureMetadata(field_name="Andra"), signer).getvalue()
    found = judge(out)
    assert [(one.intact, one.whole, one.trusted) for one in found.seals] == [(True, False, True), (True, True, True)]
    assert found.verdict is Verdict.REFUSED


def test_a_seal_that_covers_only_what_its_maker_chose_is_not_whole(sealed):
    """The four numbers are the sealer's own words: the file is measured."""
    wide = re.sub(rb"(/ByteRange \[0 \d+ \d+ )(\d+)\]", lambda m: m[1] + b"%04d]" % (int(m[2]) - 10), sealed)
    assert len(wide) == len(sealed)
    assert judge(wide).verdict is Verdict.REFUSED


def test_a_seal_taken_out_of_the_forms_leaves_traces(sealed):
    hidden = sealed.replace(b"/AcroForm", b"/AcroFora")
    found = judge(hidden)
    assert (found.seals, found.fault, found.verdict) == ((), "Hidden", Verdict.REFUSED)


def test_a_seal_under_another_root_is_not_trusted(sealed):
    found = judge(sealed, make("Rot", authority=True))
    assert (found.seals[0].intact, found.seals[0].trusted) == (True, False)
    assert found.verdict is Verdict.REFUSED


def test_a_seal_by_an_impostor_with_the_citys_name_is_not_trusted(settings, tmp_path):
    root = make("Rot", authority=True)
    found = judge(sealed_with(settings, tmp_path, make("Stämpel", issuer=root), root))
    assert (found.seals[0].intact, found.seals[0].trusted, found.verdict) == (True, False, Verdict.REFUSED)


def test_a_chain_without_its_middle_is_not_trusted(settings, tmp_path):
    found = judge(sealed_with(settings, tmp_path, chain().city))
    assert found.seals[0].trusted is False


def test_without_roots_trust_is_not_judged_and_nothing_is_proven(sealed):
    found = verification.verify(sealed, None, register=False)
    assert (found.seals[0].trusted, found.verdict) == (None, Verdict.UNPROVEN)
    for changed in (sealed + b"\n", sealed.replace(b"(Beslut)", b"(Bifall)")):
        assert verification.verify(changed, None, register=False).verdict is Verdict.REFUSED


def test_a_certificate_that_expired_after_the_sealing_still_holds(sealed):
    with clock.frozen(clock.now() + 5 * YEAR):
        assert judge(sealed).verdict is Verdict.GENUINE


def test_a_letter_sealed_with_an_expired_certificate_is_refused(settings, tmp_path, monkeypatch):
    """Somebody else's program may do what ours refuses."""
    held = make("Stämpel", issuer=chain().root, start=clock.now() - YEAR / 2, life=YEAR / 4)
    monkeypatch.setattr(seal, "_loaded", lambda s: seal._load(s.seal_certificate, None))
    (one,) = (found := judge(sealed_with(settings, tmp_path, held))).seals
    assert (one.intact, one.whole, one.trusted, one.valid_then) == (True, True, True, False)
    assert found.verdict is Verdict.REFUSED


# The command


@pytest.fixture
def command(settings, tmp_path):
    config.use(dataclasses.replace(settings, seal_roots=roots_file(tmp_path, chain().root)))

    def run(pdf: bytes, *options: str):
        (tmp_path / "letter.pdf").write_bytes(pdf)
        return CliRunner().invoke(document, ["verify", str(tmp_path / "letter.pdf"), *options])

    return run


def locked(pdf: bytes, state=State.LOCKED) -> Document:
    return Document.create(
        kind="purge-month",
        language="sv",
        owner_kind="retention",
        owner_key="2026-10",
        state=state,
        locked_at=clock.now(),
        sha256=hashlib.sha256(pdf).hexdigest(),
    )


def test_the_command_tells_a_sealed_letter_and_exits_0(command, sealed):
    answer = command(sealed)
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("GENUINE\n")
    for told in ("CN=Stämpel", "CN=Mellanled", "intact:      yes", "whole file:  yes", "trusted:     yes"):
        assert told in answer.output
    assert "does not hold these bytes" in answer.output


def test_the_command_tells_an_altered_letter_and_exits_1(command, sealed):
    answer = command(sealed.replace(b"(Beslut)", b"(Bifall)"))
    assert answer.exit_code == 1
    assert answer.output.startswith("REFUSED\n")
    assert "NO, altered since it was sealed" in answer.output


def test_the_command_says_how_much_the_seal_covers(command, sealed):
    answer = command(appended(sealed))
    assert answer.exit_code == 1
    assert f"NO, covers {len(sealed)} of {len(appended(sealed))} bytes" in answer.output


def test_an_unsealed_letter_that_the_register_holds_is_genuine(command):
    row = locked(letter())
    answer = command(letter())
    assert answer.exit_code == 0, answer.output
    assert "seal:        none" in answer.output
    assert hashlib.sha256(letter()).hexdigest() in answer.output
    assert f"purge-month {row.uuid}" in answer.output


def test_an_unsealed_letter_that_the_register_does_not_hold_is_unproven(command):
    locked(b"another letter")
    answer = command(letter())
    assert (answer.exit_code, answer.output.split("\n")[0]) == (3, "UNPROVEN")


def test_only_a_locked_document_speaks_for_its_bytes(command):
    locked(letter(), State.FAILED)
    assert command(letter()).exit_code == 3


def test_the_register_does_not_excuse_a_seal_that_fails(command, sealed):
    changed = appended(sealed)
    locked(changed)
    assert command(changed).exit_code == 1


@pytest.mark.parametrize("content", [b"", b"Beslut", b"%PDF-1.7\n", b"\0" * 1000, b"%PDF-1.7\n" + b"[" * 100_000])
def test_a_file_that_is_no_letter_is_unproven(command, content):
    answer = command(content)
    assert answer.exit_code == 3, answer.output


def test_a_file_too_large_to_be_a_letter_is_not_opened(command, sealed, monkeypatch):
    monkeypatch.setattr(verification, "LARGEST", len(sealed) - 1)
    answer = command(sealed)
    assert answer.exit_code == 1
    assert "too large" in answer.output


def test_the_command_answers_in_json(command, sealed):
    row = locked(sealed)
    told = json.loads(command(sealed, "--json").output)
    assert set(told) == {"size", "sha256", "seals", "fault", "registered", "register_asked", "verdict"}
    assert told["verdict"] == "genuine"
    assert told["registered"]["id"] == str(row.uuid)
    (one,) = told["seals"]
    assert dt.datetime.fromisoformat(one["sealed_at"]).tzinfo
    assert (one["intact"], one["whole"], one["trusted"], one["valid_then"]) == (True, True, True, True)


def test_roots_can_be_named_on_the_spot(command, sealed, tmp_path):
    other = roots_file(tmp_path, make("Rot", authority=True), name="other.pem")
    assert command(sealed, "--roots", str(other)).exit_code == 1


def test_a_name_that_would_move_the_cursor_is_shown_without(settings, tmp_path, command):
    held = make("Borgå\x1b[2J\nGENUINE", issuer=make("Rot", authority=True))
    answer = command(sealed_with(settings, tmp_path, held))
    assert answer.exit_code == 1
    assert "\x1b" not in answer.output
    assert "\nGENUINE" not in answer.output


def test_a_file_that_is_not_there_exits_2(command):
    assert CliRunner().invoke(document, ["verify", "not-there.pdf"]).exit_code == 2


def test_it_works_on_a_machine_without_a_register(sealed, tmp_path):
    (tmp_path / "letter.pdf").write_bytes(sealed)
    roots = roots_file(tmp_path, chain().root)
    program = [sys.executable, "-c", "from portal.cli import main; main()", "document", "verify"]
    told = subprocess.run(
        [*program, str(tmp_path / "letter.pdf"), "--roots", str(roots)],
        env={"PATH": "/usr/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "not asked" in told.stdout


def test_roots_that_cannot_be_read_are_a_fault_of_the_settings(sealed, tmp_path):
    for name in ("letter.pdf", "roots"):
        (tmp_path / name).write_bytes(sealed)
    program = [sys.executable, "-c", "from portal.cli import main; main()", "document", "verify"]
    told = subprocess.run(
        [*program, str(tmp_path / "letter.pdf"), "--roots", str(tmp_path / "roots")],
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 78
    assert "seal_roots" in told.stderr
