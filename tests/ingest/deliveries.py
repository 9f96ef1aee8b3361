"""Deliveries for the tests, as telephone systems make them: sound in every format, names, CSV, vCons."""

import base64
import csv
import datetime as dt
import io
import json
from pathlib import Path

import av
import numpy as np

from portal import clock, config
from tests.calls import tone, wav

STARTED = dt.datetime(2026, 11, 10, 8, 15, 30, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
CALLER = "+358401234567"

CDR = [
    "calldate",
    "clid",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "accountcode",
    "uniqueid",
    "userfield",
    "did",
    "recordingfile",
    "cnum",
    "cnam",
    "outbound_cnum",
    "outbound_cnam",
    "dst_cnam",
    "linkedid",
    "peeraccount",
    "sequence",
]


def later(seconds: float, start: dt.datetime = NOW):
    """The clock stopped so long after the delivery."""
    return clock.frozen(start + dt.timedelta(seconds=seconds))


def name(
    *,
    type: str = "q",
    dest: str = "2001",
    origin: str = CALLER,
    started_at: dt.datetime = STARTED,
    count: int = 1,
    ending: str = "wav",
    prefix: str = "",
) -> str:
    wall = clock.local(started_at)
    unique = f"{prefix}{int(started_at.timestamp())}.{count}"
    return f"{type}-{dest}-{origin}-{wall:%Y%m%d-%H%M%S}-{unique}.{ending}"


def unique_id(file_name: str) -> str:
    return file_name.rsplit(".", 1)[0].rsplit("-", 1)[1]


def deliver(file_name: str | bytes, content: bytes, *, folder: str = "2026/11/10") -> Path:
    """A file in the inbox, where FreePBX lays it."""
    place = config.settings().inbox / folder
    place.mkdir(parents=True, exist_ok=True)
    path = place / (file_name if isinstance(file_name, str) else file_name.decode("utf-8", "surrogateescape"))
    path.write_bytes(content)
    return path


def detail(file_name: str, **values: str) -> dict[str, str]:
    """A row of `cdr` for the recording."""
    found = file_name.rsplit(".", 1)[0].rsplit("-", 5)
    row = dict.fromkeys(CDR, "") | {
        "calldate": dt.datetime.strptime("".join(found[-3:-1]), "%Y%m%d%H%M%S").strftime("%Y-%m-%d %H:%M:%S"),
        "src": CALLER,
        "dst": "2001",
        "dstchannel": "PJSIP/201-0000001a",
        "channel": "PJSIP/trunk-00000019",
        "duration": "14",
        "billsec": "2",
        "disposition": "ANSWERED",
        "uniqueid": unique_id(file_name),
        "linkedid": unique_id(file_name),
        "recordingfile": file_name,
    }
    return row | values


def cdr(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, CDR, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def encoded(container: str, codec: str, *, seconds: float = 2.0, channels: int = 2, rate: int = 8000) -> bytes:
    """A tone, by FFmpeg."""
    samples = tone(seconds, channels)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        layout = "stereo" if channels == 2 else "mono"
        stream = out.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T.reshape(1, -1)), format="s16", layout=layout)
        frame.sample_rate = 8000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    return buffer.getvalue()


def sound(seconds: float = 2.0, channels: int = 2) -> bytes:
    """An A-law WAV file."""
    return wav(tone(seconds, channels))


def patched(content: bytes, place: int, replacement: bytes) -> bytes:
    return content[:place] + replacement + content[place + len(replacement) :]


def vcon(*dialogs: dict, **top) -> bytes:
    """A vCon of a caller and queue 2001's adviser at extension 201."""
    whole = {
        "vcon": "0.4.0",
        "uuid": "6c1b0d7e-3f4a-4e5b-8a90-1b2c3d4e5f60",
        "created_at": "2026-11-10T08:20:00Z",
        "subject": "Dagvård",
        "parties": [{"tel": CALLER, "name": "Testa Testsson"}, {"tel": "2001"}, {"tel": "201", "role": "agent"}],
        "dialog": list(dialogs),
        "analysis": [],
        "attachments": [],
    }
    return json.dumps(whole | top, ensure_ascii=False).encode()


def dialog(content: bytes | None = None, **values) -> dict:
    whole = {
        "type": "recording",
        "start": "2026-11-10T08:15:30.000+00:00",
        "duration": 2.0,
        "parties": [0, 2, 1],
        "mediatype": "audio/x-wav",
    }
    if content is not None:
        whole |= {"encoding": "base64url", "body": base64.urlsafe_b64encode(content).rstrip(b"=").decode()}
    return whole | values
