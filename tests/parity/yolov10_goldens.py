"""Weights, images and objects that a seed makes again anywhere, for which goldens/yolov10_n.safetensors
and yolov10_s.safetensors hold what YOLOv10 answers in ultralytics 8.4.190 (PyPI; AGPL-3.0).

The package was installed outside this project, called and never read; nothing here imports it. The
recipe, for the sizes n and s and for each of three seeds:

1. Build its ``DetectionModel`` from the configuration that it ships for the size, for 5 classes. Fill
   every entry of the state dict from ``filled``: numpy's frozen ``RandomState``, seeded by the
   entry's name and the seed. The names and shapes are kept in the file's metadata.
2. Take the three images of ``scene``, red first, in 0..1, each in the top left corner of 64 x 96
   pixels of 114 / 255.
3. In evaluation mode, for each head: keep the class logits (``scores``) and the expectation of its
   four distributions in strides (``sides``, left, top, right, bottom, by the model's own DFL layer);
   for seed 0 the logits of the sides at every ninth prior (``bins``). With the model's ``end2end``
   set, keep what it detects (``detections``: corners in pixels, score, class), as many as there are
   priors.
4. In training mode, so that batch norm uses this batch, with boxes as shares of the 64 x 96 pixels:
   keep the three loss terms of each head (``terms``: boxes, classes, sides), with their weights of
   7.5, 0.5 and 1.5. It multiplies its losses by the batch's size; that factor is taken out. This
   release has seven candidates per object for the head that detects, of which one stays at the end;
   its ``topk`` is set to 1, the paper's. The ``eps`` of both assigners, which is added to the
   alignment that a target is divided by, is set to 1e-16: its 1e-9 is 2 % of the largest alignment
   of some of these objects.
"""

import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

FOLDER = Path(__file__).with_name("goldens")
NUM_CLASSES, NUM_BINS = 5, 16
SEEDS = (0, 1, 2)
SIZES = ((50, 90), (64, 60), (40, 64))
NUM_BOXES = (0, 1, 12)
CANVAS = (64, 96)
HEADS = ("one2many", "one2one")


def filled(name: str, shape: tuple[int, ...], seed: int) -> Tensor:
    """The value of one entry of a state dict: logits around 0, sides of one to three strides."""
    if name.endswith("num_batches_tracked"):
        return torch.zeros((), dtype=torch.int64)
    if ".dfl." in name:
        return torch.arange(float(NUM_BINS)).reshape(shape)
    low, high = _bounds(name, shape)
    random = np.random.RandomState(zlib.crc32(f"{seed}:{name}".encode()))
    values = random.uniform(low, high, shape)
    if name.endswith(".2.bias") and "cv2" in name:
        values -= 0.5 * (np.arange(len(values)) % NUM_BINS)
    return torch.from_numpy(values.astype(np.float32))


def _bounds(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    if len(shape) == 4:
        # 1.35: enough to keep the signal alive through SiLU, as are the biases below.
        reach = 1.35 * (3 / np.prod(shape[1:])) ** 0.5
        return -reach, reach
    return (0.8, 1.2) if name.endswith(("bn.weight", "running_var")) else (-0.5, 0.5)


def scene(seed: int) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Images (3, h, w) in 0..1; boxes (g, 4) in corners; labels (g,)."""
    random = np.random.RandomState(seed + 200)
    images = [random.randint(0, 256, (3, *size)) / 255 for size in SIZES]
    boxes, labels = [], []
    for num, (h, w) in zip(NUM_BOXES, SIZES, strict=True):
        halves = random.randint(16, 80, (num, 2)) / 4
        centers = random.randint(0, 4 * np.array([w, h]), (num, 2)) / 4
        boxes.append(np.concatenate([centers - halves, centers + halves], 1))
        labels.append(random.randint(0, NUM_CLASSES, num))
    as_floats = [[torch.from_numpy(x.astype(np.float32)) for x in some] for some in (images, boxes)]
    return *as_floats, [torch.from_numpy(x).long() for x in labels]
