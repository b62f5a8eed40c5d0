"""AssignLab in a real JupyterLab: objects dragged, knobs turned, iterations played, two assigners
side by side.
"""

import re

import pytest
from lab_looks import cut_off, on_each_other, small_text, texts

HOSTILE = "<img src=x onerror=alert(1)>"
SETUP = """
import torch
from dataclasses import replace
from locviz.assign import ATSS, OnSquareAnchors
from locviz.models.assigners import ota
from locviz.widgets import AssignLab
from locviz.widgets.assignlab import Replay
replay = Replay.load("fcos_tiny-shapes-crowded")
"""
ROOT = ".locviz-assignlab"


@pytest.fixture(scope="module")
def notebook(open_for_file):
    """One notebook for most tests: opening one takes longer than any of them."""
    page = open_for_file([SETUP, "lab = make(options)\nlab"], height=1500)
    page.run_cell(0)
    return page


@pytest.fixture
def show(notebook):
    """``show("assigner='ota'")`` -> the page and a fresh AssignLab's root in it."""

    def show_one(options="", make="lambda options: AssignLab.replay(**options)"):
        notebook.theme("light")
        notebook.python("1", setup=f"options = dict({options})\nmake = {make}")
        notebook.run_cell(1)
        root = notebook.widget(ROOT)
        root.locator(".lv-owned").first.wait_for(state="attached")
        return notebook, root

    return show_one


def grip(root, letter, *, side=0):
    """What drags an object's body on one side."""
    return (
        root.locator(".lv-scene").nth(side).locator(f".lv-grip-body[aria-label^='object {letter}']")
    )


def owned(root, *, side=0):
    """The marks of all objects' priors, as they are drawn."""
    return root.locator(".lv-marks").nth(side).inner_html()


def positive(root, *, side=0):
    """How many priors are positive, as the widget says."""
    return int(root.locator(".lv-totals").nth(side).locator("b").first.inner_text())


def shows_what_python_says(page, root, *, side=0):
    """Wait until the number shown is Python's, and return it."""
    total = page.python(f"sum(lab.reading({side}).positives)")
    page.eventually(lambda: positive(root, side=side) == total)
    return total


def test_dragging_an_object_with_the_mouse(show):
    page, root = show("assigner='atss'")
    before, marks = page.python("lab.boxes[6]"), owned(root)
    page.drag(grip(root, "G"), 40, -30, steps=20)
    box = page.settled("lab.boxes[6]")
    assert box[0] > before[0] + 4
    assert box[1] < before[1] - 3
    assert page.python("lab.history[-1]['gesture']") == "drag"
    assert page.python("len(lab.history)") > 3  # while dragging, not only at its end
    page.eventually(lambda: owned(root) != marks)
    total = shows_what_python_says(page, root)
    one_line = (
        "int(OnSquareAnchors(ATSS(top_k=9), side=4.0)(lab.priors, lab.targets).positive.sum())"
    )
    assert total == page.python(one_line)
    # Flips count from where the drag began, and the widget says how many.
    page.wait_python("lab.result['sides'][0]['num_ambiguous'] is not None")
    flips = page.python("lab.flips['previous']")
    page.eventually(
        lambda: f"{flips} changed owner" in root.locator(".lv-totals").first.inner_text()
    )
    assert flips > 0
    assert page.python("lab.last_error") == ""


def test_touch_keys_escape_and_double_click(show):
    page, root = show("assigner='center_sampling'")
    start = page.python("lab.boxes[6]")
    page.touch_drag(grip(root, "G"), 30, 0)
    touched = page.settled("lab.boxes[6]")
    assert touched[0] > start[0] + 3
    assert touched[1] == start[1]
    page.key_drag(grip(root, "G"), "ArrowLeft", "Shift+ArrowUp")
    page.wait_python(
        f"abs(lab.boxes[6][0] - {touched[0]} + 1) < 1e-6 and abs(lab.boxes[6][1] - {touched[1]} + 10) < 1e-6"
    )
    page.key_drag(grip(root, "G"), "Alt+ArrowLeft")  # resizes: only the far side moves
    page.wait_python(
        f"abs(lab.boxes[6][2] - {touched[2]} + 2) < 1e-6 and abs(lab.boxes[6][0] - {touched[0]} + 1) < 1e-6"
    )
    page.page.keyboard.press("Escape")
    page.wait_python(f"lab.boxes[6] == {start}")  # as it was when the finger gave it the focus
    page.key_drag(grip(root, "G"), "Shift+ArrowRight")
    page.wait_python(f"lab.boxes[6] != {start}")
    grip(root, "G").dblclick()
    page.wait_python(f"lab.boxes[6] == {start}")
    page.eventually(lambda: "priors" in (grip(root, "G").get_attribute("aria-valuetext") or ""))


