"""OpenAI's text interface: completions and conversations with every deployment that writes text.

At `/openai/v1`, and bare at `/v1`, the parameter `model` is a deployment's name; below `/m/<name>/v1` it is that one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gesso.errors import GessoError, InputError
from gesso.hosting.deployment import Deployment
from gesso.server.hosted.asked_by import seen_deployment, seen_deployments
from gesso.server.hosted.caller import Caller
from gesso.server.hosted.opening import HostedOpening
from gesso.server.hosted.text_answer import Manner, Shape, TextAnswer, Texts, refuse
from gesso.server.hosted.text_model import TextModel
from gesso.server.protocols.shaping import shaped
from gesso.server.rooms import House, Rooms
from gesso.server.schemas import openai as schemas
from gesso.server.schemas.openai import ChatRequest, CompletionRequest, OpenAIModel, OpenAIModelList, Usage

_ERRORS: Final[dict[int | str, dict[str, Any]]] = {"default": {"model": schemas.OpenAIError, "description": "Refused."}}
_MOST_RUNS: Final = 32

router = APIRouter(tags=["openai"], route_class=shaped(refuse), responses=_ERRORS)
"""One model, at the addresses of this protocol alone."""
bare = APIRouter(tags=["openai"], route_class=shaped(refuse), responses=_ERRORS)
"""What is also at the bare address, which this protocol shares with others."""
listing = APIRouter(tags=["openai"], route_class=shaped(refuse), responses=_ERRORS)
"""The list of models."""


@listing.get("/models")
async def list_openai_models(request: Request, house: House) -> OpenAIModelList:
    """List the deployments that write text and that the caller may use."""
    return OpenAIModelList(data=await openai_models(house, request))


@router.get("/models/{model}")
async def get_openai_model(model: str, request: Request, *, house: House) -> OpenAIModel:
    """Say of a deployment that it is one."""
    deployment = seen_deployment(house.hosting, _name(request, model), caller=Caller.of(request))
    return _shown(deployment)


@bare.post("/completions", responses={200: {"model": schemas.Completion, "description": "Or a stream of pieces."}})
async def create_completion(asked: CompletionRequest, request: Request, *, house: House) -> Response:
    """Go on with a text, or with several."""
    return _answer(house, request, asked=asked, shape=CompletionShape(asked))


@bare.post(
    "/chat/completions", responses={200: {"model": schemas.ChatCompletion, "description": "Or a stream of pieces."}}
)
async def create_chat_completion(asked: ChatRequest, request: Request, *, house: House) -> Response:
    """Go on with a conversation: as it is where the model takes one, else as a plain transcript."""
    return _answer(house, request, asked=asked, shape=ChatShape(asked))


async def openai_models(house: Rooms, request: Request) -> list[OpenAIModel]:
    """Return the deployments that write text and that the caller may use. Raises `AccessError`."""
    hosting, caller = house.hosting, Caller.of(request)
    if (name := request.path_params.get("name")) is not None:
        deployments = [seen_deployment(hosting, name, caller=caller)]
    else:
        deployments = seen_deployments(hosting, caller)
    return [_shown(each) for each in deployments if await _writes_text(house, each)]


async def _writes_text(house: Rooms, deployment: Deployment) -> bool:
    try:
        spec = await house.hosting.spec(deployment.name)
        return TextModel.find(spec, spec.command(deployment.release.command)) is not None
    except GessoError:  # one that cannot be had now is none that can be asked
        return False


def _answer(house: Rooms, request: Request, *, asked: CompletionRequest | ChatRequest, shape: Shape) -> Response:
    name = _name(request, asked.model)
    opening = HostedOpening(house.hosting, name, caller=Caller.of(request), protocol="openai")
    has_usage = asked.stream_options is not None and asked.stream_options.include_usage
    manner = Manner(name=name, is_stream=bool(asked.stream), has_usage=has_usage)
    return TextAnswer(house.direct, opening, shape=shape, manner=manner)


def _name(request: Request, model: str | None) -> str:
    """Return the deployment that is meant; below `/m/<name>` it may be called anything."""
    own: str | None = request.path_params.get("name")
    if own is not None:
        return own
    if not model:
        raise InputError("the name of a deployment", "nothing", where="model")
    return model


def _shown(deployment: Deployment) -> OpenAIModel:
    return OpenAIModel(id=deployment.name, created=_seconds(deployment.created_at))


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp()) if moment else 0


def _parameters(asked: CompletionRequest | ChatRequest) -> dict[str, Any]:
    """Return what is meant for the model."""
    named = {"max_tokens": asked.max_tokens, "temperature": asked.temperature, "top_p": asked.top_p}
    return {name: value for name, value in named.items() if value is not None} | (asked.model_extra or {})


def _stops(stop: str | Sequence[str] | None) -> list[str]:
    return [stop] if isinstance(stop, str) else list(stop or [])


class CompletionShape(Shape):
    """Texts to be gone on with."""

    kind = "text_completion"

    def __init__(self, asked: CompletionRequest) -> None:
        self._asked = asked

    def texts(self, model: TextModel) -> Texts:
        """Return what is wanted: every prompt as often as there are choices of it."""
        asked = self._asked
        prompts = [asked.prompt] if isinstance(asked.prompt, str) else asked.prompt
        each = [prompt for prompt in prompts for _ in range(asked.n or 1)]
        if len(each) > _MOST_RUNS:
            raise InputError(f"at most {_MOST_RUNS} choices in all", str(len(each)), where="n")
        inputs = model.parameters(_parameters(asked))
        return Texts(
            inputs=[inputs | model.continuation(prompt) for prompt in each],
            read=prompts,
            echoes=each if asked.echo else [""] * len(each),
            stop=_stops(asked.stop),
            seed=asked.seed,
            limit=asked.max_tokens,
        )

    def whole(self, texts: Sequence[tuple[str, Any]], *, usage: Usage, head: Mapping[str, Any]) -> schemas.Completion:
        """Return the answer."""
        choices = [
            schemas.CompletionChoice(index=index, text=text, finish_reason=reason)
            for index, (text, reason) in enumerate(texts)
        ]
        return schemas.Completion(**head, choices=choices, usage=usage)

    def piece(self, index: int, *, text: str | None, finish_reason: str | None) -> dict[str, Any]:
        """Return a piece of a choice."""
        return {"index": index, "text": text or "", "logprobs": None, "finish_reason": finish_reason}


class ChatShape(Shape):
    """A conversation to be gone on with."""

    kind = "chat.completion.chunk"

    def __init__(self, asked: ChatRequest) -> None:
        self._asked = asked

    def texts(self, model: TextModel) -> Texts:
        """Return what is wanted."""
        asked = self._asked
        turns = [(turn.role, _text(turn, index)) for index, turn in enumerate(asked.messages)]
        limit = asked.max_completion_tokens or asked.max_tokens
        parameters = _parameters(asked) | ({} if limit is None else {"max_tokens": limit})
        inputs, ends = model.conversation(turns)
        inputs = model.parameters(parameters) | inputs
        count = asked.n or 1
        return Texts(
            inputs=[inputs] * count,
            read=[text for _, text in turns],
            echoes=[""] * count,
            stop=[*_stops(asked.stop), *ends],
            seed=asked.seed,
            limit=limit,
        )

    def whole(
        self, texts: Sequence[tuple[str, Any]], *, usage: Usage, head: Mapping[str, Any]
    ) -> schemas.ChatCompletion:
        """Return the answer."""
        choices = [
            schemas.ChatChoice(index=index, message=schemas.ChatMessage(content=text.strip()), finish_reason=reason)
            for index, (text, reason) in enumerate(texts)
        ]
        return schemas.ChatCompletion(**head, choices=choices, usage=usage)

    def piece(self, index: int, *, text: str | None, finish_reason: str | None) -> dict[str, Any]:
        """Return a piece of a choice."""
        delta: dict[str, Any] = {"role": "assistant", "content": ""} if text is None else {"content": text}
        return schemas.chunk_of_chat(index, {} if finish_reason else delta, finish_reason=finish_reason)


def _text(turn: schemas.ChatTurn, index: int) -> str:
    if turn.text is None:
        raise InputError("text alone", "something else", where=f"messages[{index}].content")
    return turn.text


async def share(house: Rooms, request: Request) -> dict[str, Any]:
    """Return what a client of OpenAI looks for in the list of models that all protocols share."""
    return OpenAIModelList(data=await openai_models(house, request)).model_dump()
