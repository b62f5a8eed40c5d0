"""The oracle and real ground truths, for every test here."""

import importlib.util
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch

from locviz.types import Targets


@pytest.fixture(scope="session")
def oracle():
    """The module oracle.py."""
    spec = importlib.util.spec_from_file_location("oracle", Path(__file__).with_name("oracle.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def bccd_targets():
    """Boxes of real blood-cell photographs (BCCD); the package's reader has tests of its own."""
    folder = (
        Path(os.environ.get("LOCVIZ_TEST_DATA", "../shared/data")) / "bccd" / "BCCD" / "Annotations"
    )
    if not folder.is_dir():
        pytest.skip("no real data: set LOCVIZ_TEST_DATA")
    names = ["RBC", "WBC", "Platelets"]
    targets = []
    for path in sorted(folder.glob("*.xml"))[:80]:
        objects = ElementTree.parse(path).getroot().findall("object")
        corners = ("bndbox/xmin", "bndbox/ymin", "bndbox/xmax", "bndbox/ymax")
        boxes = torch.tensor(
            [[float(o.findtext(c, "")) for c in corners] for o in objects]
        ).reshape(-1, 4)
        labels = torch.tensor(
            [names.index(o.findtext("name", "")) for o in objects], dtype=torch.int64
        )
        targets.append(Targets(boxes, labels, (480, 640)))
    return targets
