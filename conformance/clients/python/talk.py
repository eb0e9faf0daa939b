"""What every client says to the strict services, and what must come of it."""

import base64
import os
import pathlib
from dataclasses import dataclass, field
from typing import Any, Optional

import pydantic

URL = os.environ["LOUTER_URL"]

TEXT = "What is the capital of France?"
ONE_TOOL = "What is the weather?"
TWO_TOOLS = "What is the weather in two cities?"
MEDIA = "What is this?"
PERSON = "Who?"
SETTINGS = "Tell the settings."
RATE_LIMIT = "fail 429"
TOO_LONG = "fail context"
BROKEN = "Tell the capital, and break off."

INSTRUCTIONS = "Be brief."
PIECES = ["The ", "capital ", "of ", "France ", "is ", "Paris."]
CAPITAL = "".join(PIECES)
THOUGHT = "Let me think about it."


@dataclass
class Usage:
    input: int
    output: int
    total: int
    cached: int
    reasoning: int


@dataclass
class Limits:
    temperature: float
    top_p: float
    max: int
    stop: list[str]
    seed: int


LIMITS = Limits(temperature=0.5, top_p=0.9, max=100, stop=["END"], seed=7)
USAGE = Usage(input=20, output=10, total=30, cached=4, reasoning=3)


@dataclass
class Got:
    """An answer, whole or collected from its pieces."""

    text: str = ""
    thought: str = ""
    finish: Optional[str] = None
    usage: Optional[Usage] = None
    pieces: list[str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass
class Failure:
    """An error as the client tells it."""

    status: Optional[int]
    kind: Optional[str]
    message: str


@dataclass
class File:
    name: str
    type: str
    content: bytes

    @property
    def base64(self) -> str:
        return base64.b64encode(self.content).decode()

    @property
    def data_url(self) -> str:
        return f"data:{self.type};base64,{self.base64}"


def _file(name: str, mime_type: str) -> File:
    media = pathlib.Path(__file__).parent / "../../testdata/media"
    return File(name, mime_type, (media / name).read_bytes())


IMAGE = _file("red.png", "image/png")
PDF = _file("page.pdf", "application/pdf")
SOUND = _file("tone.wav", "audio/wav")


class Person(pydantic.BaseModel):
    name: str
    age: Optional[int]


ADA = Person(name="Ada", age=36)


def get_weather(city: str, days: Optional[int] = None) -> str:
    """The weather in a city."""
    return f"sunny in {city}"
