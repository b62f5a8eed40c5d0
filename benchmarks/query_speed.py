"""A training step of DETR and of Deformable DETR, and deformable attention, beside transformers'.

    python benchmarks/query_speed.py [--size 320] [--batch 2] [--rounds 7]

Both sides take turns on the same images and boxes in one process, on one thread; a figure is the
median over the rounds of the CPU's own seconds, so read the ratios: ours over theirs. A step is
forward, all losses of all six decoder layers with their matchings, and backward; there is no
optimiser. The sizes are the official ones, with weights and batch norms as each model comes from
random weights, and nothing frozen in either.

``DetrForObjectDetection`` is built without ``auxiliary_loss``, which would normalise what goes from
one decoder layer to the next and give other numbers. Its layers' tokens are looked at instead, and
its own heads, its own matcher and its own loss are given all of them at once, as its forward does.
Our weights are its own, and before anything is timed both must give the same loss. Ours also
normalises and pads the images; theirs is given prepared ones. Without dropout both compute the
same; the row "dropout 0.1" has it in all places where DETR's authors have it, attention included.

``mix_places`` is compared with the pure-torch form of their ``MultiScaleDeformableAttention``,
forward and backward, on the same values, places and weights, after both gave the same result: once
with a query per cell of four levels, as in the encoder, once with 300 queries, as in the decoder.

Measured by this command on a CPU that was shared with other work (torch 2.15, transformers 5.23, one
run of seven rounds; in brackets the lowest and the highest ratio of a round): deformable attention
with a query per cell 0.71 (0.59 to 0.77), with 300 queries 0.94 (0.85 to 0.95); ``detr_r50`` 0.99
(0.96 to 1.03), with dropout 1.03 (1.02 to 1.05), 1.6 s a step on both sides; ``deformable_detr_r50``
0.87 (0.84 to 0.90), 4.5 s against 5.2 s.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from locviz.boxes import corners_to_center_size
from locviz.checkpoints import put_weights, rename
from locviz.layers import Attention, Prepare, mix_places
from locviz.models import deformable_detr_r50, detr_r50
from locviz.models.deformable_detr import names as deformable_names
from locviz.models.detr import names
from locviz.types import Targets

NUM_CLASSES, NUM_OBJECTS = 80, 7
HEADS, SHARE, POINTS = 8, 32, 4
Step = Callable[[], Tensor]


@dataclass(frozen=True)
class Pair:
    """Two that do the same work: each a function that makes one step and returns what must agree."""

    ours: Step
    theirs: Step


@dataclass(frozen=True)
class Scene:
    """One batch: images (3, h, w) in 0..1 with boxes, and the same as transformers takes it."""

    images: list[Tensor]
    targets: list[Targets]
    pixels: Tensor
    mask: Tensor
    labels: list[dict[str, Tensor]]


def scene(batch: int, size: int) -> Scene:
    """Noise and random boxes, the same in every run; the second image is narrower than the first."""
    generator = torch.Generator().manual_seed(0)
    prepare = Prepare(divisor=1)
    images, targets, labels = [], [], []
    mask = torch.zeros(batch, size, size, dtype=torch.int64)
    for row in range(batch):
        h, w = size, size if row == 0 else size * 3 // 4
        unit = torch.tensor([w, h, w, h])
        low = torch.rand(NUM_OBJECTS, 2, generator=generator) * 0.6
        high = low + torch.rand(NUM_OBJECTS, 2, generator=generator) * 0.3 + 0.05
        boxes = torch.cat([low, high], -1)
        classes = torch.randint(NUM_CLASSES, (NUM_OBJECTS,), generator=generator)
        images.append(torch.rand(3, h, w, generator=generator))
        targets.append(Targets(boxes * unit, classes, (h, w)))
        labels.append({"class_labels": classes, "boxes": corners_to_center_size(boxes)})
        mask[row, :h, :w] = 1
    return Scene(images, targets, prepare(images).values, mask, labels)


def detr(batch: Scene, *, dropout: float = 0.0) -> Pair:
    """DETR with a ResNet-50, ours with the weights of theirs."""
    from transformers import DetrConfig, DetrForObjectDetection

    torch.manual_seed(0)
    config = DetrConfig(num_labels=NUM_CLASSES, dropout=dropout, attention_dropout=dropout)
    theirs = DetrForObjectDetection(config).train()
    ours = detr_r50(NUM_CLASSES, prepare=Prepare(divisor=1)).train()
    state = names.unpack_transformers(theirs.state_dict())
    put_weights(ours, rename(state, names.TRANSFORMERS), source="transformers")
    set_dropout(ours, dropout)
    return Pair(
        partial(our_step, ours, batch),
        partial(trained, theirs, partial(their_detr_loss, theirs, batch)),
    )


def set_dropout(model: nn.Module, dropout: float) -> None:
    """Everywhere, in the weights of attention, too."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = dropout
        if isinstance(module, Attention):
            module.dropout = dropout


