from itertools import islice

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from locviz.data import Batches, Shapes, collate
from locviz.types import Targets


@pytest.fixture(scope="module")
def dataset():
    return Shapes(num_scenes=10)


def _ids(batch):
    return [targets.image_id for targets in batch[1]]


def test_each_pass_sees_every_sample_once(dataset):
    batches = Batches(dataset, batch_size=4, seed=0)
    ids = [i for batch in islice(iter(batches), 15) for i in _ids(batch)]
    passes = [ids[k : k + 10] for k in range(0, 60, 10)]
    assert all(sorted(one) == list(range(10)) for one in passes)
    assert len({tuple(one) for one in passes}) == 6, "each pass has its own order"


def test_a_step_is_a_function_of_seed_and_step(dataset):
    def shaken(image, targets, generator):
        return image + torch.rand(1, generator=generator), targets

    batches = Batches(dataset, batch_size=3, seed=5, transform=shaken)
    straight = list(islice(iter(batches), 9))
    for step in (0, 3, 7, 8):
        images, targets = next(batches.starting_at(step))
        assert _ids((images, targets)) == _ids(straight[step])
        assert all(torch.equal(a, b) for a, b in zip(images, straight[step][0], strict=True))
    other = next(iter(Batches(dataset, batch_size=3, seed=6, transform=shaken)))
    assert not torch.equal(other[0][0], straight[0][0][0])


def test_augmentation_differs_from_pass_to_pass():
    def shaken(image, targets, generator):
        return torch.rand(1, generator=generator) * torch.ones(3, 1, 1), targets

    stream = iter(Batches(Shapes(num_scenes=1), batch_size=1, seed=0, transform=shaken))
    assert len({float(next(stream)[0][0][0]) for _ in range(20)}) == 20


def test_the_global_random_state_is_left_alone(dataset):
    before = torch.get_rng_state()
    next(iter(Batches(dataset, batch_size=8, seed=0)))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(123)
    first = next(iter(Batches(dataset, batch_size=8, seed=0)))
    torch.manual_seed(456)
    assert _ids(first) == _ids(next(iter(Batches(dataset, batch_size=8, seed=0))))


def test_batch_larger_than_the_data_set():
    images, targets = next(iter(Batches(Shapes(num_scenes=2), batch_size=5, seed=0)))
    assert len(images) == len(targets) == 5


@pytest.mark.parametrize(
    ("num_scenes", "arguments", "message"),
    [
        (0, {"batch_size": 4, "seed": 0}, "dataset is empty"),
        (2, {"batch_size": 0, "seed": 0}, "batch_size must be"),
        (2, {"batch_size": 2, "seed": -1}, "seed must not be negative"),
    ],
)
def test_bad_arguments(num_scenes, arguments, message):
    with pytest.raises(ValueError, match=message):
        Batches(Shapes(num_scenes=num_scenes), **arguments)


def test_a_negative_step_fails_at_once(dataset):
    with pytest.raises(ValueError, match="step must not be negative"):
        Batches(dataset, batch_size=2, seed=0).starting_at(-1)


def test_collate_serves_a_data_loader(dataset):
    images, targets = next(iter(DataLoader(dataset, batch_size=4, collate_fn=collate)))
    assert len(images) == len(targets) == 4
    assert torch.equal(images[2], dataset[2][0])


def test_order_and_augmentation_draw_from_streams_of_their_own(dataset):
    """With one stream for both, an image's augmentation would tell where in the pass it comes."""
    drawn = []

    def note(image, targets, generator):
        drawn.append(int(torch.randint(2**40, (), generator=generator)))
        return image, targets

    list(islice(iter(Batches(dataset, batch_size=1, seed=3, transform=note)), 3))
    for epoch, number in enumerate(drawn):
        seed = int(np.random.default_rng([3, 0, epoch]).integers(2**63))
        assert number != int(
            torch.randint(2**40, (), generator=torch.Generator().manual_seed(seed))
        )


def test_a_batch_to_train_on_is_float32():
    """Readers keep the numbers of their files in float64; a model, and an Apple GPU, has none."""
    box = torch.tensor([[0.1, 0.2, 9.3, 8.4]], dtype=torch.float64)
    targets = Targets(boxes=box, labels=torch.tensor([0]), size=(10, 10))
    images, (found,) = collate([(torch.zeros(3, 10, 10), targets)])
    assert found.boxes.dtype == found.area.dtype == torch.float32
    assert torch.equal(found.boxes, box.float())
    (found,) = next(iter(Batches([(images[0], targets)], batch_size=1, seed=0)))[1]
    assert found.boxes.dtype == torch.float32
