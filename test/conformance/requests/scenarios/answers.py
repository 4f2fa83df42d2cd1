"""Answers of every form that AWS's models, documents or recordings have."""

from fake.variation import Variation
from scenario import Scenario, all_services, copy, machine_learning, many

FORMS: dict[str, dict[str, object]] = {
    "plain": {},
    "slow-answers": {"slow_seconds": 3.0},
    "extra-members": {"quirks": ("extra-members",)},
    "no-optional-members": {"quirks": ("no-optional-members",)},
    "iso-times": {"quirks": ("iso-times",)},
    "numeric-string-times": {"quirks": ("numeric-string-times",)},
    "counts-as-strings": {"quirks": ("counts-as-strings",)},
    "recorded-version": {"quirks": ("detector-version-recorded",)},
    "unknown-status": {"quirks": ("unknown-status",), "running_seconds": 4},
    "documented-spelling": {"spelling": "documented"},
    "empty-last-token": {"empty_last_token": True},
    "empty-pages": {"empty_pages": True, "running_seconds": 5},
}
ODD_NAMES = ("a b+c%20d&e=f#g?h.csv", "ünï/日本 'x' (1)!*.csv", "folder//twice.csv")

ANSWERS = [
    *(Scenario(name, all_services(name), "succeeded", Variation(**form)) for name, form in FORMS.items()),
    Scenario("started-twice", all_services("started-twice"), "succeeded", starts=2),
    Scenario("thirty-at-once", many("thirty-at-once", 30), "succeeded", Variation(running_seconds=8)),
    Scenario(
        "odd-keys",
        {"ml": machine_learning("odd-keys"), "copy_ml": copy("odd-keys", "ml")},
        "succeeded",
        Variation(result_names=ODD_NAMES),
    ),
]
