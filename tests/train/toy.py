"""A detector of ten lines and its batches: one box per image, from the image's mean colours."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from locviz.types import Detections, Losses, Targets


class Toy(nn.Module):
    """Has what a real detector has: a norm with buffers, dropout, a matrix and biases."""

    def __init__(self, width: int = 8):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(3, width), nn.BatchNorm1d(width), nn.Dropout(0.1), nn.Linear(width, 4)
        )

    def forward(self, images: list[Tensor]) -> Tensor:
        return self.body(torch.stack([image.mean((1, 2)) for image in images]))

    def loss(self, images: list[Tensor], targets: list[Targets]) -> Losses:
        error = self(images) - torch.stack([target.boxes[0] for target in targets])
        return Losses({"l1": error.abs().mean(), "l2": error.square().mean()}, {"l1": 2.0})

    def detect(self, images: list[Tensor]) -> list[Detections]:
        boxes = functional.relu(self(images))
        return [
            Detections(box[None], box.new_ones(1), torch.zeros(1, dtype=torch.int64))
            for box in boxes
        ]


class ToyBatches:
    """The batch of step s is a function of (seed, s)."""

    def __init__(self, seed: int = 0, size: int = 4):
        self.seed, self.size = seed, size

    def starting_at(self, step: int) -> Iterator[tuple[list[Tensor], list[Targets]]]:
        while True:
            generator = torch.Generator().manual_seed(1000 * self.seed + step)
            images = list(torch.rand((self.size, 3, 4, 4), generator=generator))
            targets = [
                Targets(torch.tensor([[0.0, 0.0, 2.0, 3.0]]), torch.tensor([0]), (4, 4))
                for _ in images
            ]
            yield images, targets
            step += 1


class ToyDataset:
    class_names = ("thing",)

    def __init__(self, num: int):
        self.num = num

    def __len__(self) -> int:
        return self.num

    def __getitem__(self, index: int) -> tuple[Tensor, Targets]:
        targets = Targets(
            torch.tensor([[0.0, 0.0, 2.0, 3.0]]), torch.tensor([0]), (4, 4), image_id=index
        )
        return torch.full((3, 4, 4), index / self.num), targets
