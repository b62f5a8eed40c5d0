import math

import pytest
import torch
import torchvision.ops as tv
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz import boxes

MEASURES = {
    "iou": boxes.iou,
    "giou": boxes.giou,
    "diou": boxes.diou,
    "ciou": boxes.ciou,
    "eiou": boxes.eiou,
}
PAIRWISE = {
    "iou": boxes.pairwise_iou,
    "giou": boxes.pairwise_giou,
    "diou": boxes.pairwise_diou,
    "ciou": boxes.pairwise_ciou,
    "eiou": boxes.pairwise_eiou,
}
dims = st.sampled_from([1, 2])
seeds = st.integers(0, 10**6)


def random_regions(seed: int, num: int, dim: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(num, dim, generator=generator, dtype=torch.float64) * 30
    return torch.cat(
        [low, low + torch.rand(num, dim, generator=generator, dtype=torch.float64) * 20 + 0.5], -1
    )


def cells(region: list[int]) -> set[tuple[int, ...]]:
    """The unit cells that an integer region covers."""
    dim = len(region) // 2
    covered = {()}
    for low, high in zip(region[:dim], region[dim:], strict=True):
        covered = {(*cell, i) for cell in covered for i in range(low, high)}
    return covered


@st.composite
def integer_pairs(draw):
    def region(dim):
        low = [draw(st.integers(0, 6)) for _ in range(dim)]
        return low + [start + draw(st.integers(0, 6)) for start in low]

    dim = draw(dims)
    return region(dim), region(dim)


@given(integer_pairs())
def test_iou_and_giou_count_cells(pair):
    a, b = pair
    union, hull = (
        len(cells(a) | cells(b)),
        len(cells(boxes.hull(torch.tensor(a) * 1.0, torch.tensor(b) * 1.0).int().tolist())),
    )
    iou = len(cells(a) & cells(b)) / union if union else 0.0
    giou = iou - ((hull - union) / hull if hull else 0.0)
    first, second = torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
    assert boxes.iou(first, second).item() == pytest.approx(iou, abs=1e-12)
    assert boxes.giou(first, second).item() == pytest.approx(giou, abs=1e-12)


def test_by_hand():
    # A 2 x 2 box and its upper half: IoU 1/2, same hull, centres 1/2 apart, diagonal squared 8.
    whole, half = torch.tensor([0.0, 0, 2, 2]), torch.tensor([0.0, 0, 2, 1])
    v = 4 / math.pi**2 * (math.atan(1) - math.atan(2)) ** 2
    assert boxes.iou(whole, half) == 0.5
    assert boxes.giou(whole, half) == 0.5
    assert boxes.diou(whole, half) == 0.5 - 0.25 / 8
    assert boxes.ciou(whole, half).item() == pytest.approx(0.5 - 0.25 / 8 - v * v / (0.5 + v))
    assert boxes.eiou(whole, half) == 0.5 - 0.25 / 8 - (1 / 2) ** 2


def test_by_hand_in_time():
    # Spans 0-4 and 6-8: gap 2, hull 8, centres 5 apart, lengths differ by 2.
    a, b = torch.tensor([0.0, 4]), torch.tensor([6.0, 8])
    assert boxes.iou(a, b) == 0
    assert boxes.giou(a, b) == -2 / 8
    assert boxes.diou(a, b) == -25 / 64
    assert boxes.ciou(a, b) == boxes.diou(a, b)
    assert boxes.eiou(a, b) == -25 / 64 - 4 / 64


@pytest.mark.parametrize("name", MEASURES)
@given(seed=seeds, dim=dims)
def test_symmetric(name, seed, dim):
    a, b = random_regions(seed, 8, dim), random_regions(seed + 1, 8, dim)
    torch.testing.assert_close(MEASURES[name](a, b), MEASURES[name](b, a))


@pytest.mark.parametrize("name", MEASURES)
@given(seed=seeds, dim=dims, scale=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3))
def test_moves_and_scales_with_the_regions(name, seed, dim, scale, shift):
    a, b = random_regions(seed, 8, dim), random_regions(seed + 1, 8, dim)
    moved = MEASURES[name](a * scale + shift, b * scale + shift)
    torch.testing.assert_close(moved, MEASURES[name](a, b), rtol=0, atol=1e-8)


