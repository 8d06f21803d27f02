"""Which record next: vectors of the records once, an order after every decision. Pure; nothing is excluded here."""

from reviewkit.ranking.order import Ranking, Word, explain, rank
from reviewkit.ranking.simulate import Figures, Simulation, figures, simulate
from reviewkit.ranking.vectors import Vectors, vectorise

__all__ = [
    "Figures",
    "Ranking",
    "Simulation",
    "Vectors",
    "Word",
    "explain",
    "figures",
    "rank",
    "simulate",
    "vectorise",
]
