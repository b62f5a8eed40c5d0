import torch

from locviz.priors import whole_images


def test_each_query_has_the_whole_of_its_own_image():
    priors = whole_images(torch.tensor([[40.0, 30.0], [8.0, 64.0]]), 3)
    assert priors.regions.tolist() == [[[0, 0, 40, 30]] * 3, [[0, 0, 8, 64]] * 3]
    assert (priors.levels, priors.valid) == ((3,), None)
    assert priors.of_image(1).regions.tolist() == [[0, 0, 8, 64]] * 3
    assert not priors.strides.any()


def test_spans():
    assert whole_images(torch.tensor([[12.0]]), 2).regions.tolist() == [[[0, 12]] * 2]
