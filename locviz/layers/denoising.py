"""Denoising: in training, a decoder is also given the ground truths with noise, and has to restore
them. It then learns how to move a box onto an object without waiting for a matching to be stable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.boxes import corners_to_center_size
from locviz.layers.memory import Memory
from locviz.layers.noise import BoxJitter, BoxNoise, LabelFlips, LabelNoise
from locviz.layers.query_set import Queries
from locviz.types import BACKGROUND, IGNORE, Assignment, Targets


@dataclass(frozen=True, eq=False)
class _Objects:
    """The ground truths of a batch that may be denoised, padded to as many as the fullest image has,
    and to one at least.

    ``index`` (b, g) counts in the targets of the image, ``IGNORE`` where a row is padding; ``boxes``
    (b, g, 2*dim) are centre and size in shares of the image.
    """

    boxes: Float[Tensor, "b g coords"]
    labels: Int64[Tensor, "b g"]
    index: Int64[Tensor, "b g"]


@final
class DenoisingQueries(nn.Module):
    """Any maker of queries that start from boxes, and in training, in front of its queries, groups of
    noised ground truths that come assigned (DN-DETR, https://arxiv.org/abs/2203.01305; with
    ``ContrastivePairs``, DINO, https://arxiv.org/abs/2203.03605, section 3.3).

    What a denoising query knows is a learned vector of its noised label, its reference is the noised
    box. Every group holds each object of an image once, or once per copy that the noise makes. Each
    query has the weight one over the number of groups, so that the loss is the mean over the groups.

    Laws: without targets, and in ``eval()``, the queries are those of the maker; the maker's queries
    cannot see the denoising ones, which know the answer, and groups cannot see each other, so what
    the detector predicts does not depend on the denoising; the rows that pad an image with fewer
    objects than another one are seen by no query and take part in no loss; crowd regions and ignored
    boxes are not denoised. A batch without objects has one such row, so that a training step always
    has the same terms.

    DN-DETR also marks by a number which queries denoise, and gives the others the vector of an
    unknown label as content; here, as in DINO, the maker's content stays what it is.

    Args:
        queries: the maker, such as ``AnchorQueries`` or ``SelectedQueries``.
        channels: of the decoder.
        num_classes: how many.
        num: about how many objects are denoised per image, copies not counted: there are ``num``
            divided by the objects of the fullest image groups, and one at least.
        box_noise: what is done to the boxes.
        label_noise: what is done to the labels.

    Raises:
        ValueError: ``num`` is less than 1.
    """

    def __init__(
        self,
        queries: nn.Module,
        *,
        channels: int,
        num_classes: int,
        num: int = 100,
        box_noise: BoxNoise | None = None,
        label_noise: LabelNoise | None = None,
    ):
        super().__init__()
        if num < 1:
            raise ValueError(f"DenoisingQueries needs num >= 1 objects to denoise, got num={num}")
        self.queries, self.num_classes, self.num = queries, num_classes, num
        self.labels = nn.Embedding(num_classes, channels)
        self.box_noise = BoxJitter() if box_noise is None else box_noise
        self.label_noise = LabelFlips() if label_noise is None else label_noise

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c); in training, those that denoise ``targets`` come first,
        and ``given`` says what each of them should find.

        Raises:
            ValueError: the maker's queries do not start from boxes that they are placed by, come
                assigned already, or have another ``dim`` than the targets.
        """
        made = self.queries(memory, targets)
        _check(made, self.queries)
        if targets is None or not self.training:
            return made
        objects = _padded(targets)
        _check_dim(made, objects)
        return self._in_front(made, objects)

    def _in_front(self, made: Queries, objects: _Objects) -> Queries:
        """``made`` with groups of denoising queries before them."""
        groups = max(1, self.num // objects.index.shape[1])
        index = self._index(objects, groups)  # (b, groups, copies * g)
        boxes = self._boxes(objects, groups)
        weight = boxes.new_full(index[0].flatten().shape, 1 / groups)
        return replace(
            made,
            content=torch.cat([self._content(objects, groups), made.content], 1),
            positions=torch.cat([made.place(boxes), made.positions], 1),  # type: ignore[operator]
            # The released code keeps logits of 0 and 1 finite by the same number.
            references=torch.cat([boxes.logit(eps=1e-3), made.references], 1),  # type: ignore[operator]
            hidden=_hidden(index != IGNORE, made),
            given=tuple(Assignment(rows, weight) for rows in index.flatten(1)),
        )

    def _index(self, objects: _Objects, groups: int) -> Int64[Tensor, "b groups rows"]:
        """Which ground truth each denoising query should find, ``BACKGROUND`` for copies that should
        find none, ``IGNORE`` in the padding.
        """
        absent = objects.index == IGNORE
        nothing = torch.full_like(objects.index, BACKGROUND).masked_fill(absent, IGNORE)
        copies = [objects.index if finds else nothing for finds in self.box_noise.finds]
        return torch.cat(copies, 1)[:, None].expand(-1, groups, -1)

    def _boxes(self, objects: _Objects, groups: int) -> Float[Tensor, "b rows coords"]:
        noised = self.box_noise(objects.boxes[:, None].expand(-1, groups, -1, -1))
        return noised.flatten(1, 3)

    def _content(self, objects: _Objects, groups: int) -> Float[Tensor, "b rows c"]:
        copies = len(self.box_noise.finds)
        labels = objects.labels[:, None, None].expand(-1, groups, copies, -1)
        return self.labels(self.label_noise(labels, self.num_classes).flatten(1))


def _padded(targets: Sequence[Targets]) -> _Objects:
    kept = [(~(target.crowd | target.ignore)).nonzero()[:, 0] for target in targets]  # type: ignore[operator]
    num = max(1, *(len(index) for index in kept))
    rows = [
        (_shares(target)[index], target.labels[index], index)
        for target, index in zip(targets, kept, strict=True)
    ]
    boxes, labels, index = zip(*rows, strict=True)
    return _Objects(
        # What a row of the padding holds does not matter; it has to be a box.
        torch.stack([F.pad(b, (0, 0, 0, num - len(b)), value=0.5) for b in boxes]),
        torch.stack([F.pad(x, (0, num - len(x))) for x in labels]),
        torch.stack([F.pad(x, (0, num - len(x)), value=IGNORE) for x in index]),
    )


def _shares(target: Targets) -> Float[Tensor, "g coords"]:
    """Centre and size of the boxes in shares of the image, x first."""
    size = target.boxes.new_tensor(target.size[::-1])
    return corners_to_center_size(target.boxes) / size.repeat(2)


def _hidden(present: Bool[Tensor, "b groups rows"], made: Queries) -> Bool[Tensor, "b q q"]:
    """Who may not look at whom, in each image.

    A denoising query may look at its own group and at the maker's queries.
    """
    num, given = made.content.shape[1], present.flatten(1).shape[1]
    group = torch.arange(present.shape[1], device=present.device)
    # The maker's queries have the group -1.
    group = F.pad(group.repeat_interleave(present.shape[2]), (0, num), value=-1)
    hidden = (group >= 0) & (group[:, None] != group)
    hidden = hidden | ~F.pad(present.flatten(1), (0, num), value=True)[:, None]
    if made.hidden is not None:
        hidden[:, given:, given:] |= made.hidden
    return hidden


def _check(made: Queries, maker: nn.Module) -> None:
    name = type(maker).__name__
    if made.references is None or made.place is None:
        raise ValueError(
            f"DenoisingQueries needs queries that start from boxes and are placed by them, and "
            f"{name} makes others: give it AnchorQueries or SelectedQueries"
        )
    if made.given is not None:
        raise ValueError(
            f"the queries of {name} come assigned already: wrap the maker in DenoisingQueries once"
        )


def _check_dim(made: Queries, objects: _Objects) -> None:
    ours, theirs = made.references.shape[-1], objects.boxes.shape[-1]  # type: ignore[union-attr]
    if ours != theirs:
        raise ValueError(
            f"the queries start from {ours} numbers and the targets' boxes have {theirs}: build the "
            f"maker with dim={theirs // 2}"
        )
