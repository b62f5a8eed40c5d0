"""The challenges of lesson 08 in FocalLab, in the order of the chapter."""

from collections.abc import Callable
from types import SimpleNamespace

from locviz.course import Challenge, Goal
from locviz.widgets.focallab.reading import Share

LAST_STEP = 500
"""Of the training whose batch the lab shows."""


def _is(name: str, value: float | int | None) -> Callable[[SimpleNamespace], int]:
    """Whether a knob stands at a value."""

    def number(state: SimpleNamespace) -> int:
        now = getattr(state, name)
        return int(now == value if None in (now, value) else abs(now - value) < 1e-6)

    return number


def _share(loss: str, who: str) -> Callable[[SimpleNamespace], float]:
    return lambda state: getattr(state.shares[loss], who)


_WHOLE_BATCH = (
    Goal(
        says="the last training step, all negatives, threshold 0.6",
        number=lambda state: (
            _is("training_step", LAST_STEP)(state)
            * _is("imbalance", None)(state)
            * _is("threshold", 0.6)(state)
        ),
        low=1,
    ),
)
_READS = ("gamma", "alpha", "threshold", "training_step", "imbalance", "shares")
_OPEN = {
    "gamma": 2.0,
    "alpha": 0.25,
    "threshold": 0.6,
    "training_step": LAST_STEP,
    "imbalance": None,
}

thousand = Challenge(
    name="08.thousand",
    title="A thousand times at 0.9",
    task=(
        "A slide says that focal loss makes the loss of an easy example 100 times smaller at p_t = "
        "0.9 and 1000 times at 0.968. Switch alpha off (*use alpha*) and drag the point to see what "
        "it really is at 0.968. Then go back to 0.9: which gamma makes the loss a thousand times "
        "smaller *there*?"
    ),
    reads=("gamma", "alpha", "p_t", "times"),
    goals=(
        Goal(says="alpha is off", number=_is("alpha", None), low=1),
        Goal(says="p_t is 0.90", number=lambda state: state.p_t, low=0.8985, high=0.9015),
        Goal(
            says="focal loss is 950 to 1050 times smaller",
            number=lambda state: state.times["focal"],
            low=950,
            high=1050,
        ),
    ),
    hint="At p_t = 0.9 each unit of gamma divides the loss by 1 / (1 - 0.9) = 10.",
    example={"gamma": 3.0, "alpha": None, "p_t": 0.9, "times": {"focal": 1000.0}},
    settings={"alpha": None, "p_t": 0.9, "gamma": 3.0},
)

alpha_alone = Challenge(
    name="08.alpha_alone",
    title="Alpha alone",
    task=(
        "Without gamma only the balance is left. Set gamma to 0, switch alpha on and raise it until "
        "easy negatives hold at most half of the gradient. Look at the *hard* negatives meanwhile: "
        "what happens to their share?"
    ),
    reads=_READS,
    goals=(
        *_WHOLE_BATCH,
        Goal(says="gamma is 0", number=_is("gamma", 0.0), low=1),
        Goal(
            says="easy negatives hold at most half under the balanced loss",
            number=_share("balanced", "easy"),
            high=0.5,
        ),
        Goal(
            says="and at least 30 %: no further than needed",
            number=_share("balanced", "easy"),
            low=0.3,
        ),
    ),
    hint="Easy negatives hold 9 times as much as positives under cross entropy. Weigh it up.",
    example={
        **_OPEN,
        "gamma": 0.0,
        "alpha": 0.92,
        "shares": {"balanced": Share(easy=0.45, hard=0.0, positive=0.55)},
    },
    settings={"gamma": 0.0, "alpha": 0.92},
)

thirds = Challenge(
    name="08.thirds",
    title="Fair shares",
    task=(
        "Alpha weighs hard and easy negatives alike. Now use *both* knobs: under focal loss the "
        "94,826 easy negatives, the few hard ones and the 279 positives shall hold about a third of the "
        "gradient each."
    ),
    reads=_READS,
    goals=(
        *_WHOLE_BATCH,
        Goal(
            says="easy negatives hold 30 to 37 %",
            number=_share("focal", "easy"),
            low=0.3,
            high=0.37,
        ),
        Goal(
            says="hard negatives hold 30 to 37 %",
            number=_share("focal", "hard"),
            low=0.3,
            high=0.37,
        ),
        Goal(
            says="positives hold 30 to 37 %", number=_share("focal", "positive"), low=0.3, high=0.37
        ),
    ),
    hint=(
        "Gamma decides between easy and hard, alpha between positives and negatives. Make the two "
        "kinds of negatives equal first."
    ),
    example={
        **_OPEN,
        "gamma": 3.1,
        "alpha": 0.1,
        "shares": {"focal": Share(easy=0.345, hard=0.346, positive=0.309)},
    },
    settings={"gamma": 3.1, "alpha": 0.1},
)
