import numpy as np
import pytest
import torch

from locviz.evaluate import evaluate, evaluate_voc
from locviz.types import Detections, Targets


def assert_equal_to_pycocotools(oracle, detections, targets, num_classes):
    ours = evaluate(detections, targets, num_classes=num_classes)
    theirs = oracle.pycocotools_evaluation(detections, targets, num_classes)
    figures = np.nan_to_num(np.array(list(ours.figures.values())), nan=-1.0)
    assert np.abs(figures - theirs.stats).max() <= 1e-9
    # Every point of every curve, not only the means, in which differences could cancel.
    precision = np.nan_to_num(ours.precision, nan=-1.0)
    recall = np.nan_to_num(ours.recall, nan=-1.0)
    assert np.abs(precision - theirs.eval["precision"]).max() <= 1e-9
    assert np.abs(recall - theirs.eval["recall"]).max() <= 1e-9
    return ours


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_random_predictions(oracle, seed, ties):
    rng = np.random.default_rng(seed)
    scene = oracle.random_scene(rng, num_images=25, num_classes=4, ties=ties)
    ours = assert_equal_to_pycocotools(oracle, *scene, 4)
    assert 0.02 < ours.ap < 0.9
    assert np.isfinite(list(ours.figures.values())).all()  # every size range is there
    assert np.isnan(ours.per_class[3].ap)  # a class that only detections claim


@pytest.mark.parametrize("seed", range(3))
def test_more_than_a_hundred_detections_of_a_class(oracle, seed):
    rng = np.random.default_rng(seed)
    scene = oracle.random_scene(
        rng, num_images=4, num_classes=2, max_gts=60, max_dets=500, ties=bool(seed % 2)
    )
    assert_equal_to_pycocotools(oracle, *scene, 2)


def test_real_photographs(oracle, bccd_targets):
    """Boxes and sizes of real blood cells; detections are their boxes, moved, doubled, dropped and
    confused.
    """
    rng = np.random.default_rng(0)
    detections = []
    targets = []
    for target in bccd_targets:
        boxes, num = target.boxes.numpy(), len(target)
        source = rng.integers(0, max(num, 1), 3 * num)
        side = np.tile(boxes[source, 2:] - boxes[source, :2], 2)
        moved = boxes[source] + rng.normal(0, 0.05, (len(source), 4)) * side
        moved = np.sort(moved.reshape(-1, 2, 2), axis=1).reshape(-1, 4).astype(np.float32)
        confused = rng.random(len(source)) < 0.05
        labels = np.where(confused, rng.integers(0, 3, len(source)), target.labels.numpy()[source])
        scores = rng.random(len(source)).astype(np.float32)
        detections.append(
            Detections(torch.tensor(moved), torch.tensor(scores), torch.tensor(labels))
        )
        crowd = torch.tensor(rng.random(num) < 0.05)
        targets.append(Targets(target.boxes, target.labels, target.size, crowd=crowd))
    ours = assert_equal_to_pycocotools(oracle, detections, targets, 3)
    assert ours.num_gt[:, 1:].sum(0).min() > 0  # small, medium and large cells are all there


@pytest.mark.slow
@pytest.mark.parametrize("largest", [1, 8])
def test_predictions_of_a_trained_detector(oracle, largest):
    """fcos_tiny on held-out digits, some crowds; also as if up to 8 times larger, which fills
    COCO's size ranges.
    """
    from locviz.checkpoints import load_shipped
    from locviz.data import Digits
    from locviz.train import predict

    pytest.importorskip("sklearn")
    detector, _ = load_shipped("fcos_tiny-digits")
    dataset = Digits(split="test", num_scenes=80)
    rng = np.random.default_rng(0)
    detections, targets = [], []
    for index, found in enumerate(predict(detector, dataset)):
        zoom = 1 + index % largest
        detections.append(Detections(found.boxes * zoom, found.scores, found.labels))
        truth = dataset[index][1]
        crowd = torch.tensor(rng.random(len(truth)) < 0.1)
        size = (truth.size[0] * zoom, truth.size[1] * zoom)
        targets.append(
            Targets(truth.boxes * zoom, truth.labels, size, area=truth.area * zoom**2, crowd=crowd)
        )
    ours = assert_equal_to_pycocotools(oracle, detections, targets, 10)
    assert 0.6 < ours.ap < 0.95
    assert sum(map(len, detections)) > 1000
    if largest > 1:
        assert ours.num_gt.sum(0)[1:].min() > 0