@given(seed=seeds, dim=dims)
def test_order_and_bounds(seed, dim):
    a, b = random_regions(seed, 50, dim), random_regions(seed + 1, 50, dim)
    iou, giou, diou, ciou, eiou = (measure(a, b) for measure in MEASURES.values())
    assert (iou >= 0).all()
    assert (iou <= 1).all()
    for measure in (giou, diou):
        assert (measure >= -1).all()
        assert (measure <= iou + 1e-12).all()
    assert (ciou <= diou).all()
    assert (eiou <= diou).all()
    assert (eiou >= -1 - dim).all()


@pytest.mark.parametrize("name", MEASURES)
@given(seed=seeds, dim=dims)
def test_one_for_identical_regions(name, seed, dim):
    a = random_regions(seed, 20, dim)
    assert torch.equal(MEASURES[name](a, a), torch.ones(20, dtype=torch.float64))


@given(seed=seeds)
def test_a_span_is_a_box_of_unit_height(seed):
    def unit_boxes(spans):
        return torch.stack([spans[:, 0], torch.zeros(9), spans[:, 1], torch.ones(9)], -1)

    a, b = random_regions(seed, 9, 1), random_regions(seed + 1, 9, 1)
    torch.testing.assert_close(boxes.iou(a, b), boxes.iou(unit_boxes(a), unit_boxes(b)))
    torch.testing.assert_close(boxes.giou(a, b), boxes.giou(unit_boxes(a), unit_boxes(b)))


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize(("num_a", "num_b"), [(5, 7), (0, 3), (3, 0), (0, 0), (1, 1)])
@pytest.mark.parametrize("dim", [1, 2])
def test_pairwise_is_the_double_loop(name, num_a, num_b, dim):
    a, b = random_regions(3, num_a, dim), random_regions(4, num_b, dim)
    table = PAIRWISE[name](a, b)
    assert table.shape == (num_a, num_b)
    for i in range(num_a):
        for j in range(num_b):
            assert table[i, j] == MEASURES[name](a[i], b[j])


def test_pairwise_blocks_join_without_a_seam():
    a, b = random_regions(5, 3000, 2), random_regions(6, 100, 2)  # more than two blocks
    assert torch.equal(boxes.pairwise_iou(a, b), boxes.iou(a[:, None], b[None]))


def test_pairwise_has_gradients_for_both():
    a, b = random_regions(5, 4, 2).requires_grad_(), random_regions(6, 3, 2).requires_grad_()
    assert torch.autograd.gradcheck(boxes.pairwise_giou, (a, b))


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("iou", tv.box_iou),
        ("giou", tv.generalized_box_iou),
        ("diou", tv.distance_box_iou),
        ("ciou", tv.complete_box_iou),
    ],
)
def test_pairwise_as_torchvision(name, oracle):
    a, b = random_regions(7, 40, 2), random_regions(8, 30, 2)
    torch.testing.assert_close(PAIRWISE[name](a, b), oracle(a, b), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["iou", "giou", "diou", "eiou"])
@settings(max_examples=20)
@given(seed=seeds, dim=dims)
def test_gradient_is_the_slope(name, seed, dim):
    a, b = (
        random_regions(seed, 4, dim).requires_grad_(),
        random_regions(seed + 1, 4, dim).requires_grad_(),
    )
    assert torch.autograd.gradcheck(MEASURES[name], (a, b), eps=1e-7, atol=1e-5)


