"""Makes the tumor-screening example: its two CSV files, its labels and its model.

Source: the Breast Cancer Wisconsin (Diagnostic) data set as scikit-learn ships it (see SOURCE.md beside the data).
The records are split in two halves, a logistic regression is fitted to the first, and its coefficients, folded back to
the raw columns, are written into the marked block of examples/simulator/resources.yaml.

    python3 -m venv <folder> && <folder>/bin/pip install -r examples/generate/requirements.txt
    <folder>/bin/python examples/generate/tumor-screening.py
"""

import csv
import hashlib
import re
from importlib import resources
from pathlib import Path

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

EXAMPLES = Path(__file__).resolve().parent.parent
BUCKET = EXAMPLES / "simulator" / "s3" / "nightscore-examples" / "tumor-screening"
RESOURCES = EXAMPLES / "simulator" / "resources.yaml"
LABELS = EXAMPLES / "data" / "tumor-screening-labels.csv"

SOURCE_SHA256 = "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed"
SEED = 2026

MEASURES = "radius texture perimeter area smoothness compactness concavity concave_points symmetry fractal_dimension"
FIELDS = [f"{measure}_{statistic}" for statistic in ("mean", "se", "worst") for measure in MEASURES.split()]
TARGET = "malignant"


def read_source() -> tuple[list[list[str]], list[int]]:
    """The measurements, digit for digit as the source has them, and for each record 1 if malignant, else 0."""
    source = resources.files("sklearn.datasets.data").joinpath("breast_cancer.csv").read_bytes()
    if hashlib.sha256(source).hexdigest() != SOURCE_SHA256:
        raise SystemExit("scikit-learn's breast_cancer.csv is not the file that this example was made from")
    _, *rows = csv.reader(source.decode().splitlines())
    # The source writes 0 for malignant and 1 for benign; a screening looks for the malignant ones.
    return [row[:-1] for row in rows], [1 - int(row[-1]) for row in rows]


def write_csv(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def fit(records: list[list[str]], labels: list[int]) -> tuple[float, list[float]]:
    """Intercept and coefficients for the raw columns, rounded to the digits that resources.yaml holds."""
    scaler = StandardScaler()
    scaled = scaler.fit_transform(numpy.array(records, dtype=float))
    regression = LogisticRegression(max_iter=1000).fit(scaled, labels)
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = regression.intercept_[0] - coefficients @ scaler.mean_
    return float(f"{intercept:.6g}"), [float(f"{coefficient:.6g}") for coefficient in coefficients]


def write_model(intercept: float, coefficients: list[float]) -> None:
    model = ["model:", "  kind: linear", f"  intercept: {intercept}", "  coefficients:"]
    model += [f"    {field}: {coefficient}" for field, coefficient in zip(FIELDS, coefficients)]
    block = re.compile(r"^( *)(# begin ml-tumor-screening\b.*\n)[^#]*(?=^ *# end ml-tumor-screening$)", re.MULTILINE)
    text, replaced = block.subn(
        lambda found: found[1] + found[2] + "".join(f"{found[1]}{line}\n" for line in model), RESOURCES.read_text()
    )
    if replaced != 1:
        raise SystemExit(f"{RESOURCES.name} must hold exactly one block ml-tumor-screening, found {replaced}")
    RESOURCES.write_text(text)


def main() -> None:
    records, labels = read_source()
    training, held_out = train_test_split(range(len(records)), test_size=0.5, stratify=labels, random_state=SEED)
    training, held_out = sorted(training), sorted(held_out)

    write_csv(
        BUCKET / "training" / "biopsies.csv",
        [*FIELDS, TARGET],
        [[*records[index], str(labels[index])] for index in training],
    )
    write_csv(BUCKET / "input" / "biopsies.csv", FIELDS, [records[index] for index in held_out])
    write_csv(LABELS, [TARGET], [[str(labels[index])] for index in held_out])

    intercept, coefficients = fit([records[index] for index in training], [labels[index] for index in training])
    write_model(intercept, coefficients)

    scores = numpy.array([records[index] for index in held_out], dtype=float) @ coefficients + intercept
    area = roc_auc_score([labels[index] for index in held_out], scores)
    print(f"fitted to {len(training)} records; AUC on the {len(held_out)} held-out records: {area:.4f}")


main()
