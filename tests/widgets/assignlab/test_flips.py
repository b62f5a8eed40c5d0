import numpy as np

from locviz.widgets.assignlab.flips import Memory, changed, count, difference


def owners(*values):
    return np.array(values)


def test_every_other_owner_counts_background_and_ignored_too():
    now, then = owners(0, 1, -1, -2, 2), owners(0, 2, -1, -1, -2)
    assert changed(now, then).tolist() == [False, True, False, True, True]
    assert count(changed(now, then)) == 3


def test_nothing_to_compare_is_none_not_zero():
    assert changed(owners(0, 1), None) is None
    assert changed(None, owners(0, 1)) is None
    assert count(None) is None


def test_before_is_the_answer_before_the_gesture_however_many_moves_it_has():
    memory = Memory()
    first, second, third, fourth = ({0: owners(i)} for i in range(4))
    memory.note(first, moved=True, dragging=False)
    memory.note(second, moved=True, dragging=True)
    memory.note(third, moved=True, dragging=True)
    assert memory.before is first
    memory.note(third, moved=False, dragging=False)  # the drop
    assert memory.before is first
    memory.note(fourth, moved=True, dragging=False)
    assert memory.before is third


def test_what_only_chooses_what_is_shown_moves_nothing():
    memory = Memory()
    first, second = ({0: owners(i)} for i in range(2))
    memory.note(first, moved=True, dragging=False)
    memory.note(second, moved=True, dragging=False)
    memory.note(second, moved=False, dragging=False)
    assert memory.before is first


def test_another_image_forgets():
    memory = Memory()
    memory.note({0: owners(1)}, moved=True, dragging=False)
    memory.pinned = {0: owners(1)}
    memory.forget()
    memory.note({0: owners(2)}, moved=True, dragging=False)
    assert (memory.before, memory.pinned) == ({}, {})


def test_how_two_rules_differ():
    first, second = np.array([0, 0, -1, -2, 1]), np.array([0, 1, 1, -1, -1])
    assert difference(first, second) == {"count": 4, "first": 1, "second": 1, "other": 1}
