"""Why a prior is responsible for an object, or for none: the numbers that its rule compared."""

from locviz.widgets.assignlab.why.explain import explain
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict, Why

__all__ = ["Limit", "Reasons", "Seen", "Verdict", "Why", "explain"]
