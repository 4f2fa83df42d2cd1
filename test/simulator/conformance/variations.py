"""Derives inputs that a service model forbids, and inputs at its very limits, from an example that it allows."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import Shape

from answers import matches

WRONG_TYPES: dict[str, Any] = {
    "structure": "text",
    "list": "text",
    "map": ["text"],
    "string": 7,
    "boolean": "text",
    "integer": "text",
    "double": "text",
}
# One of these has the right length and does not match, for every pattern of the models.
UNLIKELY_TEXTS = ("\n", " ", "!", "é!", "!!!!!!!!!!!")


@dataclass(frozen=True)
class Variation:
    what: str
    input: dict
    # The member that varies, as the last part of its path.
    member: str


def forbidden_values(shape: Shape, example: dict) -> Iterator[Variation]:
    """Each constraint of the shape violated once."""
    for path, member, value in members_of(shape, example):
        for what, wrong in wrong_values(member, value):
            yield vary(example, path, f"with {what}", wrong)
        if member.type_name == "map":
            yield from wrong_entries(example, path, member, value)
    for path in required_paths(shape, example):
        yield without(example, path)


def values_of_wrong_type(shape: Shape, example: dict) -> Iterator[Variation]:
    for path, member, _ in members_of(shape, example):
        yield vary(example, path, "of another type", WRONG_TYPES[member.type_name])


def values_at_the_limit(shape: Shape, example: dict) -> Iterator[Variation]:
    """Values that are only just allowed, and a member that nobody knows, which services ignore."""
    yield Variation("with an unknown member", {**example, "Unexpected": {"member": [1]}}, "Unexpected")
    for path, member, value in members_of(shape, example):
        low, high = member.metadata.get("min"), member.metadata.get("max")
        if member.type_name in ("integer", "double"):
            for limit in (low, high):
                if limit is not None:
                    yield vary(example, path, f"of {limit}", limit)
        for choice in member.enum if member.type_name == "string" else ():
            yield vary(example, path, f"of {choice}", choice)
        if member.type_name == "string" and high is not None:
            longest = value + value[-1] * (high - len(value))
            if matches(member, longest):
                yield vary(example, path, f"of {high} characters", longest)


def members_of(shape: Shape, value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Shape, Any]]:
    """Every member of a shape with its place and its value in the example, which must have them all."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name not in value:
                raise LookupError(f"the example of {shape.name} has no {name}")
            yield (*path, name), member, value[name]
            yield from members_of(member, value[name], (*path, name))
    elif shape.type_name == "list":
        yield from members_of(shape.member, value[0], (*path, 0))


def wrong_values(shape: Shape, value: Any) -> Iterator[tuple[str, Any]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "string":
        if low:
            yield "too short a text", value[: low - 1]
        if high is not None:
            yield "too long a text", value + value[-1] * (high + 1 - len(value))
        if shape.enum:
            yield "an unknown choice", "UNHEARD_OF"
        elif "pattern" in shape.metadata:
            fitting = [text for text in UNLIKELY_TEXTS if (low or 0) <= len(text) <= (high or 99)]
            wrong = [text for text in fitting if not matches(shape, text)]
            if wrong:
                yield "a text that does not match", wrong[0]
    if shape.type_name in ("integer", "double"):
        if low is not None:
            yield "too small a number", low - 1
        if high is not None:
            yield "too large a number", high + 1
    if shape.type_name == "list" and high is not None:
        yield "too long a list", value * (high + 1)
    if shape.type_name == "map" and high is not None:
        yield "too large a map", {f"k{index}": next(iter(value.values())) for index in range(high + 1)}


def wrong_entries(example: dict, path: tuple, shape: Shape, value: dict) -> Iterator[Variation]:
    key, item = next(iter(value.items()))
    for what, wrong in wrong_values(shape.key, key):
        yield vary(example, path, f"with a key with {what}", {wrong: item})
    for what, wrong in wrong_values(shape.value, item):
        yield vary(example, path, f"with a value with {what}", {key: wrong})


def required_paths(shape: Shape, value: Any, path: tuple = ()) -> Iterator[tuple]:
    if shape.type_name == "structure":
        for name in shape.required_members:
            yield (*path, name)
        for name, member in shape.members.items():
            yield from required_paths(member, value[name], (*path, name))
    elif shape.type_name == "list":
        yield from required_paths(shape.member, value[0], (*path, 0))


def vary(example: dict, path: tuple, what: str, value: Any) -> Variation:
    changed = copy.deepcopy(example)
    parent_of(changed, path)[path[-1]] = value
    return Variation(f"{dotted(path)} {what}", changed, str(path[-1]))


def without(example: dict, path: tuple) -> Variation:
    changed = copy.deepcopy(example)
    del parent_of(changed, path)[path[-1]]
    return Variation(f"no {dotted(path)}", changed, str(path[-1]))


def parent_of(value: Any, path: tuple) -> Any:
    for part in path[:-1]:
        value = value[part]
    return value


def dotted(path: tuple) -> str:
    return ".".join(map(str, path))
