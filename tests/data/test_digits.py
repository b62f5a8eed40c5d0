import sys

import numpy as np
import pytest
import torch

from locviz.data import Digits
from locviz.data.digits import lay, masters, split_originals

pytest.importorskip("sklearn")
SAMPLE = 300


def test_splits_share_no_original_digit():
    train, test = split_originals("train"), split_originals("test")
    assert not set(train) & set(test)
    assert sorted([*train, *test]) == list(range(1797))
    _, labels = masters()
    for label in range(10):
        held_out = (labels[test] == label).sum() / (labels == label).sum()
        assert held_out == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("split", ["train", "test"])
def test_scenes_hold_originals_of_their_split_with_the_right_labels(split):
    dataset = Digits(split=split, num_scenes=60)
    allowed, (_, labels) = set(split_originals(split)), masters()
    for i in range(60):
        originals = dataset.originals(i)
        assert set(originals) <= allowed
        assert dataset[i][1].labels.tolist() == labels[originals].tolist()


def test_statistics():
    dataset = Digits(num_scenes=SAMPLE)
    samples = [dataset[i] for i in range(SAMPLE)]
    counts = [len(targets) for _, targets in samples]
    assert (min(counts), max(counts)) == (2, 6)
    boxes = torch.cat([targets.boxes for _, targets in samples])
    heights = boxes[:, 3] - boxes[:, 1]
    assert heights.min() >= 16 - 1e-3
    assert heights.max() <= 40 + 1e-3
    assert boxes.min() >= 0
    assert boxes.max() <= 96
    share = torch.bincount(
        torch.cat([targets.labels for _, targets in samples]), minlength=10
    ) / len(boxes)
    assert (share - 0.1).abs().max() < 0.04
    assert dataset.class_names == tuple("0123456789")


def test_boxes_are_tight_around_masks():
    dataset = Digits(num_scenes=60, masks=True)
    for i in range(60):
        _, targets = dataset[i]
        for box, mask in zip(targets.boxes, targets.masks, strict=True):
            rows, columns = torch.where(mask)
            low, high = (
                torch.stack([columns.min(), rows.min()]),
                torch.stack([columns.max(), rows.max()]) + 1,
            )
            assert (low >= box[:2] - 0.5).all()
            assert (high <= box[2:] + 0.5).all()
            assert (low - box[:2]).max() < 3
            assert (box[2:] - high).max() < 3


def test_ink_is_laid_exactly():
    """The sum over pixels is the mean ink times the box's area; a full square covers each pixel by
    its shared area.
    """
    rng = np.random.default_rng(0)
    ink = rng.random((13, 9)).astype(np.float32)
    window, share = lay(ink, (3.3, 5.1, 12.9, 20.4))
    assert (window[0].start, window[0].stop, window[1].start, window[1].stop) == (5, 21, 3, 13)
    assert share.sum() == pytest.approx(ink.mean() * 9.6 * 15.3, rel=1e-4)
    _, full = lay(np.ones((4, 4), np.float32), (0.25, 1.5, 2.5, 3.0))
    np.testing.assert_allclose(full, [[0.375, 0.5, 0.25], [0.75, 1.0, 0.5]], atol=1e-5)


def test_a_simple_classifier_reads_the_held_out_digits():
    """Legibility: three nearest neighbours on digits drawn 28 pixels high know at least 95 % of the
    held-out ones.
    """
    from sklearn.neighbors import KNeighborsClassifier

    inks, labels = masters()
    drawn = np.stack([lay(ink, (0.0, 0.0, 20.0, 28.0))[1].ravel() for ink in inks])
    train, test = split_originals("train"), split_originals("test")
    assert (
        KNeighborsClassifier(3).fit(drawn[train], labels[train]).score(drawn[test], labels[test])
        >= 0.95
    )


def test_a_scene_is_a_function_of_seed_split_and_index():
    image, targets = Digits(seed=3)[4]
    again, same = Digits(seed=3, num_scenes=5)[4]
    assert torch.equal(image, again)
    assert torch.equal(targets.boxes, same.boxes)
    others = [Digits(seed=4)[4], Digits(seed=3)[5], Digits(seed=3, split="test")[4]]
    assert not any(torch.equal(image, other) for other, _ in others)


def test_lengths_and_bad_arguments():
    assert len(Digits()) == 5000
    assert len(Digits(split="test")) == 500
    with pytest.raises(ValueError, match="split must be one of"):
        Digits(split="validation")


def test_without_scikit_learn_the_message_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    masters.cache_clear()
    with pytest.raises(ModuleNotFoundError, match="pip install scikit-learn"):
        masters()
