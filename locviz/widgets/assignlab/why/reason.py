"""What a reason is made of: numbers, limits, and a sentence for each object."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float, Int64
from torch import Tensor

from locviz.assign.set_aside import taking_part
from locviz.types import Assignment, ImagePredictions, Priors, Targets

Sign = Literal["<", "<=", ">", ">=", "=="]
COMPARE: dict[str, Callable[..., bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A comparison that a rule makes: ``value`` has to be ``sign`` ``limit``."""

    value: float | int
    sign: Sign
    limit: float | int

    @property
    def holds(self) -> bool:
        """Whether the comparison comes out true."""
        return COMPARE[self.sign](self.value, self.limit)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one prior and one object.

    Attributes:
        object: counts in the targets.
        won: whether the prior is responsible for it.
        says: the reason, in a sentence.
        values: the numbers in the columns of ``Reasons``; None where there is none.
        failed: the comparison that the prior did not pass; None for a winner, and where no number
            decides.
    """

    object: int
    won: bool
    says: str
    values: tuple[float | None, ...]
    failed: Limit | None = None


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What a rule knows of one prior.

    Attributes:
        columns: what ``Verdict.values`` are called.
        rule: the thresholds that hold for all objects, in words; ``""`` if there are none.
        nobody: why the prior is responsible for no object, if it is for none.
        verdicts: one for each object that takes part.
    """

    columns: tuple[str, ...]
    rule: str
    nobody: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, kw_only=True)
class Why:
    """Reasons with what can be drawn.

    Attributes:
        prior: its number.
        says: in one sentence, why it is responsible for what it is responsible for.
        square: the region that the rule compares, or the prior's cell; ``square_is`` says which.
        predicted: the region that the network predicts there; None without predictions.
        columns, rule: as in ``Reasons``.
        verdicts: one for each object, in the targets' order.
    """

    prior: int
    says: str
    square: tuple[float, ...]
    square_is: Literal["anchor", "cell"]
    predicted: tuple[float, ...] | None
    columns: tuple[str, ...]
    rule: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Seen:
    """What an assigner was given, and what it answered."""

    assigner: Callable[..., Assignment]
    priors: Priors
    targets: Targets
    predicted: ImagePredictions
    owner: Int64[Tensor, "p"]
    answer: Assignment | None = None

    @property
    def part(self) -> list[int]:
        """The objects that take part: neither crowds nor ignored ones."""
        return taking_part(self.targets).tolist()

    @property
    def boxes(self) -> Float[Tensor, "n coords"]:
        """The regions of those objects, (n, 2*dim), in the priors' type."""
        return self.targets.boxes[taking_part(self.targets)].to(self.priors.regions)

    @property
    def labels(self) -> Int64[Tensor, "n"]:
        """The classes of those objects, (n,)."""
        return self.targets.labels[taking_part(self.targets)]

    @property
    def logits(self) -> Float[Tensor, "p k"]:
        """The predicted class scores (p, k), which a rule that reads them has been given."""
        assert self.predicted.logits is not None
        return self.predicted.logits

    @property
    def regions(self) -> Float[Tensor, "p coords"]:
        """The predicted regions (p, 2*dim), which a rule that reads them has been given."""
        assert self.predicted.regions is not None
        return self.predicted.regions