def test_a_corner_of_the_selected_object_resizes_it(show):
    page, root = show("assigner='atss'")
    grip(root, "D").focus()
    page.wait_python("lab.selected == 3")
    corner = root.locator(".lv-scene").first.locator(
        ".lv-grip-corner[data-object='3'][data-part='bottom right corner']"
    )
    page.eventually(corner.is_visible)
    before = page.python("lab.boxes[3]")
    page.drag(corner, 30, 20)
    box = page.settled("lab.boxes[3]")
    assert box[:2] == before[:2]
    assert box[2] > before[2] + 3
    assert box[3] > before[3] + 2
    root.locator(".lv-scene").first.click(position={"x": 4, "y": 4})  # on nothing
    page.wait_python("lab.selected == -1")


def test_tab_walks_the_widget_and_leaves(show):
    page, root = show("assigner='atss'")
    root.get_by_label("Previous scene").focus()
    inside = "() => document.activeElement.closest('.locviz-assignlab') !== null"
    name = "() => document.activeElement.getAttribute('role') ?? document.activeElement.tagName"
    walked = []
    while page.page.evaluate(inside) and len(walked) < 60:
        walked.append(page.page.evaluate(name))
        page.page.keyboard.press("Tab")
    assert not page.page.evaluate(inside)
    objects = page.python("len(lab.boxes)")
    assert walked.count("slider") == objects  # one stop per object: Alt and the arrows resize
    assert walked.count("TD") == 1  # one stop for the whole matrix


def test_a_knob_is_the_assigners_argument(show):
    page, root = show("assigner='atss'")
    root.get_by_label("nearest per level").fill("4")
    page.wait_python("lab.settings == {'atss': {'top_k': 4}}")
    total = shows_what_python_says(page, root)
    assert total == page.python(
        "int(OnSquareAnchors(ATSS(top_k=4), side=4.0)(lab.priors, lab.targets).positive.sum())"
    )
    root.get_by_label("nearest per level").dblclick()
    page.wait_python("lab.reading(0).settings['top_k'] == 9")


def test_every_assigner_can_be_chosen(show):
    page, root = show()
    chooser = root.get_by_label("Assigner", exact=True)
    for name in page.python("list(lab.rules)"):
        chooser.select_option(name)
        page.wait_python(
            f"lab.assigner == {name!r} and lab.result['sides'][0]['assigner'] == {name!r}"
        )
        shows_what_python_says(page, root)
        assert page.python("lab.last_error") == ""


def test_two_side_by_side_move_together(show):
    page, root = show("assigner='simota', second='task_aligned'")
    assert root.locator(".lv-scene:visible").count() == 2
    marks = owned(root, side=0), owned(root, side=1)
    page.drag(grip(root, "G", side=1), 40, 0)  # dragged on the right, moves on both
    page.settled("lab.boxes[6]")
    page.eventually(lambda: owned(root, side=0) != marks[0] and owned(root, side=1) != marks[1])
    for side in (0, 1):
        shows_what_python_says(page, root, side=side)
    root.get_by_label("compare with").select_option("other")
    page.wait_python("lab.against == 'other'")
    differ = page.python("int((lab.assignment.gt_index != lab.second_assignment.gt_index).sum())")
    page.eventually(
        lambda: f"{differ} changed owner" in root.locator(".lv-totals").nth(1).inner_text()
    )
    assert differ > 0
    root.get_by_label("Second assigner").select_option("")
    page.wait_python("lab.second is None")
    page.eventually(lambda: root.locator(".lv-scene:visible").count() == 1)


