"""`portal serve`: HTTPS with a certificate of its own making, static files, and a plain word when it cannot start."""

import dataclasses
import datetime as dt
import gzip
import logging
import os
import re
import socket
import ssl
import stat
import subprocess
import sys
import urllib.request

import pytest
from cryptography import x509

from portal import certificate, clock, config, db
from portal.start import Line, check, prepare
from portal.vault import box
from tests.demo.processes import children_of, core_limit, gone, until


def names(path):
    loaded = x509.load_pem_x509_certificate(path.read_bytes())
    return loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_the_local_certificate_is_kept_and_its_keys_are_private(settings):
    made = certificate.ensure(settings)
    kept = made.certificate.read_bytes()
    assert certificate.ensure(settings).certificate.read_bytes() == kept
    assert {"localhost", socket.gethostname().lower()} <= set(names(made.certificate).get_values_for_type(x509.DNSName))
    for key in settings.tls.glob("*.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_certificate_is_renewed_a_month_before_its_end_and_the_authority_stays(settings):
    made = certificate.ensure(settings)
    authority, first = made.authority.read_bytes(), made.certificate.read_bytes()
    with clock.frozen(clock.now() + certificate.LIFE - certificate.RENEW - dt.timedelta(days=1)):
        assert certificate.ensure(settings).certificate.read_bytes() == first
    with clock.frozen(clock.now() + certificate.LIFE - certificate.RENEW + dt.timedelta(days=1)):
        assert certificate.ensure(settings).certificate.read_bytes() != first
    assert made.authority.read_bytes() == authority


def test_the_certificate_lives_no_longer_than_mozillas_intermediate_configuration_allows(settings):
    served = x509.load_pem_x509_certificate(certificate.ensure(settings).certificate.read_bytes())
    assert served.not_valid_after_utc - served.not_valid_before_utc <= dt.timedelta(days=366)


def test_a_new_host_name_needs_a_new_authority(settings):
    made = certificate.ensure(settings)
    authority = made.authority.read_bytes()
    certificate.ensure(dataclasses.replace(settings, trusted_hosts=("samtal.example.fi",)))
    assert "samtal.example.fi" in names(made.certificate).get_values_for_type(x509.DNSName)
    assert made.authority.read_bytes() != authority


def test_the_authority_can_vouch_for_this_machine_only(settings):
    loaded = x509.load_pem_x509_certificate(certificate.ensure(settings).authority.read_bytes())
    constraints = loaded.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert "localhost" in {name.value for name in constraints.value.permitted_subtrees}


def test_a_given_certificate_is_taken_as_it_is(settings, tmp_path):
    chosen = dataclasses.replace(settings, tls_cert=tmp_path / "c.pem", tls_key=tmp_path / "k.pem")
    assert certificate.ensure(chosen) == (tmp_path / "c.pem", tmp_path / "k.pem", None)
    assert not settings.tls.exists()


def test_it_refuses_to_start_without_a_register(tmp_path):
    with pytest.raises(config.ConfigError, match="portal migrate"):
        check(config.use(config.load(tmp_path)))
    assert not (tmp_path / "portal.db").exists()


def test_it_refuses_to_start_without_its_keys(settings, tmp_path):
    settings.root_key.rename(tmp_path / "away")
    with pytest.raises(config.ConfigError, match=r"root\.key"):
        check(settings)


def test_a_lost_root_key_is_never_replaced_and_a_lost_web_key_is(settings, tmp_path):
    settings.web_key.unlink()
    prepare(settings)
    assert settings.web_key.exists()
    settings.root_key.unlink()
    with pytest.raises(box.RootKeyMissing):
        prepare(settings)
    assert not settings.root_key.exists()


def test_it_refuses_to_start_while_a_migration_is_due(settings, monkeypatch):
    monkeypatch.setattr(db, "pending", lambda: ["0099_later"])
    with pytest.raises(config.ConfigError, match="portal migrate"):
        check(settings)


def test_a_fault_is_one_line_on_the_terminal(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", "from portal.cli import main; main()", "serve"],
        env={**os.environ, "PORTAL_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 78
    assert re.fullmatch(r"portal: .*portal migrate.*\n", told.stderr)


def test_a_line_of_the_log_is_one_line():
    record = logging.makeLogRecord({"msg": "GET /a\nb\u2028c\x1b[2J"})
    assert Line("%(message)s").format(record) == "GET /a b c [2J"


# Static files


def test_styles_come_compressed_and_are_kept_when_their_link_names_their_version(client):
    page = client.get("/accounts/sign-in")
    links = re.findall(r'href="(/static/css/[^"]+)"', page.text)
    assert links
    for link in links:
        answer = client.get(link, headers={"Accept-Encoding": "gzip"})
        assert answer.content_encoding == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Security-Policy"]
        plain = client.get(link)
        assert plain.content_encoding is None
        assert gzip.decompress(answer.data) == plain.data
        assert client.get(link.split("?")[0]).headers["Cache-Control"] == "no-cache"
        unchanged = client.get(link, headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
        assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_pages_are_not_compressed(client):
    assert client.get("/accounts/sign-in", headers={"Accept-Encoding": "gzip"}).content_encoding is None


@pytest.mark.parametrize("path", ["../portal/config.py", "%2e%2e/app.py", "css", "css/", "none.css"])
def test_nothing_but_the_static_files_is_served(client, path):
    assert client.get(f"/static/{path}").status_code == 404


def test_a_page_weighs_at_most_60_kb_without_fonts(client):
    page = client.get("/accounts/sign-in")
    weight = len(page.data)
    for link in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        if not link.split("?")[0].endswith(".woff2"):
            weight += len(client.get(link, headers={"Accept-Encoding": "gzip"}).data)
    assert weight <= 60 * 1024


# The server itself


@pytest.fixture
def served(settings, tmp_path):
    db.db.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "serve.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", "from portal.cli import main; main()", "serve"],
            env={**os.environ, "PORTAL_DATA": str(settings.data), "PORTAL_PORT": str(port), "PORTAL_WORKERS": "2"},
            stdout=file,
            stderr=file,
        )
    until(lambda: log.read_text().count("Started worker") == 2 or process.poll() is not None)
    yield process, port, log
    process.kill()
    process.wait()


def test_it_serves_over_tls_logs_no_query_and_ends_when_told(settings, served):
    process, port, log = served
    trusted = ssl.create_default_context(cafile=str(settings.tls / "ca.pem"))
    url = f"https://localhost:{port}/accounts/sign-in?words=hemligt"
    with urllib.request.urlopen(url, context=trusted, timeout=30) as answer:
        assert answer.status == 200
    with pytest.raises(OSError, match="certificate verify failed"):
        urllib.request.urlopen(url, context=ssl.create_default_context(), timeout=30)
    trusted.maximum_version = ssl.TLSVersion.TLSv1_2
    with urllib.request.urlopen(url, context=trusted, timeout=30) as answer:
        assert answer.status == 200
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")  # so that it is the server that refuses
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port)) as line, pytest.raises(OSError, match="alert"):
        old.wrap_socket(line)
    until(lambda: "/accounts/sign-in 200" in log.read_text())
    assert "hemligt" not in log.read_text()
    assert "127.0.0.1 " not in log.read_text().split("Started worker")[-1]
    family = children_of(process.pid)
    assert len(family) >= 2
    assert {core_limit(pid) for pid in [process.pid, *family]} == {"0"}, "a dump would hold the keys"
    process.terminate()
    assert process.wait(15) == 0
    assert gone(family)


def test_a_killed_server_leaves_no_orphan_on_its_port(served):
    process, port, _ = served
    family = children_of(process.pid)
    process.kill()
    process.wait()
    assert gone(family)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
