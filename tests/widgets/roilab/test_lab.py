import numpy as np
import pytest
import torch
import traitlets

from locviz.layers import roi_align_reference, roi_pool_reference
from locviz.widgets import RoILab
from locviz.widgets.roilab.reading import FUNCTIONS

SIZE = (8, 10)


def floats(buffer):
    return np.frombuffer(buffer, np.float32)


def test_values_derived_by_hand():
    """The ramp 5 i + j, region 0.4 0.4 2.6 2.6 in cells: RoIPool rounds it to 0..3 inclusive, four
    cells.
    """
    lab = RoILab(size=(5, 5), stride=1, region=(0.4, 0.4, 2.6, 2.6), output_size=2, aligned=False)
    assert lab.pool.tolist() == [[6, 8], [16, 18]]
    assert lab.align.flatten().tolist() == pytest.approx([5.7, 6.8, 11.2, 12.3], abs=1e-5)
    # Bins have their middles at 0.95 and 2.05: 0.45 and 1.55 of an index.
    assert lab.exact.flatten().tolist() == pytest.approx([2.7, 3.8, 8.2, 9.3], abs=1e-6)
    assert lab.errors["pool"] == pytest.approx((3.3 + 4.2 + 7.8 + 8.7) / 4, abs=1e-5)
    assert lab.errors["align"] == pytest.approx(
        3.0, abs=1e-5
    )  # half a cell right, half a cell down
    # The rounded bins' own means are 3, 5, 13 and 15.
    assert lab.errors["rounding"] == pytest.approx((0.3 + 1.2 + 4.8 + 5.7) / 4, abs=1e-5)
    # Rounded bins have their middles at 1 and 3, 0.05 and 0.95 beside the true ones.
    assert lab.misalignment["pool"] == pytest.approx(0.95 * 2**0.5, abs=1e-5)
    assert lab.misalignment["align"] == pytest.approx(0.5**0.5, abs=1e-5)


@pytest.mark.parametrize("stride", [4, 16])
@pytest.mark.parametrize("ratio", [0, 1, 3])
def test_on_a_ramp_aligned_sampling_is_exact(stride, ratio):
    lab = RoILab(stride=stride, sampling_ratio=ratio, output_size=4)
    assert lab.errors["align"] < 1e-4
    assert lab.misalignment["align"] < 1e-3
    assert lab.errors["pool"] > 1


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_numbers_are_those_of_the_layers(function):
    lab = RoILab(function=function, output_size=5, sampling_ratio=3, aligned=False)
    features, rois = lab.map[None, None], [torch.tensor([lab.region])]
    how = {"output_size": 5, "stride": 16.0}
    assert torch.allclose(lab.pool.float(), roi_pool_reference(features, rois, **how)[0, 0])
    expected = roi_align_reference(features, rois, **how, sampling_ratio=3, aligned=False)[0, 0]
    assert torch.allclose(lab.align.float(), expected, atol=1e-4)
    sent = floats(lab.result["values"]).reshape(3, 5, 5)
    assert sent == pytest.approx(torch.stack([lab.exact, lab.pool, lab.align]).numpy(), abs=1e-4)


def test_argmax_points_at_the_cell_with_the_maximum():
    lab = RoILab(function="waves", output_size=4)
    columns, rows = lab.reading.argmax.flatten(0, 1).unbind(-1)
    assert torch.equal(lab.map[rows, columns].double(), lab.pool.flatten())


def test_more_samples_come_nearer_to_the_mean_of_the_interpolated_map():
    """And no further: between the cells' centres the map is straight, the function is not."""
    lab = RoILab(function="bump", output_size=2)
    how = {"output_size": 2, "stride": 16.0, "sampling_ratio": 64, "aligned": True}
    limit = roi_align_reference(lab.map[None, None], [torch.tensor([lab.region])], **how)[0, 0]
    gaps = []
    for ratio in (1, 2, 4):
        lab.sampling_ratio = ratio
        gaps.append(float((lab.align - limit).abs().mean()))
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]
    assert float((limit - lab.exact).abs().mean()) > 0.05


def test_dragging_stays_in_the_image_and_is_remembered():
    lab = RoILab()
    before = lab.errors["pool"]
    lab.drag("region", 7, 5)
    assert lab.region == pytest.approx([29.4, 26.8, 117.4, 95.9])
    assert lab.errors["pool"] != before
    lab.drag("region", -1000, 0)
    assert lab.region[0] == 0
    lab.drag("region", 30, 1000, part="bottom right corner")
    assert lab.region[3] == 128
    lab.reset()
    assert lab.region == lab.initial["region"]
    assert [entry["gesture"] for entry in lab.history] == ["", "drag", "drag", "drag", "reset"]
    assert lab.history[0]["errors"]["pool"] == before


