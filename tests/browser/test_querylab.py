"""QueryLab in a real JupyterLab: picked with mouse and keys, layers, heads, steps; light and dark."""

import pytest
from lab_looks import cut_off, on_each_other, small_text, texts

SETUP = """
import torch
from dataclasses import replace
from locviz.data import Shapes
from locviz.layers import (
    LearnedQueries, PrepareClips, ProjectMaps, SinePositions, SmallConvNet, TransformerDecoder, TransformerEncoder,
)
from locviz.models import deformable_detr_tiny, detr, detr_tiny
from locviz.types import Targets
from locviz.widgets.querylab import QueryLab, QueryRecorder, look_at
data = Shapes(level="first", split="test", num_scenes=1)
image, targets = data[0]
def look(step):
    torch.manual_seed(step)
    return look_at(detr_tiny(3), image, targets, step=step)
looks = [look(step) for step in (0, 50, 90)]
places, shares = torch.rand(3, 25, 8, 4, 2) * 64, torch.rand(3, 25, 8, 4).softmax(-1)
deformed = replace(looks[0], cells=None, places=places, shares=shares)
given = {"image": image, "targets": targets, "class_names": data.class_names}
torch.manual_seed(0)
deforming = deformable_detr_tiny(3)
for layer in deforming.decoder.layers:
    torch.nn.init.normal_(layer.cross_attention.offsets.weight, std=0.02)
along = detr(
    2, channels=32, dim=1, prepare=PrepareClips(step=2.0, divisor=4),
    backbone=SmallConvNet(widths=(16, 32), depths=(1, 1), num_maps=1, in_channels=6, dim=1),
    neck=ProjectMaps(in_channels=(32,), channels=32, dim=1),
    encoder=TransformerEncoder(
        channels=32, positions=SinePositions(channels=32, dim=1), depth=1, hidden=32, dropout=0.0
    ),
    queries=LearnedQueries(8, channels=32),
    decoder=TransformerDecoder(channels=32, depth=3, hidden=32, dropout=0.0),
)
clip = torch.rand(40, 6)
spans = Targets(torch.tensor([[8.0, 24.0], [40.0, 72.0]]), torch.tensor([1, 0]), (80.0,))
recorder = QueryRecorder(along, clip, spans, class_names=["talk", "music"], every=1)
optimizer = torch.optim.AdamW(along.parameters(), lr=2e-3)
for step in range(60):
    if step % 6 == 0:
        recorder.look(step)
    optimizer.zero_grad()
    along.loss([clip], [spans]).total.backward()
    optimizer.step()
recorder.look(60)
"""
# What the lab looks like under these arguments, in a window of this width.
LOOKS = {
    "light": ("QueryLab()", 1280, 12),
    "dark": ("QueryLab(step=6)", 1280, 12),
    "scaled": ("QueryLab(looks=looks, scale=1.5, **given)", 1700, 9),
    "phone": ("QueryLab()", 420, 12),
    "dots": ("QueryLab(looks=deformed, **given)", 1280, 9),
    "reference": ("QueryLab.of(deforming, image, targets, class_names=data.class_names)", 1280, 9),
    "spans": ("QueryLab.replay(recorder.replay())", 1280, 6),
    "spans-dark": ("QueryLab.replay(recorder.replay(), step=3)", 1280, 6),
}
DARK = ("dark", "spans-dark")


def named(look):
    return f"{look.replace('-', '_')}_lab"


@pytest.fixture(scope="module")
def notebook(open_for_file):
    """One notebook with a lab for gestures, and some to be looked at."""
    first = "lab = QueryLab(looks=looks, **given)\nlab"
    cells = [
        SETUP,
        first,
        *[f"{named(name)} = {cell}\n{named(name)}" for name, (cell, *_) in LOOKS.items()],
    ]
    page = open_for_file(cells, width=1280, height=900)
    page.run_all()
    return page


@pytest.fixture
def shown(notebook):
    """The page and the lab's root in it, as the cell made it."""
    page = notebook
    page.page.set_viewport_size({"width": 1280, "height": 900})
    page.python("1", setup="lab.reset()")
    root = page.widget(".locviz-querylab")
    page.page.mouse.move(2, 2)
    page.page.evaluate("document.activeElement.blur()")
    page.eventually(lambda: words(root) == page.python("lab.result['words']"))
    return page, root


