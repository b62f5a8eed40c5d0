"""Saving a run so that no crash can damage the file, and reading it without running any code that
is in it.
"""

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True, kw_only=True, eq=False)
class Checkpoint:
    """Everything a run needs to go on exactly as if it had never stopped.

    The learning rate is a function of the step. The batches and the random numbers of a step are
    functions of the seed and the step. So none of them has a state to save.

    ``step`` counts the steps done; ``model``, ``optimizer`` and ``ema`` are state dicts; ``recipe``
    holds plain values.
    """

    step: int
    model: dict[str, Any]
    optimizer: dict[str, Any]
    recipe: dict[str, Any]
    ema: dict[str, Any] | None = None

    def save(self, path: str | Path) -> None:
        """Write the checkpoint to a temporary file, then rename it. So ``path`` always holds the old
        checkpoint or the new one, and never a part.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(path.name + ".partial")
        with open(aside, "wb") as file:
            # Not dataclasses.asdict, which would copy every tensor.
            torch.save({f.name: getattr(self, f.name) for f in fields(self)}, file)
            file.flush()
            # The bytes must be on the disk before the name points at them.
            os.fsync(file.fileno())
        os.replace(aside, path)

    @classmethod
    def load(cls, path: str | Path, *, map_location: torch.device | str = "cpu") -> "Checkpoint":
        """Read a checkpoint; only tensors and plain values are unpickled.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is damaged or is no checkpoint. The message names the keys that are
                missing or unknown.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(
                f"no checkpoint at {path}: check the path, or start with resume=False"
            )
        try:
            content = torch.load(path, map_location=map_location, weights_only=True)
        # Any exception, because a damaged file can make the unpickler raise nearly anything.
        except Exception as error:
            raise ValueError(
                f"{path} is not a readable checkpoint (damaged, or more than plain weights): "
                "use an earlier checkpoint, or start with resume=False"
            ) from error
        known = {f.name for f in fields(cls)}
        found = set(content) if isinstance(content, dict) else set()
        if found != known:
            raise ValueError(
                f"{path} is not a checkpoint of locviz.train: it lacks {_names(known - found)} "
                f"and holds the foreign keys {_names(found - known)}; for bare weights use detector.load_state_dict"
            )
        if type(content["step"]) is not int or not all(
            isinstance(content[name], dict) for name in known - {"step", "ema"}
        ):
            raise ValueError(
                f"{path} is not a checkpoint of locviz.train: step must be a number, the rest dictionaries"
            )
        return cls(**content)


def load_weights(detector: nn.Module, path: str | Path) -> None:
    """Load a checkpoint's weights into ``detector``: the moving average where the run kept one.

    Raises:
        FileNotFoundError, ValueError: as ``Checkpoint.load``.
        ValueError: the weights belong to another detector. The message names keys; ``detector`` is
            left unchanged.
    """
    saved = Checkpoint.load(path)
    put_weights(detector, saved.ema["detector"] if saved.ema else saved.model, source=str(path))


def put_weights(detector: nn.Module, state: dict[str, Any], *, source: str) -> None:
    """Load weights into ``detector`` after checking all of them: where one does not fit, nothing is
    changed, and the message names the keys.

    Raises:
        ValueError: a weight is missing, unknown or of another shape.
    """
    ours = detector.state_dict()
    differing = {
        f"{name} {_shape(state[name])} instead of {_shape(ours[name])}"
        for name in ours.keys() & state.keys()
        if _shape(state[name]) != _shape(ours[name])
    }
    missing, foreign = ours.keys() - state.keys(), state.keys() - ours.keys()
    if missing or foreign or differing:
        raise ValueError(
            f"the weights in {source} belong to another detector: missing {_names(missing)}; "
            f"foreign {_names(foreign)}; of another shape {_names(differing)}"
        )
    # Only now, when every key is known to fit: load_state_dict changes what it can before it raises.
    detector.load_state_dict(state)


def _shape(value: Any):
    return tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__


def check_same_recipe(saved: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Raise unless a run that is resumed has the recipe that it had before.

    Raises:
        ValueError: a field differs. The message names each.
    """
    differing = [f"{name}: {saved.get(name)!r} then, {wanted[name]!r} now" for name in wanted
                 if saved.get(name) != wanted[name]]  # fmt: skip
    if differing:
        raise ValueError(
            f"resume needs the recipe of the checkpoint, but {'; '.join(differing)}. "
            "Use the old numbers, or load the weights with load_weights and start a new run"
        )


def _names(keys, limit: int = 6) -> str:
    keys = sorted(str(key) for key in keys)
    if not keys:
        return "none"
    more = f" and {len(keys) - limit} more" if len(keys) > limit else ""
    return ", ".join(keys[:limit]) + more