@settings(max_examples=20)
@given(seed=seeds)
def test_gradient_of_ciou_is_the_slope_only_with_alpha_differentiated(seed):
    a, b = (
        random_regions(seed, 4, 2).requires_grad_(),
        random_regions(seed + 1, 4, 2).requires_grad_(),
    )
    assert torch.autograd.gradcheck(
        lambda a, b: boxes.ciou(a, b, alpha="differentiated"), (a, b), eps=1e-7, atol=1e-5
    )


def test_alpha_changes_the_gradient_and_not_the_value():
    values, grads = [], []
    for alpha in ("detached", "differentiated"):
        a = torch.tensor([[0.0, 0, 2, 1]], dtype=torch.float64, requires_grad=True)
        value = boxes.ciou(a, torch.tensor([[0.0, 0, 2, 2]], dtype=torch.float64), alpha=alpha)
        value.sum().backward()
        values.append(value.item())
        grads.append(a.grad)
    assert values[0] == values[1]
    assert not torch.allclose(*grads, rtol=1e-3)


@pytest.mark.usefixtures("unchecked")
def test_refuses_another_alpha():
    with pytest.raises(ValueError, match="alpha must be"):
        boxes.ciou(torch.zeros(1, 4), torch.zeros(1, 4), alpha="constant")  # type: ignore[arg-type]


# --- conventions
# -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("point", [[2.0, 2.0], [2.0, 3.0, 2.0, 3.0]])
def test_two_identical_points_measure_zero(name, point):
    assert MEASURES[name](torch.tensor(point), torch.tensor(point)) == 0


def test_two_different_points():
    a, b = torch.tensor([0.0, 0, 0, 0]), torch.tensor([3.0, 4, 3, 4])
    assert boxes.giou(a, b) == -1  # all of the hull is empty
    assert boxes.diou(a, b) == -1  # the centres are its corners


def test_a_line_upright_and_a_line_lying_differ_most_in_aspect():
    upright, lying = torch.tensor([1.0, 0, 1, 2]), torch.tensor([0.0, 1, 2, 1])
    assert boxes.diou(upright, lying) == 0
    assert boxes.ciou(upright, lying).item() == pytest.approx(
        -0.5
    )  # v = 1, alpha = v / (1 - 0 + v) = 1/2


def test_identical_boxes_rest():
    """Ties give half to each side: intersection and union then change alike."""
    for measure in MEASURES.values():
        a = torch.tensor([[1.0, 2, 5, 9]], requires_grad=True)
        measure(a, a.detach()).sum().backward()
        assert a.grad is not None
        assert a.grad.abs().max() < 1e-7


def test_touching_boxes_feel_a_pull():
    a = torch.tensor([[0.0, 0, 1, 1]], requires_grad=True)
    boxes.iou(a, torch.tensor([[1.0, 0, 2, 1]])).sum().backward()
    assert a.grad is not None
    assert a.grad.tolist() == [[0, 0, 0.5, 0]]  # d intersection = h dx, over the union of 2


def test_zero_over_zero_passes_the_gradient_of_the_intersection():
    a = torch.tensor([[2.0, 2.0]], requires_grad=True)
    boxes.iou(a, a.detach()).sum().backward()
    assert a.grad is not None
    assert a.grad.tolist() == [[-0.5, 0.5]]


NASTY = [-1e18, -3.0, 0.0, 1e-30, 1e-20, 1e-19, 0.5, 1.0, 1.0000001, 3.0, 1e9, 1e18]


@st.composite
def nasty_regions(draw, dim):
    corners = [
        sorted([draw(st.sampled_from(NASTY)), draw(st.sampled_from(NASTY))]) for _ in range(dim)
    ]
    return [low for low, _ in corners] + [high for _, high in corners]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", MEASURES)
@given(data=st.data(), dim=dims, identical=st.booleans())
def test_finite_for_every_valid_pair(name, dtype, data, dim, identical):
    first = data.draw(nasty_regions(dim))
    second = first if identical else data.draw(nasty_regions(dim))
    a = torch.tensor([first], dtype=dtype, requires_grad=True)
    b = torch.tensor([second], dtype=dtype, requires_grad=True)
    value = MEASURES[name](a, b)
    value.sum().backward()
    assert torch.isfinite(value).all()
    for grad in (a.grad, b.grad):
        assert grad is not None
        assert torch.isfinite(grad).all()


