"""Which record next: vectors of the records once, an order after every decision. Pure; nothing is excluded here."""

from reviewkit.ranking.order import Ranking, Word, explain, rank
from reviewkit.ranking.simulate import Figures, Simulation, figures, simulate
from reviewkit.ranking.vectors import VECTORISER, Vectors, from_arrays, to_arrays, vectorise

__all__ = [
    "VECTORISER",
    "Figures",
    "Ranking",
    "Simulation",
    "Vectors",
    "Word",
    "explain",
    "figures",
    "from_arrays",
    "rank",
    "simulate",
    "to_arrays",
    "vectorise",
]
