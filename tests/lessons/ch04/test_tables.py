"""The table of detectors says what was read, and each row leads to its preset."""

from pathlib import Path

import locviz
from locviz.experiments.detector_survey import DETECTORS
from locviz.lessons.ch04.tables import detector_table


def test_every_detector_has_a_row_with_what_it_is_made_of():
    table = detector_table()
    rows = {str(row[0]): dict(zip(table.header, row, strict=True)) for row in table.rows}
    assert list(rows) == list(DETECTORS)
    assert rows["Faster R-CNN, R50-FPN"]["parameters"] == "41,755,286"
    assert rows["YOLOX, S"]["parameters"] == "8,968,255"
    assert rows["YOLOX, S"]["assigner"] == "SimOTA"
    assert rows["Faster R-CNN, tiny"]["assigner"] == "MaxIoU; MaxIoU"
    assert rows["Fast R-CNN, tiny"]["priors"] == "proposals"
    assert rows["FCOS, R50"]["learned stages"] == "1"
    assert rows["RetinaNet, R50-FPN"]["parameters"] == "34,014,999"
    assert rows["RetinaNet, tiny"]["priors"] == "AnchorPriors"


def test_each_row_leads_to_a_preset():
    chapters = Path(locviz.__file__).parent.parent / "chapters"
    for row in detector_table().rows:
        file, line = row[0].href.split("#L")
        text = (chapters / file).resolve().read_text().splitlines()
        assert text[int(line) - 1].startswith("def ")
