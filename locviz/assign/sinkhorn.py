"""Entropic optimal transport by Sinkhorn's iterations: in logarithms, step by step, and fast.

Suppliers (rows) have ``supply``, demanders (columns) need ``demand``, moving a unit costs ``cost``.
Sinkhorn finds the plan of lowest cost plus ``epsilon`` times its negative entropy: ``exp((f_i + g_j
- cost_ij) / epsilon)``, whose potentials f and g each iteration sets so that first the columns,
then the rows have their sums (arXiv:1306.0895; arXiv:2103.14259, section 3.2). A small epsilon
means near the exact optimum, and slow to get there.

``sinkhorn_log`` is the definition, ``sinkhorn_steps`` the same one step at a time, ``sinkhorn`` the
same plan faster. Laws of all: rows sum to ``supply`` exactly (up to rounding), columns approach
``demand``; adding a constant to a row or a column of the cost changes nothing once it has
converged; entries of 1e6 and more are safe in float32.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Matrix = Float[Tensor, "s d"]
Rows = Float[Tensor, "s"]
Columns = Float[Tensor, "d"]

_RANGE = math.exp(15)
"""The fast form's factors may lie this far above or below 1 before they are absorbed. What
underflows in a kernel, exp(-87) in float32, then weighs less than exp(-57) in the plan: two factors
of exp(15) more."""
_TINY = torch.finfo(torch.float32).tiny


@dataclass(frozen=True, eq=False)
class SinkhornStep:
    """The state after an iteration: the plan (s, d) and its potentials in units of the cost.

    ``supply_gap`` and ``demand_gap`` are the sums of absolute differences between the plan's
    marginals and what they should be.
    """

    index: int
    plan: Matrix
    supply_potential: Rows
    demand_potential: Columns
    supply_gap: float
    demand_gap: float


def sinkhorn_log(
    cost: Matrix, supply: Rows, demand: Columns, *, epsilon: float = 0.1, iterations: int = 50
) -> Matrix:
    """The plan (s, d) after so many iterations, computed in logarithms throughout.

    An iteration takes two ``logsumexp`` over the matrix.

    Args:
        cost: (s, d), finite.
        supply: (s,) not negative.
        demand: (d,) not negative, of the same sum.
        epsilon: weight of the entropy, in units of the cost.
        iterations: each sets the columns, then the rows.

    Raises:
        ValueError: shapes or sums do not fit, or a number is not finite or negative.
    """
    kernel, rows, columns, u = _prepared(cost, supply, demand, epsilon, iterations)
    for _ in range(iterations):
        u, v = _iterate_log(kernel, rows, columns, u)
    return (kernel + u[:, None] + v).exp()  # type: ignore[possibly-unbound]


def sinkhorn_steps(
    cost: Matrix, supply: Rows, demand: Columns, *, epsilon: float = 0.1, iterations: int = 50
) -> Iterator[SinkhornStep]:
    """``sinkhorn_log`` with one ``SinkhornStep`` per iteration. The cost is ``(s, d)``.

    Arguments and errors are those of ``sinkhorn_log``.
    """
    kernel, rows, columns, u = _prepared(cost, supply, demand, epsilon, iterations)
    shift = cost.amin(1)
    for index in range(iterations):
        u, v = _iterate_log(kernel, rows, columns, u)
        plan = (kernel + u[:, None] + v).exp()
        gaps = ((plan.sum(1) - supply).abs().sum(), (plan.sum(0) - demand).abs().sum())
        yield SinkhornStep(
            index, plan, u * epsilon + shift, v * epsilon, float(gaps[0]), float(gaps[1])
        )


def sinkhorn(
    cost: Matrix, supply: Rows, demand: Columns, *, epsilon: float = 0.1, iterations: int = 50
) -> Matrix:
    """The plan of ``sinkhorn_log``, but faster: two matrix-vector products per iteration.

    The cost is ``(s, d)``, and so is the plan. The kernel ``exp((f + g - cost) / epsilon)`` holds
    the potentials so far, and an iteration only multiplies its rows and columns by factors near 1.
    When a factor leaves the range that is safe in float32, the iteration is made in logarithms
    instead and a new kernel absorbs the factors (arXiv:1610.06519). Arguments and errors are those
    of ``sinkhorn_log``.
    """
    log_kernel, rows, columns, u = _prepared(cost, supply, demand, epsilon, iterations)
    u, kernel = _absorbed(log_kernel, rows, columns, u)
    a, b = torch.ones_like(supply), torch.ones_like(demand)
    for _ in range(iterations - 1):
        new_b = demand / (a @ kernel).clamp(min=_TINY)
        new_a = supply / (kernel @ new_b).clamp(min=_TINY)
        if _in_range(new_b, demand) and _in_range(new_a, supply):
            a, b = new_a, new_b
            continue
        u, kernel = _absorbed(log_kernel, rows, columns, u + a.log())
        a, b = torch.ones_like(supply), torch.ones_like(demand)
    return kernel.mul_(a[:, None]).mul_(b)


def _prepared(cost: Tensor, supply: Tensor, demand: Tensor, epsilon: float, iterations: int):
    """Log kernel, log marginals and starting potentials, all in units of epsilon.

    Each row's lowest cost is taken out first: a row that is 1e6 everywhere keeps its digits, and
    the starting potential puts it back, so that the iterations are those of the cost as given.
    """
    _check(cost, supply, demand, epsilon, iterations)
    lowest = cost.amin(1)
    return (lowest[:, None] - cost) / epsilon, supply.log(), demand.log(), -lowest / epsilon


def _iterate_log(kernel: Tensor, rows: Tensor, columns: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    v = columns - (kernel + u[:, None]).logsumexp(0)
    return rows - (kernel + v).logsumexp(1), v


def _absorbed(
    log_kernel: Tensor, rows: Tensor, columns: Tensor, u: Tensor
) -> tuple[Tensor, Tensor]:
    """One iteration in logarithms; its supply potential, and a kernel that holds both potentials."""
    u, v = _iterate_log(log_kernel, rows, columns, u)
    scaled = log_kernel + u[:, None] + v
    # Numbers below the smallest normal one make matrix products many times slower, and weigh
    # nothing.
    return u, scaled.masked_fill_(scaled < -87, -torch.inf).exp_()


def _in_range(factors: Tensor, marginal: Tensor) -> bool:
    """Whether all factors are in the range that is safe in float32; NaN is not.

    A supplier or a demander of nothing has a factor of 0, which is safe.
    """
    safe = (factors >= 1 / _RANGE) & (factors <= _RANGE)
    nothing = (marginal == 0) & (factors == 0)
    return bool((safe | nothing).all())


def _check(cost: Tensor, supply: Tensor, demand: Tensor, epsilon: float, iterations: int) -> None:
    if cost.shape != (len(supply), len(demand)) or not cost.numel():
        raise ValueError(
            f"cost must be (suppliers, demanders) and not empty, got {tuple(cost.shape)} for {len(supply)} suppliers "
            f"and {len(demand)} demanders"
        )
    if not epsilon > 0 or iterations < 1:
        raise ValueError(
            f"epsilon must be positive and iterations at least 1, got {epsilon} and {iterations}"
        )
    if not torch.isfinite(cost).all():
        raise ValueError(
            "cost must be finite: use a large number such as 1e6 for what should not happen"
        )
    for name, marginal in (("supply", supply), ("demand", demand)):
        if not ((marginal >= 0) & torch.isfinite(marginal)).all():
            raise ValueError(
                f"{name} must be finite and not negative, got {float(marginal.min())} as its smallest"
            )
    supplied, demanded = float(supply.sum()), float(demand.sum())
    if not abs(supplied - demanded) <= 1e-4 * max(supplied, demanded):
        raise ValueError(
            f"supply sums to {supplied:g} and demand to {demanded:g}: both must have the same sum"
        )
