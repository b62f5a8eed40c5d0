import pytest

from locviz.checkpoints import load_shipped, shipped
from locviz.checkpoints.shipped import FOLDER
from locviz.data import Digits, Shapes
from locviz.evaluate import evaluate
from locviz.train import predict

DATA = {
    "digits": lambda num: Digits(split="test", num_scenes=num),
    "shapes": lambda num: Shapes(level="first", split="test", num_scenes=num),
    "shapes-crowded": lambda num: Shapes(level="crowded", split="test", num_scenes=num),
}
# A weight file stays in the history for ever: a megabyte each, but for these, which are older or hold
# two heads.
LARGER = {
    "detr_tiny_selected-shapes": 2.5,  # the matrices of a transformer
    "faster_rcnn_tiny-shapes": 1.5,
    "faster_rcnn_tiny-shapes-crowded": 1.5,
    "yolov10_tiny-shapes": 1.5,
    "yolox_tiny_course-shapes-crowded": 1.5,
}


def data_of(name: str, card) -> str:
    return name.removeprefix(f"{card.preset}-")


def test_what_ships_is_small_licensed_and_says_how_it_was_made():
    cards = shipped()
    assert set(cards) >= set(LARGER)
    for name, card in cards.items():
        limit = LARGER.get(name, 1)
        assert (FOLDER / f"{name}.safetensors").stat().st_size <= limit * 2**20
        assert data_of(name, card) in DATA
        assert card.licence
        assert card.recipe["steps"] > 0
        assert "seed" in card.recipe
        assert 0 < card.measured["AP"] < card.measured["AP50"] <= 1


@pytest.mark.parametrize("name", shipped())
def test_sixty_scenes_give_about_what_the_card_says(name):
    """The card says what 500 scenes gave; the first 60 of them may differ by chance, a damaged file
    by far more.
    """
    detector, card = load_shipped(name)
    scenes = DATA[data_of(name, card)](60)
    assert card.class_names == scenes.class_names
    targets = [scenes[index][1] for index in range(60)]
    found = evaluate(predict(detector, scenes), targets, num_classes=len(scenes.class_names))
    assert found.ap50 == pytest.approx(card.measured["AP50"], abs=0.05)


def test_unknown_names_list_what_ships():
    with pytest.raises(ValueError, match="fcos_tiny-digits"):
        load_shipped("fcos_tiny-cats")
