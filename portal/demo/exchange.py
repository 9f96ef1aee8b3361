"""Writes calls as a telephone system does: FreePBX's file names by year, month and day, its call
detail records beside them, and vCons."""

import base64
import csv
import hashlib
import io
import json
import os
import uuid
from collections import defaultdict
from pathlib import Path

from portal import clock
from portal.demo import dialogue, sound
from portal.demo.calls import Format, Planned
from portal.recordings.models import Direction

COLUMNS = (
    *("calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "duration"),
    *("billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "did", "recordingfile"),
    *("cnum", "cnam", "outbound_cnum", "outbound_cnam", "dst_cnam", "linkedid", "peeraccount", "sequence"),
)

ENDING = {Format.ALAW: ".wav", Format.GSM: ".WAV", Format.MP3: ".mp3", Format.OPUS: ".opus"}
ENCODE = {
    Format.ALAW: sound.alaw_wav,
    Format.GSM: sound.gsm_wav,
    Format.MP3: sound.mp3,
    Format.OPUS: sound.opus,
    Format.VCON: sound.opus,
    Format.VCON_BESIDE: sound.alaw_wav,
}
VCONS = uuid.UUID("7d9f0b54-5f0e-4d0a-9a40-6a6f0a1b2c3d")


def folder_of(call: Planned, inbox: Path) -> Path:
    return inbox / clock.local(call.started_at).strftime("%Y/%m/%d")


def stem(call: Planned) -> str:
    """The recording's file name without ending."""
    moment = clock.local(call.started_at).strftime("%Y%m%d-%H%M%S")
    number = call.number or "anonymous"
    if call.direction == Direction.OUT:
        return f"out-{call.number}-{call.adviser.extension}-{moment}-{call.unique_id}"
    return f"q-{call.queue}-{number}-{moment}-{call.unique_id}"


def vcon_id(call: Planned) -> str:
    return str(uuid.uuid5(VCONS, call.unique_id))


def source(call: Planned) -> tuple[str, str]:
    """The source's name and its id of the recording, by which the register knows it again."""
    if call.format in (Format.VCON, Format.VCON_BESIDE):
        return "vcon", f"{vcon_id(call)}#0"
    return "freepbx", stem(call)


def put(path: Path, content: bytes, finished: float) -> None:
    """Lay a file into the inbox whole: under a name nobody looks at, then by its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name("." + path.name)
    scratch.write_bytes(content)
    os.utime(scratch, (finished, finished))
    scratch.replace(path)


def deliver(call: Planned, *inboxes: Path) -> None:
    """Speak the call and lay its recording into the inbox; into several, the same bytes."""
    content = speak(call)
    for inbox in inboxes:
        lay(call, content, inbox)


def speak(call: Planned) -> bytes:
    """The call's recording. Spoken again it sounds the same, but the synthesiser may differ by a bit."""
    pcm = dialogue.perform(
        dialogue.topics(call.language)[call.topic],
        call.language,
        adviser=call.adviser.name.split()[0],
        voices=call.voices,
        told=bool(call.told),
        seconds=call.seconds,
        seed=call.seed,
    )
    return ENCODE[call.format](pcm)


def lay(call: Planned, content: bytes, inbox: Path) -> None:
    folder, finished = folder_of(call, inbox), call.ended_at.timestamp()
    if call.format in ENDING:
        return put(folder / (stem(call) + ENDING[call.format]), content, finished)
    name = vcon_id(call)
    if call.format == Format.VCON_BESIDE:
        put(folder / f"{name}.wav", content, finished)
    return put(folder / f"{name}.vcon", json.dumps(vcon(call, content)).encode(), finished)


def vcon(call: Planned, content: bytes) -> dict[str, object]:
    """The call as an unsigned vCon; `queue` and `told` are the two names that the portal adds."""
    started = clock.local(call.started_at).isoformat()
    dialog: dict[str, object] = {
        "type": "recording",
        "start": started,
        "duration": call.seconds,
        "parties": [0, 1],
        "originator": 1,
        "queue": call.queue,
    }
    if call.told is not None:
        dialog["told"] = call.told
    if call.format == Format.VCON:
        body = base64.urlsafe_b64encode(content).decode().rstrip("=")
        dialog |= {"mediatype": "audio/ogg", "filename": f"{vcon_id(call)}.opus", "encoding": "base64url", "body": body}
    else:
        digest = base64.urlsafe_b64encode(hashlib.sha512(content).digest()).decode().rstrip("=")
        dialog |= {"mediatype": "audio/x-wav", "url": f"{vcon_id(call)}.wav", "content_hash": f"sha512-{digest}"}
    caller = {"tel": call.number} if call.number else {"name": "anonymous"}
    return {
        "vcon": "0.4.0",
        "uuid": vcon_id(call),
        "created_at": started,
        "subject": call.subject,
        "parties": [{"tel": call.adviser.extension, "role": "agent"}, caller],
        "dialog": [dialog],
    }


def detail(call: Planned, sequence: int) -> dict[str, object]:
    """The call's row of the table `cdr`."""
    extension, number = call.adviser.extension, call.number or "anonymous"
    out = call.direction == Direction.OUT
    marks = ["" if call.format == Format.GSM else "speakers=adviser,caller"]
    if call.told is not None:
        marks.append(f"told={'yes' if call.told else 'no'}")
    agent, trunk = f"PJSIP/{extension}-{sequence:08x}", f"PJSIP/trunk-{sequence + 1:08x}"
    return dict.fromkeys(COLUMNS, "") | {
        "calldate": clock.local(call.started_at).strftime("%Y-%m-%d %H:%M:%S"),
        "clid": f'"{number}" <{number}>',
        "src": extension if out else number,
        "dst": call.number if out else call.queue,
        "dcontext": "from-internal" if out else "ext-queues",
        "channel": agent if out else trunk,
        "dstchannel": trunk if out else agent,
        "lastapp": "Dial" if out else "Queue",
        "duration": round(call.seconds) + 6,
        "billsec": round(call.seconds),
        "disposition": "ANSWERED",
        "amaflags": 3,
        "uniqueid": call.unique_id,
        "userfield": ";".join(mark for mark in marks if mark),
        "did": "" if out else call.queue,
        "recordingfile": stem(call) + ENDING.get(call.format, ""),
        "cnum": extension if out else number,
        "linkedid": call.linked_id,
        "sequence": sequence,
    }


def deliver_details(calls: list[Planned], inbox: Path) -> None:
    """One CSV a day, for the calls that the exchange itself recorded."""
    days: dict[Path, list[Planned]] = defaultdict(list)
    for call in calls:
        if call.format in ENDING:
            days[folder_of(call, inbox)].append(call)
    for folder, of_day in days.items():
        rows = [detail(call, call.seed * 2) for call in sorted(of_day, key=lambda c: c.started_at)]
        put(folder / f"cdr-{folder.parts[-3]}{folder.parts[-2]}{folder.parts[-1]}.csv", table(rows), rows_end(of_day))


def table(rows: list[dict[str, object]]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def rows_end(calls: list[Planned]) -> float:
    return max(call.ended_at for call in calls).timestamp()
