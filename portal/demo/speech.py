"""The voices: espeak-ng from its wheel, which needs no native package."""

import ctypes
import functools
from typing import NamedTuple

import espeakng_loader
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

SYNCHRONOUS, RATE, VOLUME, PITCH, RANGE, UTF8 = 2, 1, 2, 3, 4, 1  # speak_lib.h

_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Voice(NamedTuple):
    language: str
    variant: str
    """Of espeak-ng: 'f1' … 'f5', 'm1' … 'm8'."""
    pitch: int
    """0–100."""
    pace: int
    """Words a minute."""


class Speaker:
    """espeak-ng, once per process: it keeps its state in globals."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._parts: list[npt.NDArray[np.int16]] = []
        self._callback = _Heard(self._heard)  # kept, or it would be collected under the library's feet
        self.rate: int = self._library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        if self.rate <= 0:
            raise RuntimeError("the speech synthesiser does not start")
        self._library.espeak_SetSynthCallback(self._callback)

    def _heard(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
        if count > 0 and samples:
            self._parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, text: str, voice: Voice) -> Samples:
        """`text` spoken, -1 … 1, at `rate`."""
        self._parts.clear()
        if self._library.espeak_SetVoiceByName(f"{voice.language}+{voice.variant}".encode()) != 0:
            raise ValueError(f"no voice {voice}")
        for parameter, value in ((RATE, voice.pace), (PITCH, voice.pitch), (RANGE, 55), (VOLUME, 100)):
            self._library.espeak_SetParameter(parameter, value, 0)
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, UTF8, None, None)
        self._library.espeak_Synchronize()
        if not self._parts:
            return np.zeros(0, np.float32)
        return np.concatenate(self._parts).astype(np.float32) / np.float32(32768)


@functools.cache
def speaker() -> Speaker:
    return Speaker()
