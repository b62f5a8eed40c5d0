import json

import pytest
import torch

from locviz.checkpoints import WeightsCard, load_detector, read_card, save_detector
from locviz.models import fcos_tiny

CARD = WeightsCard(
    preset="fcos_tiny", class_names=("a", "<b>"), data="none", measured={"AP50": 0.5}
)


def test_round_trip(tmp_path):
    torch.manual_seed(0)
    detector = fcos_tiny(2)
    save_detector(detector, CARD, tmp_path / "deep" / "mine")
    again, card = load_detector(tmp_path / "deep" / "mine")
    assert card == CARD
    assert not again.training
    assert all(
        torch.equal(a, b)
        for a, b in zip(detector.state_dict().values(), again.state_dict().values(), strict=True)
    )
    assert sorted(p.name for p in (tmp_path / "deep").iterdir()) == [
        "mine.json",
        "mine.safetensors",
    ]


def test_half_precision_on_disk_is_single_in_memory(tmp_path):
    detector = fcos_tiny(2)
    save_detector(detector, CARD, tmp_path / "half.safetensors", dtype=torch.float16)
    again, _ = load_detector(tmp_path / "half")
    for name, tensor in detector.state_dict().items():
        expected = tensor.half().float() if tensor.is_floating_point() else tensor
        assert torch.equal(again.state_dict()[name], expected)


def test_image_size_is_part_of_the_card(tmp_path):
    card = WeightsCard(preset="fcos_tiny", class_names=("a",), image_size=48)
    save_detector(card.build(), card, tmp_path / "sized")
    detector, _ = load_detector(tmp_path / "sized")
    assert (detector.prepare.shorter, detector.prepare.longer) == (48, 96)
    torch.testing.assert_close(detector.prepare.mean, fcos_tiny(1).prepare.mean)


def test_what_does_not_fit_is_refused(tmp_path):
    save_detector(fcos_tiny(3), CARD, tmp_path / "three")
    with pytest.raises(ValueError, match="another detector"):
        load_detector(tmp_path / "three")
    with pytest.raises(FileNotFoundError, match="no card"):
        load_detector(tmp_path / "nothing")
    with pytest.raises(ValueError, match="unknown preset 'yolo'"):
        WeightsCard(preset="yolo", class_names=("a",)).build()
    (tmp_path / "odd.json").write_text('{"preset": "fcos_tiny", "class_names": ["a"], "extra": 1}')
    with pytest.raises(ValueError, match=r"no card of locviz.*extra"):
        read_card(tmp_path / "odd.json")


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    "change",
    [
        {"preset": ["fcos_tiny"]},
        {"class_names": "ab"},
        {"class_names": [1, 2]},
        {"class_names": []},
        {"image_size": "big"},
        {"image_size": -5},
        {"image_size": 5.5},
    ],
)
def test_a_card_with_values_of_the_wrong_kind(tmp_path, change):
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"preset": "fcos_tiny", "class_names": ["a", "b"]} | change))
    with pytest.raises(
        ValueError, match=rf"model\.json is no card of locviz \({next(iter(change))} must be"
    ):
        read_card(path)


def test_a_letterbox_of_another_size_is_still_a_square():
    """YOLOX's input: 40 x 20 pixels become 64 x 32 in the left top corner of 64 x 64, the rest grey."""
    card = WeightsCard(preset="yolox_nano", class_names=("a", "b"), image_size=64)
    batch = card.build().prepare([torch.zeros(3, 20, 40)])
    assert batch.values.shape == (1, 3, 64, 64)
    assert batch.scales[0].tolist() == pytest.approx([1.6, 1.6])
    assert (batch.values[:, :, 32:] == 114).all()
