"""All of them, by family."""

from tests.ingest.hostile import Hostile, details, disguises, names, streams, vcons, wavs

FAMILIES: dict[str, list[Hostile]] = {
    "wavs": list(wavs.files()),
    "streams": list(streams.files()),
    "disguises": list(disguises.files()),
    "vcons": list(vcons.files()),
    "details": list(details.files()),
    "names": list(names.files()),
}
