import math

import pytest
import torch
import traitlets
from torch.nn import functional as F

from locviz.data import Shapes
from locviz.losses import sigmoid_focal_loss
from locviz.models import fast_rcnn_tiny, fcos_tiny, retinanet_tiny
from locviz.types import Targets
from locviz.widgets.focallab import FocalLab
from locviz.widgets.focallab.batch import FILE, GRAIN, Batch, read, save, watch
from locviz.widgets.focallab.reading import BINS


@pytest.fixture
def small():
    """Two positives and six negatives; p_t of the negatives is 0.9, 0.7, 0.6, 0.5, 0.2 and 0.99."""
    p = torch.tensor([0.8, 0.3, 0.1, 0.3, 0.4, 0.5, 0.8, 0.01], dtype=torch.float64)
    return {"logits": torch.logit(p), "targets": torch.tensor([1, 1, 0, 0, 0, 0, 0, 0])}


@pytest.fixture(scope="module")
def noisy():
    """A few thousand predictions at two training steps, 1 in 40 positive."""
    generator = torch.Generator().manual_seed(1)
    logits = {s: torch.randn(60, 50, generator=generator) * 2 - 2 for s in (0, 100)}
    return {"logits": logits, "targets": torch.rand(60, 50, generator=generator) < 1 / 40}


# The point


def test_the_numbers_of_the_paper():
    """Section 3: with gamma 2 a prediction with p_t 0.9 has 100 times less loss, 0.968 about 1000."""
    lab = FocalLab(alpha=None, p_t=0.9)
    assert lab.times["focal"] == pytest.approx(100, rel=1e-9)
    lab.p_t = 0.968
    assert lab.times["focal"] == pytest.approx(1 / 0.032**2)  # 976.6
    assert "977 times less than cross entropy." in lab.result["point"]["words"]
    lab.p_t = 0.5
    assert lab.times["focal"] == pytest.approx(4)


def test_alpha_divides_by_its_weight():
    lab = FocalLab(alpha=0.25, gamma=2, p_t=0.9, side="positive")
    assert list(lab.times.values()) == pytest.approx([1, 4, 400])
    assert (
        "400 times less than cross entropy: gamma 2 divides it by 100, alpha 0.25 by 4."
        in (lab.result["point"]["words"])
    )
    lab.side = "negative"
    assert list(lab.times.values()) == pytest.approx([1, 4 / 3, 400 / 3])


@pytest.mark.parametrize("side", ["positive", "negative"])
@pytest.mark.parametrize(("alpha", "gamma"), [(None, 0), (0.25, 2), (0.9, 0.5), (0.5, 5)])
def test_loss_and_gradient_of_the_point_by_the_formula(side, alpha, gamma):
    """Equation 5 and its derivative (appendix A): y (1-p)^g (g p log p + p - 1) for y = +1 or -1."""
    lab = FocalLab(alpha=alpha, gamma=gamma, side=side, p_t=0.7)
    weight = 1 if alpha is None else alpha if side == "positive" else 1 - alpha
    loss = -weight * 0.3**gamma * math.log(0.7)
    slope = weight * 0.3**gamma * (gamma * 0.7 * math.log(0.7) + 0.7 - 1)
    assert lab.loss["focal"] == pytest.approx(loss)
    assert lab.gradient["focal"] == pytest.approx(abs(slope))
    assert lab.loss["cross_entropy"] == pytest.approx(-math.log(0.7))
    assert lab.gradient["cross_entropy"] == pytest.approx(0.3)


def test_without_any_weight_times_is_infinite_and_said():
    lab = FocalLab(alpha=0.0, side="positive")
    assert lab.times["focal"] == math.inf
    assert lab.result["point"]["times"] == [1.0, None, None]
    assert "alpha = 0 gives positives no weight" in lab.result["point"]["words"]


# The batch