def test_scene_and_matrix_light_each_other_up(show):
    page, root = show("assigner='ota'")
    cell = root.locator("td.lv-owner").first
    cell.wait_for()
    cell.hover()
    page.eventually(lambda: root.locator(".lv-link").first.get_attribute("d"))
    row = root.locator("tr.lv-lit")
    assert row.count() == 1
    prior = int(row.locator("th span").inner_text())
    said = root.locator(".lv-readout").first.inner_text()
    assert f"prior {prior}," in said
    owner = page.python(f"int(lab.assignment.gt_index[{prior}])")
    assert f"responsible for {chr(65 + owner)}" in said
    cost = page.python(f"float(lab.assignment.cost[{prior}, {owner}])")
    shown = re.search(r"cost for \w ([−\d.]+)", said)
    assert shown
    assert float(shown[1].replace("−", "-")) == pytest.approx(cost, abs=0.006)
    # The other way: from the prior in the scene to its row.
    scene = root.locator(".lv-scene").first
    scene.scroll_into_view_if_needed()
    frame = scene.bounding_box()
    x, y = page.python(f"lab.priors.centers[{prior}].tolist()")
    page.page.mouse.move(5, 5)
    page.eventually(lambda: root.locator("tr.lv-lit").count() == 0)
    page.page.mouse.move(
        frame["x"] + x / 96 * frame["width"], frame["y"] + y / 96 * frame["height"]
    )
    page.eventually(lambda: root.locator("tr.lv-lit th span").all_inner_texts() == [str(prior)])


def test_a_prior_says_why_under_the_pointer_and_a_click_keeps_it(show):
    page, root = show("assigner='atss', second='ota'")
    prior = page.python("int((lab.assignment.gt_index >= 0).nonzero()[0, 0])")
    scene = root.locator(".lv-scene").first
    scene.scroll_into_view_if_needed()
    frame = scene.bounding_box()
    x, y = page.python(f"lab.priors.centers[{prior}].tolist()")
    at = frame["x"] + x / 96 * frame["width"], frame["y"] + y / 96 * frame["height"]
    page.page.mouse.move(*at)
    page.wait_python(f"lab.looked == {prior}")
    for side in (0, 1):  # one prior, both rules' reasons
        says = page.python(f"lab.why({prior}, {side}).says")
        card = root.locator(".lv-why").nth(side)
        page.eventually(
            lambda card=card, says=says: (
                says.split(": ", 1)[1] in card.locator(".lv-why-says").inner_text()
            )
        )
        told = [verdict.inner_text() for verdict in card.locator(".lv-why-words").all()]
        verdicts = page.python(f"[verdict.says for verdict in lab.why({prior}, {side}).verdicts]")
        assert sorted(told) == sorted(f"{says[0].upper()}{says[1:]}." for says in verdicts)
        assert card.locator(".lv-why-says").inner_text().startswith(f"Prior {prior} is ")
    x1, y1, x2, y2 = page.python(f"lab.why({prior}).square")
    drawn = scene.locator(".lv-square").last.get_attribute("d")
    corners = [float(number) for number in re.findall(r"-?[\d.]+", drawn)]
    scaled = [value * 400 / 96 for value in (x1, y1, x2, y2)]
    assert corners[:4] == pytest.approx(scaled, abs=0.01)
    page.page.mouse.click(*at)
    page.page.mouse.move(5, 5)
    page.page.wait_for_timeout(200)
    assert page.python("lab.looked") == prior
    page.screenshot("assignlab-why", root)
    assert page.axe(ROOT) == []


def test_the_differences_of_two_rules_are_counted(show):
    page, root = show("assigner='atss', second='max_iou'")
    number = page.python("lab.difference['count']")
    page.eventually(
        lambda: f"differ at {number} priors" in root.locator(".lv-difference").inner_text()
    )
    marks = root.locator("path.lv-flipped").nth(1).get_attribute("d")
    assert marks.count("M") == number


def test_what_is_said_of_an_object_follows_the_drag(show):
    page, root = show("assigner='atss'")
    page.drag(grip(root, "G"), 40, -30, steps=20)
    page.settled("lab.boxes[6]")
    page.page.mouse.move(5, 5)
    grip(root, "A").focus()
    page.key_drag(grip(root, "G"), "Shift+ArrowLeft")
    page.settled("lab.boxes[6]")
    count = page.python("lab.positives[6]")
    words = f"{count} prior{' is' if count == 1 else 's are'} responsible for it"
    readout = root.locator(".lv-readout").first
    page.eventually(lambda: words in readout.inner_text())
    item = root.locator(".lv-counts").first.locator("li").nth(6).locator("b")
    page.eventually(lambda: item.inner_text() == str(count))


