from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.layers import (
    AnchorQueries,
    BoxJitter,
    ContrastivePairs,
    DenoisingQueries,
    LabelFlips,
    LearnedQueries,
    Memory,
    PointQueries,
    Queries,
    TransformerDecoder,
)
from locviz.types import BACKGROUND, IGNORE, Targets

CHANNELS, NUM = 16, 5
STILL = {"box_noise": BoxJitter(amount=0.0), "label_noise": LabelFlips(share=0.0)}


def memory(dim: int = 2, images: int = 2) -> Memory:
    torch.manual_seed(1)
    size = (2, 3)[:dim]
    n = torch.Size(size).numel()
    tokens = torch.randn(images, n, CHANNELS)
    padding = torch.zeros(images, n, dtype=torch.bool)
    return Memory(tokens, torch.randn_like(tokens), padding, (size,))


def targets(*counts: int, dim: int = 2) -> list[Targets]:
    """Images of 20 x 40 pixels, or clips of 40 s, with so many objects."""
    made = []
    for count in counts:
        generator = torch.Generator().manual_seed(count)
        low = torch.rand(count, dim, generator=generator) * 10
        boxes = torch.cat([low, low + 2 + 4 * torch.rand(count, dim, generator=generator)], -1)
        labels = torch.randint(3, (count,), generator=generator)
        made.append(Targets(boxes, labels, (20.0, 40.0)[2 - dim :]))
    return made


def maker(num: int = 6, dim: int = 2, **noise) -> DenoisingQueries:
    torch.manual_seed(0)
    anchors = AnchorQueries(NUM, channels=CHANNELS, dim=dim)
    # Learned content is zero at first; here it may not hide a mistake.
    torch.nn.init.normal_(anchors.content)
    return DenoisingQueries(anchors, channels=CHANNELS, num_classes=3, num=num, **noise)


def decode(queries: Queries, made: Memory) -> torch.Tensor:
    torch.manual_seed(0)
    dim = len(made.level_sizes[0])
    decoder = TransformerDecoder(channels=CHANNELS, depth=3, heads=2, hidden=24, dropout=0.0)
    outputs = decoder(queries, made, lambda t, i: (t, t[..., : 2 * dim], None))
    return torch.cat([torch.cat([logits, deltas], -1) for logits, deltas, _ in outputs], -1)


def assert_same(one: Queries, two: Queries) -> None:
    for name in ("content", "positions", "references"):
        assert torch.equal(getattr(one, name), getattr(two, name))
    assert one.hidden is two.hidden is one.given is two.given is None


@pytest.mark.parametrize("dim", [1, 2])
def test_without_noise_by_hand(dim):
    """Two objects and one: three groups of two rows for num=6."""
    asked, objects = maker(dim=dim, **STILL), targets(2, 1, dim=dim)
    queries = asked(memory(dim), objects)
    assert queries.num_given == 6
    assert [a.gt_index.tolist() for a in queries.given] == [[0, 1] * 3, [0, IGNORE] * 3]
    assert all((a.weight == 1 / 3).all() for a in queries.given)
    size = torch.tensor([40.0, 20.0])[:dim]
    low, high = objects[0].boxes.chunk(2, -1)
    expected = torch.cat([(low + high) / 2 / size, (high - low) / size], -1)
    shares = queries.references.sigmoid()
    torch.testing.assert_close(shares[0, :6], expected.repeat(3, 1))
    torch.testing.assert_close(queries.content[0, :6], asked.labels(objects[0].labels).repeat(3, 1))
    torch.testing.assert_close(queries.positions[:, :6], asked.queries.place(shares[:, :6]))
    made = asked.queries(memory(dim))
    assert_same(
        Queries(queries.content[:, 6:], queries.positions[:, 6:], queries.references[:, 6:]),
        replace(made, place=None),
    )


