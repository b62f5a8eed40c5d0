import math
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from locviz.train import SGD, Recipe, load_weights, train
from locviz.types import Losses

HERE = Path(__file__).parent
SHORT = Recipe(steps=12, warmup_steps=2, checkpoint_every=5)


def run(toy, recipe=SHORT, seed=0, **keywords):
    torch.manual_seed(seed)
    detector = toy.Toy()
    return detector, list(train(detector, toy.ToyBatches(), recipe, **keywords))


def assert_same_weights(one, other):
    one, other = one.state_dict(), other.state_dict()
    assert one.keys() == other.keys()
    for name in one:
        assert torch.equal(one[name], other[name]), name


def test_it_learns_and_reports_each_step(toy):
    _, steps = run(toy, replace(SHORT, steps=150, lr=0.05))
    assert [step.index for step in steps] == list(range(150))
    assert steps[-1].total < 0.2 * steps[0].total
    first = steps[0]
    assert first.total == pytest.approx(2 * first.losses["l1"] + first.losses["l2"], rel=1e-6)
    assert first.num_steps == 150
    assert 0 <= first.data_seconds <= first.seconds


def test_learning_rate_reaches_the_optimiser(toy):
    detector, steps = run(
        toy, replace(SHORT, steps=1, warmup_steps=10, lr=1e-2, weight_decay=0.0, clip_norm=None)
    )
    torch.manual_seed(0)
    before = toy.Toy()
    assert steps[0].lr == pytest.approx(1e-3)
    # Adam's first step moves every weight that has a gradient by the learning rate, whatever the
    # gradient.
    moved = (detector.body[3].bias - before.body[3].bias).detach().abs()
    assert torch.allclose(moved, torch.full_like(moved, 1e-3), rtol=1e-3)


def test_clipping_bounds_the_step_and_reports_the_norm_before(toy):
    recipe = replace(
        SHORT, steps=1, warmup_steps=0, lr=1.0, optimizer=SGD, weight_decay=0.0, clip_norm=0.01
    )
    detector, steps = run(toy, recipe)
    torch.manual_seed(0)
    moved = [
        (after - before).detach()
        for after, before in zip(detector.parameters(), toy.Toy().parameters(), strict=True)
    ]
    assert steps[0].grad_norm > 1
    assert math.sqrt(sum(float(m.square().sum()) for m in moved)) == pytest.approx(0.01, rel=1e-3)


def test_same_seed_same_weights_whatever_the_caller_does_between_steps(toy):
    plain, _ = run(toy)
    torch.manual_seed(0)
    disturbed = toy.Toy()
    for _ in train(disturbed, toy.ToyBatches(), SHORT):
        torch.rand(5)
        disturbed.eval()
    assert_same_weights(plain, disturbed)


def test_the_seed_matters(toy):
    one, _ = run(toy)
    other, _ = run(toy, replace(SHORT, seed=1))  # same batches, other dropout
    assert not torch.equal(one.body[0].weight, other.body[0].weight)


def test_two_runs_can_take_turns(toy):
    alone, _ = run(toy)
    torch.manual_seed(0)
    first = toy.Toy()
    second = toy.Toy()
    for _ in zip(
        train(first, toy.ToyBatches(), SHORT), train(second, toy.ToyBatches(5), SHORT), strict=True
    ):
        pass
    assert_same_weights(alone, first)


def test_the_callers_random_state_is_untouched(toy):
    steps = train(toy.Toy(), toy.ToyBatches(), SHORT)
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    next(steps)
    assert torch.equal(torch.rand(3), expected)


def test_frozen_parts_stay_in_eval_mode(toy):
    detector = toy.Toy()
    detector.body[1].eval()
    list(train(detector, toy.ToyBatches(), SHORT))
    assert not detector.body[1].training
    assert torch.equal(detector.body[1].running_mean, torch.zeros(8))


def test_the_average_is_what_a_step_offers_for_evaluation(toy):
    detector, steps = run(toy, replace(SHORT, ema_decay=0.9))
    assert steps[-1].detector is not detector
    assert not steps[-1].detector.training
    assert run(toy)[1][-1].detector.training