def words(root):
    return root.locator(".lv-words").inner_text()


def chosen(root):
    return int(root.locator(".lv-query.lv-chosen").get_attribute("data-query"))


def test_the_opening_says_what_torch_says(shown):
    page, root = shown
    query = page.python("lab.query")
    assert chosen(root) == query
    score = page.python("lab.look.scores[2, lab.query].max().item()")
    assert f" {score:.2f}; responsible for A" in words(root)
    assert root.locator(".lv-scene .lv-cell").count() == 64
    most = page.python("lab.look.cells[2].mean(0)[lab.query].argmax().item()")
    top = root.locator(".lv-scene .lv-cell").nth(most)
    assert "lv-top" in top.get_attribute("class")
    assert root.locator(".lv-scene .lv-chain").count() == 3
    dashes = [
        root.locator(f'.lv-chain[data-layer="{i}"]').get_attribute("stroke-dasharray")
        for i in range(3)
    ]
    assert dashes == ["2 3", "5 3", None]
    assert root.locator(".lv-match").inner_text() == page.python("lab.result['match']")
    assert page.python("lab.last_error") == ""


def test_a_click_on_the_picture_chooses_the_nearest_query(shown):
    page, root = shown
    before, picture = page.python("lab.query"), root.locator(".lv-scene").screenshot()
    # The dots of an untrained detector lie close together; one at an end of them is the nearest to
    # any place beyond it.
    centres = "((lab.look.regions[2, :, :2] + lab.look.regions[2, :, 2:]) / 2)"
    place = [2.0, 62.0]
    far = f"({centres} - torch.tensor({place})).norm(dim=-1)"
    other = page.python(f"{far}.argmin().item()")
    assert other != before
    scene = root.locator(".lv-scene").bounding_box()
    zoom = scene["width"] / 64
    page.page.mouse.click(scene["x"] + place[0] * zoom, scene["y"] + place[1] * zoom)
    page.wait_python(f"lab.query == {other} and lab.gesture == 'pick'")
    page.eventually(lambda: chosen(root) == other)
    assert root.locator(".lv-scene").screenshot() != picture
    row = float(root.locator(".lv-matrix .lv-row").get_attribute("y"))
    assert row == other
    # Twice takes it back.
    page.page.mouse.dblclick(scene["x"] + 9 * zoom, scene["y"] + 9 * zoom)
    page.wait_python("lab.query == lab.initial['query']")


def test_keys_choose_and_tab_leaves(shown):
    page, root = shown
    page.python("1", setup="lab.pick(10)")
    page.eventually(lambda: chosen(root) == 10)
    scene = root.locator(".lv-scene")
    scene.focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    page.wait_python("lab.query == 12 and lab.gesture == 'key'")
    page.eventually(lambda: scene.get_attribute("aria-valuenow") == "12")
    page.eventually(
        lambda: scene.get_attribute("aria-valuetext").startswith("Query 12 after layer 3")
    )
    page.page.keyboard.press("PageDown")
    page.wait_python("lab.query == 7")
    page.page.keyboard.press("Home")
    page.wait_python("lab.query == 0")
    page.page.keyboard.press("Escape")
    page.wait_python("lab.query == 10")
    page.page.keyboard.press("Tab")
    assert not scene.evaluate("e => e === document.activeElement")
    for _ in range(40):
        page.page.keyboard.press("Tab")
        if not root.evaluate("e => e.contains(document.activeElement)"):
            break
    assert not root.evaluate("e => e.contains(document.activeElement)")


def test_layer_head_and_step(shown):
    page, root = shown
    page.key_drag(root.get_by_label("layer").first, "ArrowLeft")
    page.wait_python("lab.layer == 1")
    page.eventually(lambda: "after layer 2" in words(root))
    assert "lv-now" in root.locator('.lv-chain[data-layer="1"]').get_attribute("class")
    root.get_by_label("Head").select_option("3")
    page.wait_python("lab.head == 3")
    weights = page.python("lab.look.cells[1, 3, lab.query].tolist()")
    first = root.locator(".lv-scene .lv-cell").first
    expected = pytest.approx(0.8 * weights[0] / max(*weights, 4 / 64), abs=2e-3)
    page.eventually(lambda: float(first.get_attribute("fill-opacity")) == expected)
    assert "In head 4" in root.locator(".lv-looks").inner_text()
    page.key_drag(root.get_by_label("training step"), "ArrowLeft")
    page.wait_python("lab.step == 1")
    page.eventually(lambda: "since step 0" in root.locator(".lv-match").inner_text())
    since = page.python("len(lab.since)")
    assert (
        f"{since or 'None'} of 3 matches flipped since step 0"
        in root.locator(".lv-match").inner_text()
    )
    root.get_by_label("Reset all").click()
    page.wait_python("lab._settings() == lab.initial")