def counts_everywhere(root):
    """How many priors each object has: in the list, in the picture, as its grip and the aria-label
    say.
    """
    return root.evaluate("""root => {
      const marks = [...root.querySelectorAll('.lv-marks')[0].children];
      const said = [...root.querySelectorAll('.lv-scene')[0].querySelectorAll('.lv-grip-body')];
      said.sort((a, b) => a.dataset.object - b.dataset.object);
      return {
        listed: [...root.querySelectorAll('.lv-counts')[0].children]
          .map(item => Number(item.querySelector('b').textContent)),
        drawn: marks.map(path => (path.getAttribute('d').match(/M/g) ?? []).length),
        spoken: said.map(grip => Number(/(\\d+) priors?$/.exec(grip.getAttribute('aria-valuetext'))[1])),
        label: root.querySelector('.lv-scene').getAttribute('aria-label'),
        caption: root.querySelector('.lv-readout').textContent,
      };
    }""")


def test_text_and_picture_agree_after_a_drag_under_every_rule(show):
    page, root = show("assigner='max_iou', image=1")
    chooser = root.get_by_label("Assigner", exact=True)
    for i, name in enumerate(page.python("list(lab.rules)")):
        chooser.select_option(name)
        page.wait_python(f"lab.result['sides'][0]['assigner'] == {name!r}")
        page.drag(grip(root, "C"), 14 if i % 2 else -14, 6, steps=8)
        page.settled("lab.boxes[2]")
        page.page.mouse.move(5, 5)
        grip(root, "A").focus()
        grip(root, "C").focus()
        truth = list(page.python("lab.positives"))
        title = page.python(f"lab.rules[{name!r}].title")
        count = truth[2]
        words = f"{count} prior{' is' if count == 1 else 's are'} responsible for it"
        page.eventually(lambda words=words: words in counts_everywhere(root)["caption"])
        page.eventually(lambda truth=truth: counts_everywhere(root)["listed"] == truth)
        now = counts_everywhere(root)
        assert now["drawn"] == now["spoken"] == now["listed"] == truth, name
        assert now["label"].startswith(f"{title}: {sum(truth)} of "), name
        assert not re.search(r"\b1 priors", root.inner_text())


def test_while_a_film_plays_what_is_said_is_what_is_drawn(show):
    page, root = show("assigner='hungarian'")
    root.get_by_role("button", name="Play the auction").click()
    page.eventually(lambda: "takes prior" in root.locator(".lv-says").first.inner_text())
    root.get_by_label("Pause", exact=True).first.click()
    for frame in (0, 3):
        root.locator(".lv-player input").first.fill(str(frame))
        page.wait_python(f"lab.frame == {frame}")
        owners = page.python(f"lab.film().owners[{frame}].tolist()")
        truth = [owners.count(i) for i in range(page.python("len(lab.boxes)"))]
        page.eventually(lambda truth=truth: counts_everywhere(root)["listed"] == truth)
        now = counts_everywhere(root)
        assert now["drawn"] == now["spoken"] == truth


def test_every_control_says_what_it_does(show):
    page, root = show("assigner='ota', second='atss'")
    root.get_by_role("button", name="Play Sinkhorn").click()
    page.eventually(lambda: root.locator(".lv-says").first.inner_text())
    silent = """root => [...root.querySelectorAll('button, input, select, [role=slider], [role=grid]')]
      .filter(control => control.checkVisibility())
      .filter(control => !control.getAttribute('aria-description'))
      .map(control => control.getAttribute('aria-label') ?? control.outerHTML)"""
    assert root.evaluate(silent) == []
    line = root.locator(".lv-hint")
    rest = line.inner_text()
    epsilon = root.get_by_label("epsilon (entropy)").first
    epsilon.focus()
    help_of = "next(knob.help for knob in lab.rules['ota'].knobs if knob.name == 'epsilon')"
    page.eventually(lambda: line.inner_text() == page.python(help_of) != rest)
    root.get_by_label("Speed").first.hover()
    page.eventually(lambda: line.inner_text() == "How fast it plays.")


