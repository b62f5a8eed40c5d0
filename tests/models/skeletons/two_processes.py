"""Gradients of a batch that two gloo processes share unevenly, and of the whole batch in one.

    two_processes.py SYSTEM FOLDER

In float64, so that what differs is arithmetic and not rounding; batch norm uses its running
statistics, because each process would see other ones.
"""

import sys
from pathlib import Path

import torch
from torch import distributed, multiprocessing

from locviz.assign import BalancedSampler
from locviz.models import (
    detr_tiny,
    faster_rcnn_tiny,
    fcos_tiny,
    over_images,
    retinanet_loss,
    retinanet_tiny,
    yolov10_tiny,
)
from locviz.types import Targets

NUM_OBJECTS = (4, 0, 6, 1)
SHARES = (slice(0, 3), slice(3, 4))


def model(name: str):
    torch.manual_seed(0)
    if name == "faster_rcnn":
        # Samplers that take all: what is drawn at random would differ between the two ways.
        everything = BalancedSampler(size=100_000, positive_fraction=1.0)
        built = faster_rcnn_tiny(3, rpn_sampler=everything, roi_sampler=everything)
    elif name == "retinanet, each image the same":
        built = retinanet_tiny(3, loss=retinanet_loss(normalise=over_images))
    else:
        presets = {
            "fcos": fcos_tiny,
            "retinanet": retinanet_tiny,
            "yolov10": yolov10_tiny,
            "detr": detr_tiny,
        }
        built = presets[name](3)
    return built.double().eval()


def batch() -> tuple[list[torch.Tensor], list[Targets]]:
    generator = torch.Generator().manual_seed(1)
    images, targets = [], []
    for num in NUM_OBJECTS:
        images.append(torch.rand(3, 64, 64, generator=generator, dtype=torch.float64))
        low = torch.rand(num, 2, generator=generator) * 40
        high = low + 8 + torch.rand(num, 2, generator=generator) * 14
        labels = torch.randint(3, (num,), generator=generator)
        targets.append(Targets(torch.cat([low, high], -1), labels, (64, 64)))
    return images, targets


def gradients(name: str, share: slice) -> dict[str, torch.Tensor]:
    images, targets = batch()
    built = model(name)
    built.loss(images[share], targets[share]).total.backward()
    return {key: p.grad for key, p in built.named_parameters() if p.grad is not None}


def process(rank: int, name: str, folder: Path) -> None:
    torch.set_num_threads(1)
    # They meet in a file: a free port could be taken by others before it is used.
    meeting = f"file://{folder.resolve() / 'meeting'}"
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    own = gradients(name, SHARES[rank])
    for gradient in own.values():
        distributed.all_reduce(gradient)
    if rank == 0:
        torch.save({key: gradient / 2 for key, gradient in own.items()}, folder / "averaged")
    distributed.barrier()
    distributed.destroy_process_group()


if __name__ == "__main__":
    system, folder = sys.argv[1], Path(sys.argv[2])
    torch.save(gradients(system, slice(None)), folder / "joined")
    multiprocessing.spawn(process, (system, folder), nprocs=2)
