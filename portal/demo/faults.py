"""What a telephone system also delivers: cut, mistaken, doubled and signed files, and one that still grows."""

import base64
import json
import threading
import time
from pathlib import Path

from portal import clock
from portal.demo import dialogue, exchange, sound
from portal.demo.calls import Format, Planned

GROWS_SECONDS = 90
"""How long the call that is going on when the demo starts goes on."""


def deliver(like: Planned, inbox: Path) -> None:
    """Each kind of bad delivery once, on the day of the call `like`."""
    folder, finished = exchange.folder_of(like, inbox), like.ended_at.timestamp()
    pcm = sound.mix([], 30, like.seed)
    good = sound.alaw_wav(pcm)

    def named(number: int, queue: str = like.queue) -> str:
        moment = clock.local(like.started_at).strftime("%Y%m%d-%H%M%S")
        return f"q-{queue}-anonymous-{moment}-{int(like.started_at.timestamp())}.{90000 + number}"

    put = exchange.put
    put(folder / f"{named(1)}.wav", good[: len(good) // 3], finished)
    put(folder / f"{named(2)}.wav", b"The disk was full when this call was recorded.\n" * 40, finished)
    put(folder / f"{named(3, '2999')}.wav", good, finished)
    put(folder / f"{named(4)}.wav", sound.alaw_header(1, 0), finished)
    put(folder / "Recording (3).wav", sound.alaw_wav(sound.mix([], 12, 5)), finished)
    name = exchange.vcon_id(like)
    payload = base64.urlsafe_b64encode(b'{"vcon": "0.4.0"}').decode().rstrip("=")
    signed = {"payload": payload, "signatures": [{"protected": "eyJhbGciOiJSUzI1NiJ9", "signature": "c2lnbmVk"}]}
    put(folder / f"{name}-signed.vcon", json.dumps(signed).encode(), finished)
    closed = {
        "protected": "eyJlbmMiOiJBMjU2R0NNIn0",
        "recipients": [{"encrypted_key": "a2V5"}],
        "ciphertext": "Y2xvc2Vk",
    }
    put(folder / f"{name}-closed.vcon", json.dumps(closed).encode(), finished)


class Growing(threading.Thread):
    """A call that is going on: its file grows as it is spoken, then gets its length and its record."""

    def __init__(self, call: Planned, inbox: Path) -> None:
        super().__init__(daemon=True)
        self._call, self._inbox = call, inbox
        self._ended = threading.Event()
        assert call.format == Format.ALAW

    def run(self) -> None:
        call, folder = self._call, exchange.folder_of(self._call, self._inbox)
        content = sound.alaw(
            dialogue.perform(
                dialogue.topics(call.language)[call.topic],
                call.language,
                adviser=call.adviser.name.split()[0],
                voices=call.voices,
                told=False,
                seconds=call.seconds,
                seed=call.seed,
            )
        )
        folder.mkdir(parents=True, exist_ok=True)
        second = sound.RATE * 2
        with (folder / f"{exchange.stem(call)}.wav").open("wb", buffering=0) as file:
            file.write(sound.alaw_header(2, len(content)))
            begun = time.monotonic()
            for at in range(0, len(content), second):
                if self._ended.wait(max(0.0, begun + at / second - time.monotonic())):
                    break
                file.write(content[at : at + second])
            else:
                at = len(content)
            file.seek(0)
            file.write(sound.alaw_header(2, min(at, len(content))))
        record = exchange.table([exchange.detail(call, call.seed * 2)])
        exchange.put(folder / "cdr-growing.csv", record, call.ended_at.timestamp())

    def hang_up(self) -> None:
        """End the call now; its recording is whole as far as it goes."""
        self._ended.set()
        self.join(5)
