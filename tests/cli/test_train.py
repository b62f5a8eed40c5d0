"""`locviz train` and `locviz eval` on folders of eight images: files, exit statuses, messages,
resume.
"""

import json
import shutil
from xml.etree import ElementTree

import pytest
import torch
from safetensors.torch import load_file

from locviz.cli import main
from locviz.data import Shapes
from locviz.data.images import write_image
from locviz.data.write_coco import write_coco

STEPS = 4


@pytest.fixture(scope="module")
def coco(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coco")
    for split in ("train", "test"):
        write_coco(Shapes(split=split, num_scenes=8), folder, split=split)
    return folder


@pytest.fixture(scope="module")
def voc(tmp_path_factory):
    folder = tmp_path_factory.mktemp("voc")
    for part in ("Annotations", "ImageSets/Main"):
        (folder / part).mkdir(parents=True)
    shapes = Shapes(num_scenes=6)
    for index in range(6):
        image, targets = shapes[index]
        write_image(folder / "JPEGImages" / f"{index}.png", image)
        root = ElementTree.Element("annotation")
        size = ElementTree.SubElement(root, "size")
        ElementTree.SubElement(size, "width").text = ElementTree.SubElement(size, "height").text = (
            "64"
        )
        for box, label in zip(
            targets.boxes.round().int().tolist(), targets.labels.tolist(), strict=True
        ):
            thing = ElementTree.SubElement(root, "object")
            ElementTree.SubElement(thing, "name").text = shapes.class_names[label]
            corners = ElementTree.SubElement(thing, "bndbox")
            for key, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True):
                ElementTree.SubElement(corners, key).text = str(value)
        ElementTree.ElementTree(root).write(folder / "Annotations" / f"{index}.xml")
    for split, numbers in (("train", range(4)), ("val", range(4, 6))):
        (folder / "ImageSets/Main" / f"{split}.txt").write_text("\n".join(map(str, numbers)))
    return folder


def train(data, out, *options) -> int:
    return main(
        [
            "train",
            "fcos_tiny",
            "--data",
            str(data),
            "--out",
            str(out),
            "--steps",
            str(STEPS),
            "--batch-size",
            "2",
            *options,
        ]
    )


def test_train_then_eval_on_coco(coco, tmp_path, capsys):
    run = tmp_path / "run"
    assert train(coco, run, "--flip") == 0
    printed = capsys.readouterr().out
    assert "8 images" in printed
    assert {"circle", "square", "triangle"} <= set(printed.split())
    assert {p.name for p in run.iterdir()} == {
        "run.json", "checkpoint.pt", "losses.csv", "model.safetensors", "model.json", "predictions.png",
    }  # fmt: skip
    card = json.loads((run / "model.json").read_text())
    assert card["class_names"] == ["circle", "square", "triangle"]
    assert card["recipe"]["steps"] == STEPS
    assert card["measured"]["on"].endswith("test")
    assert len((run / "losses.csv").read_text().splitlines()) == STEPS

    picture = tmp_path / "seen" / "eval.png"
    assert (
        main(["eval", str(run), "--data", str(coco), "--limit", "3", "--picture", str(picture)])
        == 0
    )
    assert "ap50" in capsys.readouterr().out
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_eval_of_the_run_prints_what_the_run_printed(coco, tmp_path, capsys):
    assert train(coco, tmp_path / "run") == 0
    first = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith(("all", "ap "))
    ]
    assert main(["eval", str(tmp_path / "run"), "--data", str(coco)]) == 0
    assert [
        line for line in capsys.readouterr().out.splitlines() if line.startswith(("all", "ap "))
    ] == first


def test_train_on_voc_at_another_size(voc, tmp_path, capsys):
    assert train(voc, tmp_path / "run", "--image-size", "48") == 0
    assert "4 images" in capsys.readouterr().out
    card = json.loads((tmp_path / "run" / "model.json").read_text())
    assert card["image_size"] == 48
    assert card["measured"]["on"].endswith("val")


def test_without_a_held_out_split_it_says_so(coco, tmp_path, capsys):
    assert train(coco / "annotations" / "train.json", tmp_path / "run") == 0
    assert "no held-out split" in capsys.readouterr().out


def test_interrupted_and_resumed_is_as_never_interrupted(coco, tmp_path, capsys, monkeypatch):
    import tqdm

    class Stops(tqdm.tqdm):
        """Ctrl-C in the third step."""

        steps = 0

        def update(self, n=1):
            self.steps += 1
            if self.steps == 3:
                raise KeyboardInterrupt
            return super().update(n)

    assert train(coco, tmp_path / "whole") == 0
    with monkeypatch.context() as patch:
        patch.setattr(tqdm, "tqdm", Stops)
        assert train(coco, tmp_path / "parts") == 130
    assert "--resume" in capsys.readouterr().out
    assert not (tmp_path / "parts" / "model.safetensors").exists()
    assert train(coco, tmp_path / "parts", "--resume") == 0
    whole, parts = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_the_set_that_ships_by_its_name(tmp_path, capsys):
    assert train("shapes_mini", tmp_path / "run") == 0
    assert "20 images of shapes_mini" in capsys.readouterr().out


def test_shipped_weights_by_their_name(capsys):
    """Ten scenes of digits that the detector has not seen."""
    assert main(["eval", "fcos_tiny-digits", "--data", "digits_mini"]) == 0
    figures = capsys.readouterr().out.splitlines()[-1].split()
    assert float(figures[figures.index("ap50") + 1]) > 0.7


