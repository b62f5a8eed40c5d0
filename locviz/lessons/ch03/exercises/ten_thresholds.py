"""A box that is two pixels off, judged at COCO's ten thresholds."""

from locviz.course import Exercise, Mistake

ten_thresholds = Exercise(
    name="03.ten_thresholds",
    title="Two pixels, ten thresholds",
    task=(
        "A digit is 20 pixels wide and 20 high. Its box is predicted two pixels too far right, and "
        "perfect otherwise. At how many of COCO's ten thresholds, 0.50, 0.55, ... 0.95, is it "
        "right?"
    ),
    answer=7,
    mistakes=(
        Mistake(
            name="18/20 instead of the IoU",
            answer=9,
            says=(
                "18 of 20 columns are shared, but IoU divides by the union: 18 + 2 + 2 = 22 "
                "columns."
            ),
        ),
        Mistake(
            name="rounded up to the next threshold",
            answer=8,
            says="18 / 22 = 0.818 is below 0.85: a threshold must be reached.",
        ),
        Mistake(
            name="the first threshold was forgotten",
            answer=6,
            says="0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80: count again, both ends included.",
        ),
        Mistake(
            name="right is right",
            answer=10,
            says="At 0.5 it is right, and AP50 sees no error at all. The strict thresholds do.",
        ),
    ),
    hints=(
        "First the IoU. Which columns do the two boxes share, and how many do they cover together?",
        "They share 18 columns of a union of 22.",
        "18 / 22 = 0.818. Which of the ten thresholds are not above that?",
    ),
)
