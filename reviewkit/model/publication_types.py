"""Publication types in the reviewer's language, as far as they are common.

They are words of the databases, not sentences of reviewkit: headings of MeSH, with the Portuguese
and Spanish names that DeCS gives them.
"""

from reviewkit.model.messages import current_language

_NAMES = {
    "case reports": {"pt": "Relatos de Casos", "es": "Informes de Casos"},
    "clinical trial": {"pt": "Ensaio Clínico", "es": "Ensayo Clínico"},
    "comment": {"pt": "Comentário", "es": "Comentario"},
    "comparative study": {"pt": "Estudo Comparativo", "es": "Estudio Comparativo"},
    "editorial": {"pt": "Editorial", "es": "Editorial"},
    "journal article": {"pt": "Artigo de Revista", "es": "Artículo de Revista"},
    "letter": {"pt": "Carta", "es": "Carta"},
    "meta-analysis": {"pt": "Metanálise", "es": "Metaanálisis"},
    "multicenter study": {"pt": "Estudo Multicêntrico", "es": "Estudio Multicéntrico"},
    "observational study": {"pt": "Estudo Observacional", "es": "Estudio Observacional"},
    "randomized controlled trial": {
        "pt": "Ensaio Clínico Controlado Aleatório",
        "es": "Ensayo Clínico Controlado Aleatorio",
    },
    "review": {"pt": "Revisão", "es": "Revisión"},
    "systematic review": {"pt": "Revisão Sistemática", "es": "Revisión Sistemática"},
}


def type_words(name: str) -> str:
    """Return a publication type in the language; one that is not known as it is written."""
    return _NAMES.get(name.casefold(), {}).get(current_language(), name)
