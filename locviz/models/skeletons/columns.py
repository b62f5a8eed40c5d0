"""Which columns of the logits are classes: whether a selection reads them as the head writes them."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

from locviz.types import Detections


def check_columns(
    select: Callable[..., Detections], logits: Float[Tensor, "b p n"], num_classes: int
) -> None:
    """Raise where a selection reads the background's column as a class, or a class's as the
    background.

    A head with a softmax writes ``1 + k`` columns, the background's first; ``SelectDense`` and
    ``SelectBest`` read by ``torch.sigmoid`` unless they are told, to which column 0 is class 0 and
    all labels are one too high. A selection without a ``probability`` is not looked at.

    Args:
        select: what the logits go to.
        logits: (b, p, k) where each class has a sigmoid, (b, p, 1 + k) where a softmax decides.
        num_classes: of the head.

    Raises:
        ValueError: the selection's ``probability`` gives another number of classes.
    """
    probability = getattr(select, "probability", None)
    if probability is None:
        return
    found = probability(logits.new_zeros(1, logits.shape[-1])).shape[-1]
    if found == num_classes:
        return
    name, columns = type(select).__name__, logits.shape[-1]
    if columns == num_classes + 1:
        says = "column 0 is the background's: one_of_all (a softmax) or each_by_itself leave it out"
    else:
        says = "there is no background column, which torch.sigmoid expects. (A head that has one says its num_classes)"
    raise ValueError(
        f"{name}.probability makes {found} classes of {columns} columns of logits, but the model has {num_classes} "
        f"classes: {says}. Build the selection as {name}(probability=...)"
    )