def test_pairs_have_a_positive_and_a_negative_in_each_group():
    queries = maker(num=4, box_noise=ContrastivePairs())(memory(), targets(2, 1))
    first, second = (a.gt_index.tolist() for a in queries.given)
    assert first == [0, 1, BACKGROUND, BACKGROUND] * 2
    assert second == [0, IGNORE, BACKGROUND, IGNORE] * 2


def test_who_sees_whom_by_hand():
    """Two groups of two rows, of which the second image uses one each; five queries of the maker."""
    hidden = maker(num=4)(memory(), targets(2, 1)).hidden
    rows = torch.tensor(
        [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]] + [[1] * 4] * NUM
    ).bool()
    assert torch.equal(hidden[0, :, :4], rows)
    assert not hidden[:, :, 4:].any()
    padded = rows.clone()
    padded[:, [1, 3]] = True
    assert torch.equal(hidden[1, :, :4], padded)


def test_what_the_maker_hides_stays_hidden():
    class Shy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.usual = AnchorQueries(NUM, channels=CHANNELS)

        def forward(self, memory, targets=None):
            return replace(self.usual(memory), hidden=~torch.eye(NUM, dtype=torch.bool))

    made = DenoisingQueries(Shy(), channels=CHANNELS, num_classes=3, num=4)
    hidden = made(memory(), targets(2, 1)).hidden
    assert torch.equal(hidden[:, 4:, 4:], ~torch.eye(NUM, dtype=torch.bool).expand(2, -1, -1))
    assert not hidden[:, :4, 4:].any()


@pytest.mark.parametrize("noise", [BoxJitter(), ContrastivePairs()])
@pytest.mark.parametrize("dim", [1, 2])
def test_what_is_predicted_does_not_depend_on_the_denoising(dim, noise):
    asked, made = maker(dim=dim, box_noise=noise), memory(dim)
    queries = asked(made, targets(3, 1, dim=dim))
    with_it = decode(queries, made)[:, queries.num_given :]
    torch.testing.assert_close(with_it, decode(asked.queries(made), made))
    changed = torch.randn_like(queries.content)
    changed[:, queries.num_given :] = queries.content[:, queries.num_given :]
    other = decode(replace(queries, content=changed), made)
    torch.testing.assert_close(other[:, queries.num_given :], with_it)


@pytest.mark.parametrize("noise", [BoxJitter(), ContrastivePairs()])
def test_a_group_changes_itself_only_and_the_makers_queries_change_all(noise):
    made = memory()
    queries = maker(num=9, box_noise=noise)(made, targets(3, 1))
    before = decode(queries, made)
    rows = queries.num_given // 3
    content = queries.content.clone()
    content[:, rows : 2 * rows] = 2.0
    after = decode(replace(queries, content=content), made)
    same = torch.isclose(before, after, rtol=1e-4, atol=1e-5).all(-1)
    assert same[:, :rows].all()
    assert same[:, 2 * rows :].all()
    assert not same[:, rows : 2 * rows].any()
    content = queries.content.clone()
    content[:, -1] = 2.0
    after = decode(replace(queries, content=content), made)
    assert not torch.isclose(before, after, rtol=1e-4, atol=1e-5).all(-1).any()


def test_an_image_is_denoised_as_if_it_were_alone():
    """Rows of the padding are seen by nobody. Noise aside, only the number of groups differs."""
    asked, made = maker(num=6, **STILL), memory()
    both = decode(asked(made, targets(6, 2)), made)[1]
    alone = Memory(made.tokens[1:], made.positions[1:], made.padding[1:], made.level_sizes)
    one = decode(asked(alone, targets(2)), alone)[0]
    torch.testing.assert_close(both[:2], one[:2])
    torch.testing.assert_close(both[6:], one[6:])


