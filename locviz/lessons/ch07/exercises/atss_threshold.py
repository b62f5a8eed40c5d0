"""The threshold that ATSS sets for one object, on paper."""

import torch

from locviz.course import Exercise, Mistake

_CANDIDATES = torch.tensor([0.1, 0.2, 0.3, 0.6])

atss_threshold = Exercise(
    name="07.atss_threshold",
    title="A threshold of one's own",
    task=(
        "An object has four candidates, with IoUs of 0.1, 0.2, 0.3 and 0.6. Which threshold does "
        "ATSS set for it? (Mean plus standard deviation; the released code takes the deviation of "
        "a *sample*, divided by n - 1.)"
    ),
    answer=float(_CANDIDATES.mean() + _CANDIDATES.std()),
    working="the mean 0.3 and the deviation 0.216, the root of (0.04 + 0.01 + 0 + 0.09) / 3",
    mistakes=(
        Mistake(
            name="divided by n",
            answer=float(_CANDIDATES.mean() + _CANDIDATES.std(correction=0)),
            says=(
                "That is the deviation of a whole population. torch's `std` divides by n - 1, and "
                "with few candidates the difference is a prior more or less."
            ),
        ),
        Mistake(
            name="the mean alone",
            answer=0.3,
            says=(
                "The deviation is missing. It lifts the threshold where one level fits much better "
                "than the others."
            ),
        ),
        Mistake(
            name="the deviation alone",
            answer=float(_CANDIDATES.std()),
            says="The mean is missing: the threshold is the mean *plus* the deviation.",
        ),
        Mistake(
            name="variance instead of deviation",
            answer=float(_CANDIDATES.mean() + _CANDIDATES.var()),
            says="The variance has other units. Take its square root.",
        ),
        Mistake(
            name="a threshold for all",
            answer=0.5,
            says="0.5 is RetinaNet's. ATSS asks the object's own candidates.",
        ),
    ),
    hints=(
        "Two numbers: how good the candidates are on average, and how much they differ.",
        "The mean is 0.3. The squared differences are 0.04, 0.01, 0 and 0.09.",
        "Their sum is 0.14; divided by 3 and under the root that is 0.216. Add the mean.",
    ),
)