def test_half_precision_boxes_are_measured_in_single():
    a = torch.tensor([[0.0, 0, 512, 512]], dtype=torch.float16)
    assert boxes.iou(a, a).dtype == torch.float32
    assert boxes.iou(a, a) == 1


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("function", [*MEASURES.values(), *PAIRWISE.values()])
def test_refuses_boxes_with_spans(function):
    with pytest.raises(ValueError, match="mix boxes"):
        function(torch.zeros(3, 4), torch.zeros(3, 2))
    with pytest.raises(ValueError, match="b must have 4"):
        function(torch.zeros(3, 4), torch.zeros(3, 5))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("name", ["iou", "giou", "diou", "ciou", "eiou"])
@pytest.mark.parametrize(
    ("shape_a", "shape_b", "culprit"), [((4,), (2, 4), "a"), ((2, 4), (2, 3, 4), "b")]
)
def test_pairwise_refuses_what_is_no_list(name, shape_a, shape_b, culprit):
    """A batch would come out as (b, b, n): of every image with every other."""
    with pytest.raises(ValueError, match=rf"^{culprit} must be \(n, 4\) boxes"):
        getattr(boxes, f"pairwise_{name}")(torch.zeros(shape_a), torch.zeros(shape_b))


# --- the part of one region that the other covers
# -----------------------------------------------------------------------------------------------------


def test_which_part_of_each_lies_in_the_other_by_hand():
    """2 x 2 of the first's 4 x 4 and of the second's 2 x 4: detectron2's ``pairwise_ioa`` divides
    by the second, mmdetection's ``iof`` by the first.
    """
    a, b = (
        torch.tensor([[0.0, 0, 4, 4]]),
        torch.tensor([[0.0, 2, 2, 6], [0, 2, 0, 6], [9, 9, 10, 10]]),
    )
    assert boxes.iof(a, b).tolist() == [4 / 16, 0, 0]
    assert boxes.ioa(a, b).tolist() == [4 / 8, 0, 0]
    assert boxes.iof(torch.tensor([0.0, 4]), torch.tensor([3.0, 9])) == 1 / 4


@given(seed=seeds, dim=dims)
def test_the_two_parts_change_places_with_the_regions(seed, dim):
    a, b = random_regions(seed, 8, dim), random_regions(seed + 1, 8, dim)
    assert torch.equal(boxes.iof(a, b), boxes.ioa(b, a))
    common = boxes.area(boxes.intersection(a, b))
    torch.testing.assert_close(boxes.iof(a, b) * boxes.area(a), common)
    inside = boxes.intersection(a, b)
    has_area = common > 0
    torch.testing.assert_close(boxes.iof(inside, b)[has_area], torch.ones_like(common)[has_area])


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize(("num_a", "num_b"), [(5, 7), (0, 3), (3, 0)])
def test_pairwise_parts_are_the_double_loop(num_a, num_b, dim):
    a, b = random_regions(3, num_a, dim), random_regions(4, num_b, dim)
    for table, one in (
        (boxes.pairwise_iof(a, b), boxes.iof),
        (boxes.pairwise_ioa(a, b), boxes.ioa),
    ):
        assert table.shape == (num_a, num_b)
        assert all(table[i, j] == one(a[i], b[j]) for i in range(num_a) for j in range(num_b))


@pytest.mark.parametrize("part", [boxes.iof, boxes.ioa])
@given(data=st.data(), dim=dims)
def test_parts_are_finite_for_every_valid_pair(part, data, dim):
    a, b = (torch.tensor([data.draw(nasty_regions(dim))], requires_grad=True) for _ in range(2))
    value = part(a, b)
    value.sum().backward()
    assert torch.isfinite(value).all()
    assert torch.isfinite(a.grad).all()
    assert torch.isfinite(b.grad).all()


