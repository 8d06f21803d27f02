"""Words that tell a reader nothing of a record's theme: articles, prepositions and the like. Pure.

The ranking learns from them as from any word; only the list that is shown leaves them out.
The words are those of English, Portuguese and Spanish, without accents and case, as `words` makes
them. Left out are forms that mean something in medicine too: "sera" (Portuguese "será";
more than one serum), "mi", "os", "us", "les".
"""

_ENGLISH = """
about above after again against all also although am among an and any are as at be because been
before being below between both but by can could did do does doing done down during each either few
for from further had has have having he her here hers him his how however if in into is it its
itself just may me might more most must my neither no nor not now of off on once only or other our
out over own per same she should since so some such than that the their theirs them themselves then
there therefore these they this those though through thus to too under until up upon very via
was we were what when where whether which while who whom whose why will with within without would
yet you your
"""
_PORTUGUESE = """
ao aos apenas aquela aquele aqueles as ate cada com como contra da das de dela dele deles depois
desde dessa desse desta deste deve do dos durante e ela elas ele eles em embora enquanto entre era
essa essas esse esses esta estas estao estar estava este estes estou eu foi foram for ha isso isto
ja la lhe lhes mais mas me mesma mesmo meu minha muito muitos na nas nao nem nessa nesse nesta neste
no nos nossa nosso num numa o ou para pela pelas pelo pelos pode podem por porem porque qual
quando quanto que quem se seja sem sendo ser seu seus so sob sobre sua suas tal tambem te tem tendo
ter tinha toda todas todo todos um uma umas uns voce
"""
_SPANISH = """
a al algunas algunos ambos ante antes aquel aquella como con contra cual cuando de del desde donde
dos durante e el ella ellas ellos en entre era eran es esa esas ese esos esta estaba estan estar
estas este esto estos fue fueron ha haber habia han hasta la las le lo los mas me mientras
mismo muy nada ni no nos nosotros o otra otras otro otros para pero poco por porque pueden puede
pues que quien se segun ser si sido sin sino sobre son su sus tambien tan tanto te tiene tienen toda
todas todo todos tras un una unas uno unos y ya
"""
STOP_WORDS = frozenset(f"{_ENGLISH} {_PORTUGUESE} {_SPANISH}".split())


def is_telling(text: str) -> bool:
    """Return whether a word, or pair of words, tells a reader something.

    None of them may be a stop word, and not all of them numbers or single letters.
    """
    parts = text.split()
    if not STOP_WORDS.isdisjoint(parts):
        return False
    return any(not part.isdigit() and (len(part) > 1 or not part.isascii()) for part in parts)
