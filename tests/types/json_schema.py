"""As much of JSON schema 2020-12 as the types use: enough to see that a wire form fits its own schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KINDS: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
WORDS_FOR_PEOPLE = {"description", "default", "title", "contentMediaType", "contentEncoding"}
LIMITS: dict[str, Callable[[Any, Any], bool]] = {
    "enum": lambda value, limit: value in limit,
    "format": lambda value, limit: limit == "uri" and value.startswith("data:"),
    "maximum": lambda value, limit: value <= limit,
    "maxItems": lambda value, limit: len(value) <= limit,
    "maxLength": lambda value, limit: len(value) <= limit,
    "maxProperties": lambda value, limit: len(value) <= limit,
    "minimum": lambda value, limit: value >= limit,
    "minItems": lambda value, limit: len(value) >= limit,
    "minLength": lambda value, limit: len(value) >= limit,
    "multipleOf": lambda value, limit: abs(value / limit - round(value / limit)) < 1e-6,
    "required": lambda value, limit: set(limit) <= set(value),
}


def fits(value: Any, schema: Any) -> bool:
    """Say whether a value fits a schema; a word that this does not know is an error of the schema."""
    if isinstance(schema, bool):
        return schema
    inner = {"type", "items", "properties", "additionalProperties"}
    unknown = set(schema) - set(LIMITS) - WORDS_FOR_PEOPLE - inner
    assert not unknown, f"{unknown} are not words of JSON schema that we use"
    kinds = KINDS[schema["type"]] if "type" in schema else (object,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds and object not in kinds):
        return False
    if not all(LIMITS[word](value, limit) for word, limit in schema.items() if word in LIMITS):
        return False
    if isinstance(value, list):
        return all(fits(item, schema.get("items", True)) for item in value)
    if isinstance(value, dict):
        more, known = schema.get("additionalProperties", True), schema.get("properties", {})
        return all(fits(item, known.get(name, more)) for name, item in value.items())
    return True
