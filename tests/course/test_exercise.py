from dataclasses import replace

import pytest
import torch

from locviz.course import Case, Exercise, Mistake, progress_file


def area(box):
    x1, y1, x2, y2 = box
    return (x2 - x1) * (y2 - y1)


def sums(box):
    x1, y1, x2, y2 = box
    return (x2 - x1) + (y2 - y1)


def inclusive(box):
    x1, y1, x2, y2 = box
    return (x2 - x1 + 1) * (y2 - y1 + 1)


@pytest.fixture
def exercise():
    return Exercise(
        name="99.area",
        title="Area",
        task="Write `area(box)`.",
        answer=area,
        cases=(
            Case(args=((0.0, 0.0, 2.0, 3.0),), says="a small box"),
            Case(args=((1.0, 1.0, 5.0, 2.0),), says="a flat box"),
        ),
        mistakes=(
            Mistake(name="adds the sides", answer=sums, says="An area is a product."),
            Mistake(
                name="counts the last pixel twice",
                answer=inclusive,
                says="Coordinates are continuous here.",
            ),
            Mistake(
                name="forgets the low corner",
                answer=lambda box: box[2] * box[3],
                says="Subtract it.",
            ),
        ),
        hints=("Which way?", "Width times height.", "(x2 - x1) times ..."),
    )


@pytest.fixture
def number():
    return Exercise(
        name="99.number",
        title="By hand",
        task="1/7?",
        answer=1 / 7,
        mistakes=tuple(Mistake(name=f"m{n}", answer=1 / n, says=f"not {n}") for n in (2, 3, 4)),
        hints=("a", "b", "c"),
    )


def test_the_solution_is_right_and_recorded(exercise):
    verdict = exercise.check(area)
    assert verdict
    assert "Right on all 2 cases" in repr(verdict)
    assert progress_file.get("99.area") == {"solved": True, "tries": 1}


@pytest.mark.parametrize("index", [0, 1, 2])
def test_each_mistake_is_refused_by_its_own_name(exercise, index):
    mistake = exercise.mistakes[index]
    verdict = exercise.check(mistake.answer)
    assert not verdict
    assert verdict.mistake == mistake.name
    assert mistake.name in repr(verdict)
    assert mistake.says in repr(verdict)
    assert "solved" not in progress_file.get("99.area")


def test_a_mistake_in_one_branch_only_is_still_named(exercise):
    verdict = exercise.check(lambda box: sums(box) if box[0] else area(box))
    assert verdict.mistake == "adds the sides"


def test_an_unknown_mistake_shows_the_failing_case_and_both_values(exercise):
    text = repr(exercise.check(lambda box: area(box) if box[0] == 0 else 77.0))
    assert "a flat box" in text
    assert "`77`" in text
    assert "`4`" in text
    assert "Right cases: 1 of 2" in text


def test_a_wrong_shape_is_said(exercise):
    text = repr(exercise.check(lambda box: [area(box), 0.0]))
    assert "yours is (2,), it should be ()" in text


def test_an_exception_is_explained_with_the_learners_own_line(exercise):
    def broken(box):
        return undefined_name * 2

    verdict = exercise.check(broken)
    assert not verdict
    assert "NameError" in repr(verdict)
    assert "return undefined_name * 2" in repr(verdict)
    assert "typing error" in repr(verdict)


def test_an_exception_inside_torch_points_at_the_learners_line(exercise):
    def broken(box):
        return torch.ones(2) @ torch.ones(3, 3)

    assert "torch.ones(2) @ torch.ones(3, 3)" in repr(exercise.check(broken))


def test_an_interrupt_is_not_swallowed(exercise):
    def stop(box):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercise.check(stop)


@pytest.mark.parametrize("answer", [None, ..., lambda box: None, lambda box: ...])
def test_an_empty_answer_is_open_not_wrong(exercise, answer):
    verdict = exercise.check(answer)
    assert not verdict
    assert verdict.card.tone == "open"
    assert progress_file.get("99.area") == {}


def test_calling_instead_of_passing_the_function_is_named(exercise):
    verdict = exercise.check(6.0)
    assert verdict.mistake == "not the thing to check"
    assert "without brackets" in repr(verdict)


def test_a_function_where_a_number_belongs_is_named(number):
    assert "call it first" in repr(number.check(area))


def test_values_are_checked_within_the_tolerance(number):
    assert number.check(0.14286)
    assert number.check(torch.tensor(1 / 7))
    assert number.check(0.5).mistake == "m2"
    assert number.check(0.9).mistake is None
    assert not number.check(float("nan"))
    assert number.check("0.142857")