def test_shares_by_hand(small):
    """Cross entropy's gradient is 1 - p_t: positives 0.2 + 0.7, negatives 0.1 + 0.3 + 0.4 + 0.5 + 0.8
    + 0.01, of which 0.1 + 0.3 + 0.01 have a p_t above 0.6 (0.6 itself is not).
    """
    lab = FocalLab(**small, threshold=0.6001)
    assert lab.shares["cross_entropy"] == pytest.approx([0.41 / 3.01, 1.7 / 3.01, 0.9 / 3.01])
    lab = FocalLab(**small, alpha=0.25, threshold=0.6001)
    total = 0.25 * 0.9 + 0.75 * 2.11
    assert lab.easy_share["balanced"] == pytest.approx(0.75 * 0.41 / total)


@pytest.mark.parametrize("threshold", [0.0, 0.35, 0.6, 0.9, 1.0])
@pytest.mark.parametrize(("alpha", "gamma"), [(None, 2.0), (0.25, 2.0), (0.75, 0.3)])
def test_the_shares_of_a_batch_equal_a_plain_loop(noisy, threshold, alpha, gamma):
    lab = FocalLab(**noisy, threshold=threshold, alpha=alpha, gamma=gamma)
    logits, targets = noisy["logits"][100].double(), noisy["targets"]
    held = {"easy": 0.0, "hard": 0.0, "positive": 0.0}
    for x, truth in zip(logits.flatten(), targets.flatten(), strict=True):
        score = x.clone().requires_grad_()
        sigmoid_focal_loss(score, truth.double(), alpha=alpha, gamma=gamma).backward()
        p_t = float(torch.sigmoid(x if truth else -x))
        who = "positive" if truth else "easy" if p_t > threshold else "hard"
        held[who] += abs(float(score.grad))
    total = sum(held.values())
    assert lab.shares["focal"] == pytest.approx([part / total for part in held.values()])


def test_a_p_t_on_the_border_is_not_easy():
    half = {"logits": torch.zeros(4), "targets": torch.zeros(4)}
    for threshold, share, num in ((0.5, 0.0, 0), (0.49, 1.0, 4)):
        lab = FocalLab(**half, threshold=threshold)
        assert set(lab.easy_share.values()) == {share}
        assert lab.result["shares"]["counted"].startswith(f"{num} of 4 predictions")


@pytest.mark.parametrize("imbalance", [None, 1, 10])
@pytest.mark.parametrize("alpha", [None, 0.25, 0.0])
def test_shares_sum_to_one(noisy, alpha, imbalance):
    lab = FocalLab(**noisy, alpha=alpha, imbalance=imbalance)
    for share in lab.shares.values():
        assert sum(share) == pytest.approx(1)
        assert min(share) >= 0


def test_gamma_0_without_alpha_is_cross_entropy(noisy):
    lab = FocalLab(**noisy, gamma=0, alpha=None)
    assert lab.shares["focal"] == lab.shares["balanced"] == lab.shares["cross_entropy"]
    assert "is cross entropy itself" in lab.result["point"]["words"]
    x = noisy["logits"][100].double().requires_grad_()
    F.binary_cross_entropy_with_logits(x, noisy["targets"].double(), reduction="sum").backward()
    g, easy = x.grad.abs(), ~noisy["targets"] & (torch.sigmoid(-x) > 0.6)
    assert lab.easy_share["cross_entropy"] == pytest.approx(float(g[easy].sum() / g.sum()))


def test_the_more_gamma_the_less_easy_negatives_weigh(noisy):
    lab = FocalLab(**noisy)
    found = []
    for gamma in (0, 0.5, 1, 2, 5):
        lab.gamma = gamma
        found.append(lab.easy_share["focal"])
    assert found == sorted(found, reverse=True)
    assert found[0] == lab.easy_share["balanced"]


def test_the_curve_of_shares_is_the_bar_at_each_border(noisy):
    lab = FocalLab(**noisy)
    above = torch.frombuffer(bytearray(lab.result["shares"]["above"]), dtype=torch.float32)
    rows = above.reshape(3, 101)
    for i in (0, 37, 60, 100):
        lab.threshold = i / 100
        assert rows[:, i].tolist() == pytest.approx(list(lab.easy_share.values()), abs=1e-6)


