"""What the standard asks of the source and of ordinary answers, and no other test says: see `asvs.md`. Most of these
walk the source: what is not there cannot be reached. Each walk is shown what it must see."""

import ast
import datetime as dt
import re
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock, security
from portal.accounts import sessions
from portal.accounts.models import Account
from portal.vault import box, keystore, ring
from tests.accounts.door import NEW_PASSWORD, NOON, SECOND_FACTOR, SIGN_IN, enter, first, inside, second, stale
from tests.house.source import ROOT, imports, modules, tree
from tests.house.test_top_level import BINARY, tracked
from tests.people import code

FIGURES = ("portal.bench", "portal.demo", "portal.supply")
"""For trial, measuring and looking after what the portal is made of: nothing of them runs in production."""
SCRIPTS = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)


def production() -> list[str]:
    return [name for name in modules() if not name.startswith(FIGURES)]


def calls_of(module: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the name it is called by: 'os.system', 'eval'."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


DYNAMIC = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput"}
DYNAMIC_ENDS = (".render_template_string", ".from_string")
UNSAFE = {"pickle", "marshal", "shelve", "yaml", "dill", "jsonpickle", "xml.sax", "xml.dom"}


def dynamic(module: ast.Module) -> list[str]:
    """Calls that make code, commands or templates out of text."""
    found = []
    for name, call in calls_of(module):
        shell = any(word.arg == "shell" for word in call.keywords)
        if name in DYNAMIC or f".{name}".endswith(DYNAMIC_ENDS) or shell:
            found.append(f"{call.lineno}: {name}")
    return found


def test_no_shell_and_no_code_is_made_of_text():
    for name in modules():
        assert name not in production() or not dynamic(tree(modules()[name])), name
        assert not UNSAFE & set(imports(name)), name


@pytest.mark.parametrize(
    "planted",
    ["eval(x)", "os.system('ls ' + x)", "subprocess.run(x, shell=True)", "flask.render_template_string(x)", "exec(x)"],
)
def test_the_walk_sees_code_made_of_text(planted):
    assert dynamic(ast.parse(planted))


PATTERNS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}


def loose_patterns(module: ast.Module) -> list[str]:
    """Patterns put together, while the portal runs, out of something that is neither a constant nor escaped."""
    found = []
    functions = [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
    for name, call in (found for function in functions for found in calls_of(function)):
        if not name.startswith("re.") or name[3:] not in PATTERNS or not call.args:
            continue
        for part in ast.walk(call.args[0]):
            if isinstance(part, ast.FormattedValue) and not _harmless(part.value):
                found.append(f"{call.lineno}: {ast.unparse(part.value)}")
    return found


def _harmless(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) == "re.escape"
    return isinstance(value, ast.Name) and value.id.strip("_").isupper()


def test_no_pattern_is_made_of_text():
    for name in production():
        assert not loose_patterns(tree(modules()[name])), name
    assert loose_patterns(ast.parse('def find(): return re.search(f"^{typed}", text)'))
    assert not loose_patterns(ast.parse('def find(): return re.search(f"^{re.escape(typed)}{_END}", text)'))


OUR_OWN = {"portal.documents.samples", "portal.register.description_defaults"}
"""Whose patterns stand in a file of the portal's, or in a constant of the module."""


def loose_formats(module: ast.Module) -> list[str]:
    """Texts put together by a pattern that is neither written there nor a constant."""
    found = []
    for name, call in calls_of(module):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("format", "format_map"):
            pattern = call.func.value
            while isinstance(pattern, (ast.Subscript, ast.Attribute)):
                pattern = pattern.value
            written = isinstance(pattern, (ast.Constant, ast.JoinedStr))
            if not written and not (isinstance(pattern, ast.Name) and pattern.id.strip("_").isupper()):
                found.append(f"{call.lineno}: {name}")
    return found


def test_no_text_is_put_together_by_a_pattern_that_somebody_typed():
    for name in set(production()) - OUR_OWN:
        assert not [one for one in loose_formats(tree(modules()[name])) if "super()" not in one], name
    assert loose_formats(ast.parse("text.format(who=account)")) == ["1: text.format"]
    assert not loose_formats(ast.parse('FAULTS[kind].format(at=1), "{}".format(x)'))


MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|__proto__|\bpostMessage\b"
    r"|['\"]message['\"]|createContextualFragment|setTimeout\(\s*['\"`]"
)


