import torch
from torch import nn

from locviz.train import Ema


def test_the_average_by_hand():
    detector = nn.Linear(1, 1, bias=False)
    nn.init.constant_(detector.weight, 0.0)
    ema = Ema(detector=detector, decay=0.5)
    nn.init.constant_(detector.weight, 1.0)
    ema.update(detector)  # decay warms up: 2/11
    assert torch.allclose(ema.detector.weight, torch.tensor([[9 / 11]]))
    for _ in range(20):  # by now min(0.5, 22/31) = 0.5
        ema.update(detector)
    nn.init.constant_(detector.weight, 3.0)
    before = ema.detector.weight.item()
    ema.update(detector)
    assert torch.allclose(ema.detector.weight, torch.tensor([[(before + 3) / 2]]))


def test_buffers_are_averaged_and_counters_copied():
    detector = nn.BatchNorm1d(2)
    ema = Ema(detector=detector, decay=0.9)
    detector(torch.tensor([[0.0, 1.0], [2.0, 5.0]]))
    ema.update(detector)
    assert ema.detector.num_batches_tracked == 1
    assert torch.allclose(ema.detector.running_mean, detector.running_mean * 9 / 11)


def test_it_is_independent_of_the_detector_and_asks_for_no_gradient():
    detector = nn.Linear(2, 2)
    ema = Ema(detector=detector, decay=0.9)
    nn.init.zeros_(detector.weight)
    assert ema.detector.weight.abs().sum() > 0
    assert not any(p.requires_grad for p in ema.detector.parameters())


def test_state_round_trip():
    torch.manual_seed(0)
    detector = nn.Linear(2, 2)
    ema = Ema(detector=detector, decay=0.9)
    nn.init.zeros_(detector.weight)
    ema.update(detector)
    other = Ema(detector=nn.Linear(2, 2), decay=0.9)
    other.load_state_dict(ema.state_dict())
    for one in (ema, other):
        one.update(detector)
    assert torch.equal(ema.detector.weight, other.detector.weight)
