import torch

from locviz.priors import AnchorPriors, Remembered, SlidingWindows


def test_windows_inside_the_image_by_hand():
    """Size 8 at step 4 on 12 x 16: centres at 2, 6, 10, 14; only those from 4 to 8 (12) fit."""
    proposer = SlidingWindows(AnchorPriors(sizes=((8,),), strides=(4,)))
    (windows,) = proposer([torch.rand(3, 12, 16)])
    assert windows.tolist() == [[2, 2, 10, 10], [6, 2, 14, 10]]
    assert proposer([torch.rand(3, 5, 5)])[0].shape == (0, 4)


def test_windows_follow_each_images_size():
    proposer = SlidingWindows(AnchorPriors(sizes=((8,), (16,)), strides=(4, 4), ratios=(0.5, 2.0)))
    small, large = proposer([torch.rand(3, 24, 24), torch.rand(3, 48, 24)])
    assert len(small) < len(large)
    assert large[:, 3].max() > 24


class Counting:
    def __init__(self):
        self.seen = 0

    def __call__(self, images):
        self.seen += len(images)
        return [image.new_tensor([[0.0, 0.0, 1.0, float(image.sum())]]) for image in images]


def test_remembered_asks_once_per_image():
    counting = Counting()
    proposer = Remembered(counting)
    one, two = torch.zeros(3, 2, 2), torch.ones(3, 2, 2)
    first = proposer([one, two])
    again = proposer([two, one, two.clone()])
    assert counting.seen == len(proposer) == 2
    assert [x.tolist() for x in again] == [first[1].tolist(), first[0].tolist(), first[1].tolist()]
    proposer([two * 0.5])
    assert counting.seen == 3
    assert proposer([]) == []


def test_remembered_tells_shapes_and_types_apart():
    counting = Counting()
    proposer = Remembered(counting)
    proposer(
        [torch.zeros(3, 2, 4), torch.zeros(3, 4, 2), torch.zeros(3, 2, 4, dtype=torch.float64)]
    )
    assert counting.seen == 3