OWN_PAGES = re.compile(r'others\?\.(addEventListener\("message"|postMessage\()')  # only of our origin: BroadcastChannel


def test_our_scripts_make_no_markup_of_text():
    assert SCRIPTS
    for path in SCRIPTS:
        found = MARKUP.search(OWN_PAGES.sub("", path.read_text()))
        assert not found, f"{path.name}: {found}"


STORED = re.compile(r"(?:localStorage|sessionStorage|indexedDB|document\.cookie|caches)\b(?:\.\w+)?\(?([^,)]*)")
KEPT_IN_THE_BROWSER = {"SPEED", "PLACE"}
"""At what speed one listens, and the place in the sound that a link led to: for as long as the tab is open."""


def test_our_scripts_keep_nothing_about_people_in_the_browser():
    names = {name.strip() for path in SCRIPTS for name in STORED.findall(path.read_text())}
    assert names <= KEPT_IN_THE_BROWSER
    assert STORED.findall("localStorage.setItem(NUMBER, number)") == ["NUMBER"]


def test_hsts_lasts_a_year_and_covers_subdomains(client):
    told = client.get(SIGN_IN).headers["Strict-Transport-Security"]
    assert int(re.search(r"max-age=(\d+)", told)[1]) >= 365 * 86400
    assert "includeSubDomains" in told


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://localhost.evil.example"])
def test_no_answer_opens_itself_to_another_origin(as_, people, origin):
    client = as_(people.adviser)
    for path in ("/recordings/", "/accounts/me", "/no/such/page", "/static/page.js", "/retention/alive"):
        for method in ("GET", "OPTIONS"):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            answer = client.open(path, method=method, headers=asked)
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")], path
            answer.close()


FORGED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP")


def test_no_header_of_a_proxy_is_believed(client):
    for n in range(101):
        headers = {name: f"192.0.2.{n}" for name in FORGED}
        client.submit(SIGN_IN, {"username": f"nobody{n}", "password": "fel lösenord helt"}, headers=headers)
    headers = dict.fromkeys(FORGED, "198.51.100.7")
    answer = client.submit(SIGN_IN, {"username": "somebody", "password": "fel lösenord helt"}, headers=headers)
    assert answer.status_code == 429, "a new address in a header is a new visitor"
    led = client.get("/accounts/me", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})
    assert led.location.startswith("/accounts/sign-in")


def test_password_fields_are_masked_and_let_one_paste(client, as_, people):
    pages = (client.get(SIGN_IN), as_(people.adviser).get("/accounts/me/password"))
    fields = [field for page in pages for field in re.findall(r"<input[^>]*password[^>]*>", page.text)]
    assert len(fields) >= 4
    for field in fields:
        assert 'type="password"' in field, field
        assert re.search(r'autocomplete="(current|new)-password"', field), field
        assert "maxlength" not in field, field
    for path in SCRIPTS:
        assert not re.search(r"['\"]paste['\"]", path.read_text()), path.name


ASKED = {"username", "password", "code", "proof_code", "key", "proof_key", "chosen", "again"}
BESIDES = {"csrf_token", "next", "language"}


def test_who_one_is_is_asked_by_name_password_code_and_key_alone(app, client, as_, people):
    """No hint, no question whose answer others know, no code by another way."""
    pages = [client.get(SIGN_IN)]
    first(client, "karin")
    pages.append(client.get(SECOND_FACTOR))
    Account.update(password_temporary=True).where(Account.id == people.manager.id).execute()
    renewing = app.test_client()
    first(renewing, "maria")
    second(renewing, code())
    pages.append(renewing.get(NEW_PASSWORD))
    proving = as_(people.clerk)
    stale(people.clerk)
    pages.append(proving.get("/accounts/prove"))
    asked = set()
    for page in pages:
        assert page.status_code == 200
        asked |= set(re.findall(r'<(?:input|select|textarea)\b[^>]*\bname="([^"]+)"', page.text))
    assert asked - BESIDES == ASKED


