import pytest
import torch

from locviz.inputs import Inputs
from locviz.layers import Prepare
from locviz.models.skeletons.given_proposals import GivenProposals

IMAGES = (torch.rand(3, 20, 40), torch.rand(3, 30, 20))


def test_proposals_go_into_the_frame_of_the_input_and_stay_inside_the_image():
    """The first image is doubled, the second enlarged by a half and padded; -5 and 99 are cut to
    the image first.
    """
    found = [torch.tensor([[1.0, 2, 10, 20], [-5, 0, 99, 10]]), torch.tensor([[0.0, 0, 20, 30]])]
    batch = Prepare(shorter=40, longer=80, divisor=16)(IMAGES)
    proposed = GivenProposals(lambda images: found)(Inputs(IMAGES), batch, [])
    assert proposed.priors.of_image(0).regions.tolist() == [[2, 4, 20, 40], [0, 0, 80, 20]]
    assert proposed.priors.of_image(1).regions.tolist() == [[0, 0, 40, 60]]
    assert proposed.quality is None
    assert proposed.aux == ()


def test_it_sees_the_images_as_given_and_has_no_loss():
    seen = []

    def find(images):
        seen.extend(images)
        return [torch.zeros(0, 4) for _ in images]

    priors, losses = GivenProposals(find).loss(Inputs(IMAGES), Prepare(shorter=10)(IMAGES), [], [])
    assert seen[0] is IMAGES[0]
    assert losses.terms == {}
    assert [len(priors.of_image(i)) for i in range(2)] == [0, 0]


def test_a_finder_that_answers_wrongly_is_named():
    batch = Prepare()(IMAGES)
    with pytest.raises(ValueError, match="find gave proposals of 1 images for 2"):
        GivenProposals(lambda images: [torch.zeros(0, 4)])(Inputs(IMAGES), batch, [])
    with pytest.raises(
        ValueError, match=r"find must give \(n, 4\) boxes per image, got shape \(2, 5\)"
    ):
        GivenProposals(lambda images: [torch.zeros(2, 5)] * 2)(Inputs(IMAGES), batch, [])
