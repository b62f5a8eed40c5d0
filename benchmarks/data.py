"""Images per second of CPU time of every scene generator: ``python benchmarks/data.py``.

Process time of one thread, so that other work on the machine does not count. "drawn" makes each
scene anew, "cached" reads it back from memory, "batches" adds order and collation, "augmented" the
standard augmentation.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import islice

import torch

from locviz.data import Batches, Digits, Misaligned, Shapes, standard_augmentation

BATCH_SIZE = 16
RUNS = 3


def rate(read: Callable[[], object], num: int) -> float:
    """Return images per second, the median of three runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        read()
        times.append(time.process_time() - start)
    return num / statistics.median(times)


def measure(dataset, num: int) -> dict[str, float]:
    dataset[0]  # textures and digits are made once
    cached = dataset.cached()
    plain = Batches(cached, batch_size=BATCH_SIZE, seed=0)
    augmented = Batches(cached, batch_size=BATCH_SIZE, seed=0, transform=standard_augmentation())
    return {
        "drawn": rate(lambda: [dataset[i] for i in range(num)], num),
        "cached": rate(lambda: [cached[i] for i in range(num)], num),
        "batches": rate(lambda: list(islice(plain.starting_at(0), num // BATCH_SIZE)), num),
        "augmented": rate(lambda: list(islice(augmented.starting_at(0), num // BATCH_SIZE)), num),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--scenes", type=int, default=960, help="scenes to draw per run, at least 16"
    )
    num = parser.parse_args().scenes
    torch.set_num_threads(1)
    sets = {
        "shapes, first": Shapes(level="first", num_scenes=num),
        "shapes, crowded": Shapes(level="crowded", num_scenes=num),
        "misaligned": Misaligned(num_scenes=num),
        "digits": Digits(num_scenes=num),
    }
    print(
        f"{'images per CPU second':24}{'drawn':>10}{'cached':>10}{'batches':>10}{'augmented':>11}"
    )
    for name, dataset in sets.items():
        rates = measure(dataset, num)
        print(
            f"{name:24}"
            + "".join(
                f"{rates[key]:>{width},.0f}"
                for key, width in zip(rates, (10, 10, 10, 11), strict=True)
            )
        )


if __name__ == "__main__":
    main()