def test_a_password_does_not_grow_old(client, people):
    with clock.frozen(NOON + dt.timedelta(days=3650)):
        enter(client, people.adviser)
        assert inside(client)


def test_a_new_register_has_no_account(settings):
    assert Account.select().count() == 0


def test_chance_comes_from_the_system():
    """`random` only where samples are drawn that anybody may guess."""
    users = {name for name in production() if "random" in imports(name)}
    assert users <= {"portal.recordings.quality_draw"}
    drawn = (ROOT / "portal/recordings/quality_draw.py").read_text()
    assert "SystemRandom" in drawn or "random.Random(" in drawn


def test_a_token_has_256_bits_of_chance(people):
    tokens = {sessions.open_session(people.adviser, sessions.FULL)[0] for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) >= 43 for token in tokens)  # 32 bytes in base64
    assert len({token[:4] for token in tokens}) > 190


def test_a_cookie_that_was_altered_is_nobodys(as_, people):
    client = as_(people.adviser)
    name = "__Host-portal"
    value = client.get_cookie(name).value
    assert client.get("/accounts/me").status_code == 200
    payload, stamp, signature = value.rsplit(".", 2)
    forged = (
        f"{payload}.{stamp}.{signature[:-2]}AA",
        f"{payload}.{stamp}.",
        f"{payload}.{stamp}",
        f"{payload[:-1]}A.{stamp}.{signature}",
        f"eyJfdXNlcl9pZCI6ImEifQ.{stamp}.{signature}",
        "",
    )
    for wrong in forged:
        client.set_cookie(name, wrong, domain="localhost", secure=True)
        assert client.get("/accounts/me").status_code == 303, wrong
    client.set_cookie(name, value, domain="localhost", secure=True)
    assert client.get("/accounts/me").status_code == 200


SOUND = {
    *("AESGCM", "HKDF", "SHA256", "hashes", "InvalidTag", "InvalidSignature", "ConstantTimeEq", "bytes_eq"),
    *("ed25519", "Ed25519PrivateKey", "Ed25519PublicKey", "ec", "rsa", "x509", "NameOID", "ExtendedKeyUsageOID"),
    *("serialization", "Encoding", "NoEncryption", "PrivateFormat", "PublicFormat", "pkcs7", "pkcs12"),
    *("load_pem_private_key", "load_pem_public_key"),
}
"""What of the library `cryptography` is used: AES-GCM, HKDF and SHA-256, Ed25519, and certificates on P-256 or RSA."""
DIGESTS = {"sha256", "sha384", "sha512", "file_digest", "sha3_256", "blake2b"}
WEAK = re.compile(r"\b(MD5|SHA1|ECB|CBC|PKCS1v15|TripleDES|ARC4|Blowfish)\b")


def weak(module: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography"):
            found += [alias.name for alias in node.names if alias.name not in SOUND]
        if isinstance(node, ast.Attribute):
            if ast.unparse(node.value) == "hashlib" and node.attr not in DIGESTS:
                found.append(node.attr)
            if WEAK.fullmatch(node.attr):
                found.append(node.attr)
    return found


def test_cryptography_is_the_librarys():
    for name in production():
        assert not weak(tree(modules()[name])), name
    assert weak(ast.parse("import hashlib\nhashlib.md5(x)")) == ["md5"]
    assert weak(ast.parse("from cryptography.hazmat.primitives.ciphers import Cipher")) == ["Cipher"]


SECRET = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}")


def test_no_secret_stands_in_the_repository():
    for name in tracked():
        path = ROOT / name
        if path.suffix not in BINARY:
            assert not SECRET.search(path.read_text(errors="replace")), name
        assert path.suffix not in (".key", ".pem", ".p12", ".pfx"), name
    assert SECRET.search("-----BEGIN EC " + "PRIVATE KEY-----")


