"""The small words that turn a value into a wish, a refusal or a second choice, in the languages we read."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from recommenders.text.words import Words, stems


@dataclass(frozen=True, eq=False, slots=True)
class Cue:
    """Phrases that mean the same; compared by identity, as each is a constant of this module."""

    phrases: tuple[tuple[str, ...], ...]


_BY_FIRST: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}


def _phrases(text: str) -> Cue:
    cue = Cue(tuple(sorted({stems(p) for p in text.split("|")}, key=lambda p: (-len(p), p))))
    for phrase in cue.phrases:
        _BY_FIRST.setdefault(phrase[0], []).append((phrase, cue))
    return cue


NEGATION = frozenset(stems(
    "not no never don't dont doesn't doesnt isn't isnt aren't without neither nor cannot non nicht kein keine "
    "keinen keiner "
    "ohne pas sans sin senza zonder geen niet sem nao nie"
))  # fmt: skip
INSTEAD_OF = _phrases(
    "instead of|rather than|than|in place of|opposed to|statt|anstatt|statt der|statt des|au lieu de|"
    "plutot que|au lieu du"
    "|en lugar de|en vez de|invece di|al posto di|in plaats van|em vez de"
)
OVER = _phrases("over|vor|gegenuber|sobre")  # an "instead of" only after a word of preference
LIKING = _phrases(
    "prefer|rather have|rather|choose|pick|take|favour|lieber|bevorzuge|prefere|prefiero|preferisco|liever"
)
FROM = _phrases("from|von|current|currently|received|got|bought|ordered|que j'ai|erhalten|bekommen|recibi")
EXCEPT = _phrases(
    "anything but|anything except|anything other than|any but|any except|everything but|all but|other than|apart from"
    "|except|except for|alles ausser|jede ausser|nur nicht|ausser|tout sauf|n'importe lequel sauf|sauf|cualquiera menos"
    "|todo menos|menos el|menos la|excepto|tranne|qualsiasi tranne|alles behalve|behalve|tudo menos|exceto"
)
BETWEEN = _phrases(
    "in between|in the middle|the middle one|middle size|medium one|dazwischen|die mittlere|der mittlere|mittlere"
    "|entre les deux|celui du milieu|la taille intermediaire|intermediaire|el intermedio|la intermedia|intermedio"
    "|la del medio|il medio|quella di mezzo|la via di mezzo|ertussenin|daartussen|de middelste|o do meio"
)
STAYS = _phrases(
    "stay|stay as it is|stay as they are|as it is|as they are|is fine|is ok|is okay|is right|is perfect|is good"
    "|is great"
    "|is correct|is lovely|are fine|are right|are perfect|are great|are good|fit|fit well|unchanged|can stay|may stay"
    "|stay the same|is a keeper|is the right one|leave alone|leave it alone|don't touch|untouched|keep|keeper|i keep"
    "|bleibt|bleiben|passt|passen|ist gut|ist perfekt|ist richtig|sind gut|behalte|reste|restent|est bien|est bon"
    "|est bonne|est parfait|est parfaite|convient|me va|va bien|va tres bien|me va tres bien|je garde|inchange|se queda"
    "|se quedan|esta bien|esta perfecto|esta perfecta|es correcta|es correcto|me queda bien|lo dejo|va benissimo"
    "|va benone|resta|rimane|e giusta|e giusto|e perfetto|e perfetta|blijft|blijven|is goed|past|fica|esta otimo"
)
ARRIVED = _phrases(
    "sent|send|arrived|came|delivered|was in the|were in the|angekommen|geliefert|geschickt|kam|arrive|livre|recu"
    "|envoye"
    "|llego|llegaron|enviaron|mandaron|recibido|arrivato|arrivata|inviato|ricevuto|gekregen|ontvangen|geleverd"
)
ASKING = _phrases(
    "exchange|exchanging|swap|swapping|change|changing|replace|switch|trade|please|can i|could i|can you|could you"
    "|may i"
    "|i'd like|would like|i'd rather|i'd prefer|should be|has to be|tauschen|umtauschen|umtausch|bitte|mochte"
    "|hatte gern"
    "|echanger|changer|voudrai|voudrais|souhaite|merci de|pouvez vou|cambiar|cambio|quiero|quisiera|podria|cambiare"
    "|vorrei|potrei|ruilen|omruilen|graag|trocar|quero|gostaria"
)
EXCHANGE = _phrases(
    "exchange|swap|change it|change them|change that|change this|replace it|replace them|switch it|umtauschen|umtausch"
    "|tauschen|echanger|echange|changer|cambiarlo|cambiarla|cambiarlos|cambiarlas|cambio|cambiar|cambiarli|cambiarle"
    "|ruilen|omruilen|trocar|troca"
)
PLEASE = _phrases("please|pls|plz|bitte|s'il vous plait|svp|stp|por favor|per favore|alsjeblieft|aub|se faz favor")
CAN = frozenset(stems("can could may might kann konnte konnten peut pourrait puede podria puo potrebbe kan"))
SWITCH = _phrases(
    "change my mind|changed my mind|change mind|changed mind|on second thought|decide to change|decided instead"
    "|j'ai change d'avis|ich habe mich umentschieden|he cambiado de idea|he cambiado de opinion|ho cambiato idea"
    "|van gedachten veranderd"
)
CORRECTION = _phrases(
    "actually|eventually|in the end|finally|ultimately|but then|no wait|wait|or rather|i mean|sorry|make that|"
    "doch lieber"
    "|lieber doch|finalement|en fait|al final|mejor|alla fine|anzi|toch liever|uiteindelijk|schliesslich|no final"
)
GIVE_UP = _phrases(
    "not exchange|not to exchange|to not exchange|not change|not to change|not swap|not return|keep it as it is"
    "|keep it after all|never mind|leave it as it is|nevermind|forget it|forget that|i keep it|we keep it|we'll keep it"
    "|i'll keep it|lass gut sein|vergessen sie das|oubliez|laissez tomber|olvidelo|olvidalo|dejelo asi|lascia stare"
    "|lasciate stare|laat maar|esqueca"
)
OTHERWISE = _phrases(
    "if not|otherwise|or else|if unavailable|failing that|alternatively|second choice|as a second choice|if none|else"
    "|if that's not|if that is not|if it's not|if it is not|if they're not|if you don't have|if you do not have"
    "|if that isn't|if there isn't|if there are none|if sold out|if out of stock|sonst|ansonsten|falls nicht|"
    "wenn nicht|sinon"
    "|si ce n'est pas|si no|si no hay|altrimenti|se non|anders|zo niet|senao|se nao"
)
CONDITION = _phrases("if|unless|in case|falls|wenn|si|se|als")
VERDICT = _phrases(
    "i'd|i would|i'll|i will|then|go for|going for|settle|take|choose|prefer|please|give me|send me|make it|i'm "
    "fine|i am fine"
    "|i can|ok with|fine with|happy with|you'd|would be|is fine|is ok|is okay|works|nehme|dann|alors|je prends|"
    "entonces|allora|dan"
)
WHATEVER = _phrases(
    "don't care|do not care|doesn't matter|does not matter|don't mind|do not mind|no preference|not matter|"
    "whichever|whatever"
    "|any|either is fine|flexible|open to|egal|peu importe|n'importe|da igual|no importa|cualquier|non importa|"
    "qualsiasi"
    "|maakt niet uit|tanto faz|not picky|not fussy"
)
SAME = _phrases("same|keep|keeping|still|stay|unchanged|gleich|gleiche|gleichen|selbe|selben|meme|mismo|misma|"
"stesso|stessa|zelfde"
                "|mesmo|mesma|otherwise identical|everything else")  # fmt: skip
CHEAPEST = _phrases(
    "cheapest|least expensive|lowest price|lowest priced|most affordable|gunstigste|gunstigsten|billigste|moins "
    "cher possible"
    "|le moins cher|la moins chere|mas barato|mas barata|il piu economico|goedkoopste|mais barato"
)
CHEAPER = _phrases(
    "cheaper|less expensive|more affordable|lower price|gunstiger|gunstigere|billiger|moins cher|moins chere|"
    "mas economico"
    "|piu economico|meno caro|goedkoper|costs less|save money|pay less"
)
DEAREST = _phrases(
    "most expensive|highest price|priciest|dearest|teuerste|teuersten|le plus cher|la plus chere|mas caro|il "
    "piu caro|duurste"
)
TOO_MUCH = _phrases("too|zu|trop|demasiado|demasiada|troppo|te|way too")
TOO = _phrases(
    "too|zu|trop|demasiado|demasiada|troppo|te|muito|muy|way too|a bit|a little|un peu trop|very|so|rather|much"
)
MORE = _phrases("more|plus|mas|piu|meer|mehr|mais")
LESS = _phrases("less|fewer|moins|menos|meno|minder|weniger|not as|not so|not that|not quite as")
MOST = _phrases("most|highest|greatest|maximum|the most|maximal")
LEAST = _phrases("least|fewest|lowest|minimum|the least")
UP = _phrases(
    "size up|sizes up|one up|next size|next size up|up a size|go up|grosse grosser|taille au dessus|tailles au dessus"
    "|talla mas|tallas mas|numero mas|numeros mas|maat groter|maten groter|taglia in piu|taglie in piu|numero in piu"
    "|nummer grosser|nummern grosser|pointure au dessus|pointures au dessus|taille de plus|tailles de plus"
    "|pointure de plus|pointures de plus|tamanho acima|numero acima|step up|notch up|level up|gauge up|width up"
    "|number up|shade up|grade up"
)
DOWN = _phrases(
    "size down|sizes down|one down|next size down|down a size|go down|grosse kleiner|taille en dessous"
    "|tailles en dessous|talla menos|tallas menos|numero menos|numeros menos|maat kleiner|maten kleiner|taglia in meno"
    "|taglie in meno|numero in meno|nummer kleiner|nummern kleiner|pointure en dessous|pointures en dessous"
    "|taille de moins|tailles de moins|pointure de moins|pointures de moins|tamanho abaixo|numero abaixo|step down"
    "|notch down|level down|gauge down|width down|number down|shade down|grade down"
)
OTHER = frozenset(
    stems("other another different ander andere anderen anderes autre otro otra altro altra ander outro outra")
)
STEP_NOUNS = frozenset(
    stems(
        "size step notch shade level gauge grade number leg tone grosse nummer stufe ton taille cran pointure niveau "
        "talla "
        "numero grado paso maat stap taglia misura tamanho"
    )
)
HALF_STEP = frozenset(stems("half halbe halben demi demie media mezza mezzo halve meia"))
BEST = frozenset(stems("best beste besten bestes meilleur meilleure mejor migliore melhor"))
BETTER = frozenset(stems("better besser bessere besseren betere beter"))
CHANGE = _phrases(
    "exchange|exchanging|swap|swapping|change|changing|replace|switch|modify|trade|instead|want|wanted|prefer|would "
    "rather|rather have|rather than|should be|should have been|should hold|should have|has to be|have to be|must be"
    "|would do|make my|make the|make them|would be better|would be nice|would suit|ware besser|ware schoner"
    "|serait mieux|seria mejor"
    "|can i have|could i have|may i have|can we have|could we have|can we get|could be|can be|meant to|upgrade"
    "|exchanged|swapped|changed|replaced|hatte gern|hatte ich gern|sollte|sollten|statt|anstatt|gegen"
    "|aimerai|plutot|faudrait|pourrai je avoir|au lieu de|remplacer|cambiarlo|cambiarla|cambiarlos|cambiarme|cambian"
    "|cambiame|cambiadme|podria ser|deberia ser|en lugar de|en vez de|prefiriera|cambiarli|cambiarla|sostituire"
    "|dovrebbe|invece|ruil|ruilt|mag|zou|in plaats van|trocarem|troquem|em vez de|would "
    "like|i'd like|need"
    "|go for|decide|make it|send me|give me|get|tausche|tauschen|umtausch|umtauschen|wechseln|lieber|mochte|"
    "brauche|echanger"
    "|echange|changer|voudrai|voudrais|souhaite|prefere|aimerais|besoin|cambiar|cambio|quiero|quisiera|prefiero|"
    "gustaria|necesito"
    "|cambiare|cambio|vorrei|preferisco|ruilen|omruilen|wil|graag|liever|trocar|quero|gostaria|prefiro"
)

ENOUGH = _phrases("assez|genug|suficientemente|abbastanza|genoeg")


@dataclass(frozen=True, slots=True)
class Adjective:
    """Which way a word of degree points, and on what kinds of option, likeliest first."""

    sign: int
    notions: tuple[str, ...]
    degree: str  # "base", "more", "most"


_BIG = ("size", "capacity", "length", "width", "count", "strong")
_LONG = ("length", "time", "size")
_ADJECTIVES: tuple[tuple[int, tuple[str, ...], str, str, str], ...] = (
    (1, _BIG, "big large roomy baggy loose oversized huge gross grosse grand grande groot weit locker",
     "bigger larger roomier looser grosser grossere grosseren grosseres grosserer groter grotere ruimer ruimere "
     "maggiore "
     "maior mayor",
     "biggest largest grosste grossten grosstes grootste"),
    (-1, _BIG, "small tight little snug tiny cramped klein petit petite pequeno pequena piccolo piccola eng serre "
    "chica "
    "ajustado stretta nauw strak "
    "estrecho chico krap stretto"
     " apertado juste knapp compact",
     "smaller tighter kleiner kleinere kleineren kleineres krapper strakker menor minore compacter",
     "smallest tiniest kleinste kleinsten kleinstes"),
    (1, _LONG, "long tall lang largo lungo", "longer taller langer langere", "longest tallest langste"),
    (-1, _LONG, "short kurz court corto kort", "shorter kurzer kurzere korter", "shortest kurzeste"),
    (1, ("length", "sharp", "strong", "capacity"), "high hoch haut alto", "higher hoher hohere", "highest hochste"),
    (-1, ("length", "strong", "capacity", "sharp"), "low niedrig bas bajo basso", "lower niedriger", "lowest"),
    (1, ("width", "size"), "wide broad breit large ancho largo breed wijd",
    "wider broader breiter breitere breder wijder "
    "wijdere",
    "widest broadest"),
    (-1, ("width", "size"), "narrow schmal etroit smal", "narrower schmaler smaller", "narrowest"),
    (1, ("thickness",), "thick dick epais grueso dik", "thicker dicker dikker", "thickest"),
    (-1, ("thickness",), "thin dunn fin fino sottile dun", "thinner dunner", "thinnest"),
    (1, ("bright", "strong"), "bright hell lumineux brillante luminoso", "brighter heller", "brightest"),
    (-1, ("bright",), "dim dull", "dimmer gedampfter", "dimmest"),
    (1, ("dark", "strong"), "dark deep dunkel fonce foncee oscuro oscura scuro scura donker escuro",
     "darker deeper dunkler dunklere dunkleren donkerder", "darkest deepest dunkelste"),
    (-1, ("dark", "weight", "warm", "strong",
    "thickness"), "light pale fair hell clair claire claro clara chiaro chiara "
    "licht leger legere leicht ligero leggero",
     "lighter paler fairer heller hellere helleren leichter leichtere leichteren lichter lichtere",
     "lightest palest hellste leichteste"),
    (1, ("weight", "warm", "thickness", "strong"), "heavy schwer lourd pesado pesante zwaar",
    "heavier schwerer zwaarder",
     "heaviest"),
    (1, ("strong", "fast"), "strong powerful intense firm hard stark fort fuerte forte sterk hot spicy",
     "stronger firmer harder starker hotter spicier", "strongest firmest"),
    (-1, ("strong",), "weak mild gentle soft schwach faible suave debil", "weaker milder gentler softer "
    "schwacher sanfter", "mildest weakest"),
    (1, ("fast", "strong"), "fast quick schnell rapide rapido snel", "faster quicker schneller sneller", "fastest"),
    (-1, ("fast", "strong"), "slow langsam lent lento", "slower", "slowest"),
    (1, ("hard",), "difficult challenging schwer difficile dificil", "harder trickier schwieriger", "hardest"),
    (-1, ("hard",), "easy simple einfach facile facil", "easier simpler einfacher", "easiest"),
    (1, ("sharp",), "sharp", "sharper clearer", "sharpest"),
    (1, ("warm",), "warm toasty chaud chaude calido calida caliente caldo calda quente", "warmer toastier thicker "
    "warmere cosier", "warmest warmste"),
    (-1, ("warm",), "cold cool froid froide frais fraiche kalt kuhl frio fria fresco fresca freddo fredda "
    "koud koel", "colder cooler kalter kuhler kouder", "coldest coolest kalteste"),
    (1, ("capacity", "size", "count"), "spacious roomy", "roomier", "roomiest"),
    (1, ("age",), "old", "older alter mayor ouder", "oldest"),
    (-1, ("age",), "young", "younger junger", "youngest"),
)  # fmt: skip
ADJECTIVES: dict[str, tuple[Adjective, ...]] = {}
for _sign, _notions, _base, _more, _most in _ADJECTIVES:
    for _degree, _names in (("base", _base), ("more", _more), ("most", _most)):
        for _name in stems(_names):
            ADJECTIVES[_name] = (*ADJECTIVES.get(_name, ()), Adjective(_sign, _notions, _degree))


@lru_cache(maxsize=16384)
def adjectives(word: str) -> tuple[Adjective, ...]:
    """The readings of a word of degree, also where it is inflected as German and Romance adjectives are."""
    found = ADJECTIVES.get(word)
    if found is None and len(word) > 4:
        shorter = [word[:-1] + "o"] if word[-1] == "a" else [word[:-1]] if word[-1] in "eo" else []
        if word[-2:] in ("en", "em", "er"):
            shorter.append(word[:-2])
        found = next((ADJECTIVES[s] for s in shorter if s in ADJECTIVES), None)
    return found or ()


class Cues:
    """Where each cue stands in a text; found in one pass, then looked up."""

    def __init__(self, words: Words) -> None:
        self._words = words
        found: dict[Cue, list[tuple[int, int]]] = {}
        for i, word in enumerate(words.stems):
            for phrase, cue in _BY_FIRST.get(word, ()):
                if len(phrase) == 1 or words.stems[i : i + len(phrase)] == phrase:
                    found.setdefault(cue, []).append((i, i + len(phrase)))
        self._found = found
        self._ends = {cue: frozenset(end for _, end in places) for cue, places in found.items()}

    def places(self, cue: Cue) -> list[tuple[int, int]]:
        """Word ranges [start, end) of the cue, by start."""
        return self._found.get(cue, [])

    def first(self, cue: Cue, low: int, high: int) -> int | None:
        """The first word in [low, high) at which one of the phrases begins and fits."""
        places = self._found.get(cue, [])
        for start, end in places[bisect_left(places, (low, 0)) :]:
            if start >= high:
                break
            if end <= high:
                return start
        return None

    def ends_of(self, cue: Cue, start: int) -> list[int]:
        """Where the phrases of the cue end that begin at word `start`."""
        places = self._found.get(cue, [])
        at = bisect_left(places, (start, 0))
        return [end for begin, end in places[at : at + 4] if begin == start]

    def before(self, end: int, cue: Cue, reach: int = 1) -> bool:
        """Whether the cue ends at most `reach - 1` words before word `end`, with no comma or stop between."""
        ends = self._ends.get(cue)
        if not ends:
            return False
        for stop in range(end, max(0, end - reach), -1):
            if stop in ends:
                return not any(c in self._words.gap(k) for k in range(stop, end + 1) if k < len(self._words)
                               for c in ".!?;\n,")  # fmt: skip
        return False