def test_the_histogram_counts_every_prediction_that_is_kept(noisy):
    lab = FocalLab(**noisy, imbalance=5)
    num = int(noisy["targets"].sum())
    counts = lab.result["histogram"]
    assert (sum(counts["positive"]), sum(counts["negative"])) == (num, 5 * num)
    lab.imbalance = None
    p_t = torch.sigmoid(-noisy["logits"][100].double()[~noisy["targets"]])
    plain = [int(((p_t >= i / BINS) & (p_t < (i + 1) / BINS)).sum()) for i in range(BINS)]
    assert lab.result["histogram"]["negative"] == plain


def test_fewer_negatives_are_a_part_of_more_and_the_same_each_time(noisy):
    lab = FocalLab(**noisy)
    few, more = (set(lab._reader.rows(imbalance).tolist()) for imbalance in (2, 7))
    assert few < more
    assert set(FocalLab(**noisy)._reader.rows(2).tolist()) == few
    assert set(FocalLab(**noisy, seed=1)._reader.rows(2).tolist()) != few
    assert not noisy["targets"].flatten()[list(more)].any()


def test_without_positives_all_negatives_are_kept():
    lab = FocalLab(logits=torch.zeros(5), targets=torch.zeros(5), imbalance=1)
    assert lab.result["histogram"]["negative"][BINS // 2] == 5
    assert lab.batch["imbalances"] == [None]
    lab.alpha = 1.0  # then nothing has a gradient
    assert math.isnan(lab.easy_share["focal"])
    assert lab.result["shares"]["bars"][2] == [None, None, None]
    assert "undefined" in lab.snapshot().text


# The batch that ships


def test_the_shipped_batch_is_small_and_says_how_it_was_made():
    assert FILE.stat().st_size < 300_000
    logits, labels, card = read(FILE)
    sizes = card["sizes"]
    assert labels.shape == (sizes["scenes"], sizes["priors per scene"])
    assert logits.shape == (len(card["steps"]), *labels.shape, sizes["classes"])
    assert card["recipe"]["made_by"] == "benchmarks/focal_batch.py --ship"
    assert {"data", "loss", "measured", "licence"} <= set(card)


def test_its_labels_are_those_that_the_detectors_assigner_gives():
    scenes = [Shapes(split="test")[i] for i in range(16)]
    _, labels = watch(retinanet_tiny(3), *zip(*scenes, strict=True))
    assert torch.equal(labels, read(FILE)[1])


def test_what_it_shows_at_first():
    """Nearly all predictions are easy negatives; focal loss takes most of the gradient from them."""
    lab = FocalLab()
    assert lab.steps == (0, 50, 100, 200, 500)
    assert lab.training_step == 500
    easy = lab.easy_share
    assert easy["cross_entropy"] > 0.85 > 0.6 > easy["focal"] > 0.2
    lab.training_step = 0  # every probability is 0.01: focal loss leaves the positives alone
    assert lab.easy_share["cross_entropy"] > 0.7 > 0.01 > lab.easy_share["focal"]


def test_a_file_comes_back_to_half_a_grain(tmp_path):
    logits = torch.randn(2, 3, 40, 2, generator=torch.Generator().manual_seed(0)) * 4
    labels = torch.arange(120).reshape(3, 40) % 4 - 2
    save(tmp_path / "batch.npz", logits, labels, {"steps": [0, 9], "source": "a test"})
    again, same, card = read(tmp_path / "batch.npz")
    assert (again - logits).abs().max() <= 0.5 / GRAIN + 1e-6
    assert torch.equal(same, labels)
    assert card["steps"] == [0, 9]
    assert [path.name for path in tmp_path.iterdir()] == ["batch.npz"]


def test_a_prior_is_a_negative_of_other_classes_and_an_ignored_one_is_left_out():
    labels = torch.tensor([[1, -1, -2]])
    batch = Batch.of_priors(torch.zeros(1, 1, 3, 2), labels, steps=[0], source="")
    assert batch.targets.tolist() == [False, True, False, False]


# Of a detector


@pytest.mark.parametrize("preset", [retinanet_tiny, fcos_tiny])
def test_of_a_detector_sees_what_its_loss_sees(preset):
    """The sum of the focal losses is the detector's own classification term, times its positives."""
    torch.manual_seed(0)
    detector = preset(3)
    detector.eval()
    images, targets = zip(*[Shapes()[i] for i in range(2)], strict=True)
    lab = FocalLab.of(detector, images, targets, threshold=0.5)
    batch, caught = lab._reader.batch, []

    def catch(logits, truth):
        caught.append((logits.detach(), truth))
        return logits * 0

    detector.criterion.classification = catch
    detector.loss(list(images), list(targets))
    (logits, truth), kept = caught[0], lab.batch["predictions"]
    assert kept <= logits.numel()
    assert lab.batch["positives"] == int(truth.sum()) > 0
    assert batch.logits[0][batch.targets].tolist() == pytest.approx(logits[truth == 1].tolist())
    assert not detector.training


def test_of_leaves_the_detector_in_its_mode_and_takes_one_image():
    detector = retinanet_tiny(3).train()
    image, truth = Shapes()[0]
    lab = FocalLab.of(detector, image, truth, gamma=1)
    assert (lab.gamma, lab.batch["source"]) == (1, "your detector, 1 image")
    assert detector.training


class WithBackground(torch.nn.Module):
    """A head whose logits are the background's and two classes'."""

    num_classes = 2

    def __init__(self, head):
        super().__init__()
        self.inner = head

    def forward(self, levels):
        return self.inner(levels)


@pytest.mark.usefixtures("unchecked")
def test_of_refuses_what_is_no_image():
    image, truth = Shapes()[0]
    with pytest.raises(TypeError, match=r"images\[0\] must be a tensor \(3, h, w\), got ndarray"):
        FocalLab.of(retinanet_tiny(3), [image.numpy()], [truth])


def test_of_refuses_what_has_no_such_loss():
    image, truth = Shapes()[0]
    with pytest.raises(TypeError, match="must be a DenseDetector"):
        FocalLab.of(fast_rcnn_tiny(3), [image], [truth])
    softmax = retinanet_tiny(3)
    softmax.head = WithBackground(softmax.head)
    with pytest.raises(ValueError, match="softmax"):
        FocalLab.of(softmax, [image], [truth])
    with pytest.raises(ValueError, match="one"):
        FocalLab.of(retinanet_tiny(3), [image], [])
    empty = Targets(
        boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(64, 64)
    )
    assert FocalLab.of(retinanet_tiny(3), [image], [empty]).batch["positives"] == 0


# Gestures, messages, pictures


def test_drags_stay_in_range(noisy):
    lab = FocalLab(**noisy)
    for name, by, value in (
        ("gamma", 0.5, 2.5),
        ("gamma", 9, 5),
        ("alpha", -1, 0),
        ("p_t", 1, 0.999),
        ("threshold", -0.1, 0.5),
        ("training_step", -1, 0),
        ("training_step", 5, 100),
        ("imbalance", -1, 20),
        ("imbalance", -99, 1),
        ("imbalance", 99, None),
    ):
        lab.drag(name, by)
        assert getattr(lab, name) == value, name
    assert {entry["gesture"] for entry in lab.history[1:]} == {"drag"}
    with pytest.raises(ValueError, match="name must be"):
        lab.drag("beta", 1)
    lab.alpha = None
    with pytest.raises(ValueError, match="alpha is off"):
        lab.drag("alpha", 0.1)


def test_steps_and_reset(noisy):
    lab = FocalLab(**noisy, gamma=1)
    lab.step(-1)
    assert (lab.training_step, lab.history[-1]["gesture"]) == (0, "step")
    lab.step(7)
    assert lab.training_step == 100
    lab.gamma, lab.imbalance = 3, 7
    lab.drag("imbalance", 1)  # from between two stops
    assert lab.imbalance == 10
    lab.reset()
    assert (lab.gamma, lab.imbalance) == (1, None)
    assert lab.history[-1]["easy_share"] == lab.easy_share


def test_the_view_asks_and_is_answered(noisy, fake_comm):
    lab = FocalLab(**noisy)
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "ask", "seq": 4, "name": "knobs", "gamma": 0.5, "at": 9}, None)
    assert {"kind": "answer", "seq": 4} in comm.custom()
    assert (lab.gamma, lab.result["gamma"], lab.result["seq"]) == (0.5, 0.5, 9)
    sent = [name for state in comm.states() for name in state]
    assert "gamma" not in sent
    assert all("gamma" not in state for state in comm.states("echo_update"))
    assert "batch" not in sent