def refused(capsys, *arguments: str) -> str:
    assert main([str(a) for a in arguments]) == 2
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.err


def test_a_folder_with_a_run_is_not_overwritten(coco, tmp_path, capsys):
    assert train(coco, tmp_path / "run") == 0
    assert "--resume" in refused(
        capsys, "train", "fcos_tiny", "--data", coco, "--out", tmp_path / "run"
    )
    other = (
        "train",
        "fcos_tiny",
        "--data",
        coco,
        "--out",
        tmp_path / "run",
        "--resume",
        "--steps",
        "9",
    )
    assert "--steps 4, this command has 9" in refused(capsys, *other)


def test_refusals_name_the_argument(coco, tmp_path, capsys):
    out = ("--out", tmp_path / "run")
    assert "fcos_tiny" in refused(capsys, "train", "retinanet", "--data", coco, *out)
    assert "nowhere" in refused(capsys, "train", "fcos_tiny", "--data", tmp_path / "nowhere", *out)
    assert "no data set" in refused(capsys, "train", "fcos_tiny", "--data", tmp_path, *out)
    assert "lr" in refused(capsys, "train", "fcos_tiny", "--data", coco, "--lr", "-1", *out)
    assert "resume" in refused(capsys, "train", "fcos_tiny", "--data", coco, "--resume", *out)
    assert not (tmp_path / "run").exists()
    assert "neither" in refused(capsys, "eval", "nothing", "--data", coco)
    assert "model.safetensors" in refused(capsys, "eval", tmp_path, "--data", coco)


def test_eval_refuses_other_classes_and_damaged_files(coco, voc, tmp_path, capsys):
    run = tmp_path / "run"
    assert train(coco, run) == 0
    capsys.readouterr()
    assert "knows the classes circle" in refused(capsys, "eval", run, "--data", "digits")
    weights = run / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert "truncated" in refused(capsys, "eval", run, "--data", coco)
    (run / "model.json").write_text("{}")
    assert "no card" in refused(capsys, "eval", run, "--data", coco)


@pytest.mark.parametrize("steps", ["0", "-3", "many"])
def test_counts_must_be_positive(coco, steps, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["train", "fcos_tiny", "--data", str(coco), "--steps", steps])
    assert stop.value.code == 2
    assert "at least 1" in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["1" + "0" * 22, "9" * 5000, "-1", "1.5", "x"])
def test_a_seed_must_be_one_that_torch_takes(coco, seed, capsys):
    """10^22 was a RuntimeError of torch, five thousand digits are a ValueError of Python."""
    with pytest.raises(SystemExit) as stop:
        main(["train", "fcos_tiny", "--data", str(coco), f"--seed={seed}"])
    assert stop.value.code == 2
    assert (
        "must be a whole number of at least 0 and at most 9223372036854775807"
        in capsys.readouterr().err
    )


def test_what_stopped_before_its_first_checkpoint_starts_again(coco, tmp_path, capsys):
    """A missing image ends a run at once; the mended run must not be told to resume what was never
    saved.
    """
    data = tmp_path / "data"
    shutil.copytree(coco, data)
    for path in sorted((data / "images/train").iterdir())[
        1:
    ]:  # the first shows where the images are
        path.rename(tmp_path / path.name)
    assert "png does not exist" in refused_training(capsys, data, tmp_path / "run")
    assert "start without --resume" in refused_training(capsys, data, tmp_path / "run", "--resume")
    for path in tmp_path.glob("*.png"):
        path.rename(data / "images/train" / path.name)
    assert train(data, tmp_path / "run") == 0
    assert len((tmp_path / "run/losses.csv").read_text().splitlines()) == STEPS


def refused_training(capsys, data, out, *options) -> str:
    assert train(data, out, *options) == 2
    return capsys.readouterr().err


def test_the_log_of_a_resumed_run_has_each_step_once(coco, tmp_path):
    run = tmp_path / "run"
    assert train(coco, run) == 0
    whole = (run / "losses.csv").read_text()
    # As if it had been killed after logging a step that its checkpoint does not have.
    (run / "losses.csv").write_text(whole + f"{STEPS + 1},1,1\n{STEPS + 2},1")
    assert train(coco, run, "--resume") == 0
    assert (run / "losses.csv").read_text() == whole


def test_folders_that_are_none(coco, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert "--out" in refused_training(capsys, coco, tmp_path / "file")
    assert "Not a directory" in refused_training(capsys, coco, tmp_path / "file" / "run")
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("text", ["{", "[1]", None])
def test_settings_that_somebody_changed(coco, tmp_path, capsys, text):
    run = tmp_path / "run"
    run.mkdir()
    (run / "checkpoint.pt").write_bytes(b"")
    if text is not None:
        (run / "run.json").write_text(text)
    assert "start another run with --out" in refused_training(capsys, coco, run, "--resume")


def test_a_held_out_split_of_other_classes_is_said_to_be_left_out(coco, tmp_path, capsys):
    data = tmp_path / "data"
    shutil.copytree(coco, data)
    annotations = data / "annotations/test.json"
    annotations.write_text(annotations.read_text().replace('"circle"', '"<b>wheel</b>"'))
    assert train(data, tmp_path / "run") == 0
    printed = capsys.readouterr().out
    assert "split test is not used: its classes are <b>wheel</b>, square, triangle" in printed
    assert "no held-out split" in printed