def test_resume_goes_on_bit_for_bit(toy, tmp_path):
    whole, _ = run(toy)
    stopped = toy.Toy()
    steps = train(stopped, toy.ToyBatches(), SHORT, checkpoint=tmp_path / "run.pt")
    torch.manual_seed(0)
    stopped.load_state_dict(toy.Toy().state_dict())
    for _ in range(8):
        next(steps)
    resumed = toy.Toy()
    rest = list(
        train(resumed, toy.ToyBatches(), SHORT, checkpoint=tmp_path / "run.pt", resume=True)
    )
    assert [step.index for step in rest] == list(range(5, 12))
    assert_same_weights(whole, resumed)
    assert (
        list(train(toy.Toy(), toy.ToyBatches(), SHORT, checkpoint=tmp_path / "run.pt", resume=True))
        == []
    )


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_weights(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"}

    def command(name, *flags):
        return [
            sys.executable,
            str(HERE / "resumable.py"),
            str(tmp_path / f"{name}.ckpt"),
            str(tmp_path / name),
            *flags,
        ]

    subprocess.run(command("whole"), env=environment, check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen(
        command("killed"), env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 25:  # past the checkpoint of step 21, before that of step 28
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "killed").exists()
    done = subprocess.run(
        command("killed", "resume"), env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    first = int(done.stdout.split()[0])
    assert first in (21, 28)
    whole, resumed = (
        torch.load(tmp_path / name, weights_only=True) for name in ("whole", "killed")
    )
    assert whole.keys() == resumed.keys()
    for name in whole:
        assert torch.equal(whole[name], resumed[name]), name


def test_resume_refuses_another_recipe_by_name(toy, tmp_path):
    run(toy, checkpoint=tmp_path / "run.pt")
    with pytest.raises(ValueError, match=r"lr: 0.001 then, 0.5 now"):
        run(toy, replace(SHORT, lr=0.5), checkpoint=tmp_path / "run.pt", resume=True)


def test_resume_refuses_another_detector_and_leaves_it_unchanged(toy, tmp_path):
    run(toy, checkpoint=tmp_path / "run.pt")
    other = toy.Toy(width=5)
    before = {name: value.clone() for name, value in other.state_dict().items()}
    with pytest.raises(
        ValueError, match=r"of another shape body\.0\.bias \(8,\) instead of \(5,\)"
    ):
        next(train(other, toy.ToyBatches(), SHORT, checkpoint=tmp_path / "run.pt", resume=True))
    assert all(torch.equal(value, before[name]) for name, value in other.state_dict().items())


def test_resume_needs_a_file(toy, tmp_path):
    with pytest.raises(FileNotFoundError, match="resume=False"):
        run(toy, checkpoint=tmp_path / "none.pt", resume=True)
    with pytest.raises(ValueError, match="needs checkpoint="):
        run(toy, resume=True)


def test_batches_must_be_able_to_start_anywhere(toy, unchecked):
    with pytest.raises(TypeError, match=r"starting_at.*got list"):
        next(train(toy.Toy(), [], SHORT))


def test_a_loss_that_is_not_finite_stops_before_it_spoils_the_weights(toy):
    class Exploding(toy.Toy):
        def loss(self, images, targets):
            losses = super().loss(images, targets)
            return Losses({**losses.terms, "box": losses.terms["l1"] * math.nan})

    torch.manual_seed(0)
    detector = Exploding()
    before = detector.body[3].weight.clone()
    with pytest.raises(FloatingPointError, match=r"step 0: .*box nan"):
        next(train(detector, toy.ToyBatches(), SHORT))
    assert torch.equal(detector.body[3].weight, before)


def test_the_final_checkpoint_holds_the_average(toy, tmp_path):
    _, steps = run(toy, replace(SHORT, ema_decay=0.9), checkpoint=tmp_path / "run.pt")
    loaded = toy.Toy()
    load_weights(loaded, tmp_path / "run.pt")
    assert_same_weights(loaded, steps[-1].detector)


@pytest.mark.slow
def test_two_processes_average_their_gradients(tmp_path):
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
    ]
    command = [*launch, str(HERE / "two_processes.py"), str(tmp_path)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "OMP_NUM_THREADS": "1",
        "ACCELERATE_USE_CPU": "true",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    one, other, single = (
        torch.load(tmp_path / name, weights_only=True) for name in ("rank0", "rank1", "single")
    )
    for name in ("0.weight", "0.bias"):
        assert torch.equal(one[name], other[name])
        # The mean gradient of two half batches is the gradient of the whole batch.
        assert torch.allclose(one[name], single[name], atol=1e-6)


def test_resume_goes_on_with_the_average(toy, tmp_path):
    recipe = replace(SHORT, ema_decay=0.9, checkpoint_every=2)
    _, whole = run(toy, recipe)
    torch.manual_seed(0)
    first = train(toy.Toy(), toy.ToyBatches(), recipe, checkpoint=tmp_path / "run.pt")
    for _ in range(3):  # stopped one step after a checkpoint
        next(first)
    _, rest = run(toy, recipe, checkpoint=tmp_path / "run.pt", resume=True)
    assert [step.index for step in rest] == list(range(2, recipe.steps))
    assert_same_weights(rest[-1].detector, whole[-1].detector)


def test_each_step_draws_its_own_random_numbers(toy):
    drawn = []

    class Noisy(toy.Toy):
        def loss(self, images, targets):
            drawn.append(float(torch.rand(())))
            return super().loss(images, targets)

    list(train(Noisy(), toy.ToyBatches(), SHORT))
    assert len(set(drawn)) == SHORT.steps, "one dropout mask for the whole run would be no dropout"