def their_detr_loss(model: nn.Module, batch: Scene) -> Tensor:
    """Their loss of all decoder layers by the authors' rule: norm, then heads, after each."""
    states: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda module, inputs, output: states.append(output))
        for layer in model.model.decoder.layers
    ]
    model.model(batch.pixels, pixel_mask=batch.mask)
    for hook in hooks:
        hook.remove()
    tokens = model.model.decoder.layernorm(torch.stack(states))
    logits = model.class_labels_classifier(tokens)
    boxes = model.bbox_predictor(tokens).sigmoid()
    config = type(model.config)(**{**model.config.to_dict(), "auxiliary_loss": True})
    loss, _, _ = model.loss_function(
        logits[-1], batch.labels, "cpu", boxes[-1], config, logits, boxes
    )
    return loss


def trained(model: nn.Module, loss: Step) -> Tensor:
    """Forward, losses, backward."""
    model.zero_grad(set_to_none=True)
    found = loss()
    found.backward()
    return found.detach()


def our_step(model: nn.Module, batch: Scene) -> Tensor:
    return trained(model, lambda: model.loss(batch.images, batch.targets).total)


def deformable_detr(batch: Scene) -> Pair:
    """Deformable DETR with a ResNet-50 and four levels, ours with the weights of theirs.

    Theirs with its own ``auxiliary_loss``, whose total is not the authors' (the classes weigh 1, not
    2): the same terms are computed, and need not agree in their sum.
    """
    from transformers import DeformableDetrConfig, DeformableDetrForObjectDetection

    torch.manual_seed(0)
    config = DeformableDetrConfig(num_labels=NUM_CLASSES, dropout=0.0, auxiliary_loss=True)
    theirs = DeformableDetrForObjectDetection(config).train()
    ours = deformable_detr_r50(NUM_CLASSES, prepare=Prepare(divisor=1)).train()
    state = deformable_names.unpack_transformers(theirs.state_dict())
    put_weights(ours, rename(state, deformable_names.TRANSFORMERS), source="transformers")
    set_dropout(ours, 0.0)

    def loss() -> Tensor:
        return theirs(batch.pixels, pixel_mask=batch.mask, labels=batch.labels).loss

    return Pair(partial(our_step, ours, batch), partial(trained, theirs, loss))


