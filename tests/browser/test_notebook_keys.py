"""Whatever has the focus inside a widget or a card: its keys are its own, and none of them edits the
notebook.
"""

import pytest
from every_widget import SETUP, WIDGETS

QUIZ = (
    "Quiz(name='00.keys', title='Keys', question='Which?', choices=('one', 'two', 'three'), "
    "right='b', because='So.').ask()"
)
HINTS = (
    "from locviz.course.display import Card, Folded\n"
    "Card('Hints', 'task', (Folded('Hint', 'text'), Folded('Answer', 'text')))"
)
SHOWN = {
    **WIDGETS,
    "[role=radiogroup]": QUIZ,
    ".locviz-card:has(details)": HINTS,
}
TRAIN = "for step in monitor.watch(run(), evaluate=data, every=20): pass"

# What a learner's hand may touch: every command of a cell that a plain key gives.
KEYS = [
    *"abxmyddz00", "ArrowDown", "Shift+ArrowDown", "Shift+m", "Enter", "Escape", "Control+Backspace",
]  # fmt: skip
NOTEBOOK = """() => {
  const nb = jupyterapp.shell.currentWidget.content;
  const cells = nb.widgets.map(w => [w.model.id, w.model.type, w.model.sharedModel.getSource(), nb.isSelected(w)]);
  return JSON.stringify([cells, nb.activeCellIndex, document.querySelectorAll('.jp-Dialog').length]);
}"""
IDLE = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
# Focus the next element that has not had it yet; its name, or null where none is left.
NEXT = """([root, seen]) => {
  const every = root.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]');
  for (const one of every) {
    const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.innerText ?? one.textContent;
    const side = [...root.querySelectorAll('svg, select')].indexOf(one.closest('svg, select'));
    const words = label.trim().split('\\n')[0], value = one.type === 'radio' ? one.value : '';
    const sort = one.tagName === 'TD' ? '' : `${words} ${one.dataset.part ?? ''} ${value}`;
    const name = `${one.tagName} ${sort} ${one.matches('svg *') ? side : ''}`;
    if (one.disabled || !one.checkVisibility({visibilityProperty: true}) || seen.includes(name)) continue;
    one.focus();
    if (document.activeElement === one) return name;
  }
  return null;
}"""
# What the arrows change: where a handle is, what a control holds.
STATE = """() => {
  const one = document.activeElement, { x, y, width, height } = one.getBoundingClientRect();
  if (one.type === 'radio') return [...document.getElementsByName(one.name)].findIndex(r => r.checked);
  if (one.matches('svg [role=slider]')) return [one.getAttribute('aria-valuetext'), x, y, width, height].join();
  return one.matches('select, input[type=range]') ? [one.selectedIndex, one.value].join() : null;
}"""


@pytest.fixture(scope="module")
def notebook(open_for_file):
    """Every widget and two cards in one notebook; the Monitor watches a run that goes on."""
    cells = [SETUP, *SHOWN.values(), TRAIN, "'the end'"]
    page = open_for_file(cells, height=1500)
    for i in range(len(cells) - 2):
        page.run_cell(i)
    yield page
    page.command("notebook:interrupt-kernel")


def every_focus(page, root):
    """Focus each focusable element of ``root`` in turn; its name, while it has the focus."""
    seen: list[str] = []
    while len(seen) < 150:
        name = page.page.evaluate(NEXT, [root.element_handle(), seen])
        if name is None:
            return
        seen.append(name)
        yield name
    raise AssertionError(f"no end of focusable elements: {seen}")


def reacts(page):
    """Whether the focused element answers to the arrows; None where it has nothing to change."""
    before = page.page.evaluate(STATE)
    if before is None:
        return None
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.page.keyboard.press(key)
        for _ in range(4):
            now = page.page.evaluate(STATE)
            assert now is not None, "the arrows took the focus away"
            if now != before:
                return True
            page.page.wait_for_timeout(30)
    return False


def start_training(page):
    """Until something can be looked back at; the cell goes on."""
    page.run_cell(len(SHOWN) + 1, wait=False)
    page.page.locator(".locviz-monitor .lv-slider:visible").wait_for()
    page.page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")


@pytest.mark.parametrize("selector", sorted(SHOWN, key=lambda one: "monitor" in one))
def test_no_key_in_a_widget_edits_the_notebook(notebook, selector):
    page = notebook
    if selector == ".locviz-monitor":  # last: nothing else is answered while it trains
        start_training(page)
    root = page.widget(selector)
    reacted = []
    for name in every_focus(page, root):
        before = page.page.evaluate(NOTEBOOK)
        if (answer := reacts(page)) is not None:
            reacted.append(name)
            assert answer, f"{name} does not move under the arrows"
        for key in KEYS:
            page.page.keyboard.press(key)
        assert page.page.evaluate(NOTEBOOK) == before, f"keys on {name} edited the notebook"
        if "Stop" in name:  # when a cell ends, JupyterLab takes the focus
            page.page.wait_for_function(IDLE)
            page.page.wait_for_timeout(500)
    assert reacted or "details" in selector


def test_the_pages_own_commands_still_work(notebook):
    """Ctrl+S saves the notebook, and does not ask where to save the web page."""
    page = notebook
    dirty = "() => jupyterapp.shell.currentWidget.context.model.dirty"
    for selector in (
        ".locviz-boxlab [role=slider]",
        ".locviz-aplab select",
        ".locviz-choice input",
    ):
        page.page.evaluate("() => { jupyterapp.shell.currentWidget.context.model.dirty = true; }")
        page.widget(selector).focus()
        page.page.keyboard.press("Control+s")
        page.eventually(lambda: not page.page.evaluate(dirty))
