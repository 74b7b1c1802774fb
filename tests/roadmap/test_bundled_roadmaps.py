"""Every roadmap that comes along loads, and the twelve weeks keep every fact of the outline they retell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.roadmap import (
    Item,
    Roadmap,
    Stage,
    TimeSpan,
    Week,
    build_roadmap_schema,
    parse_roadmap,
)
from tests.support.paths import ROOT

FOLDER = ROOT / "roadmaps"
FILES = sorted(FOLDER.glob("*.yaml"))
TWELVE_WEEKS = FOLDER / "ai-ml-engineer-12-weeks.yaml"


def load(file: Path) -> Roadmap:
    return parse_roadmap(file.read_text(encoding="utf-8"), file.name)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bundled_roadmap_loads_and_survives_being_stored(file: Path) -> None:
    plan = load(file)
    assert plan.slug == file.stem
    assert Roadmap.from_json(plan.to_json()) == plan


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bundled_roadmap_tells_editors_where_its_schema_is(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=_schema.json"


def test_the_schema_in_the_folder_is_the_one_of_the_format() -> None:
    assert (FOLDER / "_schema.json").read_text(encoding="utf-8") == build_roadmap_schema()


def test_the_examples_in_the_authors_page_load() -> None:
    whole, choices, info = re.findall(
        r"```yaml\n(.*?)```", (FOLDER / "README.md").read_text("utf-8"), re.S
    )
    assert len(parse_roadmap(whole, "probability.yaml").items) == 4
    names = ("learn-tensorflow", "learn-pytorch", "tensorflow-course", "python-basics")
    more = "".join(f"          - {{id: {name}, kind: topic, title: Another}}\n" for name in names)
    plan = parse_roadmap(
        whole.replace("resources:\n  - id", f"{more}resources:\n  - id") + choices + info, "p.yaml"
    )
    assert plan.choices[0].options[1].requires == ("python-basics",)
    assert plan.info[0].pairs[0].about == "You need a doctorate."


# What follows are the facts of the outline, entry by entry, and where each is kept.


class Entry(NamedTuple):
    """One line of the outline: the words its item's title must have, and its bracketed facts."""

    id: str
    kind: str
    title: tuple[str, ...]
    parts: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Heading(NamedTuple):
    """One week of the outline."""

    month: int
    id: str
    title: tuple[str, ...]
    entries: tuple[Entry, ...]


MONTHS = (
    ("foundations", ("Month 1", "Foundations", "mathematics", "Python for ML")),
    ("core-ml", ("Month 2", "core", "machine learning")),
    ("deep-learning", ("Month 3", "Deep learning", "deployment")),
)

