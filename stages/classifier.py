"""The classifier stage: the probability that a fastText model gives to a label, as a signal."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from eurosift.langid.classifier import Classifier
from eurosift.langid.errors import ModelError
from eurosift.langid.model import PREFIX
from eurosift.stages.base import Stage
from eurosift.stages.config import AssetPath, StageConfig
from eurosift.stages.errors import AssetError

GOOD = "hq"
"""Label of text that is wanted, as in published models and those that are trained here."""


class ClassifierConfig(StageConfig):
    """Configuration of the classifier stage."""

    model: AssetPath = Field(
        description="A fastText classifier, such as `eurosift quality train` makes."
    )
    label: str = Field(
        default=GOOD, description="The label whose probability is wanted, without `__label__`."
    )


class TextClassifier(Stage[ClassifierConfig]):
    """Adds `<name>_score`, the probability of a label, for every row with text.

    The text is given to the model as one line. Several may stand in a recipe under names of their
    own (`uses: classifier`).
    """

    version = 1
    config_type = ClassifierConfig
    default_needs = ("langid", "templates")
    overlays = False
    active_on: ClassVar[Literal["kept", "text"]] = "text"

    model: Classifier

    @property
    def reads(self) -> tuple[str, ...]:
        """The text."""
        return ("text",)

    @property
    def adds(self) -> pa.Schema:
        """The probability."""
        return pa.schema([(f"{self.name}_score", pa.float32())])

    def open(self) -> None:
        """Load the model.

        Raises
        ------
        AssetError
            If it cannot be used, or has no such label.
        """
        try:
            self.model = Classifier(self.config.model)
        except ModelError as error:
            raise AssetError(f"stage {self.name}: {error}") from error
        labels = [label.removeprefix(PREFIX) for label in self.model.labels]
        if self.config.label not in labels:
            raise AssetError(
                f"stage {self.name}: {self.config.model}: has no label {self.config.label!r}; it "
                f"has {', '.join(map(repr, labels[:10]))}: name one by `label`"
            )
        # 1 for the label, 0 for all others.
        self.model.merge([int(label != self.config.label) for label in labels])

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Ask the model."""
        lines = as_line(batch.column("text"))
        labels, scores = self.model.classify(lines, 2)
        given = np.where(labels == 0, scores, 0).sum(axis=1).clip(0, 1)
        known = (labels >= 0).any(axis=1)
        return pa.RecordBatch.from_arrays(
            [pa.array(given.astype(np.float32), pa.float32(), mask=~known)], schema=self.adds
        )


def as_line(texts: pa.Array) -> pa.Array:
    """Texts as fastText reads them, which ends at a line feed: each on one line."""
    return pc.replace_substring(texts, "\n", " ")
