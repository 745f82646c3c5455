"""Runway's fields (its data types as JSON) as ports.

Limits that Runway only shows to people are checked here, but for what a model gives: that it gave anyway. Sizes of
pictures are told in words, because such models resize by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gesso.errors import DeclarationError, InputError
from gesso.spec.model import Command, Port
from gesso.types import catalogue
from gesso.types.base import Json
from gesso.types.given import describe

Field = Mapping[str, Json]
"""A data type of Runway's: `{"name", "type", "description", ...}`."""
Form = tuple[str, dict[str, Json]]
"""A data type of Gesso's: its name and its constraint words."""

_ANYTHING: Final[Form] = ("json", {})
_LARGEST_ID: Final = 65535
_BYTE: Final = 255


def command_of(command: Json) -> Command:
    """Return a command of Runway's (`{"name", "description", "inputs", "outputs"}`) as one of Gesso's."""
    try:
        return Command(
            name=str(command["name"]),
            description=str(command.get("description") or ""),
            inputs=tuple(port_of(field) for field in command["inputs"]),
            outputs=tuple(port_of(field, is_output=True) for field in command["outputs"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DeclarationError(f"This is not a command of a Runway model: {describe(command)}.") from error


def port_of(field: Field, *, is_output: bool = False) -> Port:
    """Return a field as a port. What no type of Gesso's says becomes JSON."""
    name, words = _declarable(_forms(field, is_output=is_output))
    default = field.get("default")
    is_shown = default is not None and field.get("type") in {"text", "number", "boolean", "category", "vector"}
    return Port(
        name=str(field["name"]),
        type=name,
        title=str(field["name"]).replace("_", " ").capitalize(),
        description=_description(field),
        is_required=is_output or _is_required(field),
        default=default if is_shown else None,
        constraints=catalogue.declare(name, words).constraints,
    )


def _is_required(field: Field) -> bool:
    """Say whether a value has to be given: the SDK knows no default for it, or one that no model can use.

    A file that is left out is none for the model; a vector that is left out would be, and clients always draw one.
    """
    if field.get("type") in {"file", "directory"}:
        return False
    return "default" not in field or (field.get("type") == "vector" and field["default"] is None)


def _description(field: Field) -> str:
    words = [str(field.get("description") or "")]
    sizes = {side: _size(field, side) for side in ("width", "height")}
    if any(sizes.values()):
        words.append(f"({', '.join(f'{side} {size}' for side, size in sizes.items() if size)} pixels)")
    if field.get("type") == "file" and field.get("default"):
        words.append(f"(if left out: {field['default']})")
    return " ".join(filter(None, words))


def _size(field: Field, side: str) -> str:
    word = side.capitalize()
    exact, least, most = field.get(side), field.get(f"min{word}"), field.get(f"max{word}")
    if exact:
        return str(exact)
    bounds = [f"at least {least}"] if least else []
    return " and ".join([*bounds, *([f"at most {most}"] if most else [])])


# -- forms ------------------------------------------------------------------------------------------------------------


def _declarable(forms: Iterator[Form]) -> Form:
    """Return the first form that can be declared; JSON always can."""
    for name, words in forms:
        try:
            catalogue.declare(name, words)
        except DeclarationError:
            continue
        return name, words
    return _ANYTHING


def _forms(field: Field, *, is_output: bool) -> Iterator[Form]:
    """Yield the forms that a field may take, the one that says most first."""
    kind = field.get("type")
    if kind == "number":
        yield from _number(field, is_output=is_output)
    elif kind == "text":
        yield from _text(field, is_output=is_output)
    elif kind == "category":
        yield from _category(field, is_output=is_output)
    elif kind == "array":
        yield from _array(field, is_output=is_output)
    elif kind == "segmentation":
        yield from _segmentation(field)
    elif kind == "image_landmarks":
        yield from _landmarks(field)
    elif isinstance(kind, str):
        yield from _plain(kind, field, is_output=is_output)


def _plain(kind: str, field: Field, *, is_output: bool) -> Iterator[Form]:
    """Yield the form of the types with the fewest words."""
    forms: dict[str, Form] = {
        "boolean": ("boolean", {}),
        "image": ("image", {"channels": field.get("channels", 3), "depth": 8}),
        "image_bounding_box": ("bounding_boxes", _one(is_output=is_output)),
        "image_point": ("points", _one(is_output=is_output)),
        "vector": ("vector", _vector(field, is_output=is_output)),
        "file": _file(field),
        "directory": ("directory", {}),
    }
    if kind in forms:
        yield forms[kind]


def _one(*, is_output: bool) -> dict[str, Json]:
    """Return the lengths of a single place; one that a model gives may lie outside of the picture, and is left out."""
    return {"max_length": 1} if is_output else {"min_length": 1, "max_length": 1}


def _number(field: Field, *, is_output: bool) -> Iterator[Form]:
    """Yield the limits with and without the step: a default need not lie on a step from the minimum."""
    if not is_output:
        limits = {word: field[theirs] for word, theirs in (("ge", "min"), ("le", "max")) if _is_number(field, theirs)}
        step = field.get("step")
        given = [field.get(word) for word in ("default", "min", "max", "step")]
        is_whole = _is_number(field, "step") and all(value is None or _is_whole(value) for value in given)
        for words in (limits | {"step": step, "is_integer": is_whole}, limits):
            plain = {word: value for word, value in words.items() if value is not None and value is not False}
            if _takes(plain, field.get("default")):
                yield "number", plain
    yield "number", {}


def _is_number(field: Field, word: str) -> bool:
    return isinstance(field.get(word), int | float) and not isinstance(field.get(word), bool)


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _takes(words: dict[str, Json], default: Json) -> bool:
    try:
        data_type = catalogue.declare("number", words)
        return default is None or data_type.coerce(default) is not None
    except (DeclarationError, InputError):
        return False


def _text(field: Field, *, is_output: bool) -> Iterator[Form]:
    if not is_output:
        limits = {"min_length": field.get("minLength"), "max_length": field.get("maxLength")}
        yield "text", {word: limit for word, limit in limits.items() if limit}
    yield "text", {}


def _category(field: Field, *, is_output: bool) -> Iterator[Form]:
    choices = field.get("oneOf")
    if not is_output:
        yield "category", {"choices": choices}
    elif isinstance(choices, list) and all(isinstance(choice, str) for choice in choices):
        yield "text", {}


def _vector(field: Field, *, is_output: bool) -> dict[str, Json]:
    words = {"sampling_mean": field.get("samplingMean"), "sampling_std": field.get("samplingStd")}
    length = {} if is_output else {"length": field.get("length")}
    return {word: value for word, value in (words | length).items() if value is not None}


def _file(field: Field) -> Form:
    if field.get("isDirectory"):
        return "directory", {}
    ending = field.get("extension")
    if not isinstance(ending, str) or not ending:
        return "file", {}
    return "file", {"extensions": [ending.lower() if ending.startswith(".") else f".{ending.lower()}"]}


def _array(field: Field, *, is_output: bool) -> Iterator[Form]:
    item = field.get("itemType")
    if not isinstance(item, Mapping):
        return
    limits = {} if is_output else {"min_length": field.get("minLength"), "max_length": field.get("maxLength")}
    lengths = {word: limit for word, limit in limits.items() if limit}
    name, words = _declarable(_forms(item, is_output=is_output))
    if item.get("type") in {"image_point", "image_bounding_box"}:
        yield name, lengths
    else:
        yield "list", {"items": {"type": name, "constraints": words}, **lengths}


def _segmentation(field: Field) -> Iterator[Form]:
    """Yield labels and colours, as far as they are different from each other."""
    labels: dict[str, Json] = {}
    for label, number in _table(field, "labelToId").items():
        if isinstance(number, int) and 0 <= number <= _LARGEST_ID and number not in labels.values():
            labels[label] = number
    colours: dict[str, Json] = {}
    for label, colour in _table(field, "labelToColor").items():
        written = _written(colour)
        if label in labels and written and written not in colours.values():
            colours[label] = written
    default = field.get("defaultLabel")
    words: dict[str, Json] = {"labels": labels, "colours": colours}
    if labels:
        yield "segmentation", words | ({"default_label": default} if default in labels else {})
    yield "segmentation", {}


def _table(field: Field, word: str) -> Mapping[str, Json]:
    value = field.get(word)
    return value if isinstance(value, Mapping) else {}


def _written(colour: Any) -> str:
    """Return a colour as "#rrggbb", "" if it is none."""
    if not isinstance(colour, list | tuple) or len(colour) < 3:
        return ""
    parts = [int(part) for part in colour[:3] if isinstance(part, int | float)]
    if len(parts) < 3 or not all(0 <= part <= _BYTE for part in parts):
        return ""
    return "#" + "".join(f"{part:02x}" for part in parts)


def _landmarks(field: Field) -> Iterator[Form]:
    length = field.get("length")
    count = {"min_length": length, "max_length": length} if isinstance(length, int) else {}
    labels = field.get("labels")
    if labels:
        yield "landmarks", {"names": list(labels), "connections": field.get("connections") or []}
    yield "landmarks", count
    yield "landmarks", {}