def test_perfect_detections_score_one():
    targets = [
        Targets(
            torch.tensor([[0.0, 0.0, 10.0, 10.0], [20.0, 0.0, 70.0, 50.0]]),
            torch.tensor([0, 1]),
            (99, 99),
        )
    ]
    detections = [Detections(targets[0].boxes, torch.tensor([0.9, 0.8]), targets[0].labels)]
    ours = evaluate(detections, targets, num_classes=2)
    assert ours.ap == ours.ar100 == 1.0
    assert ours.ap_small == ours.ap_medium == 1.0
    assert np.isnan(ours.ap_large)


def test_a_duplicate_is_a_false_positive_by_hand():
    gts = torch.tensor([[0.0, 0.0, 10.0, 10.0], [50.0, 50.0, 60.0, 60.0]])
    targets = [Targets(gts, torch.tensor([0, 0]), (99, 99))]
    detections = [
        Detections(gts[[0, 0, 1]], torch.tensor([0.9, 0.8, 0.7]), torch.tensor([0, 0, 0]))
    ]
    ours = evaluate(detections, targets, num_classes=1)
    # Right, wrong, right: precision 1 up to recall 0.5, then 2/3. 51 of the 101 recall points are
    # at most 0.5.
    assert ours.ap == pytest.approx((51 + 50 * 2 / 3) / 101)
    assert ours.ar1 == 0.5


@pytest.mark.parametrize("num_images", [0, 3])
def test_no_ground_truths_at_all_is_valid(num_images):
    targets = [
        Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (9, 9))
        for _ in range(num_images)
    ]
    one = Detections(torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.tensor([0.5]), torch.tensor([0]))
    ours = evaluate([one] * num_images, targets, num_classes=2)
    assert np.isnan(list(ours.figures.values())).all()


def test_no_detections_is_zero_not_nan(oracle):
    targets = [Targets(torch.tensor([[0.0, 0.0, 10.0, 10.0]]), torch.tensor([0]), (99, 99))]
    empty = [Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0, dtype=torch.int64))]
    ours = evaluate(empty, targets, num_classes=2)
    assert ours.ap == ours.ar100 == 0.0
    assert np.isnan(ours.ap_large)


def test_zero_area_boxes_are_valid(oracle):
    boxes = torch.tensor([[5.0, 5.0, 5.0, 5.0], [0.0, 0.0, 10.0, 0.0], [0.0, 0.0, 10.0, 10.0]])
    targets = [
        Targets(boxes, torch.tensor([0, 0, 0]), (99, 99), crowd=torch.tensor([False, True, False]))
    ]
    detections = [Detections(boxes, torch.tensor([0.9, 0.8, 0.7]), torch.tensor([0, 0, 0]))]
    assert_equal_to_pycocotools(oracle, detections, targets, 1)


def test_spans_are_flat_boxes(oracle):
    """A span (start, end) is the box (start, 0, end, 1): the same overlaps, so the same figures."""
    rng = np.random.default_rng(5)
    detections, targets = oracle.random_scene(rng, num_images=20, num_classes=3, special=0.0)
    spans = [Detections(d.boxes[:, [0, 2]], d.scores, d.labels) for d in detections]
    span_targets = [Targets(t.boxes[:, [0, 2]], t.labels, (200,)) for t in targets]
    flat = [_flattened(d.boxes) for d in detections]
    boxes = [Detections(b, d.scores, d.labels) for b, d in zip(flat, detections, strict=True)]
    box_targets = [Targets(_flattened(t.boxes), t.labels, (200, 1)) for t in targets]
    one = evaluate(spans, span_targets, num_classes=3)
    other = evaluate(boxes, box_targets, num_classes=3)
    assert one.ap == other.ap
    assert one.ap > 0.05
    assert one.ar10 == other.ar10
    assert np.isnan(one.ap_small)  # COCO's size ranges mean nothing in seconds


def _flattened(boxes):
    boxes = boxes.clone()
    boxes[:, 1], boxes[:, 3] = 0.0, 1.0
    return boxes


def test_spans_with_their_own_length_ranges():
    targets = [Targets(torch.tensor([[0.0, 5.0], [20.0, 60.0]]), torch.tensor([0, 0]), (100,))]
    detections = [Detections(torch.tensor([[0.0, 5.0]]), torch.tensor([0.9]), torch.tensor([0]))]
    ranges = {"all": (0.0, 1e9), "short": (0.0, 10.0), "long": (10.0, 1e9)}
    ours = evaluate(
        detections, targets, num_classes=1, size_ranges=ranges, iou_thresholds=[0.3, 0.5, 0.7]
    )
    assert ours.average_precision(size="short") == 1.0
    assert ours.average_precision(size="long") == 0.0
    assert np.isnan(ours.ap75)


BOX = torch.tensor([[0.0, 0.0, 10.0, 10.0]])
GOOD = Detections(BOX, torch.tensor([0.5]), torch.tensor([0]))
TRUTH = Targets(BOX, torch.tensor([0]), (20, 20))


