import math

import pytest
import torch
from torch import nn

from locviz.layers import (
    Memory,
    ProposalQueries,
    SelectedQueries,
    TransformerDecoder,
    cell_boxes,
    first_logit,
    largest_logit,
    likeliest_object,
    padding_masks,
    sine_encoding,
)

CHANNELS = 16
MAKERS = [SelectedQueries, ProposalQueries]


class Head(nn.Module):
    """Two classes and a box, one linear layer each."""

    def __init__(self, dim: int = 2, columns: int = 2):
        super().__init__()
        self.logits, self.deltas = (nn.Linear(CHANNELS, n) for n in (columns, 2 * dim))

    def forward(self, tokens, layer):
        assert layer == 0
        return self.logits(tokens), self.deltas(tokens), None


def memory(dim: int = 2, *, sizes=((4, 4), (2, 2)), extents=((8.0, 8.0), (8.0, 4.0))) -> Memory:
    """Two images on two levels, as large as 8 pixels; the second one is half as high."""
    sizes = tuple(tuple(size[2 - dim :]) for size in sizes)
    extents = torch.tensor(extents)[:, 2 - dim :]
    padding = torch.cat([m.flatten(1) for m in padding_masks(extents, (8,) * dim, sizes)], 1)
    tokens = torch.randn(2, padding.shape[1], CHANNELS)
    return Memory(tokens, torch.randn_like(tokens), padding, sizes)


def made(kind, num=3, dim=2):
    torch.manual_seed(0)
    return kind(num, channels=CHANNELS, head=Head(dim), dim=dim)


def test_the_boxes_of_cells_by_hand():
    boxes = cell_boxes(memory())
    assert boxes.shape == (2, 20, 4)
    torch.testing.assert_close(boxes[0, 5], torch.tensor([0.375, 0.375, 0.05, 0.05]))
    torch.testing.assert_close(boxes[0, 19], torch.tensor([0.75, 0.75, 0.1, 0.1]))
    # The second image ends after two of four rows: its second row is centred at 1.5 / 2.
    torch.testing.assert_close(boxes[1, 5], torch.tensor([0.375, 0.75, 0.05, 0.05]))
    torch.testing.assert_close(cell_boxes(memory(), side=0.1)[..., 2:], 2 * boxes[..., 2:])
    torch.testing.assert_close(cell_boxes(memory(1))[0, 5], torch.tensor([0.75, 0.1]))


def test_scores_by_hand():
    logits = torch.tensor([[[9.0, 1.0, 2.0], [0.0, 1.0, 0.0]]])
    assert largest_logit(logits).tolist() == [[9, 1]]
    assert first_logit(logits).tolist() == [[9, 0]]
    expected = torch.tensor([[math.exp(2) / (math.exp(9) + math.e + math.exp(2)), 0.0]])
    expected[0, 1] = math.e / (2 + math.e)
    torch.testing.assert_close(likeliest_object(logits), expected)
    # What is surely background has the largest logit and is chosen last.
    assert likeliest_object(logits).argmax() == 1


@pytest.mark.parametrize("dim", [1, 2])
def test_the_best_valid_tokens_are_chosen_as_a_loop_chooses_them(dim):
    maker, seen = made(SelectedQueries, dim=dim), memory(dim)
    queries = maker(seen)
    for image in range(2):
        rows = []
        for row in torch.arange(seen.tokens.shape[1])[~seen.padding[image]]:
            token = maker.token_norm(maker.token(seen.tokens[image, row]))
            box = cell_boxes(seen)[image, row].logit() + maker.head.deltas(token)
            rows.append((maker.head.logits(token), box))
        rows.sort(key=lambda row: -row[0].max().item())
        logits, boxes = (torch.stack(column[:3]) for column in zip(*rows, strict=True))
        torch.testing.assert_close(queries.proposals.logits[image], logits)
        torch.testing.assert_close(queries.proposals.deltas[image], boxes)
        torch.testing.assert_close(queries.references[image], boxes.detach())
    torch.testing.assert_close(queries.positions, maker.place(queries.references.sigmoid()))
    assert torch.equal(queries.content, maker.content.expand(2, -1, -1))
    assert queries.place is maker.place
    assert not queries.proposals.any_class


