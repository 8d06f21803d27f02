"""Order records for screening: vectors are made once, an order after every decision.

Pure: no files, no network. The ranking excludes no record.
"""

from reviewkit.ranking.order import Ranking, Word, explain, rank
from reviewkit.ranking.simulate import Figures, Simulation, figures, simulate
from reviewkit.ranking.stop_words import is_telling
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
    "is_telling",
    "rank",
    "simulate",
    "to_arrays",
    "vectorise",
]
