"""Numbers in double precision, for the cases of the exercises."""

import torch
from jaxtyping import Float64
from torch import Tensor


def doubles(*values: float | int) -> Float64[Tensor, "n"]:
    """The values as a float64 tensor (n,), so that slopes agree to many digits."""
    return torch.tensor(values, dtype=torch.float64)