@pytest.mark.parametrize("dim", [1, 2])
def test_deformable_detr_makes_all_of_a_query_from_its_box(dim):
    maker, seen = made(ProposalQueries, dim=dim), memory(dim)
    queries = maker(seen)
    proposals = queries.proposals
    assert proposals.any_class
    assert proposals.logits.shape == (2, seen.tokens.shape[1], 2)
    best = proposals.logits[1, :, 0].argsort(descending=True)[:3]
    boxes = proposals.deltas[1, best]
    torch.testing.assert_close(queries.references[1], boxes.clamp(-11.512915, 11.512915))
    sines = [
        sine_encoding(2 * math.pi * side, CHANNELS // 2) for side in boxes.sigmoid().unbind(-1)
    ]
    both = maker.place_norm(maker.place(torch.cat(sines, -1)))
    torch.testing.assert_close(queries.positions[1], both[:, :CHANNELS])
    torch.testing.assert_close(queries.content[1], both[:, CHANNELS:])
    assert queries.place is None


def test_tokens_in_the_padding_are_zero_and_propose_the_far_corner():
    maker, seen = made(ProposalQueries), memory()
    proposals = maker(seen).proposals
    padding = seen.padding
    assert padding.any()
    assert (proposals.deltas[padding] == torch.inf).all()
    assert proposals.deltas[~padding].isfinite().all()
    nothing = maker.head.logits(maker.token_norm(maker.token(torch.zeros(CHANNELS))))
    torch.testing.assert_close(proposals.logits[padding], nothing.expand(int(padding.sum()), -1))


def test_boxes_that_nearly_fill_the_image_are_not_valid():
    """The sixth level has sides of 1.6 of the image's, the fifth of 0.8."""
    seen = memory(sizes=((1, 1),) * 6)
    proposals = made(ProposalQueries)(seen).proposals
    assert (proposals.deltas == torch.inf).all(-1)[0].tolist() == [False] * 5 + [True]


def test_padding_further_changes_no_query():
    """The same tokens inside, two more columns of padding."""
    seen = memory(sizes=((4, 4),), extents=((4.0, 8.0), (4.0, 8.0)))
    inside = seen.tokens.unflatten(1, (4, 4))[:, :, :2].flatten(1, 2)
    tight = Memory(inside, inside, torch.zeros(2, 8, dtype=torch.bool), ((4, 2),))
    selected, proposed = made(SelectedQueries), made(ProposalQueries)
    torch.testing.assert_close(selected(seen).references, selected(tight).references)
    torch.testing.assert_close(
        proposed(seen).proposals.deltas[~seen.padding],
        proposed(tight).proposals.deltas.flatten(0, 1),
    )


@pytest.mark.parametrize("kind", MAKERS)
def test_fewer_valid_tokens_than_queries_stay_finite(kind):
    """Each level of the second image has one cell inside; six queries are asked for."""
    maker = made(kind, num=6)
    seen = memory(sizes=((2, 2), (2, 2)), extents=((8.0, 8.0), (4.0, 4.0)))
    assert (~seen.padding).sum(1).tolist() == [8, 2]
    queries = maker(seen)
    for part in (queries.references, queries.positions, queries.content):
        assert part.isfinite().all()
    decoder = TransformerDecoder(channels=CHANNELS, depth=2, heads=2, hidden=24)
    head = lambda tokens, index: (tokens, tokens[..., :4], None)  # noqa: E731
    loss = sum(deltas.sigmoid().sum() for _, deltas, _ in decoder(queries, seen, head))
    (loss + queries.proposals.deltas.sigmoid().sum()).backward()
    grads = [p.grad for p in maker.parameters() if p.grad is not None]
    assert grads
    assert all(grad.isfinite().all() for grad in grads)
    if kind is SelectedQueries:
        # The valid ones come first.
        assert (queries.proposals.deltas[1, :2] < torch.inf).all()
        assert (queries.proposals.deltas[1, 2:] == torch.inf).all()


@pytest.mark.parametrize("kind", MAKERS)
def test_no_gradient_flows_from_the_queries_to_the_boxes(kind):
    maker, seen = made(kind), memory()
    seen.tokens.requires_grad_()
    queries = maker(seen)
    assert not queries.references.requires_grad
    (queries.content.square().sum() + queries.positions.square().sum()).backward()
    assert seen.tokens.grad is None
    assert all(p.grad is None for p in maker.head.parameters())
    assert all(p.grad is not None for p in maker.place.parameters())
    (maker(seen).proposals.deltas.sigmoid().sum()).backward()
    assert seen.tokens.grad.any()
    assert maker.token.weight.grad.any()
    assert not seen.tokens.grad[seen.padding].any()


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("kind", MAKERS)
def test_too_many_queries_are_refused(kind):
    with pytest.raises(ValueError, match=f"{kind.__name__} should choose num=21 .* 20 tokens"):
        made(kind, num=21)(memory())
    with pytest.raises(ValueError, match=f"{kind.__name__} needs at least one query, got num=0"):
        made(kind, num=0)
    for wrong in (2.5, True, "5", None):
        with pytest.raises(TypeError, match=f"{kind.__name__} needs a whole number of queries"):
            made(kind, num=wrong)


def test_content_may_be_the_chosen_tokens_and_then_trains_them():
    """The rows of the tokens whose boxes were chosen, best first; the decoder's losses reach them."""
    torch.manual_seed(0)
    maker = SelectedQueries(3, channels=CHANNELS, head=Head(), learned_content=False)
    seen = memory()
    queries = maker(seen)
    tokens = maker.token_norm(maker.token(seen.tokens))
    for image in range(2):
        for row, content in enumerate(queries.content[image]):
            (at,) = (tokens[image] - content).abs().amax(-1).lt(1e-6).nonzero()[0].tolist()
            expected = maker.head.logits(tokens[image, at])
            torch.testing.assert_close(queries.proposals.logits[image, row], expected)
    queries.content[..., 0].sum().backward()  # all of a row sum to nothing after the norm
    assert maker.token.weight.grad.abs().sum() > 0
    assert "content" not in maker.state_dict()
    assert made(SelectedQueries)(seen).content.std(0).max() == 0  # the same in both images


@pytest.mark.parametrize("kind", MAKERS)
def test_a_score_that_is_not_a_number_makes_a_box_that_is_not(kind):
    """Else a detector that has diverged would choose other tokens, and nobody would notice."""
    maker = made(kind)
    with torch.no_grad():
        maker.head.logits.weight.fill_(torch.nan)
    assert maker(memory()).references.isnan().any(-1).all()
