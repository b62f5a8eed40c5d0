"""The priors of queries that belong to no place: each predicts anywhere in its image."""

from jaxtyping import Float
from torch import Tensor

from locviz.types import Priors


def whole_images(extents: Float[Tensor, "b dim"], num: int) -> Priors:
    """Each image as a region, ``num`` times: (b, num, 2*dim) in the frame of the padded input.

    Deltas are then shares of the image itself, whatever it was padded to.

    Args:
        extents: (b, dim) input pixels that belong to each image, x first.
        num: how many queries an image has.
    """
    regions = extents.new_zeros(len(extents), num, 2 * extents.shape[1])
    regions[..., extents.shape[1] :] = extents[:, None]
    return Priors(regions, extents.new_zeros(num), (num,))