@pytest.mark.parametrize(
    ("detections", "targets", "options", "message"),
    [
        ([GOOD], [TRUTH, TRUTH], {}, "1 images and targets 2"),
        (
            [Detections(BOX, torch.tensor([torch.nan]), GOOD.labels)],
            [TRUTH],
            {},
            r"detections\[0\].scores holds NaN",
        ),
        (
            [Detections(BOX, GOOD.scores, torch.tensor([2]))],
            [TRUTH],
            {},
            r"detections\[0\].labels holds 2",
        ),
        ([GOOD], [Targets(BOX, torch.tensor([-1]), (9, 9))], {}, r"targets\[0\].labels holds -1"),
        (
            [Detections(BOX * torch.inf, GOOD.scores, GOOD.labels)],
            [TRUTH],
            {},
            r"detections\[0\].boxes holds NaN or inf",
        ),
        (
            [GOOD],
            [Targets(BOX[:, [2, 3, 0, 1]], GOOD.labels, (9, 9))],
            {},
            r"targets\[0\].boxes has high < low",
        ),
        ([Detections(BOX[:, :2], GOOD.scores, GOOD.labels)], [TRUTH], {}, "mix boxes"),
        ([GOOD], [TRUTH], {"num_classes": 0}, "num_classes must be at least 1"),
        ([GOOD], [TRUTH], {"class_names": ["a"]}, "1 names for num_classes=2"),
        ([GOOD], [TRUTH], {"iou_thresholds": [0.0, 0.5]}, "iou_thresholds must be in 0..1"),
        ([GOOD], [TRUTH], {"iou_thresholds": []}, "iou_thresholds must be in 0..1"),
        ([GOOD], [TRUTH], {"max_detections": (10, 1)}, "max_detections must be ascending"),
        (
            [GOOD],
            [TRUTH],
            {"size_ranges": {"small": (0.0, 1.0)}},
            'first of size_ranges must be "all"',
        ),
    ],
)
def test_bad_input_is_named(detections, targets, options, message):
    with pytest.raises(ValueError, match=message):
        evaluate(detections, targets, **{"num_classes": 2, **options})


def test_a_threshold_of_one_is_nearly_one():
    """As in pycocotools: an overlap that rounding keeps from 1 still counts."""
    labels = torch.zeros(1, dtype=torch.int64)
    target = Targets(
        boxes=torch.tensor([[0.0, 0, 1, 1]], dtype=torch.float64), labels=labels, size=(1, 1)
    )
    for short, ap in ((1e-11, 1.0), (1e-9, 0.0)):
        box = torch.tensor([[0.0, 0, 1, 1 - short]], dtype=torch.float64)
        found = Detections(boxes=box, scores=torch.ones(1), labels=labels)
        assert evaluate([found], [target], num_classes=1, iou_thresholds=[1.0]).ap == pytest.approx(
            ap
        )


def test_areas_must_be_numbers():
    """An area of NaN would count in every range of sizes."""
    box, labels = torch.tensor([[0.0, 0, 1, 1]]), torch.zeros(1, dtype=torch.int64)
    target = Targets(boxes=box, labels=labels, size=(1, 1), area=torch.tensor([float("nan")]))
    with pytest.raises(ValueError, match=r"targets\[0\]\.area holds NaN"):
        evaluate(
            [Detections(boxes=box, scores=torch.ones(1), labels=labels)], [target], num_classes=1
        )


@pytest.mark.usefixtures("unchecked")
def test_bfloat16_detections():
    box, labels = torch.tensor([[0.0, 0, 8, 8]]).bfloat16(), torch.zeros(1, dtype=torch.int64)
    found = Detections(boxes=box, scores=torch.ones(1).bfloat16(), labels=labels)
    assert evaluate(
        [found], [Targets(boxes=box, labels=labels, size=(8, 8))], num_classes=1
    ).ap == pytest.approx(1.0)


@pytest.mark.usefixtures("unchecked")
def test_what_are_no_lists_is_named_with_the_cure():
    found = Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0, dtype=torch.int64))
    truth = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (4, 4))
    for function in (evaluate, evaluate_voc):
        with pytest.raises(
            TypeError, match=r"a single Detections: for one image write \[detections\]"
        ):
            function(found, truth, num_classes=1)
        with pytest.raises(TypeError, match=r"targets must be a list .* a single Targets"):
            function([found], truth, num_classes=1)
        with pytest.raises(TypeError, match=r"targets\[0\] must be Targets, got dict"):
            function([found], [{"boxes": truth.boxes}], num_classes=1)
        with pytest.raises(TypeError, match=r"detections\[0\] must be Detections, got Targets"):
            function([truth], [truth], num_classes=1)
