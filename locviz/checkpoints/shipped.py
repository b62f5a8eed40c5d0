"""The tiny trained weights that come with the package, for which no network is needed. Their cards
describe how they were trained.
"""

from pathlib import Path

from locviz.checkpoints.card import WeightsCard, load_detector, read_card
from locviz.models import Detector

FOLDER = Path(__file__).parent / "tiny"


def shipped() -> dict[str, WeightsCard]:
    """Name and card of everything that ships."""
    return {path.stem: read_card(path) for path in sorted(FOLDER.glob("*.json"))}


def load_shipped(name: str) -> tuple[Detector, WeightsCard]:
    """Return a shipped detector, in evaluation mode, and its card:
    ``load_shipped("fcos_tiny-digits")``.

    Raises:
        ValueError: nothing of that name ships; the message lists what does.
    """
    names = list(shipped())
    if name not in names:
        raise ValueError(f"no weights called {name!r} ship: choose one of {', '.join(names)}")
    return load_detector(FOLDER / name)