def test_the_matrix_and_the_table_choose(shown):
    page, root = shown
    box = root.locator(".lv-matrix").bounding_box()
    page.page.mouse.click(box["x"] + 20, box["y"] + box["height"] * 4.5 / 25)
    page.wait_python("lab.query == 4")
    cell = root.locator("tbody tr").nth(1).locator("button").nth(0)
    owner = page.python("lab.owners[0][1][0]")
    assert cell.inner_text().rstrip("*′") == str(owner)
    cell.click()
    page.wait_python(f"lab.query == {owner} and lab.layer == 0")
    page.eventually(lambda: cell.get_attribute("aria-pressed") == "true")
    assert "responsible for B" in words(root)


def test_every_control_says_what_it_does(shown):
    _, root = shown
    hint = root.locator(".lv-hint")
    rest, said = hint.inner_text(), set()
    controls = root.locator(".lv-controls :is(button, input, select):visible")
    for i in range(controls.count()):
        controls.nth(i).focus()
        said.add(hint.inner_text())
    assert rest not in said
    assert len(said) == controls.count() == 8
    root.locator(".lv-scene").focus()
    assert hint.inner_text().startswith("A dot is a query")


@pytest.mark.parametrize("name", LOOKS)
def test_how_it_looks(notebook, name):
    page, (_, width, cells) = notebook, LOOKS[name]
    page.page.set_viewport_size({"width": width, "height": 1200})
    root = page.page.locator(".locviz-querylab").nth(1 + list(LOOKS).index(name))
    if name in DARK:
        page.theme("dark")
    try:
        root.scroll_into_view_if_needed()
        page.page.wait_for_timeout(200)
        page.screenshot(f"querylab-{name}", root)
        assert small_text(root) == []
        assert on_each_other(root, ".lv-label text") == []
        assert cut_off(root) == []
        assert len(texts(root, "td button")) == cells
        root.evaluate("e => e.setAttribute('data-looked', '')")
        assert page.axe(".locviz-querylab[data-looked]") == []
        root.evaluate("e => e.removeAttribute('data-looked')")
    finally:
        if name in DARK:
            page.theme("light")


def lab_of(notebook, look):
    """The page, the root and the Python name of a lab to be looked at."""
    page = notebook
    page.page.set_viewport_size({"width": 1280, "height": 1200})
    name = named(look)
    page.python("1", setup=f"{name}.reset()")
    root = page.page.locator(".locviz-querylab").nth(1 + list(LOOKS).index(look))
    root.scroll_into_view_if_needed()
    page.eventually(lambda: words(root) == page.python(f"{name}.result['words']"))
    return page, root, name


def test_the_timeline_shows_every_flip(notebook):
    page, root, lab = lab_of(notebook, "light")
    flipped = page.python(f"[len({lab}._watched.since(i, 2)) for i in range(18)]")
    assert sum(flipped) > 10
    shown = [text for text in texts(root, ".lv-story .lv-flips") if text]
    assert shown == [str(count) for count in flipped[1:]]
    whose = page.python(f"[o[2][1][0] for o in {lab}._watched.owners]")
    cells = root.locator(".lv-story .lv-whose")
    assert [cells.nth(18 + i).inner_text() for i in range(18)] == [str(query) for query in whose]
    at = next(i for i in range(1, 18) if whose[i] != whose[i - 1])
    assert "lv-flip" in cells.nth(18 + at).get_attribute("class")
    assert f"flipped: it was {whose[at - 1]}" in cells.nth(18 + at).get_attribute("title")
    # A click goes there; lines lead from the queries to the objects.
    cells.nth(18 + at).click()
    page.wait_python(f"({lab}.step, {lab}.query) == ({at}, {whose[at]})")
    page.eventually(lambda: chosen(root) == whose[at])
    page.eventually(lambda: root.locator("line.lv-link").count() == 4)
    x1, x2 = page.python(f"{lab}.targets.boxes[1, ::2].tolist()")
    ends = [float(line.get_attribute("x2")) for line in root.locator("line.lv-link").all()]
    assert min(abs(end - (x1 + x2) / 2) for end in ends) < 1e-3


