"""One part of ``benchmarks/gpu.py``: how many images per second the official presets train on,
beside the implementations that they are compared with.
"""

import math
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from gpu_machine import forget_peak, peak_memory
from gpu_peers import (
    PEERS,
    Contender,
    NotMeasured,
    Scene,
    official,
    ours,
    random_scene,
    without_peer,
)
from gpu_report import Part, Setting

# "compiled": ours beside theirs as it comes, in bf16. Last is what takes longest and is missed least.
MODES = ("fp32", "bf16", "compiled", "both compiled")
# The first that fits both: sixteen images are the papers' batch on eight GPUs.
BATCHES = (16, 8, 4, 2, 1)
WARM_UP, STEPS = 2, 10
# Of a row's seconds, how many each of the two may step once it has warmed up.
STEPPING = 0.15

NO_CELLS = ("-",) * 4

ROWS = {f"{name}, {mode}": (preset, mode) for mode in MODES for name, preset in official().items()}


@dataclass(frozen=True)
class Rate:
    """Images per second, seconds of the first step, and the peak of memory in words."""

    images: float
    first: float
    memory: str


def throughput(row: str, seconds: float, setting: Setting) -> Sequence[str]:
    for batch in (1,) if setting.tiny else BATCHES:
        found = both(row, batch, seconds, setting)
        if found is not None:
            return [str(batch), *found]
    raise RuntimeError("not even one image fits into the memory")


def both(row: str, batch: int, seconds: float, setting: Setting) -> Sequence[str] | None:
    """The cells of a row with one size of batch; None where it does not fit."""
    preset, mode = ROWS[row]
    scene = random_scene(batch, setting)
    began = time.perf_counter()
    try:
        own = rate(lambda: ours(preset, scene), mode, batch, seconds, setting)
        left = seconds - (time.perf_counter() - began)
        return [*cells(own), *beside(own, row, scene, left, setting)]
    except torch.OutOfMemoryError:
        return None


def cells(found: Rate) -> Sequence[str]:
    return [f"{found.images:.1f}", f"{found.first:.1f} s", found.memory]


def beside(own: Rate, row: str, scene: Scene, left: float, setting: Setting) -> Sequence[str]:
    """The peer's cells. Whatever goes wrong with it, our figures stand."""
    preset, mode = ROWS[row]
    peer, build = PEERS[preset]
    mode = "bf16" if mode == "compiled" else mode
    # What is compiled takes about as long as ours took.
    if mode == "both compiled" and left < 1.5 * own.first:
        return [f"{peer}: {left:.0f} s were too few to compile it", *NO_CELLS]
    try:
        other = rate(lambda: build(scene, setting), mode, len(scene.images), left, setting)
    except torch.OutOfMemoryError:
        raise
    except NotMeasured as error:
        return [f"{peer}: not measured, {error}", *NO_CELLS]
    except Exception as error:
        traceback.print_exc()
        return [f"{peer}: failed, {type(error).__name__}", *NO_CELLS]
    return [peer, *cells(other), f"{own.images / other.images:.2f}"]


def rate(
    build: Callable[[], Contender], mode: str, batch: int, seconds: float, setting: Setting
) -> Rate:
    """Train one contender for some steps.

    Raises:
        FloatingPointError: its loss is not finite.
    """
    torch.manual_seed(0)
    torch.compiler.reset()  # what was compiled for another model would count against a limit
    forget_peak(setting)
    step = stepper(build(), mode, setting)
    first = timed(step, 1, setting)
    if setting.tiny:
        return Rate(batch / first, first, peak_memory(setting))
    each = timed(step, WARM_UP, setting) / WARM_UP
    steps = max(2, min(STEPS, int(STEPPING * seconds / each)))
    return Rate(steps * batch / timed(step, steps, setting), first, peak_memory(setting))


def stepper(contender: Contender, mode: str, setting: Setting) -> Callable[[], float]:
    """A function that makes one step of training, forward, backward and optimiser, and returns the
    loss.
    """
    model = contender.model.train()
    channels_last = torch.channels_last if setting.device == "cuda" else torch.preserve_format
    model.to(device=setting.device, memory_format=channels_last)  # type: ignore[call-overload]
    if mode.endswith("compiled"):
        # At a tiny size the compiler's minutes are spared: its first half alone runs, on the heads.
        some = contender.networks[-1:] if setting.tiny else contender.networks
        for network in some:
            network.compile(backend="eager" if setting.tiny else "inductor")
    # A rate at which nothing is learned and nothing explodes: time is all that is asked for.
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6, momentum=0.9)

    def step() -> float:
        with torch.autocast(setting.device, torch.bfloat16, enabled=mode != "fp32"):
            loss = contender.loss()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def timed(step: Callable[[], float], times: int, setting: Setting) -> float:
    """Wall seconds of some steps."""
    if setting.device == "cuda":
        torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in range(times):
        loss = step()
        if not math.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss}")
    if setting.device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


NO_PEER = ", ".join(without_peer())
THROUGHPUT = Part(
    title="Training throughput at official size",
    about=(
        "Images per second of forward, backward and a step of SGD, from random weights. Images of "
        "480 x 640 lie on the device and are resized by the model (shorter side 800; 640 for "
        "YOLOX; YOLOX's release and transformers are given resized ones); 7 boxes an image, 80 classes; the same batch "
        "and channels-last for both. fp32 is as torch's defaults have it (see the machine), bf16 "
        "is autocast. compiled: bf16 with `torch.compile` of our backbone, neck and dense head or encoder, "
        "beside theirs in bf16 as it comes; both compiled: theirs, too. The first step includes "
        "compiling. Ratio: ours over theirs, above 1 is faster."
        + (f" Without a peer to compare with: {NO_PEER}." if NO_PEER else "")
    ),
    columns=(
        "preset", "batch", "images/s", "first step", "peak memory", "beside", "theirs, images/s",
        "first step", "peak memory", "ratio",
    ),
    rows=tuple(ROWS),
    measure=throughput,
    share=60,
)  # fmt: skip