def test_the_matrix_shows_what_its_rule_compares(show):
    """One number of each rule's matrix, recomputed, and what stands above it."""
    page, root = show("assigner='max_iou'")
    chooser = root.get_by_label("Assigner", exact=True)
    setup = "from locviz.boxes import pairwise_iou"
    half = "lab.priors.strides[:, None] * 2"
    squares = f"torch.cat([lab.priors.centers - {half}, lab.priors.centers + {half}], -1)"
    overlap = f"pairwise_iou({squares}, lab.targets.boxes)"
    area = "(lab.targets.boxes[:, 2:] - lab.targets.boxes[:, :2]).prod(-1)[None].expand(999, -1)"
    predicted = "1 - pairwise_iou(lab.predictions.regions, lab.targets.boxes)"
    compared = {
        "max_iou": overlap, "rpn": overlap, "ssd": overlap, "atss": overlap,
        "center_sampling": area, "grid_cell": predicted, "hungarian": "lab.assignment.cost",
        "ota": "lab.assignment.cost", "simota": "lab.assignment.cost",
        "task_aligned": "lab.assignment.cost", "class_aware": "lab.assignment.cost",
        "mutual_labelling": "lab.assignment.cost",
    }  # fmt: skip
    for name in page.python("list(lab.rules)"):
        chooser.select_option(name)
        page.wait_python(f"lab.result['sides'][0]['assigner'] == {name!r}")
        caption = page.python(f"lab.rules[{name!r}].caption")
        page.eventually(
            lambda caption=caption: root.locator(".lv-matrix-box h4").first.inner_text() == caption
        )
        cell = root.locator("td.lv-owner").first
        page.eventually(lambda cell=cell: cell.count() == 1)
        prior, column = cell.evaluate(
            "td => [Number(td.parentElement.querySelector('th span').textContent), td.cellIndex - 1]"
        )
        truth = page.python(f"float(({compared[name]})[{prior}, {column}])", setup=setup)
        shown = float(cell.inner_text().replace("−", "-"))
        assert shown == pytest.approx(truth, abs=0.006 if abs(truth) < 9.995 else 0.51), name