WEEKS = (
    Heading(1, "linear-algebra", ("linear algebra", "statistics", "Basics"), (
        Entry("vectors-matrices", "topic", ("Vectors", "matrices"), ("vectors", "matrices", "matrix operations")),
        Entry("bayes", "topic", ("probability",), ("Bayes’ theorem", "conditional probability")),
        Entry("descriptive-stats", "topic", ("Describing",), ("mean", "median", "standard deviation")),
        Entry("numpy-matrices", "practice", ("vector", "matrix", "operations", "NumPy")),
        Entry("dataset-stats", "practice", ("basic statistics", "datasets")),
    )),
    Heading(1, "optimization", ("Calculus", "optimisation"), (
        Entry("derivatives", "topic", ("Derivatives", "partial"), ("derivatives", "partial derivatives")),
        Entry("gradient-descent", "topic", ("gradient descent", "algorithm")),
        Entry("optimizers", "topic", ("optimisation techniques",), ("Adam", "RMSprop", "SGD")),
        Entry("gd-from-scratch", "practice", ("gradient descent", "from scratch", "Python")),
        Entry("plot-loss", "practice", ("loss function", "minimised", "Matplotlib")),
    )),
    Heading(1, "python-for-ml", ("Python", "machine learning"), (
        Entry("python-basics", "topic", ("basics", "Python"), ("lists", "dictionaries", "functions", "file handling")),
        Entry("numpy-pandas", "topic", ("Manipulating data", "NumPy", "Pandas"), ("NumPy", "Pandas")),
        Entry("matplotlib-seaborn", "topic", ("Visualising data",), ("Matplotlib", "Seaborn")),
        Entry("explore-with-pandas", "practice", ("Load", "analyse", "datasets", "Pandas")),
        Entry("first-charts", "practice", ("basic charts", "Matplotlib")),
    )),
    Heading(1, "exploratory-analysis", ("Exploratory data analysis", "EDA"), (
        Entry("data-cleaning", "topic", ("Cleaning data", "missing values"), ("data cleaning", "missing values")),
        Entry("features-scaling", "topic", ("features", "scaling"), ("feature engineering", "scaling")),
        Entry("data-transformation", "topic", ("Ways", "transform data")),
        Entry("eda-real-data", "practice", ("EDA", "datasets", "real world")),
        Entry("preprocess-features", "practice", ("missing values", "preprocess", "features")),
    )),
    Heading(2, "supervised-learning", ("Supervised learning", "algorithms"), (
        Entry("regression", "topic", ("Algorithms", "regression"), ("linear regression", "ridge", "lasso")),
        Entry(
            "classification", "topic", ("Algorithms", "classification"),
            ("logistic regression", "decision trees", "random forest"),
        ),
        Entry(
            "regressions-from-scratch", "practice", ("linear", "logistic regression", "from scratch"),
            ("linear regression", "logistic regression"),
        ),
        Entry("sklearn-models", "practice", ("Train models", "evaluate", "scikit-learn")),
    )),
    Heading(2, "model-evaluation", ("Model evaluation", "hyperparameter tuning"), (
        Entry("overfitting", "topic", ("Overfitting", "underfitting", "differ"), ("overfitting", "underfitting")),
        Entry("cross-validation", "topic", ("Cross-validation", "grid"), ("cross-validation", "grid search")),
        Entry("metrics", "topic", ("Metrics",), ("RMSE", "MAE", "precision", "recall", "F1-score")),
        Entry("cross-validate-models", "practice", ("Evaluate", "models", "cross-validation")),
        Entry("grid-search-cv", "practice", ("Tune hyperparameters", "GridSearchCV")),
    )),
    Heading(2, "unsupervised-learning", ("Unsupervised learning", "algorithms"), (
        Entry("clustering", "topic", ("Algorithms", "clustering"), ("K-Means", "DBSCAN", "hierarchical clustering")),
        Entry("dimensionality-reduction", "topic", ("Dimensionality reduction",), ("PCA", "t-SNE")),
        Entry("kmeans-clusters", "practice", ("Implement K-Means", "draw the clusters")),
        Entry("pca-reduction", "practice", ("PCA", "high-dimensional data", "fewer dimensions")),
    )),
    Heading(2, "feature-engineering", ("Feature selection", "feature engineering"), (
        Entry(
            "feature-selection", "topic", ("Techniques", "selecting features"),
            ("chi-square", "recursive feature elimination"),
        ),
        Entry("categorical-text-data", "topic", ("categorical", "text"), ("categorical data", "text data")),
        Entry(
            "encodings", "topic", ("Techniques", "encoding"), ("one-hot encoding", "label encoding", "TF-IDF")
        ),
        Entry("engineer-features", "practice", ("feature engineering", "real dataset")),
        Entry("try-encodings", "practice", ("Implement", "encoding techniques")),
    )),
    Heading(3, "intro-deep-learning", ("Introduction", "deep learning"), (
        Entry("neural-networks", "topic", ("basics", "neural networks"), ("perceptron", "activation functions")),
        Entry(
            "backpropagation", "topic", ("Forward", "backpropagation"), ("forward propagation", "backpropagation")
        ),
        Entry("tensorflow-keras", "topic", ("neural networks", "TensorFlow/Keras"), ("TensorFlow", "Keras")),
        Entry("feedforward-network", "practice", ("simple feedforward network", "TensorFlow")),
        Entry("train-mnist", "practice", ("Train", "deep learning model", "MNIST dataset")),
    )),
    Heading(3, "convolutional-networks", ("Convolutional neural networks", "CNNs"), (
        Entry("cnn-architecture", "topic", ("architecture", "CNN"), ("CNN architecture", "convolution layers")),
        Entry("pooling-dropout", "topic", ("Regularising",), ("pooling", "dropout")),
        Entry("transfer-learning", "topic", ("Transfer learning", "pretrained models")),
        Entry("cnn-image-classifier", "practice", ("Implement a CNN", "classifies images"), (), ("CIFAR-10",)),
        Entry("reuse-pretrained", "practice", ("transfer learning", "ResNet or VGG16"), (), ("ResNet", "VGG16")),
    )),
    Heading(3, "deployment-mlops", ("Model deployment", "basics", "MLOps"), (
        Entry("model-serialization", "topic", ("Saving", "model"), ("Pickle", "Joblib", "TensorFlow SavedModel")),
        Entry("flask-fastapi", "topic", ("Deploying ML models", "Flask", "FastAPI"), ("Flask", "FastAPI")),
        Entry("ml-ci-cd", "topic", ("CI/CD", "ML models", "basics")),
        Entry("rest-api", "practice", ("trained model", "REST API")),
        Entry("mlflow-pipeline", "practice", ("Automate", "training pipeline", "MLflow")),
    )),
    Heading(3, "final-project", ("Final project", "AI system", "end to end"), (
        Entry(
            "combine-ml-dl", "review", ("ML", "DL", "techniques", "single application"),
            ("machine learning", "deep learning"),
        ),
        Entry(
            "review-eval-deploy", "review", ("Strategies", "evaluating", "deploying"),
            ("model evaluation", "deployment strategies"),
        ),
        Entry(
            "real-world-system", "practice", ("Develop an AI system", "real-world"),
            (), ("chatbot", "recommendation system", "fraud detection"),
        ),
        Entry("cloud-deploy", "practice", ("Deploy the model", "cloud service"), (), ("AWS", "GCP", "Azure")),
    )),
)  # fmt: skip