def test_a_bad_knob_from_the_view_is_answered_with_the_error(noisy, fake_comm):
    lab = FocalLab(**noisy)
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "ask", "seq": 1, "name": "knobs", "gamma": 7.0}, None)
    assert "at most 5" in comm.custom()[0]["error"]
    assert "at most 5" in lab.last_error


def test_repr_and_picture(noisy):
    lab = FocalLab(**noisy, alpha=None)
    easy = lab.easy_share
    assert repr(lab) == (
        f"FocalLab(gamma=2.000, alpha=None, easy_cross_entropy={easy['cross_entropy']:.3f}, "
        f"easy_focal={easy['focal']:.3f})"
    )
    html = lab._repr_mimebundle_()[0]["text/html"]
    assert 'role="img"' in html
    assert f"{100 * easy['focal']:.1f} %" in html
    assert lab.snapshot().text != (lab.drag("gamma", -1), lab.snapshot().text)[1]


def test_a_hostile_source_is_text():
    hostile = "<img src=x onerror=alert(1)>"
    lab = FocalLab(logits=torch.zeros(3), targets=torch.zeros(3), source=hostile)
    assert lab.batch["source"] == hostile
    assert "<img" not in lab.snapshot().svg


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"gama": 1}, TypeError, "did you mean 'gamma'"),
        ({"gamma": -1}, traitlets.TraitError, "at least 0 and at most 5"),
        ({"alpha": 2}, traitlets.TraitError, "at least 0 and at most 1, or None"),
        ({"p_t": 1.0}, traitlets.TraitError, "at most 0.999"),
        ({"side": "both"}, traitlets.TraitError, "one of 'positive', 'negative'"),
        ({"imbalance": 0}, traitlets.TraitError, "at least 1, or None"),
        ({"training_step": 3}, traitlets.TraitError, "one of 0, 100"),
        ({"logits": {0.5: torch.zeros(60, 50)}}, TypeError, "whole numbers"),
        ({"targets": None}, TypeError, "targets is missing"),
        ({"logits": None}, TypeError, "logits is missing"),
        ({"targets": torch.zeros(60)}, ValueError, "must have the shape of logits"),
        ({"targets": torch.full((60, 50), 0.5)}, ValueError, "must be 0 or 1"),
        ({"logits": torch.full((60, 50), math.nan)}, ValueError, "NaN or infinity"),
        ({"logits": torch.zeros(0), "targets": torch.zeros(0)}, ValueError, "at least one"),
        ({"logits": {}}, ValueError, "at least one"),
    ],
)
def test_bad_input_names_the_fix(noisy, change, error, words):
    with pytest.raises(error, match=words):
        FocalLab(**{**noisy, **change})


def test_lists_and_arrays_are_taken_too():
    lab = FocalLab(logits=[[0.0, 1.0]], targets=[[0, 1]])
    assert lab.batch["predictions"] == 2
    half = torch.zeros(4, dtype=torch.float16)
    assert FocalLab(logits=half.numpy(), targets=half.bool().numpy()).batch["positives"] == 0
