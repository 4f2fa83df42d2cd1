"""Holds a JSON value to a shape of AWS's service model, with every constraint that the model states."""

from collections.abc import Callable, Iterator

import regex
from botocore.model import Shape

INT32 = range(-(2**31), 2**31)
INT64 = range(-(2**63), 2**63)


def violations(shape: Shape, value: object, path: str) -> Iterator[str]:
    """What is wrong with the value, one text for each fault. Members that the model does not know are faults."""
    check = CHECKS.get(shape.type_name)
    if check is None:
        yield f"{path}: the model's type {shape.type_name} is not expected here"
    else:
        yield from check(shape, value, path)


def _structure(shape: Shape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: must be an object, is {_show(value)}"
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name}: is required and missing"
    for name, member in value.items():
        if name not in shape.members:
            yield f"{path}.{name}: {shape.name} has no such member"
        else:
            yield from violations(shape.members[name], member, f"{path}.{name}")


def _list(shape: Shape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: must be a list, is {_show(value)}"
        return
    yield from _limits(shape, len(value), path, "entries")
    for index, entry in enumerate(value):
        yield from violations(shape.member, entry, f"{path}[{index}]")


def _map(shape: Shape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: must be a map, is {_show(value)}"
        return
    yield from _limits(shape, len(value), path, "entries")
    for key, entry in value.items():
        yield from violations(shape.key, key, f"{path}.{key} (key)")
        yield from violations(shape.value, entry, f"{path}.{key}")


def _string(shape: Shape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{path}: must be a string, is {_show(value)}"
        return
    yield from _limits(shape, len(value), path, "characters")
    pattern = shape.metadata.get("pattern")
    # Some patterns name classes of Unicode, which Python's own module does not know.
    if pattern is not None and regex.fullmatch(pattern, value) is None:
        yield f"{path}: {_show(value)} does not match {pattern}"
    allowed = shape.metadata.get("enum")
    if allowed is not None and value not in allowed:
        yield f"{path}: {_show(value)} is none of {', '.join(allowed)}"


def _integer(size: range) -> Callable[[Shape, object, str], Iterator[str]]:
    def check(shape: Shape, value: object, path: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or value not in size:
            yield f"{path}: must be a whole number of the model's size, is {_show(value)}"
        else:
            yield from _limits(shape, value, path, "")

    return check


def _number(shape: Shape, value: object, path: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"{path}: must be a number, is {_show(value)}"
    else:
        yield from _limits(shape, value, path, "")


def _boolean(_shape: Shape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{path}: must be true or false, is {_show(value)}"


def _limits(shape: Shape, size: float, path: str, unit: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{path}: {size} {unit} are fewer than {least}"
    if most is not None and size > most:
        yield f"{path}: {size} {unit} are more than {most}"


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


CHECKS: dict[str, Callable[[Shape, object, str], Iterator[str]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "character": _string,
    "integer": _integer(INT32),
    "long": _integer(INT64),
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    # JSON 1.1 sends seconds since 1970, with a fraction.
    "timestamp": _number,
}