def test_every_key_has_256_bits(settings):
    drawn = [keystore.create(uuid.uuid4()) for _ in range(20)]
    made = [ring.current().current, box.root("zq"), box.root("another use"), box.web("zq")]
    assert {len(key) for key in (*drawn, *made)} == {32}
    assert len({*drawn, *made}) == 24, "a key of its own for each use"


def test_key_files_are_their_owners_alone(settings):
    for path in settings.secrets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
    assert stat.S_IMODE(settings.secrets.stat().st_mode) & 0o077 == 0


def test_nothing_is_in_debug_mode(app, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert not app.debug
    for name in production():
        for node in ast.walk(tree(modules()[name])):
            if isinstance(node, ast.keyword) and node.arg in ("debug", "use_reloader", "use_debugger"):
                raise AssertionError(f"{name}:{node.lineno}")


READS_THE_LOCK = {"portal.machine.software": {"portal.supply.lock"}}  # `portal doctor`: is it what is locked?


def test_the_portal_imports_nothing_of_its_tests_or_its_demo():
    for name in production():
        if name == "portal.cli":  # names the commands; each is imported when it is called
            continue
        assert {o for o in imports(name) if o.startswith(("tests", *FIGURES))} <= READS_THE_LOCK.get(name, set()), name


CALLERS = {
    "urllib.request": set(),
    "http.client": {"portal.machine.certificates"},
    "requests": set(),
    "httpx": set(),
    "smtplib": set(),
    "ftplib": set(),
    "telnetlib": set(),
    "xmlrpc.client": set(),
}
"""Modules that ask another machine, and who may import them."""
DIALS = {
    "portal.oversight.checkpoints": {"socket.create_connection", "socket.socket"},
    "portal.confined": {"socket.socket"},
    "portal.machine.certificates": {"socket.create_connection"},
}
"""Who opens a line: to the syslog server; a child to its parent, by a handle; `portal doctor` to its own web."""


def dialled(module: ast.Module) -> set[str]:
    names = {name for name, _ in calls_of(module)}
    return names & {"socket.create_connection", "socket.socket", "create_connection", "asyncio.open_connection"}


def test_the_portal_asks_and_tells_no_other_machine():
    for name in production():
        for other in imports(name):
            assert name in CALLERS.get(other, {name}), f"{name} imports {other}"
        assert dialled(tree(modules()[name])) == DIALS.get(name, set()), name
    assert dialled(ast.parse("with socket.create_connection(place) as line: pass"))


def test_every_answer_of_a_kind_says_its_type_and_encoding(app, as_, people):
    client = as_(people.adviser)
    for path in ("/recordings/", "/accounts/sign-in", "/no/such/page", "/static/page.js", "/retention/alive"):
        answer = client.get(path)
        if answer.mimetype.startswith("text/") and answer.get_data():
            assert answer.content_type.lower().endswith("charset=utf-8"), f"{path}: {answer.content_type}"
        answer.close()


GIVEN_UP = re.compile(
    r"<(applet|object|embed|frameset|frame|keygen|marquee|font|center)\b|application/x-shockwave", re.I
)


def test_no_page_needs_what_browsers_have_given_up():
    pages = [ROOT / name for name in tracked() if name.startswith("templates/")]
    assert len(pages) > 100
    for path in pages:
        assert not GIVEN_UP.search(path.read_text()), path.name
    assert GIVEN_UP.search('<object data="x.swf">')


def test_the_csp_names_every_directive_that_could_load():
    for directive in ("object-src 'none'", "base-uri 'none'", "default-src 'none'", "frame-ancestors 'none'"):
        assert directive in security.HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: Path(path).name)
def test_a_script_of_ours_is_strict_about_what_equals(path):
    """`==` turns one type into another before it compares."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/|'[^'\n]*'|\"[^\"\n]*\"|`[^`]*`", "", path.read_text(), flags=re.S)
    assert not re.search(r"(?<![=!])==(?!=)|!=(?!=)", text)
