"""Everything that is no sound and says it is, and what makes other readers open files, fetch pages or run programs."""

import gzip
import io
import random
import zipfile
from collections.abc import Iterator

from tests.ingest.hostile import Hostile

SECRET = "/etc/passwd"
MARKS: dict[str, bytes] = {
    "matroska": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01webm",
    "mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2",
    "3gp": b"\0\0\0\x18ftyp3gp4\0\0\0\0",
    "quicktime that names a file": b"\0\0\0\x08wide\0\0\0\x60moov\0\0\0\x30dref\0\0\0\0\0\0\0\x01alis/etc/passwd\0",
    "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
    "real": b".RMF\0\0\0\x12\0\1",
    "flash": b"FLV\x01\x05\0\0\0\x09",
    "swf": b"FWS\x0a\xff\xff\xff\xff",
    "transport stream": b"G@\x11\x10\0B\xf0" * 30,
    "midi": b"MThd\0\0\0\6\0\1\xff\xff\0\x60MTrk",
    "tracker": b"Extended Module: x",
    "aiff": b"FORM\0\0\x10\0AIFFCOMM",
    "au": b".snd\0\0\0\x18\xff\xff\xff\xff\0\0\0\x1b",
    "caf": b"caff\0\1\0\0desc",
    "wave64": bytes.fromhex("726966662e91cf11a5d628db04c10000"),
    "wavpack": b"wvpk\xff\xff\xff\xff\x10\4",
    "monkey": b"MAC \x96\x0f",
    "true audio": b"TTA1\1\0\2\0",
    "dsf": b"DSD \x1c\0\0\0",
    "ac3": b"\x0bw\xff\xff\x50@",
    "dts": b"\x7f\xfe\x80\x01\xfc",
    "adts": b"\xff\xf1\x50\x80\x2e\x7f\xfc",
    "voc": b"Creative Voice File\x1a\x1a\0",
    "ircam": b"\x64\xa3\1\0",
    "sphere": b"NIST_1A\n   1024\n",
    "playlist": f"#EXTM3U\n#EXTINF:1,\nfile://{SECRET}\n".encode(),
    "playlist of segments": f"#EXTM3U\n#EXTINF:1,\nconcat:{SECRET}|x\n#EXT-X-ENDLIST\n".encode(),
    "playlist with a key": b'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:9/"\n#EXTINF:1,\nx.ts\n',
    "pls": f"[playlist]\nFile1={SECRET}\nNumberOfEntries=1\n".encode(),
    "list of files": f"ffconcat version 1.0\nfile '{SECRET}'\n".encode(),
    "session": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 9 RTP/AVP 0\n",
    "dash": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>',
    "smil": b"<smil><body><audio src='http://127.0.0.1:9/'/></body></smil>",
    "asx": b"<asx version='3'><entry><ref href='http://127.0.0.1:9/'/></entry></asx>",
    "xspf": b"<playlist><trackList><track><location>http://127.0.0.1:9/</location></track></trackList></playlist>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "xml of entities": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "xml of laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
    "postscript": b"%!PS\n(/etc/passwd) (r) file\n",
    "rtf": b"{\\rtf1{\\object\\objocx}}",
    "compound document": bytes.fromhex("d0cf11e0a1b11ae1"),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "rar": b"Rar!\x1a\x07\x01\0",
    "xz": b"\xfd7zXZ\0",
    "bzip2": b"BZh91AY&SY",
    "zstd": b"\x28\xb5\x2f\xfd",
    "cab": b"MSCF\0\0\0\0",
    "iso": bytes(2048) + b"\1CD001\1",
    "elf": b"\x7fELF\2\1\1",
    "portable executable": b"MZ\x90\0\3\0",
    "mach-o": b"\xcf\xfa\xed\xfe",
    "class": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "wasm": b"\0asm\1\0\0\0",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "sqlite": b"SQLite format 3\0\x10\0",
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff",
    "gif": b"GIF89a\xff\xff\xff\xff",
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "tiff": b"II*\0\xff\xff\xff\xff",
    "font": b"\0\1\0\0\0\xff",
    "woff": b"wOF2\0\1\0\0",
    "mail": b"From: x\r\nMIME-Version: 1.0\r\n\r\n",
    "byte order mark": b"\xef\xbb\xbfRIFF",
    "utf-16": "RIFF WAVE".encode("utf-16"),
    "zeros": bytes(64),
    "ones": b"\xff" * 64,
    "spaces": b" " * 64,
    "new lines": b"\r\n" * 64,
}


def _archives() -> Iterator[tuple[str, bytes]]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../escaped.wav", b"x")
        archive.writestr("bomb", bytes(10 << 20))
    yield "zip that climbs and swells", out.getvalue()
    yield "gzip that swells", gzip.compress(bytes(10 << 20))


def files() -> Iterator[Hostile]:
    for name, mark in MARKS.items():
        for ending in ("wav", "mp3"):
            yield Hostile(f"{name} as {ending}", mark + bytes(range(1, 256)) * 8, ending)
    for name, content in _archives():
        yield Hostile(name, content)
    draw = random.Random(9)
    for size in (1, 2, 3, 7, 12, 13, 44, 45, 46, 100, 1000, 5000, 65_536):
        yield Hostile(f"{size} bytes of noise", b"\x00" + draw.randbytes(size - 1), "gsm")