# --- x and y change places
# -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
@given(data=st.data())
def test_does_not_change_when_x_and_y_change_places(name, data):
    """Points, lines and boxes: a point has no shape that a wide box would be nearer to than a tall
    one.
    """
    places = st.sampled_from([0.0, 1.0, 3.0, 4.0, 9.0])

    def region():
        x, y = (sorted([data.draw(places), data.draw(places)]) for _ in range(2))
        return torch.tensor([x[0], y[0], x[1], y[1]], dtype=torch.float64)

    a, b = region(), region()
    swapped = MEASURES[name](a[[1, 0, 3, 2]], b[[1, 0, 3, 2]])
    torch.testing.assert_close(swapped, MEASURES[name](a, b), rtol=0, atol=1e-12)


@pytest.mark.parametrize("box", [[0.0, 0, 1, 9], [0.0, 0, 9, 1], [4.0, 4, 4, 4]])
def test_the_aspect_of_a_point_is_neutral(box):
    point, box = torch.tensor([2.0, 2, 2, 2], requires_grad=True), torch.tensor(box)
    assert boxes.ciou(point, box) == boxes.diou(point, box)
    assert boxes.ciou(box, point) == boxes.diou(box, point)
    boxes.ciou(point, box).backward()
    assert torch.isfinite(point.grad).all()


# --- numbers that other projects' own suites test
# -----------------------------------------------------------------------------------------------------


def test_the_numbers_of_torchvisions_suite():
    """Three squares: one in the corner of another, one apart."""
    squares = torch.tensor([[0.0, 0, 100, 100], [0, 0, 50, 50], [200, 200, 300, 300]])
    expected = {
        boxes.pairwise_iou: [[1, 0.25, 0], [0.25, 1, 0], [0, 0, 1]],
        boxes.pairwise_giou: [[1, 0.25, -0.7778], [0.25, 1, -0.8611], [-0.7778, -0.8611, 1]],
        boxes.pairwise_diou: [[1, 0.1875, -0.4444], [0.1875, 1, -0.5625], [-0.4444, -0.5625, 1]],
        boxes.pairwise_ciou: [[1, 0.1875, -0.4444], [0.1875, 1, -0.5625], [-0.4444, -0.5625, 1]],
    }
    for measure, table in expected.items():
        torch.testing.assert_close(
            measure(squares, squares), torch.tensor(table).float(), rtol=0, atol=1e-4
        )


def test_the_numbers_of_detectron2s_suite():
    """The unit square with itself, two halves, two quarters, and a square half a side further."""
    unit = torch.tensor([[0.0, 0, 1, 1]])
    others = torch.tensor(
        [
            [0, 0, 1, 1],
            [0, 0, 0.5, 1],
            [0, 0, 1, 0.5],
            [0, 0, 0.5, 0.5],
            [0.5, 0.5, 1, 1],
            [0.5, 0.5, 1.5, 1.5],
        ]
    )
    iou = torch.tensor([[1, 0.5, 0.5, 0.25, 0.25, 0.25 / (2 - 0.25)]])
    torch.testing.assert_close(boxes.pairwise_iou(unit, others), iou)
    assert boxes.pairwise_ioa(unit, others).tolist() == [[1, 1, 1, 1, 1, 0.25]]


def test_the_numbers_of_mmdetections_suite():
    a = torch.tensor([[0.0, 0, 10, 10], [10, 10, 20, 20], [32, 32, 38, 42]])
    b = torch.tensor([[0.0, 0, 10, 20], [0, 10, 10, 19], [10, 10, 20, 20]])
    assert boxes.pairwise_iou(a, b).tolist() == [[0.5, 0, 0], [0, 0, 1], [0, 0, 0]]
    giou = torch.tensor([0.5, -0.05, -0.8214])
    torch.testing.assert_close(boxes.giou(a, b), giou, rtol=0, atol=1e-4)
    assert boxes.iof(a, b).tolist() == [1, 0, 0]
