"""Lesson 08, focal loss: how do 100,000 easy negatives drown ten objects?"""

from locviz.lessons.ch08.challenges import alpha_alone, thirds, thousand
from locviz.lessons.ch08.exercises.easy_share import easy_share
from locviz.lessons.ch08.exercises.focal_loss import focal_loss
from locviz.lessons.ch08.exercises.hard_negatives import hard_negatives
from locviz.lessons.ch08.exercises.integral import integral
from locviz.lessons.ch08.exercises.prior_bias import prior_bias
from locviz.lessons.ch08.exercises.thousandfold import thousandfold
from locviz.lessons.ch08.figures import first_losses_figure, seeds_figure, sides_figure
from locviz.lessons.ch08.quizzes import drowned, first_loss, which_alpha, winner
from locviz.lessons.ch08.tables import comparison_table, held_table

__all__ = [
    "alpha_alone",
    "comparison_table",
    "drowned",
    "easy_share",
    "first_loss",
    "first_losses_figure",
    "focal_loss",
    "hard_negatives",
    "held_table",
    "integral",
    "prior_bias",
    "seeds_figure",
    "sides_figure",
    "thirds",
    "thousand",
    "thousandfold",
    "which_alpha",
    "winner",
]