RESOURCES = (
    (
        "book", "Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow",
        "author", "Aurélien Géron", None,
    ),
    ("book", "Deep Learning with Python", "author", "François Chollet", None),
    (
        "course", "Machine Learning Specialization",
        "platform", "Coursera", "https://www.coursera.org/specializations/machine-learning",
    ),
    ("course", "Practical Deep Learning", "provider", "Fast.ai", "https://course.fast.ai/"),
    ("docs", "scikit-learn, the official documentation", None, None, "https://scikit-learn.org/"),
    ("docs", "TensorFlow, the official documentation", None, None, "https://www.tensorflow.org/"),
)  # fmt: skip


def test_the_twelve_weeks_stand_in_their_three_months_in_order() -> None:
    plan = load(TWELVE_WEEKS)
    assert [week.id for week in plan.weeks] == [heading.id for heading in WEEKS]
    assert [stage.id for stage in plan.stages] == [month for month, _ in MONTHS]
    for (_, words), stage in zip(MONTHS, plan.stages, strict=True):
        assert [word for word in words if word not in stage.title] == []
        assert stage.time == TimeSpan(1, 1, "months")
    for heading in WEEKS:
        assert plan.get_stage_of_week(heading.id) == plan.stages[heading.month - 1]
    assert [week.kind for week in plan.weeks] == ["normal"] * 11 + ["capstone"]


@pytest.mark.parametrize("heading", WEEKS, ids=lambda heading: heading.id)
def test_a_week_keeps_every_entry_with_its_kind_names_and_bracketed_facts(heading: Heading) -> None:
    week = load(TWELVE_WEEKS).get_week(heading.id)
    assert [word for word in heading.title if word not in week.title] == []
    assert [entry_of(item, heading) for item in week.items] == list(heading.entries)


def entry_of(item: Item, heading: Heading) -> Entry:
    words = {entry.id: entry.title for entry in heading.entries}.get(item.id, ())
    found = tuple(word for word in words if word in item.title)
    return Entry(item.id, item.kind, found, item.parts, item.examples)


def test_the_twelve_weeks_count_what_the_outline_counts() -> None:
    kinds = [item.kind for item in load(TWELVE_WEEKS).items.values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {"topic": 31, "practice": 24, "review": 2}


def test_an_item_says_in_a_summary_the_term_its_title_replaces() -> None:
    items = load(TWELVE_WEEKS).items
    terms = {"descriptive-stats": "Descriptive statistics", "model-serialization": "serialisation"}
    terms["data-transformation"] = "Techniques of data transformation"
    for item_id, term in terms.items():
        assert term in (items[item_id].summary or "")


def test_the_six_resources_keep_title_maker_and_link() -> None:
    found = [resource for resource in load(TWELVE_WEEKS).resources if not resource.added]
    assert len(found) == len(RESOURCES)
    for resource, (kind, title, maker, name, link) in zip(found, RESOURCES, strict=True):
        assert (resource.kind, resource.title, resource.link) == (kind, title, link)
        makers = {
            "author": resource.author,
            "platform": resource.platform,
            "provider": resource.provider,
        }
        assert {each: who for each, who in makers.items() if who} == (
            {maker: name} if maker else {}
        )


def test_the_overview_the_origin_and_the_good_wishes_are_kept() -> None:
    plan = load(TWELVE_WEEKS)
    for word in (
        "AI/ML engineering",
        "step",
        "mathematics",
        "algorithms",
        "machine learning",
        "deep learning",
        "deploy",
    ):
        assert word in plan.summary
    assert plan.provenance is not None
    assert plan.provenance.title == "AI/ML Engineer - Learning Roadmap"
    assert "luck on your way to becoming an AI/ML engineer" in (plan.info[0].text or "")


def test_what_the_outline_does_not_state_is_marked_as_added() -> None:
    plan = load(TWELVE_WEEKS)
    fields = ("estimate", "done_when", "recall", "resources", "requires")
    for item in plan.items.values():
        given = tuple(name for name in fields if getattr(item, name))
        assert (item.added or ()) == given, item.id
        assert item.essential
    parts: tuple[Stage | Week, ...] = (*plan.stages, *plan.weeks)
    for part in parts:
        assert (part.added or ()) == (("summary",) if part.summary else ()), part.id
    for resource in plan.resources:
        assert resource.added or not (resource.cost or resource.time), resource.id