def test_writing_into_the_inputs_is_refused():
    def doubled(x):
        return x * 2

    def doubled_in_place(x):
        return x.mul_(2)

    wrong = tuple(Mistake(name=f"{n}", answer=lambda x, n=n: x * n, says="no") for n in (3, 4, 5))
    exercise = Exercise(
        name="99.double", title="Double", task="", answer=doubled, mistakes=wrong, hints=("a", "b", "c"),
        cases=(Case(args=(torch.ones(2),)), Case(args=(torch.arange(3.0),))),
    )  # fmt: skip
    assert exercise.check(doubled)
    assert exercise.check(doubled_in_place).mistake == "changes its inputs"
    assert torch.equal(exercise.cases[0].args[0], torch.ones(2))


def test_the_probe_compares_what_it_returns():
    def slope(answer, x):
        x = torch.tensor(x, requires_grad=True)
        return torch.autograd.grad(answer(x), x)[0]

    exercise = Exercise(
        name="99.slope", title="Slope", task="", answer=lambda x: x**2, probe=slope, hints=("a", "b", "c"),
        mistakes=tuple(Mistake(name=f"{n}", answer=lambda x, n=n: x * n, says="no") for n in (3, 4, 5)),
        cases=(Case(args=(3.0,)), Case(args=(5.0,))),
    )  # fmt: skip
    assert exercise.check(lambda x: x**2 + 7)
    assert exercise.check(lambda x: x * 4).mistake == "4"


def test_hints_come_one_by_one_and_the_last_stays(exercise):
    shown = [repr(exercise.hint()) for _ in range(4)]
    assert [("Which way?" in shown[0]), ("Width" in shown[1]), ("(x2 - x1)" in shown[2])] == [
        True
    ] * 3
    assert shown[2] == shown[3]
    assert "ch99.area.solution()" in shown[3]
    assert progress_file.get("99.area")["hints"] == 3
    assert "Which way?" in repr(exercise.hint(1))
    with pytest.raises(ValueError, match="level must be 1, 2 or 3, got 4"):
        exercise.hint(4)


def test_the_solution_is_shown_only_when_asked_for(exercise):
    bundle = exercise._repr_mimebundle_()
    assert "return (x2 - x1) * (y2 - y1)" not in bundle["text/plain"] + bundle["text/html"]
    assert "Which way?" not in bundle["text/plain"]
    assert "<details>" in bundle["text/html"]
    assert "return (x2 - x1) * (y2 - y1)" in repr(exercise.solution())


def test_html_of_a_verdict_escapes_what_the_learner_wrote(exercise):
    def broken(box):
        raise ValueError("<img src=x onerror=alert(1)>")

    page = exercise.check(broken)._repr_mimebundle_()["text/html"]
    assert "<img" not in page
    assert "&lt;img" in page


def test_an_exercise_must_be_complete(exercise):
    with pytest.raises(ValueError, match="2 hints: give exactly three"):
        Exercise(name="99.x", title="", task="", answer=1.0, mistakes=(), hints=("a", "b"))
    with pytest.raises(ValueError, match="a function needs cases"):
        Exercise(name="99.x", title="", task="", answer=area, mistakes=(), hints=("a", "b", "c"))


@pytest.mark.parametrize("rounded", [0.14, 0.143, 0.1429])
def test_a_rounded_value_is_nearly_right_and_no_mistake(number, rounded):
    verdict = number.check(rounded)
    assert bool(verdict) == (rounded == 0.1429)  # four places are within the tolerance
    if not verdict:
        assert verdict.card.tone == "open"
        assert "Give a fraction" in repr(verdict)


@pytest.mark.parametrize("text", ["1/7", " 1 / 7 "])
def test_a_fraction_may_be_written_as_a_text(number, text):
    assert number.check(text)
    assert number.check("1/3").mistake == "m3"
    assert not number.check("1/0")


def test_a_number_may_be_written_as_a_text_and_other_texts_are_told_so(number):
    assert "Give a fraction" in repr(number.check("0.14"))
    verdict = number.check("one seventh")
    assert verdict.mistake == "not the thing to check"
    assert "wants a number here" in repr(verdict)


def test_the_solution_of_a_value_shows_its_working(number):
    assert "14 halves" in repr(replace(number, working="14 halves of 1/14 less six").solution())


def test_an_answer_that_loops_is_told_so_where_the_task_says_no_loop(exercise):
    def looping(box):
        total = 1.0
        for low, high in zip(box[:2], box[2:], strict=True):
            total = total * (high - low)
        return total

    def over_a_written_list(box):
        x, y = [box[i + 2] - box[i] for i in (0, 1)]
        return x * y

    assert exercise.check(looping)
    strict = replace(exercise, loops=False)
    assert strict.check(looping).mistake == "loops"
    assert strict.check(over_a_written_list)
    assert strict.check(sums).mistake == "adds the sides"


def test_a_reversed_tensor_gets_the_advice_to_flip(exercise):
    assert ".flip(0)" in repr(exercise.check(lambda box: torch.tensor(box)[::-1]))