def test_the_training_plays(notebook):
    page, root, lab = lab_of(notebook, "light")
    query = page.python(f"{lab}.query")
    root.get_by_label("Play").click()
    page.wait_python(f"{lab}.step == 2 and {lab}.gesture == 'play'")
    root.get_by_label("Pause").click()
    stopped = page.python(f"{lab}.step")
    page.page.wait_for_timeout(1500)
    assert page.python(f"({lab}.step, {lab}.query)") == [stopped, query]
    root.get_by_label("One look on").click()
    page.wait_python(f"{lab}.step == {stopped + 1}")
    been = root.locator(".lv-trail .lv-been")
    page.eventually(lambda: been.count() == stopped + 1)


def test_the_reference_point_is_dragged(notebook):
    page, root, lab = lab_of(notebook, "reference")
    own = page.python(f"{lab}.result['reference']")
    places, grip = root.locator(".lv-place"), root.locator(".lv-reference")
    before = [float(one.get_attribute("cx")) for one in places.all()]
    zoom = root.locator(".lv-scene").bounding_box()["width"] / 64
    page.drag(grip, -10 * zoom, 6 * zoom, steps=12)
    page.wait_python(f"{lab}.gesture == 'drag' and len({lab}.reference) == 2")
    moved = page.python(f"{lab}.reference")
    assert moved == pytest.approx([own[0] - 10, own[1] + 6], abs=0.3)
    after = [float(one.get_attribute("cx")) for one in places.all()]
    assert after == pytest.approx([x + moved[0] - own[0] for x in before], abs=1e-2)
    assert after == pytest.approx(page.python(f"{lab}.dots[:, 0].tolist()"), abs=1e-2)
    page.eventually(lambda: "it would read" in root.locator(".lv-looks").inner_text())
    assert root.locator(".lv-looks").inner_text() == page.python(f"{lab}.result['looks']")
    page.screenshot("querylab-reference-moved", root)
    grip.focus()
    page.page.keyboard.press("Shift+ArrowLeft")
    page.wait_python(f"abs({lab}.reference[0] - {max(moved[0] - 10, 0)}) < 1e-4")
    page.page.keyboard.press("Escape")
    page.wait_python(f"{lab}.gesture == 'restore'")
    # Another query has its own.
    page.key_drag(root.get_by_label("query", exact=True).first, "ArrowRight")
    page.wait_python(f"{lab}.reference == []")


def test_a_drag_writes_only_what_changed(notebook):
    """Of 32 places x and y, their words and the handle: no matrix, no table, no boxes anew."""
    page, root, _ = lab_of(notebook, "reference")
    grip = root.locator(".lv-reference")
    x, y = page.center(grip)
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    root.evaluate(
        """e => { window.locvizWrites = 0;
        new MutationObserver(records => { window.locvizWrites += records.length; }).observe(
        e, { attributes: true, childList: true, characterData: true, subtree: true }); }"""
    )
    for i in range(60):
        page.page.mouse.move(x - i % 30, y + i % 20)
        page.page.wait_for_timeout(16)
    writes = page.page.evaluate("() => window.locvizWrites") / 60
    page.page.mouse.up()
    assert 0 < writes < 150, writes
    page.eventually(lambda: "it would read" in root.locator(".lv-looks").inner_text())


def test_an_error_shows_in_the_widget(shown):
    page, root = shown
    page.python("1", setup="answer, lab._answer = lab._answer, lambda *_: 1 / 0")
    page.key_drag(root.locator(".lv-scene"), "ArrowRight")
    root.get_by_role("alert").wait_for(state="visible")
    assert "ZeroDivisionError" in root.get_by_role("alert").inner_text()
    page.python("1", setup="lab._answer = answer")
    page.page.keyboard.press("ArrowLeft")
    root.get_by_role("alert").wait_for(state="hidden")
