"""What adviser and caller say: put together from `sv.toml` and `fi.toml`, spoken and laid on the line."""

import functools
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from portal.demo import sound
from portal.demo.speech import Samples, Voice

ADVISER, CALLER = 0, 1
"""The channels."""
FILLER, HOLD = 0.16, 0.12
"""How often small talk, or a wait, comes before an exchange."""


class Turn(NamedTuple):
    who: int
    text: str
    pause: float = 0.0
    """Seconds of silence before it, besides the usual breath."""


class Topic(NamedTuple):
    name: str
    queue: str
    weight: int
    subjects: list[str]
    notes: list[str]
    openings: list[str]
    exchanges: list[list[str]]


@functools.cache
def _texts(language: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text())


@functools.cache
def topics(language: str) -> dict[str, Topic]:
    return {topic["name"]: Topic(**topic) for topic in _texts(language)["topics"]}


class Placed(NamedTuple):
    """A note at a place in the sound."""

    kind: str
    text: str
    own: bool


def placed(language: str) -> list[Placed]:
    return [Placed(*note) for note in _texts(language)["placed"]["notes"]]


def beginning(topic: Topic, language: str, adviser: str, told: bool, chance: random.Random) -> list[Turn]:
    texts = _texts(language)
    turns = [Turn(ADVISER, chance.choice(texts["greetings"][topic.queue]).format(adviser=adviser), 0.4)]
    if told:
        turns.append(Turn(ADVISER, texts["told"]["text"]))
    return [*turns, Turn(CALLER, chance.choice(topic.openings))]


def middle(topic: Topic, language: str, chance: random.Random) -> Iterator[list[Turn]]:
    """Exchanges without end: first the topic's, then those of others of the same queue."""
    texts = _texts(language)
    others = [t for t in topics(language).values() if t.queue == topic.queue and t is not topic] or [topic]
    while True:
        for exchange in topic.exchanges:
            if chance.random() < FILLER:
                yield _pair(chance.choice(texts["fillers"]["pairs"]))
            if chance.random() < HOLD:
                yield [
                    Turn(ADVISER, chance.choice(texts["hold"]["before"])),
                    Turn(ADVISER, chance.choice(texts["hold"]["after"]), chance.uniform(4, 18)),
                ]
            yield _pair(exchange)
        topic = chance.choice(others)
        yield [Turn(CALLER, chance.choice(topic.openings), chance.uniform(1, 3))]


def end(language: str, chance: random.Random) -> list[Turn]:
    return _pair(chance.choice(_texts(language)["closings"]["pairs"]))


def _pair(texts: list[str]) -> list[Turn]:
    return [Turn(ADVISER, texts[0]), Turn(CALLER, texts[1])]


def perform(
    topic: Topic, language: str, *, adviser: str, voices: tuple[Voice, Voice], told: bool, seconds: float, seed: int
) -> sound.Pcm:
    """The call on two channels, exactly `seconds` long: as many exchanges as it has time for, then the farewell."""
    chance = random.Random(seed)  # noqa: S311 the same call every time, not a secret
    placed: list[tuple[int, float, Samples]] = []

    def length(turns: list[Turn]) -> float:
        return sum(turn.pause + 0.9 + len(sound.spoken(turn.text, voices[turn.who])) / sound.RATE for turn in turns)

    def say(turns: list[Turn], at: float) -> float:
        for turn in turns:
            samples = sound.spoken(turn.text, voices[turn.who])
            at = max(0.0, at + turn.pause + chance.uniform(-0.1, 0.8))
            placed.append((turn.who, at, samples))
            at += len(samples) / sound.RATE
        return at

    farewell = end(language, chance)
    at = say(beginning(topic, language, adviser, told, chance), 0.3)
    room = seconds - length(farewell) - 0.5
    for turns in middle(topic, language, chance):
        if at + length(turns) > room:
            break
        at = say(turns, at)
    say(farewell, min(at, max(0.0, room)))
    return sound.mix(placed, seconds, seed)
