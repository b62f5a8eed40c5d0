import pytest
import torch

from locviz.boxes.coordinates import nonnegative, planes, product, quotient, total


def test_planes_are_contiguous_columns():
    regions = torch.arange(24.0).reshape(2, 3, 4)
    columns = planes(regions)
    assert all(column.is_contiguous() for column in columns)
    assert torch.equal(torch.stack(columns, -1), regions)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.int64])
def test_an_area_does_not_overflow_in_a_small_type(dtype):
    low_x, low_y, high_x, high_y = planes(torch.tensor([0, 0, 512, 512], dtype=dtype))
    assert (high_x - low_x) * (high_y - low_y) == 262144


def test_double_stays_double():
    assert planes(torch.zeros(4, dtype=torch.float64))[0].dtype == torch.float64


def test_product_and_total():
    factors = [torch.tensor([2.0]), torch.tensor([3.0]), torch.tensor([5.0])]
    assert product(factors) == 30
    assert total(factors) == 10


def test_quotient_divides_exactly_where_there_is_something_to_divide():
    numerator, denominator = torch.rand(1000) * 1e-20, torch.rand(1000) * 1e-20 + 1e-25
    assert torch.equal(quotient(numerator, denominator), numerator / denominator)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_zero_over_zero_is_zero_with_the_numerators_gradient(dtype):
    numerator = torch.zeros(1, dtype=dtype, requires_grad=True)
    denominator = torch.zeros(1, dtype=dtype, requires_grad=True)
    value = quotient(numerator, denominator)
    value.sum().backward()
    assert value == 0
    assert numerator.grad == 1
    assert denominator.grad == 0


def test_subnormal_denominators_count_as_zero():
    tiny = torch.finfo(torch.float32).tiny
    assert quotient(torch.tensor(tiny / 2), torch.tensor(tiny / 2)) == tiny / 2
    assert quotient(torch.tensor(tiny * 2), torch.tensor(tiny * 2)) == 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_nonnegative_cuts_at_zero_and_passes_the_gradient_there(dtype):
    least = torch.finfo(dtype).tiny * torch.finfo(dtype).eps
    number = torch.tensor([-1.0, -least, -0.0, 0.0, least, 1.0], dtype=dtype, requires_grad=True)
    value = nonnegative(number)
    value.sum().backward()
    assert value.tolist() == [0, 0, 0, 0, least, 1]
    assert number.grad is not None
    assert number.grad.tolist() == [0, 0, 1, 1, 1, 1]
