"""What greedy NMS and the two forms of Soft-NMS make of one score, on paper."""

import math

from locviz.course import Exercise, Mistake

_SCORE, _IOU, _SIGMA = 0.8, 0.6, 0.5

by_hand = Exercise(
    name="09.by_hand",
    title="Three fates of one box",
    task=(
        "The best box has just been picked. Another box with a score of 0.8 overlaps it by an IoU "
        "of 0.6. The threshold is 0.5, sigma is 0.5. Which score does the other box have "
        "afterwards under greedy NMS, linear Soft-NMS and Gaussian Soft-NMS? Give a list of three "
        "numbers; two decimals are enough."
    ),
    answer=[0.0, _SCORE * (1 - _IOU), _SCORE * math.exp(-(_IOU**2) / _SIGMA)],
    tolerance=0.006,
    working="dropped; 0.8 x (1 - 0.6) = 0.32; 0.8 x exp(-0.36 / 0.5) = 0.8 x 0.487 = 0.39",
    mistakes=(
        Mistake(
            name="the IoU is not squared",
            answer=[0.0, _SCORE * (1 - _IOU), _SCORE * math.exp(-_IOU / _SIGMA)],
            says="The Gaussian has the *square* of the IoU: exp(-0.36 / 0.5).",
        ),
        Mistake(
            name="multiplied by the IoU",
            answer=[0.0, _SCORE * _IOU, _SCORE * math.exp(-(_IOU**2) / _SIGMA)],
            says="The more overlap, the lower the score must become: the factor is 1 - IoU.",
        ),
        Mistake(
            name="the factors alone",
            answer=[0.0, 1 - _IOU, math.exp(-(_IOU**2) / _SIGMA)],
            says="These are the factors. Multiply the old score, 0.8, by them.",
        ),
        Mistake(
            name="greedy NMS drops nothing",
            answer=[_SCORE, _SCORE * (1 - _IOU), _SCORE * math.exp(-(_IOU**2) / _SIGMA)],
            says="0.6 is above 0.5: greedy NMS drops the box, its score is 0.",
        ),
        Mistake(
            name="multiplied by sigma",
            answer=[0.0, _SCORE * (1 - _IOU), _SCORE * math.exp(-(_IOU**2) * _SIGMA)],
            says="Divide by sigma: the smaller sigma is, the harder the score must fall.",
        ),
    ),
    hints=(
        "Greedy NMS drops, linear multiplies by 1 - IoU, Gaussian by exp(-IoU^2 / sigma).",
        "0.6 is above the threshold, so greedy and linear both act. 0.6 squared is 0.36.",
        "The first is 0. The factors of the others are 0.4 and exp(-0.72) = 0.487.",
    ),
)
