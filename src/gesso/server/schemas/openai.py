"""What OpenAI's text interface sends and answers, as its own documentation has it."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

MOST_CHOICES: Final = 16
"""So many continuations of a text may be asked for at once."""
_Texts: TypeAlias = list[Annotated[str, Field(max_length=1_000_000)]]


class StreamOptions(BaseModel):
    """What a stream has besides."""

    model_config = ConfigDict(strict=True)

    include_usage: bool = False


class _Asked(BaseModel):
    """What both ways of asking share. What is not named here may be an input of the model by its own name."""

    model_config = ConfigDict(extra="allow", strict=True)

    model: str | None = Field(default=None, max_length=200, description="The name of a deployment.")
    max_tokens: int | None = Field(default=None, ge=1, le=1_000_000)
    temperature: float | None = Field(default=None, ge=0, le=100)
    top_p: float | None = Field(default=None, ge=0, le=1)
    n: int | None = Field(default=None, ge=1, le=MOST_CHOICES)
    stop: str | Annotated[_Texts, Field(max_length=16)] | None = None
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stream: bool | None = None
    stream_options: StreamOptions | None = None


class CompletionRequest(_Asked):
    """A text to be gone on with, or several."""

    prompt: str | Annotated[_Texts, Field(min_length=1, max_length=MOST_CHOICES)] = ""
    echo: bool | None = None


class ChatPart(BaseModel):
    """A part of what was said. Only text is understood."""

    model_config = ConfigDict(extra="allow", strict=True)

    type: str
    text: str | None = None


class ChatTurn(BaseModel):
    """What somebody has said."""

    model_config = ConfigDict(extra="allow", strict=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[ChatPart] | None = None

    @property
    def text(self) -> str | None:
        """What was said; None if it is not text alone."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if any(part.type not in {"text", "input_text"} or part.text is None for part in self.content):
            return None
        return "".join(part.text or "" for part in self.content)


class ChatRequest(_Asked):
    """A conversation to be gone on with."""

    messages: list[ChatTurn] = Field(min_length=1, max_length=10_000)
    max_completion_tokens: int | None = Field(default=None, ge=1, le=1_000_000)


class Usage(BaseModel):
    """How much was read and written. Words are counted where a model does not say what it takes for a token."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    counted: Literal["words", "tokens"] = "words"


class CompletionChoice(BaseModel):
    """One continuation."""

    index: int
    text: str
    logprobs: None = None
    finish_reason: Literal["stop", "length"] | None


class Completion(BaseModel):
    """Continuations of a text, or in a stream a piece of one."""

    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: Usage | None = None


class ChatMessage(BaseModel):
    """What the model says."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class ChatChoice(BaseModel):
    """One way in which the conversation may go on."""

    index: int
    message: ChatMessage
    logprobs: None = None
    finish_reason: Literal["stop", "length"]


class ChatCompletion(BaseModel):
    """How a conversation goes on."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage


class OpenAIModel(BaseModel):
    """A deployment that writes text."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "gesso"


class OpenAIModelList(BaseModel):
    """The deployments that may be asked."""

    object: Literal["list"] = "list"
    data: list[OpenAIModel]


class OpenAIProblem(BaseModel):
    """What is wrong. `param` is the parameter that it is about."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class OpenAIError(BaseModel):
    """A refusal, or a failure."""

    error: OpenAIProblem


def chunk_of_chat(index: int, delta: dict[str, Any], *, finish_reason: str | None = None) -> dict[str, Any]:
    """Return a piece of a conversation as a stream has it."""
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
