"""Holds JSON 1.1 answers to the output shapes of a service model, more strictly than clients do."""

from typing import Any

import regex
from botocore.model import OperationModel, Shape

# Errors that services answer with although their models do not declare them: "Common Errors" of the API references.
COMMON_ERRORS = {
    "AccessDeniedException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "ThrottlingException",
    "UnknownOperationException",
}

# The model wants `1.0`; the real service was recorded to answer `1`, and so does the simulator unless told otherwise.
RECORDED_OTHERWISE = {"BatchPrediction.detectorVersion"}

NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float), "timestamp": (int, float)}
INTEGER_BITS = {"integer": 31, "long": 63}


def problems_of_answer(model: OperationModel, answer: Any) -> list[str]:
    if model.output_shape is None:
        return [] if answer == {} else [f"{answer} where nothing is expected"]
    return problems_of(model.output_shape, answer, model.output_shape.name)


def problems_of_refusal(model: OperationModel, answer: Any) -> list[str]:
    code = answer.get("__type")
    declared = {shape.error_code or shape.name: shape for shape in model.error_shapes}
    shape = declared.get(code)
    members = {name: value for name, value in answer.items() if name != "__type"}
    problems = [] if members.get("message") else ["no message"]
    if shape is not None:
        return problems + problems_of(shape, members, shape.name)
    if code not in COMMON_ERRORS:
        problems.append(f"{code} is neither declared nor common")
    return problems + ([] if set(members) == {"message"} else [f"members {sorted(members)}"])


def problems_of(shape: Shape, value: Any, path: str) -> list[str]:
    """Everything in which a value differs from its shape."""
    if shape.type_name == "structure":
        return problems_of_structure(shape, value, path)
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [f"{path} is no list"]
        items = [problem for item in value for problem in problems_of(shape.member, item, f"{path}[]")]
        return items + problems_of_size(shape, len(value), path)
    if shape.type_name == "map":
        if not isinstance(value, dict):
            return [f"{path} is no map"]
        entries = [
            problem
            for key, item in value.items()
            for problem in problems_of(shape.key, key, f"{path} key") + problems_of(shape.value, item, f"{path}.{key}")
        ]
        return entries + problems_of_size(shape, len(value), path)
    if shape.type_name == "boolean":
        return [] if isinstance(value, bool) else [f"{path} is no boolean"]
    if shape.type_name in NUMBERS:
        return problems_of_number(shape, value, path)
    return problems_of_string(shape, value, path)


def problems_of_structure(shape: Shape, value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is no structure"]
    unknown = [f"{path}.{name} is not in the model" for name in value if name not in shape.members]
    missing = [f"{path}.{name} is missing" for name in shape.required_members if name not in value]
    members = [
        problem
        for name, member in shape.members.items()
        if name in value and f"{shape.name}.{name}" not in RECORDED_OTHERWISE
        for problem in problems_of(member, value[name], f"{path}.{name}")
    ]
    return unknown + missing + members


def problems_of_number(shape: Shape, value: Any, path: str) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, NUMBERS[shape.type_name]):
        return [f"{path} is {value!r}, which is no {shape.type_name}"]
    bits = INTEGER_BITS.get(shape.type_name)
    if bits is not None and not -(2**bits) <= value < 2**bits:
        return [f"{path} is {value}, which is too large"]
    return problems_of_size(shape, value, path)


def problems_of_string(shape: Shape, value: Any, path: str) -> list[str]:
    if not isinstance(value, str):
        return [f"{path} is {value!r}, which is no string"]
    if shape.enum and value not in shape.enum:
        return [f"{path} is {value!r}, which is none of {shape.enum}"]
    if not matches(shape, value):
        return [f"{path} is {value!r}, which does not match {shape.metadata['pattern']}"]
    return problems_of_size(shape, len(value), path)


def problems_of_size(shape: Shape, size: float, path: str) -> list[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        return [f"{path} is below the minimum {low}"]
    return [f"{path} is above the maximum {high}"] if high is not None and size > high else []


def matches(shape: Shape, value: str) -> bool:
    pattern = shape.metadata.get("pattern")
    return pattern is None or regex.fullmatch(pattern.replace(r"\p{ASCII}", r"[\x00-\x7f]"), value) is not None
