import pytest

from locviz.course import Quiz, progress_file


@pytest.fixture
def quiz():
    return Quiz(
        name="99.half",
        title="Half a shift",
        question="What is the IoU of `<b>`?",
        choices=("1/2", "1/3", "2/3"),
        right="b",
        because="Half is shared, and the union is one and a half.",
    )


def test_without_a_guess_the_answer_is_there_but_closed(quiz):
    bundle = quiz.reveal()._repr_mimebundle_()
    opened, folded = bundle["text/html"].split("<details>")
    for shown in (bundle["text/plain"], opened):
        assert "1/3" not in shown
        assert "one and a half" not in shown
        assert "99.half.guess" in shown
    assert "The answer is b) 1/3. Half is shared" in folded


@pytest.mark.parametrize(("title", "sentence"), [("Half", "Half. The"), ("Half?", "Half? The")])
def test_a_title_ends_with_one_mark(title, sentence):
    quiz = Quiz(name="99.t", title=title, question="?", choices=("1", "2"), right="b", because="so")
    assert f"{sentence} answer is b) 2" in repr(quiz.reveal(anyway=True))


def test_who_wants_no_guess_opens_the_answer_anyway(quiz):
    assert "ch99.half.reveal(anyway=True)" in repr(quiz.reveal())
    text = repr(quiz.reveal(anyway=True))
    assert "The answer is b) 1/3" in text
    assert "one and a half" in text


def test_the_guess_is_kept_and_shown_beside_the_answer(quiz):
    assert "a) 1/2" in repr(quiz.guess("A"))
    assert "Your guess was a) 1/2" in repr(quiz.reveal())
    quiz.guess("b")
    assert "You guessed it" in repr(quiz.reveal())
    assert progress_file.get("99.half") == {"guess": "b", "guesses": 2}


@pytest.mark.parametrize("letter", ["d", "", "ab", 1, None])
def test_a_guess_that_is_no_choice_says_which_there_are(quiz, letter):
    with pytest.raises(ValueError, match="choose one of a, b, c"):
        quiz.guess(letter)


def test_the_question_shows_choices_but_not_the_answer(quiz):
    bundle = quiz.ask()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    for page in bundle.values():
        assert "2/3" in page
        assert "one and a half" not in page
    assert "&lt;b&gt;" in bundle["text/html"]
    assert "<b>" not in bundle["text/html"].replace("</style>", "")


def test_in_a_live_notebook_there_are_buttons_that_record(quiz, monkeypatch):
    pytest.importorskip("anywidget")
    monkeypatch.setattr("locviz.course.quiz.in_live_notebook", lambda: True)
    question = quiz.ask()
    bundle = question._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "2/3" in bundle["text/plain"]
    assert question.buttons.chosen == -1
    question.buttons.chosen = 2
    assert progress_file.get("99.half")["guess"] == "c"
    assert "Kept: c)" in question.buttons.says
    assert quiz.ask().buttons.chosen == 2, "the guess is back after a restart"


def test_an_unknown_stored_guess_counts_as_none(quiz):
    progress_file.record("99.half", guess="h")
    assert "no guess yet" in repr(quiz.reveal())


def test_a_quiz_must_be_answerable():
    with pytest.raises(ValueError, match="choose one of a, b, got 'c'"):
        Quiz(name="99.x", title="", question="", choices=("1", "2"), right="c", because="")
    with pytest.raises(ValueError, match="1 choices: give two to eight"):
        Quiz(name="99.x", title="", question="", choices=("1",), right="a", because="")