@pytest.mark.parametrize("counts", [(0, 0), (0, 1), (1, 0), (12, 0)])
def test_images_without_objects_have_rows_that_nobody_sees(counts):
    made = memory()
    queries = maker(num=4, box_noise=ContrastivePairs())(made, targets(*counts))
    rows = max(1, *counts)
    assert queries.num_given == 2 * rows * max(1, 4 // rows)
    for count, assignment in zip(counts, queries.given, strict=True):
        if not count:
            assert (assignment.gt_index == IGNORE).all()
    assert decode(queries, made).isfinite().all()


@given(
    counts=st.lists(st.integers(0, 6), min_size=1, max_size=3),
    num=st.integers(1, 20),
    noise=st.sampled_from([BoxJitter(), ContrastivePairs()]),
)
def test_whatever_the_batch_holds(counts, num, noise):
    """Every object is found once per group, with a total weight of 1; nobody is blind; what is
    hidden between two present denoising queries is hidden both ways."""
    queries = maker(num, box_noise=noise)(memory(images=len(counts)), targets(*counts))
    first, fullest = queries.num_given, max(1, *counts)
    assert first == fullest * len(noise.finds) * max(1, num // fullest)
    assert queries.content.shape[1] == first + NUM
    assert not queries.hidden.all(-1).any()
    assert queries.hidden[:, first:, :first].all()
    for count, hidden, assignment in zip(counts, queries.hidden, queries.given, strict=True):
        found = assignment.gt_index[assignment.positive]
        weights = torch.zeros(count).index_add(0, found, assignment.weight[assignment.positive])
        torch.testing.assert_close(weights, torch.ones(count))
        present = (assignment.gt_index != IGNORE).nonzero()[:, 0]
        assert len(present) == count * first // fullest
        among = hidden[present][:, present]
        assert torch.equal(among, among.T)


def test_crowds_and_ignored_boxes_are_not_denoised():
    (three,) = targets(3)
    aside = replace(
        three, crowd=torch.tensor([True, False, False]), ignore=torch.tensor([False, False, True])
    )
    queries = maker(num=2, **STILL)(memory(images=1), [aside])
    assert queries.given[0].gt_index.tolist() == [1, 1]
    low, high = three.boxes[1].chunk(2)
    expected = torch.cat([(low + high) / 2, high - low]) / torch.tensor([40.0, 20.0]).repeat(2)
    torch.testing.assert_close(queries.references[0, 0].sigmoid(), expected)


def test_noise_is_drawn_for_each_group_anew():
    queries = maker(num=6, label_noise=LabelFlips(share=1.0))(memory(), targets(2, 2))
    boxes = queries.references[:, :6].unflatten(1, (3, 2))
    assert not torch.isclose(boxes[:, 0], boxes[:, 1]).any()
    assert len(queries.content[:, :6].flatten(0, 1).unique(dim=0)) > 1


def test_without_targets_and_in_eval_there_is_none():
    asked, made = maker(), memory()
    assert_same(asked(made), asked.queries(made))
    asked.eval()
    assert_same(asked(made, targets(2, 1)), asked.queries(made))


@pytest.mark.parametrize("wrong", [LearnedQueries, PointQueries])
def test_queries_without_boxes_are_refused(wrong):
    made = DenoisingQueries(wrong(NUM, channels=CHANNELS), channels=CHANNELS, num_classes=3)
    for asked in (None, targets(1, 1)):
        with pytest.raises(ValueError, match=f"{wrong.__name__} .*AnchorQueries or Selected"):
            made(memory(), asked)


def test_what_else_does_not_fit_is_refused():
    twice = DenoisingQueries(maker(), channels=CHANNELS, num_classes=3)
    with pytest.raises(ValueError, match="come assigned already: wrap the maker"):
        twice(memory(), targets(1, 1))
    with pytest.raises(ValueError, match="build the maker with dim=1"):
        maker()(memory(), targets(1, 1, dim=1))
    with pytest.raises(ValueError, match="needs num >= 1 objects to denoise, got num=0"):
        maker(num=0)
