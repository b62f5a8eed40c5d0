"""What is read from a composed detector is what the detector has, published counts included."""

import pytest
import torch

from locviz import assign, models
from locviz.experiments.detector_survey import DETECTORS, OFFICIAL, detector_facts, title_of


@pytest.mark.parametrize(
    ("title", "parameters"),
    [
        ("Faster R-CNN, R50-FPN", 41_755_286),
        ("YOLOX, S", 8_968_255),
        ("RetinaNet, R50-FPN", 34_014_999),
        ("YOLOv10, S", 8_128_272),
        ("DETR, R50", 41_524_768),
    ],
)
def test_published_parameters_are_counted(title, parameters):
    assert detector_facts(*DETECTORS[title]).num_parameters == parameters


def test_every_system_is_there_and_every_official_size_that_was_chosen():
    shown = [preset for preset, _ in DETECTORS.values()]
    assert {system.tiny for system in models.SYSTEMS} | set(OFFICIAL) == set(shown)
    assert len(shown) == len(set(shown))
    # By hand: the family's name is cut off, what is left is the size.
    assert title_of(models.FASTER_RCNN, models.faster_rcnn_r50_fpn) == "Faster R-CNN, R50-FPN"
    assert title_of(models.YOLOX, models.yolox_tiny_course) == "YOLOX, tiny"


def test_nothing_is_counted_that_the_real_detector_has_not():
    real = sum(parameter.numel() for parameter in models.fcos_tiny(3).parameters())
    assert detector_facts(*DETECTORS["FCOS, tiny"]).num_parameters == real


def test_two_stages_have_two_entries():
    facts = detector_facts(*DETECTORS["Faster R-CNN, tiny"])
    assert facts.assigners == ("MaxIoU", "MaxIoU")
    assert facts.priors[1] == "proposals"
    assert len(facts.losses) == 2


def test_what_only_proposes_is_no_learned_stage():
    facts = detector_facts(*DETECTORS["Fast R-CNN, tiny"])
    assert facts.priors == ("proposals",)
    assert len(facts.assigners) == len(detector_facts(*DETECTORS["FCOS, R50"]).assigners) == 1


def test_the_model_is_read_and_not_its_name():
    facts = detector_facts(lambda n: models.fcos_tiny(n, assigner=assign.ATSS()), 3)
    assert facts.assigners == ("ATSS",)


def test_two_heads_have_two_assigners_and_nothing_is_suppressed():
    facts = detector_facts(*DETECTORS["YOLOv10, S"])
    assert facts.assigners == ("TaskAligned + TaskAligned",)
    assert facts.nms_threshold is None


def test_queries_stand_in_the_place_of_priors():
    facts = detector_facts(*DETECTORS["DETR, tiny"])
    assert (facts.priors, facts.assigners) == (("SelectedQueries",), ("Hungarian",))
    assert facts.losses == ("SetLoss: cross_entropy_with_no_object",)
    assert facts.nms_threshold is None


def test_no_weight_is_drawn(monkeypatch):
    before = torch.random.get_rng_state()
    detector_facts(*DETECTORS["FCOS, R50"])
    assert torch.equal(torch.random.get_rng_state(), before)