@pytest.mark.parametrize("second", [None, "hungarian"])
def test_nothing_is_clipped_on_a_projector(open_notebook, second):
    """774 is what is left of 1024 beside JupyterLab's file browser."""
    options = f"assigner='ota', second={second!r}, looked=300, image=1"
    page = open_notebook([SETUP, f"lab = AssignLab.replay({options})\nlab"], width=1024, height=768)
    page.run_all()
    root = page.widget(ROOT)
    root.locator(".lv-owned").first.wait_for(state="attached")
    page.eventually(lambda: root.locator(".lv-matrix td").count() > 0)
    for width, height in ((1024, 768), (860, 768), (774, 768), (1440, 900)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.wait_for_timeout(300)
        for theme in ("light", "dark"):
            page.theme(theme)
            page.screenshot(f"assignlab-{width}-{'two' if second else 'one'}-{theme}", root)
        assert cut_off(root) == []
        assert small_text(root) == []
        for side in range(2 if second else 1):
            scene = root.locator(".lv-scene").nth(side)
            assert sorted(texts(scene, ".lv-object-label")) == list("ABCDEFGH")
            assert on_each_other(scene, ".lv-object-label") == []
            last = root.locator(".lv-matrix").nth(side).locator("thead th").last
            last.scroll_into_view_if_needed()
            assert last.inner_text() == "H"
            inside = """th => {
              const box = th.closest('.lv-scroll').getBoundingClientRect();
              const here = th.getBoundingClientRect();
              return here.right <= box.right + 0.5 && here.left >= box.left;
            }"""
            assert last.evaluate(inside)


def test_eight_objects_look_different(show):
    page, root = show("assigner='atss', image=1")
    for theme in ("light", "dark"):
        page.theme(theme)
        looks = (
            root.locator(".lv-counts")
            .first.locator(".lv-sign path")
            .evaluate_all(
                "paths => paths.map(path => [getComputedStyle(path).fill, path.getAttribute('d')])"
            )
        )
        assert len(looks) == 8
        assert len({colour for colour, _ in looks}) == 8
        assert len({shape for _, shape in looks}) == 8


def test_the_difference_map_of_two_rules(show):
    """The dashed squares stand at the priors whose owner differs, on both sides."""
    page, root = show("assigner='atss', second='center_sampling', image=1")
    differ = "(lab.assignment.gt_index != lab.second_assignment.gt_index).nonzero()[:, 0]"
    places = page.python(f"lab.priors.centers[{differ}].tolist()")
    assert places
    for side in (0, 1):
        drawn = root.locator(".lv-scene").nth(side).locator(".lv-flipped").last
        middles = drawn.evaluate("""path => path.getAttribute('d').match(/M[^M]+/g).map(one => {
          const [x, y, w] = one.match(/-?[\\d.]+/g).map(Number);
          return [x + w / 2, y + w / 2];
        })""")
        scaled = [[x * 400 / 96, y * 400 / 96] for x, y in places]
        assert len(middles) == len(scaled)
        for one, other in zip(middles, scaled, strict=True):
            assert one == pytest.approx(other, abs=0.15)


def test_the_matrix_by_keyboard(show):
    page, root = show("assigner='ota'")
    first = root.locator(".lv-matrix td[tabindex='0']").first
    first.focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowRight")
    page.eventually(lambda: root.locator("tr.lv-lit").count() == 1)
    at = page.page.evaluate(
        "() => [document.activeElement.cellIndex, document.activeElement.parentElement.rowIndex]"
    )
    assert at == [2, 2]
    assert "prior" in root.locator(".lv-readout").first.inner_text()
    page.wait_python("lab.looked >= 0")  # and the reasons are there, too
    says = page.python("lab.why(lab.looked).says")
    page.eventually(
        lambda: (
            root.locator(".lv-why-says").first.inner_text().endswith(f"{says.split(': ', 1)[1]}.")
        )
    )


def test_playing_sinkhorn(show):
    page, root = show("assigner='ota', settings={'ota': {'iterations': 20}}")
    root.get_by_role("button", name="Play Sinkhorn").click()
    says = root.locator(".lv-says").first
    matrix = root.locator(".lv-matrix tbody").first
    rounds, plans = [], set()
    page.eventually(lambda: says.inner_text().startswith("iteration"))  # it plays at once
    while not rounds or rounds[-1] < 6:
        rounds.append(int(re.match(r"iteration (\d+):", says.inner_text())[1]))
        plans.add(matrix.inner_text())
        page.page.wait_for_timeout(60)
    assert rounds == sorted(rounds)  # the rounds count up
    assert len(set(rounds)) > 2
    assert len(plans) > 2  # and the plan changes with them
    root.get_by_label("Pause", exact=True).first.click()
    root.locator(".lv-player input").first.fill("0")
    page.wait_python("lab.frame == 0")
    start = owned(root)
    root.get_by_label("Speed").first.select_option("4")
    root.get_by_label("One step on").first.click()
    page.wait_python("lab.frame == 1")
    page.eventually(lambda: says.inner_text().startswith("iteration 2:"))
    gap = page.python("lab.film().gap[1].item()")
    shown = re.search(r"sums are ([\d.e-]+) off", says.inner_text())
    assert shown
    assert float(shown[1]) == pytest.approx(gap, rel=0.01)
    # torch's own steps, of the problem that the rule itself poses: the number and the plan.
    steps = page.python(
        "[step.demand_gap for step in steps]",
        setup="""
from locviz.assign import sinkhorn_steps
posed, rule = [], lab.rules["ota"].build(**lab.reading(0).settings)
solve = rule.solve
rule.solve = lambda *problem: posed.append(problem) or solve(*problem)
rule(lab.priors, lab.targets, lab.predictions)
steps = list(sinkhorn_steps(*posed[0], epsilon=0.1, iterations=20))
""",
    )
    assert float(shown[1]) == pytest.approx(steps[1], rel=0.01)
    assert len(steps) == 20
    row = root.locator(".lv-matrix tbody tr").first
    prior = int(row.locator("th span").inner_text())
    plan = page.python(f"steps[1].plan[:, {prior}].tolist()")
    numbers = [float(text) for text in row.locator("td").all_inner_texts()]
    assert numbers == pytest.approx([*plan, sum(plan)], abs=0.006)
    page.eventually(lambda: "gets" in root.locator(".lv-matrix thead").first.inner_text())
    root.get_by_label("Play", exact=True).first.click()
    page.wait_python("lab.frame == 19", timeout=30)
    page.eventually(lambda: owned(root) != start)
    assert (
        positive(root)
        == page.python("int((lab.film().owners[-1] >= 0).sum())")
        == page.python("sum(lab.positives)")
    )
    root.locator(".lv-player input").first.fill("0")  # scrubbed back
    page.wait_python("lab.frame == 0")
    page.eventually(lambda: owned(root) == start)
    root.get_by_role("button", name="Back to the result").click()
    page.wait_python("lab.frame == -1")
    shows_what_python_says(page, root)


def test_playing_the_auction(show):
    page, root = show("assigner='hungarian'")
    root.get_by_role("button", name="Play the auction").click()
    says = root.locator(".lv-says").first
    page.eventually(lambda: "takes prior" in says.inner_text())
    root.get_by_label("Pause", exact=True).first.click()
    root.locator(".lv-player input").first.fill("0")
    page.wait_python("lab.frame == 0")
    assert says.inner_text() == page.python("lab.film().says[0]")
    assert positive(root) == 1  # one bid, one holder
    page.eventually(lambda: "price" in root.locator(".lv-matrix thead").first.inner_text())
    last = page.python("len(lab.film()) - 1")
    root.locator(".lv-player input").first.fill(str(last))
    page.wait_python(f"lab.frame == {last}")
    page.eventually(lambda: positive(root) == page.python("len(lab.boxes)"))
    # An object moves: the film is of another scene now.
    page.key_drag(grip(root, "G"), "Shift+ArrowLeft")
    page.eventually(lambda: says.inner_text() in page.python("list(lab.film().says)"))


def test_training_steps(show):
    page, root = show("assigner='simota'")
    steps = root.get_by_role("slider", name="training step")
    last = shows_what_python_says(page, root)
    steps.fill("1")
    page.wait_python("lab.training_step == 50")
    early = shows_what_python_says(page, root)
    assert early != last
    table = root.locator(".lv-by-step").first
    flips = page.python("list(lab.flips_by_step.values())")
    page.eventually(
        lambda: (
            [int(x) for x in table.locator("tr").nth(2).locator("td").all_inner_texts()[1:]]
            == flips
        )
    )
    root.get_by_label("compare with").select_option("step")
    page.eventually(
        lambda: f"{flips[0]} changed owner" in root.locator(".lv-totals").first.inner_text()
    )


def test_scenes_pin_and_reset(show):
    page, root = show("assigner='ota'")
    photo = root.locator(".lv-ground image").first
    before = photo.get_attribute("href")
    root.get_by_role("button", name="Pin", exact=True).click()
    page.wait_python("lab.flips['pinned'] == 0")
    page.eventually(lambda: "0 changed owner" in root.locator(".lv-totals").first.inner_text())
    root.get_by_label("Next scene").click()
    page.wait_python("lab.image == 1")
    page.eventually(lambda: photo.get_attribute("href") != before)
    page.eventually(lambda: grip(root, "H").count() == page.python("int(len(lab.boxes) > 7)"))
    shows_what_python_says(page, root)
    root.get_by_label("Reset all").click()
    page.wait_python("lab.image == 0 and lab.boxes == replay.targets[0].boxes.tolist()")
    shows_what_python_says(page, root)


def test_python_moves_the_view(show):
    page, root = show("assigner='atss'")
    marks = owned(root)
    page.python("1", setup="lab.drag('gt 0', -8, 4)\nlab.second = 'ota'")
    page.eventually(lambda: root.locator(".lv-scene:visible").count() == 2)
    page.eventually(lambda: owned(root) != marks)
    x = page.python("lab.boxes[0][0]")
    scene = root.locator(".lv-scene").first
    drawn = float(scene.locator(".lv-object-line").first.get_attribute("x") or "nan")
    assert drawn == pytest.approx(x * 400 / 96, abs=0.01)


def test_an_error_shows_in_the_widget(show):
    page, root = show("assigner='atss'")
    page.python("1", setup="lab._cache.read = lambda *_, **__: 1 / 0")
    page.key_drag(grip(root, "A"), "ArrowRight")
    root.get_by_role("alert").wait_for(state="visible")
    assert "ZeroDivisionError" in root.get_by_role("alert").inner_text()


def test_a_hostile_class_name_is_text(show):
    page, root = show(
        make=f"lambda options: AssignLab(predictions=replace(replay, class_names=({HOSTILE!r},) * 6))"
    )
    page.eventually(lambda: HOSTILE in root.locator(".lv-counts").first.inner_text())
    assert root.locator("img").count() == 0
    assert grip(root, "A").get_attribute("aria-label") == f"object A, {HOSTILE}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "options", ["assigner='ota'", "assigner='ota', second='max_iou', training_step=150, image=1"]
)
def test_no_accessibility_violation(show, theme, options):
    page, root = show(options)
    grip(root, "B").focus()
    page.wait_python("lab.selected == 1")
    page.theme(theme)
    name = "two" if "second" in options else "one"
    page.screenshot(f"assignlab-{name}-{theme}", root)
    assert page.axe(ROOT) == []


