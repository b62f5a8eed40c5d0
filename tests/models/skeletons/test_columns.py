"""No selection reads the background's column as class 0, whatever the detector."""

import pytest
import torch

from locviz.models import SYSTEMS, TwoStageDetector
from locviz.models.skeletons.columns import check_columns
from locviz.postprocess import (
    SelectBest,
    SelectDense,
    SelectRegions,
    each_by_itself,
    one_of_all,
)
from locviz.priors import RegionGrouping, Remembered

TINY = [pytest.param(system.tiny, id=system.tiny.__name__) for system in SYSTEMS]
SIGMOID, SOFTMAX = torch.zeros(2, 5, 3), torch.zeros(2, 5, 4)
IMAGES = [torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(0))]


@pytest.mark.parametrize("select", [SelectDense, SelectBest])
def test_the_default_on_a_softmax_is_told(select):
    with pytest.raises(ValueError, match=r"4 classes of 4 columns .* 3 classes: .* one_of_all"):
        check_columns(select(), SOFTMAX, 3)


@pytest.mark.parametrize("probability", [one_of_all, each_by_itself])
def test_a_background_column_is_left_out_only_where_there_is_one(probability):
    select = SelectDense(probability=probability)
    check_columns(select, SOFTMAX, 3)
    with pytest.raises(ValueError, match=r"2 classes of 3 columns .* torch\.sigmoid"):
        check_columns(select, SIGMOID, 3)


def test_what_reads_columns_in_its_own_way_is_not_looked_at():
    check_columns(lambda logits, regions, **rest: None, SOFTMAX, 3)
    check_columns(SelectDense(), SIGMOID, 3)


def built(preset):
    torch.manual_seed(0)
    if preset.__name__ in ("rcnn_tiny", "fast_rcnn_tiny"):
        return preset(3, find=Remembered(RegionGrouping(scales=(0.2,)))).eval()
    return preset(3).eval()


@pytest.mark.parametrize("preset", TINY)
def test_every_detector_reads_its_own_columns_and_refuses_the_other_reading(preset):
    model = built(preset)
    model.detect(IMAGES)
    with_background = model(IMAGES).logits.shape[-1] == 4
    other = torch.sigmoid if with_background else one_of_all
    select = SelectRegions if isinstance(model, TwoStageDetector) else SelectBest
    model.postprocess = select(probability=other)
    with pytest.raises(ValueError, match=r"but the model has 3 classes"):
        model.detect(IMAGES)