def test_another_stride_keeps_the_region_on_its_cells():
    lab = RoILab(stride=16)
    pool, far = lab.pool, lab.misalignment["pool"]
    region = list(lab.region)
    lab.stride = 8
    assert lab.region == pytest.approx([value / 2 for value in region])
    assert torch.allclose(lab.pool, pool)
    assert lab.misalignment["pool"] == pytest.approx(far / 2, rel=1e-5)
    lab.reset()
    assert (lab.stride, lab.region) == (16, region)


@pytest.mark.parametrize(
    "region", [(5.0, 5, 5, 5), (160.0, 128, 160, 128), (0.0, 0, 160, 128), (150.0, 3, 160, 3)]
)
@pytest.mark.parametrize("ratio", [0, 2])
def test_regions_at_the_edge_and_without_area(region, ratio):
    lab = RoILab(region=region, sampling_ratio=ratio, output_size=7)
    assert all(np.isfinite([*lab.errors.values(), *lab.misalignment.values()]))
    assert lab.snapshot().svg


def test_the_view_asks_and_is_answered(fake_comm):
    lab = RoILab()
    comm = fake_comm(lab)
    region = [10.0, 10.0, 60.0, 70.0]
    lab._handle_custom_msg(
        {"kind": "ask", "seq": 4, "name": "knobs", "region": region, "gesture": "drag", "at": 9},
        None,
    )
    assert {"kind": "answer", "seq": 4} in comm.custom()
    assert (lab.region, lab.result["seq"], lab.gesture) == (region, 9, "drag")
    sent = [name for state in comm.states() for name in state]
    assert "result" in sent
    assert "region" not in sent  # user-owned: it comes back neither as update nor as echo
    assert "features" not in sent  # the map did not change
    assert not [state for state in comm.states("echo_update") if "region" in state]


def test_a_message_is_small(fake_comm):
    lab = RoILab(output_size=7, sampling_ratio=4)
    comm = fake_comm(lab)
    lab.drag("region", 1, 1)
    buffers = [buffer for _, buffers in comm.messages for buffer in buffers or ()]
    assert 0 < sum(len(memoryview(buffer).tobytes()) for buffer in buffers) < 4000


def test_a_bad_question_is_answered_with_the_error(fake_comm):
    lab = RoILab()
    comm = fake_comm(lab)
    lab._handle_custom_msg(
        {"kind": "ask", "seq": 1, "name": "knobs", "region": [0, 0, 999, 999]}, None
    )
    assert "leaves the image" in comm.custom()[0]["error"]
    assert "leaves the image" in lab.last_error
    assert lab.region == lab.initial["region"]
    lab._handle_custom_msg({"kind": "ask", "seq": 2, "name": "sizes"}, None)
    assert "answers no questions" in comm.custom()[1]["error"]


def test_repr_and_picture():
    lab = RoILab(aligned=False)
    assert repr(lab) == f"RoILab(bins=3, pool_error={lab.errors['pool']:.3f}, align_error=5.500)"
    assert "without the half pixel: mean error 5.500" in lab.snapshot().text
    first = lab.snapshot().svg
    lab.drag("region", 3, 0)
    assert lab.snapshot().svg != first


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"sampling_rate": 2}, TypeError, "did you mean 'sampling_ratio'"),
        ({"output_size": 8}, traitlets.TraitError, "from 1 to 7"),
        ({"sampling_ratio": -1}, traitlets.TraitError, "from 0 to 4"),
        ({"stride": 0}, traitlets.TraitError, "from 1 to 64"),
        ({"function": "cube"}, traitlets.TraitError, "'ramp', 'waves', 'bump'"),
        ({"size": (40, 4)}, traitlets.TraitError, "2 to 16 each"),
        ({"region": (0, 0, 900, 10)}, traitlets.TraitError, "leaves the image"),
        ({"region": (9, 0, 3, 10)}, traitlets.TraitError, "high < low"),
        ({"region": (0, 0, float("nan"), 10)}, traitlets.TraitError, "NaN or infinity"),
    ],
)
def test_bad_input_names_the_fix(change, error, words):
    with pytest.raises(error, match=words):
        RoILab(**change)


def test_bad_gestures_and_a_late_size():
    lab = RoILab()
    with pytest.raises(ValueError, match="name must be 'region'"):
        lab.drag("box", 1, 1)
    with pytest.raises(ValueError, match="part must be one of"):
        lab.drag("region", 1, 1, part="middle")
    with pytest.raises(traitlets.TraitError, match="fixed once"):
        lab.size = [4, 4]