def test_playing_is_accessible_too(show):
    page, root = show("assigner='ota', second='hungarian'")
    root.get_by_role("button", name="Play Sinkhorn").click()
    root.get_by_role("button", name="Play the auction").click()
    page.eventually(lambda: root.locator(".lv-says:visible").count() == 2)
    page.eventually(lambda: all(root.locator(".lv-says").all_inner_texts()))
    page.screenshot("assignlab-playing", root)
    assert page.axe(ROOT) == []


SIZES = [
    ("scaled", "assigner='simota', second='task_aligned', scale=1.5", 1700),
    ("narrow", "assigner='ota', second='atss'", 560),
    ("middle", "assigner='atss'", 860),
]


@pytest.mark.parametrize(("name", "options", "width"), SIZES)
def test_other_sizes_fit(open_notebook, name, options, width):
    page = open_notebook(
        [SETUP, f"lab = AssignLab.replay({options})\nlab"], width=width, height=1600
    )
    page.run_all()
    root = page.widget(ROOT)
    root.locator(".lv-owned").first.wait_for(state="attached")
    page.screenshot(f"assignlab-{name}", root)
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    assert page.axe(ROOT) == []


def test_a_restarted_kernel_shows_and_the_view_recovers(open_notebook):
    page = open_notebook([SETUP, "lab = AssignLab.replay(assigner='atss')\nlab"], height=1300)
    page.run_all()
    root = page.widget(ROOT)
    root.locator(".lv-owned").first.wait_for(state="attached")
    page.page.evaluate(
        "jupyterapp.shell.currentWidget.sessionContext.restartKernel().then(() => null)"
    )
    lost = root.locator(".lv-lost")
    lost.wait_for()
    assert "choose Run ▸ Run All Above Selected Cell" in lost.inner_text()
    line = root.locator(".lv-object-line").nth(6)
    before = line.get_attribute("x")
    page.drag(grip(root, "G"), -30, 0)  # still alive without a kernel
    page.eventually(lambda: line.get_attribute("x") != before)
    page.run_all()
    root = page.widget(ROOT)
    page.eventually(lambda: root.locator(".lv-lost:visible").count() == 0)
    shows_what_python_says(page, root)


def test_reduced_motion_and_spans(open_notebook):
    spans = (
        "from locviz.types import Targets\n"
        "spans = Targets(boxes=torch.tensor([[4.0, 20.0], [14.0, 44.0], [50.0, 60.0]]),"
        " labels=torch.tensor([0, 1, 0]), size=(64,))\n"
        "lab = AssignLab(targets=spans, assigner='ota', class_names=['cut', 'cook'])\nlab"
    )
    page = open_notebook([SETUP, spans], reduced_motion="reduce")
    page.run_all()
    root = page.widget(ROOT)
    page.drag(grip(root, "A"), 40, 90)
    box = page.settled("lab.boxes[0]")
    assert box[0] > 6
    assert box[1] - box[0] == pytest.approx(16)
    root.get_by_role("button", name="Play Sinkhorn").click()
    page.eventually(lambda: root.locator(".lv-says").first.inner_text().startswith("iteration 1:"))
    root.get_by_label("Play", exact=True).first.click()
    page.wait_python("lab.frame == 49")  # at once: nothing moves by itself
    page.screenshot("assignlab-spans", root)
    assert page.axe(ROOT) == []