def deformable_attention(batch: int, size: int, *, num_queries: int | None = None) -> Pair:
    """Both sums over places on four levels of strides 8 to 64; without ``num_queries`` every cell
    asks.
    """
    from transformers.models.deformable_detr import modeling_deformable_detr as reference

    generator = torch.Generator().manual_seed(0)
    sizes = [(-(-size // stride),) * 2 for stride in (8, 16, 32, 64)]
    num_cells = sum(h * w for h, w in sizes)
    num = num_cells if num_queries is None else num_queries
    looks = (batch, num, HEADS, len(sizes), POINTS)
    inputs = [
        torch.randn(batch, num_cells, HEADS, SHARE, generator=generator),
        torch.rand(*looks, 2, generator=generator),
        torch.randn(*looks, generator=generator).flatten(3).softmax(-1).view(looks),
    ]
    for tensor in inputs:
        tensor.requires_grad_()
    upstream = torch.randn(batch, num, HEADS * SHARE, generator=generator)
    module = reference.MultiScaleDeformableAttention()
    shapes = torch.tensor(sizes)
    starts = torch.cat([shapes.new_zeros(1), shapes.prod(1).cumsum(0)[:-1]])

    def theirs() -> Tensor:
        values, places, weights = inputs
        return module(values, shapes, sizes, starts, places, weights, 64)

    def ours() -> Tensor:
        values, places, weights = inputs
        return mix_places(values, sizes, places, weights)

    return Pair(partial(pulled, ours, inputs, upstream), partial(pulled, theirs, inputs, upstream))


def pulled(forward: Step, inputs: Sequence[Tensor], upstream: Tensor) -> Tensor:
    """The result and its gradients for all inputs, in one row."""
    out = forward()
    gradients = torch.autograd.grad(out, inputs, upstream)
    return torch.cat([out.detach().flatten(), *(g.flatten() for g in gradients)])


def check_equal(pair: Pair, *, rtol: float = 1e-4, atol: float = 1e-4) -> None:
    """That both compute the same.

    Raises:
        AssertionError: they do not.
    """
    torch.testing.assert_close(pair.ours(), pair.theirs(), rtol=rtol, atol=atol)


def seconds(pair: Pair, rounds: int) -> Mapping[str, list[float]]:
    """CPU-seconds of each step; who begins changes from round to round, after one that is not
    counted.
    """
    spent: dict[str, list[float]] = {"ours": [], "theirs": []}
    for index in range(rounds + 1):
        for name in ("ours", "theirs") if index % 2 else ("theirs", "ours"):
            began = time.process_time()
            getattr(pair, name)()
            spent[name].append(time.process_time() - began)
    return {name: values[1:] for name, values in spent.items()}


def line(name: str, spent: Mapping[str, list[float]]) -> str:
    """Medians in milliseconds, their ratio, and the lowest and highest ratio of a round."""
    ours, theirs = (statistics.median(spent[side]) for side in ("ours", "theirs"))
    each = [a / b for a, b in zip(spent["ours"], spent["theirs"], strict=True)]
    return (
        f"{name:42s} {ours * 1e3:9.1f} {theirs * 1e3:9.1f} {ours / theirs:7.2f}"
        f"   {min(each):.2f} to {max(each):.2f}"
    )


def measure(name: str, build: Callable[[], Pair], rounds: int, *, same: bool = True) -> str:
    """One row of the table; what is the same by construction must agree first."""
    pair = build()
    if same:
        check_equal(pair)
    return line(name, seconds(pair, rounds))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=320, help="side of the images (default: 320)")
    parser.add_argument("--batch", type=int, default=2, help="how many images (default: 2)")
    parser.add_argument("--rounds", type=int, default=7, help="of each pair (default: 7)")
    given = parser.parse_args()
    torch.set_num_threads(1)
    import transformers

    print(f"torch {torch.__version__}, transformers {transformers.__version__}, one thread, "
          f"{given.batch} images of {given.size} px, {given.rounds} rounds")  # fmt: skip
    print(
        f"{'CPU-milliseconds, medians':42s} {'ours':>9s} {'theirs':>9s} {'ratio':>7s}   of a round"
    )
    batch = scene(given.batch, given.size)
    sizes = (given.batch, given.size)
    every = partial(deformable_attention, *sizes)
    print(measure("deformable attention, a query per cell", every, given.rounds), flush=True)
    few = partial(deformable_attention, *sizes, num_queries=300)
    print(measure("deformable attention, 300 queries", few, given.rounds), flush=True)
    print(measure("detr_r50", partial(detr, batch), given.rounds), flush=True)
    dropped = partial(detr, batch, dropout=0.1)
    print(measure("detr_r50, dropout 0.1", dropped, given.rounds, same=False), flush=True)
    pair = partial(deformable_detr, batch)
    print(measure("deformable_detr_r50", pair, given.rounds, same=False), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
