"""Violates every constraint of every input once: the service must refuse it in its own words, and do nothing."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

from aws import Aws
from checks import Checks
from variations import Variation, forbidden_values, values_at_the_limit, values_of_wrong_type

VIOLATION = "failed to satisfy constraint"
AT_ONCE = 8


def run(checks: Checks, aws: Aws, service: ModuleType) -> None:
    for operation, example in service.EXAMPLES.items():
        check_operation(checks, aws, service, operation, example)
    checks.equal(f"no {service.NAME} job has come of that", jobs_of(aws, service), [])


def check_operation(checks: Checks, aws: Aws, service: ModuleType, operation: str, example: dict) -> None:
    shape = aws.operation(service.NAME, operation).input_shape

    def answered(variations: Iterable[Variation]) -> Iterator[tuple[Variation, str, int, dict]]:
        listed = list(variations)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = pool.map(lambda variation: aws.send(service.NAME, operation, variation.input), listed)
            for variation, (status, answer) in zip(listed, answers, strict=True):
                yield variation, f"{operation} {variation.what}", status, answer

    for variation, what, status, answer in answered(forbidden_values(shape, example)):
        checks.equal(f"{what} is refused", (status, answer.get("__type")), (400, service.REFUSAL))
        text = answer.get("message", "")
        member = variation.member[0].lower() + variation.member[1:]
        checks.true(f"{what} is named", VIOLATION in text and member in text, text)
    for _, what, status, answer in answered(values_of_wrong_type(shape, example)):
        checks.equal(f"{what} is refused", (status, answer.get("__type")), (400, "SerializationException"))
    for _, what, status, answer in answered(values_at_the_limit(shape, example)):
        is_refused = VIOLATION in answer.get("message", "") or answer.get("__type") == "SerializationException"
        checks.true(f"{what} satisfies the constraints", status < 500 and not is_refused, answer)


def jobs_of(aws: Aws, service: ModuleType) -> list[str]:
    return [job["id"] for job in aws.simulator("jobs") if job["service"] == service.SIMULATED_AS]
