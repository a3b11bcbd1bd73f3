"""Plain words of trade in seven languages: what kinds of things are called, and how pages and customers describe them.

A row is one meaning; the spellings stand side by side (English, then French, German, Spanish, Italian, Dutch and
Portuguese). It lets a question in one language meet a page in another. German and Dutch compounds are read by their
ends: a "Regenjacke" is a jacket, and rain is mentioned.
"""

from __future__ import annotations

from functools import lru_cache

from recommenders.text.function_words import FUNCTION_WORDS
from recommenders.text.words import fold, stem, stems

_ROWS = (
    # things to wear
    "jacket|veste|blouson|jacke|chaqueta|cazadora|giacca|jas|casaco|jaqueta|anorak|parka",
    "coat|manteau|mantel|abrigo|cappotto|sobretudo",
    "trouser|pant|pantalon|hose|hosen|pantalone|pantaloni|broek|calca",
    "shirt|chemise|hemd|camisa|camicia|overhemd",
    "tshirt|tee|camiseta|maglietta",
    "top|crew|haut|oberteil|prenda|maglia",
    "jumper|sweater|pullover|pull|jersey|maglione|trui|camisola|sueter",
    "dress|robe|kleid|vestido|vestito|jurk",
    "skirt|jupe|rock|falda|gonna|rok|saia",
    "short|bermuda|shorts|kurze",
    "sock|chaussette|socke|socken|calcetin|calzino|calze|sok|meia",
    "shoe|chaussure|schuh|schuhe|zapato|zapatilla|scarpa|scarpe|schoen|schoenen|sapato|sapatilha|tenis"
    "|sneaker|trainer|basket|turnschuh",
    "boot|botte|bottine|stiefel|bota|stivale|stivali|scarpone|scarponi|laars|laarzen",
    "sandal|sandale|sandalia|sandalo|sandaal|sandalen",
    "slipper|chausson|pantoufle|hausschuh|zapatilla de casa|pantofola|pantoffel|chinelo|bootie",
    "glove|gant|handschuh|handschuhe|guante|guanto|guanti|handschoen|luva|mitten",
    "hat|chapeau|bonnet|hut|mutze|gorro|sombrero|cappello|muts|hoed|chapeu|beanie|cap",
    "scarf|echarpe|schal|bufanda|sciarpa|sjaal|cachecol",
    "belt|ceinture|gurtel|gurt|cinturon|cintura|riem|cinto",
    "underwear|lingerie|unterwasche|ropa interior|intimo|ondergoed",
    "legging|collant|leggings|malla",
    "layer|couche|schicht|capa|strato|laag|camada",
    "sleeve|manche|armel|manga|manica|mouw",
    "hood|capuche|kapuze|capucha|cappuccio|capuchon|capuz",
    "pocket|poche|tasche|bolsillo|tasca|zak|bolso",
    # bags, camping, sport
    "backpack|rucksack|sac a dos|mochila|zaino|rugzak|pack|daypack",
    "bag|sac|tasche|bolsa|bolso|borsa|tas|saco|handbag|tote",
    "tent|tente|zelt|tienda|tenda|barraca",
    "mat|matte|isomatte|esterilla|materassino|stuoia|colchonete|tapis",
    "sleeping|schlafsack|couchage|dormir|slaapzak|schlaf|sacco a pelo",
    "lamp|lampe|leuchte|lampara|lampada|light|luz|luce|licht",
    "headlamp|frontale|stirnlampe|frontal|hoofdlamp|headtorch",
    "torch|flashlight|taschenlampe|linterna|torcia|zaklamp|lanterna",
    "stove|rechaud|kocher|hornillo|fornello|cocina|brander|fogao|burner|cooker",
    "bike|bicycle|velo|fahrrad|rad|bicicleta|bici|fiets",
    "helmet|casque|helm|casco|capacete",
    "ball|ballon|pelota|palla|bal|bola",
    # kitchen, home, furniture
    "mug|tasse|becher|taza|tazza|mok|caneca|cup",
    "flask|thermos|thermosflasche|termo|thermosfles|garrafa",
    "bottle|bouteille|flasche|botella|bottiglia|fles|garrafa",
    "knife|couteau|messer|cuchillo|coltello|mes|faca",
    "pan|poele|pfanne|sarten|padella|frigideira",
    "pot|casserole|topf|olla|pentola|panela",
    "plate|assiette|teller|plato|piatto|bord|prato",
    "bowl|bol|schussel|cuenco|ciotola|kom|tigela",
    "glass|verre|glas|vaso|bicchiere|copo",
    "kettle|bouilloire|wasserkocher|hervidor|bollitore|waterkoker|chaleira",
    "blender|mixeur|mixer|licuadora|frullatore|batidora",
    "grinder|moulin|muhle|molinillo|macinino|molen|moedor",
    "filter|filtre|filtro",
    "chair|chaise|stuhl|silla|sedia|stoel|cadeira",
    "table|tisch|mesa|tavolo|tafel",
    "desk|bureau|schreibtisch|escritorio|scrivania",
    "sofa|canape|couch|divano|bank",
    "bed|lit|bett|cama|letto",
    "mattress|matelas|matratze|colchon|materasso|matras|colchao",
    "pillow|oreiller|kissen|almohada|cuscino|kussen|almofada|cushion|coussin",
    "blanket|couverture|decke|manta|coperta|deken|cobertor",
    "duvet|couette|bettdecke|edredon|piumone|dekbed",
    "sheet|drap|laken|sabana|lenzuolo|lencol",
    "towel|serviette|handtuch|toalla|asciugamano|handdoek|toalha",
    "curtain|rideau|vorhang|cortina|tenda|gordijn",
    "rug|tapis|teppich|alfombra|tappeto|tapijt|tapete|carpet",
    "candle|bougie|kerze|vela|candela|kaars",
    "vase|florero|vaso|vaas",
    "shelf|etagere|regal|estante|scaffale|plank|prateleira",
    "box|boite|kiste|caja|scatola|doos|caixa",
    "clock|horloge|wanduhr|reloj de pared|orologio|klok",
    "plant|plante|pflanze|planta|pianta",
    # beauty, care
    "cream|creme|crema|moisturiser|moisturizer|feuchtigkeitscreme",
    "lotion|locion|lozione|locao|bodylotion",
    "serum|siero|soro",
    "oil|huile|ol|aceite|olio|olie|oleo",
    "cleanser|nettoyant|reiniger|limpiador|detergente|reinigingsmelk|wash",
    "soap|savon|seife|jabon|sapone|zeep|sabonete",
    "shampoo|shampooing|champu|xampu",
    "balm|baume|balsam|balsamo|balsem",
    "sunscreen|spf|solar|solaire|sonnencreme|sonnenschutz|protector solar|solare|zonnebrand|protetor",
    "mask|masque|maske|mascarilla|maschera|masker|mascara",
    "perfume|parfum|profumo|eau de toilette",
    "skin|peau|haut|piel|pelle|huid|pele",
    "hair|cheveux|haar|haare|pelo|cabello|capelli|cabelo",
    "hand|main|hande|mano|mani|handen|mao",
    "face|visage|gesicht|cara|rostro|viso|gezicht|rosto",
    "lip|levre|lippe|labio|labbra",
    "eye|oeil|yeux|auge|ojo|occhi|oog|olho",
    "body|corps|korper|cuerpo|corpo|lichaam",
    "foot|feet|pied|fuss|fusse|pie|piede|piedi|voet|voeten|pes",
    # food, animals, children, devices, paper, music, garden, jewellery
    "coffee|cafe|kaffee|caffe|koffie",
    "tea|the|tee|te|thee|cha|infusion",
    "chocolate|chocolat|schokolade|cioccolato|chocola",
    "wine|vin|wein|vino|wijn|vinho",
    "dog|chien|hund|perro|cane|hond|cao|puppy|chiot|welpe",
    "cat|chat|katze|gato|gatto|kat|kitten",
    "food|nourriture|futter|comida|pienso|cibo|voer|racao|alimento",
    "leash|lead|laisse|leine|correa|guinzaglio|trela",
    "toy|jouet|spielzeug|juguete|giocattolo|speelgoed|brinquedo",
    "game|jeu|spiel|juego|gioco|spel|jogo|puzzle",
    "child|enfant|kind|kinder|nino|bambino|crianca|kids|toddler",
    "baby|bebe|neonato",
    "phone|telephone|telefon|handy|movil|telefono|telefoon|telemovel|smartphone",
    "headphone|ecouteur|kopfhorer|auricular|cuffie|koptelefoon|auscultador|earbud",
    "speaker|enceinte|lautsprecher|altavoz|altoparlante|luidspreker|coluna",
    "charger|chargeur|ladegerat|cargador|caricatore|oplader|carregador",
    "cable|kabel|cavo|cabo|cord",
    "battery|batterie|akku|bateria|pila|accu",
    "keyboard|clavier|tastatur|teclado|tastiera|toetsenbord",
    "mouse|souris|maus|raton|muis",
    "watch|montre|armbanduhr|reloj|orologio|horloge|relogio",
    "ring|bague|anillo|anello|anel",
    "necklace|collier|halskette|kette|collar|collana|ketting|colar",
    "earring|boucle|ohrring|ohrringe|pendiente|orecchino|orecchini|oorbel|brinco",
    "bracelet|armband|pulsera|braccialetto|pulseira",
    "chain|chaine|cadena|catena",
    "book|livre|buch|libro|boek|livro",
    "notebook|carnet|notizbuch|cuaderno|taccuino|notitieboek|caderno",
    "pen|stylo|stift|fuller|boligrafo|penna|caneta",
    "paper|papier|papel|carta",
    "paint|peinture|farbe|pintura|vernice|verf|tinta",
    "yarn|laine a tricoter|garn|hilo|filato|garen",
    "needle|aiguille|nadel|aguja|ago|naald|agulha",
    "guitar|guitare|gitarre|guitarra|chitarra|gitaar",
    "string|corde|saite|cuerda|corda|snaar",
    "seed|graine|samen|semilla|seme|zaad",
    "set|kit|coffret|juego de",
    "card|carte|karte|tarjeta|carta regalo|kaart|cartao",
    "gift|cadeau|geschenk|regalo|presente|present",
    "cover|housse|bezug|hulle|funda|fodera|hoes|capa|case|etui",
    "liner|doublure|futter|forro|fodera|inlay",
    # how things are
    "warm|chaud|chaude|caliente|calido|abrigado|caldo|calda|quente|warme|warmer|warmest|warmth|wamre",
    "cold|froid|froide|kalt|kalte|frio|fria|freddo|fredda|koud",
    "hot|brulant|heiss|heisse|muy caliente|bollente|heet",
    "cool|frais|kuhl|fresco|fresca|koel",
    "wet|mouille|nass|nasse|mojado|bagnato|nat|natte|molhado|soaked|trempe",
    "dry|sec|seche|trocken|trockene|seco|seca|secco|secca|droog|droge",
    "rain|pluie|regen|lluvia|pioggia|chuva|rainy|wolkenbruch",
    "snow|neige|schnee|nieve|neve|sneeuw",
    "wind|vent|viento|vento|windy",
    "water|eau|wasser|agua|acqua",
    "sun|soleil|sonne|sol|sole|zon",
    "winter|hiver|invierno|inverno",
    "summer|ete|sommer|verano|estate|zomer|verao",
    "waterproof|impermeable|etanche|wasserdicht|wasserdichte|impermeabile|impermeavel|waterdicht|watertight"
    "|rainproof",
    "windproof|coupe vent|winddicht|cortavientos|antivento|corta vento",
    "breathable|respirant|respirante|atmungsaktiv|transpirable|traspirante|ademend|respiravel",
    "insulated|isolant|isotherme|isoliert|aislado|termico|isolato|geisoleerd|isolado|thermal|thermique",
    "padded|rembourre|matelasse|gepolstert|acolchado|imbottito|gevoerd|acolchoado|cushioned|cushioning",
    "light|lightweight|leger|legere|leicht|leichte|ligero|ligera|leggero|leggera|lichtgewicht|leve|ultralight",
    "heavy|lourd|lourde|schwer|schwere|pesado|pesada|pesante|zwaar",
    "big|large|gros|gross|grosse|grand|grande|groot|groter",
    "small|petit|petite|klein|kleine|pequeno|pequena|piccolo|piccola|compact|mini|tiny",
    "wide|broad|roomy|roomier|wider|broader|ample|breit|breite|weit|ancho|ancha|largo de horma|breed|bred"
    "|brede|ampio|ampia|larga",
    "narrow|etroit|etroite|eng|schmal|estrecho|estrecha|stretto|stretta|smal|apertado",
    "long|longue|lang|lange|lungo|lunga|comprido|longo",
    "short|court|courte|kurz|kurze|corto|corta|kort|curto",
    "thick|epais|epaisse|dick|dicke|grueso|gruesa|spesso|dik|grosso",
    "thin|mince|fin|dunn|dunne|delgado|fino|sottile|dun",
    "soft|doux|douce|weich|weiche|suave|blando|morbido|morbida|zacht|macio|softer",
    "firm|ferme|fest|firme|stevig|sodo|hard|dur|hart|duro",
    "gentle|mild|sanft|delicat|delicato|delicado|gentil",
    "sensitive|sensible|empfindlich|empfindliche|gevoelig|sensivel|delicate|reactive",
    "strong|fort|forte|stark|starke|fuerte|sterk|robust|robuste|stabil|sturdy|solide|resistente|robusto"
    "|stevig|durable",
    "bright|lumineux|hell|helle|brillante|luminoso|luminosa|fel|brilhante|brighter",
    "quiet|silent|silencieux|leise|leiser|silencioso|silenzioso|stil|quieter",
    "loud|bruyant|laut|ruidoso|rumoroso|luid",
    "fast|rapide|schnell|rapido|rapida|veloce|snel|quick",
    "easy|facile|einfach|facil|semplice|makkelijk|simple",
    "comfortable|confortable|bequem|comodo|comoda|comfortabel|confortavel|comfort|comfy",
    "oily|gras|grasse|fettig|fettige|olig|grasa|graso|grassa|vet|oleosa",
    "rich|riche|reichhaltig|reichhaltige|rico|rica|ricca|ricco|rijk",
    "scented|parfume|parfumee|duftend|perfumado|profumato|geparfumeerd",
    "rechargeable|wiederaufladbar|recargable|ricaricabile|oplaadbaar|recarregavel",
    "wireless|sans fil|kabellos|inalambrico|senza fili|draadloos|cordless",
    "adjustable|reglable|verstellbar|ajustable|regolabile|verstelbaar|ajustavel",
    "foldable|pliable|pliant|faltbar|klappbar|plegable|pieghevole|opvouwbaar|dobravel|packable",
    "washable|lavable|waschbar|lavabile|wasbaar|lavavel",
    "leakproof|auslaufsicher|hermetico|lekvrij|estanque|airtight",
    "reusable|refillable|reutilisable|rechargeable|wiederverwendbar|nachfullbar|reutilizable|rellenable"
    "|riutilizzabile|herbruikbaar",
    "organic|bio|biologique|biologisch|organico|ecologico|biologico",
    "decaf|decaffeinated|decafeine|entkoffeiniert|koffeinfrei|descafeinado|decaffeinato|cafeinevrij",
    "vegan|vegane|veganer|vegano|vegana|veganistisch|vegetalien|vegetal|plant based",
    "cheap|bon marche|billig|gunstig|barato|barata|economico|economica|goedkoop|affordable|budget|pas cher"
    "|preiswert",
    "natural|naturel|naturlich|naturale|natuurlijk",
    "electric|electrique|elektrisch|electrico|elettrico|eletrico",
    "manual|manuel|manuell|manuale|handmatig",
    "beginner|debutant|anfanger|principiante|starter|iniciante",
    "itch|itchy|gratter|gratte|demangeaison|kratzt|kratzen|juckt|jucken|pica|picar|prude|pizzica|kriebelt"
    "|jeukt|comichao|scratchy",
    "smell|stink|stinking|odour|odor|odeur|geruch|riecht|stinkt|olor|odore|geur|cheiro|pong",
    # parts, places, uses
    "hip|hanche|hufte|huft|cadera|anca|fianchi|heup|quadril",
    "shoulder|epaule|schulter|hombro|spalla|schouder|ombro",
    "back|dos|rucken|espalda|schiena|rug|costas",
    "heel|talon|ferse|tallone|hiel|calcanhar",
    "toe|orteil|zehe|zehen|dedo|tenen|dita",
    "ankle|cheville|knochel|tobillo|caviglia|enkel|tornozelo",
    "sole|semelle|sohle|suela|suola|zool|sola",
    "lid|couvercle|deckel|tapa|coperchio|deksel|tampa",
    "strap|sangle|bretelle|riemen|tirante|cinghia|band|alca",
    "walk|walking|marche|wandern|wander|caminar|camminata|wandelen|caminhada|hiking|hike|randonnee|senderismo"
    "|trekking|escursione|wanderung",
    "run|running|courir|course|laufen|correr|corsa|hardlopen|corrida|jogging",
    "travel|voyage|reise|viaje|viaggio|reis|viagem|trip",
    "camp|camping|campen|acampar|campeggio|kamperen|acampamento|camper",
    "hut|refuge|hutte|refugio|rifugio|cabana",
    "kitchen|cuisine|kuche|cocina|cucina|keuken|cozinha",
    "office|bureau|buro|oficina|ufficio|kantoor|escritorio",
    "garden|jardin|garten|giardino|tuin|jardim",
    "night|nuit|nacht|noche|notte|noite|overnight|nightly",
    "day|jour|tag|dia|giorno|dag|daily|everyday",
    "morning|matin|morgen|manana|mattina|ochtend|manha",
    "evening|soir|abend|tarde|sera|avond|noite",
    "ground|sol|boden|suelo|terra|grond|chao|floor",
    "fire|feu|feuer|fuego|fuoco|vuur|fogo|flame|flamme|llama|fiamma",
    "boil|bouillir|kochen|hervir|bollire|koken|ferver",
    "bath|bain|bad|bano|bagno|banho",
    "school|ecole|schule|escuela|scuola|escola",
    "red|rouge|rot|rote|rotes|rotem|rojo|roja|rosso|rossa|rood|rode|vermelho|vermelha",
    "men|homme|herren|hombre|uomo|heren|homem|mannlich|mens",
    "women|femme|damen|mujer|donna|dames|mulher|ladies|womens",
)  # fmt: skip
_FIRST_QUALITY = "warm"  # before this row stand the names of things
_SHORTEST_PART = 4  # letters of a word that may be read out of a compound
_INFLECTED = ("en", "em", "er", "es", "e", "n")  # of German and Dutch adjectives
_COMPOUNDING = (4, 24)


def _table() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, row in enumerate(_ROWS):
        for spelling in row.split("|"):
            words = stems(spelling)
            if len(words) == 1:
                found.setdefault(words[0], set()).add(number)
    return {word: frozenset(rows) for word, rows in found.items()}


_MEANINGS = _table()
_NAMES = tuple(f"={stem(row.split('|')[0])}" for row in _ROWS)
THINGS = frozenset(_NAMES[: _NAMES.index(f"={_FIRST_QUALITY}")])


@lru_cache(maxsize=65536)
def meanings(word: str) -> frozenset[str]:
    """What a stem may mean, each meaning as "=" and its English name; nothing for a word that is not in the table."""
    rows = _MEANINGS.get(word)
    if rows is None and not word.isascii():
        rows = _MEANINGS.get(fold(word))
    if rows is None:
        rows = next((_MEANINGS[w] for w in (word.removesuffix(e) for e in _INFLECTED) if w in _MEANINGS), None)
    if rows is None:
        rows = _compound(word)
    names = frozenset(_NAMES[row] for row in rows)
    # Without its accent "thé" is "the": a word of grammar means a thing only where it is that thing's English name.
    return names & {f"={word}"} if word in FUNCTION_WORDS else names


def _compound(word: str) -> frozenset[int]:
    """The meanings of a compound's last part, and of its first."""
    low, high = _COMPOUNDING
    if not 2 * low <= len(word) <= high:
        return frozenset()
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        head, tail = word[:cut], word[cut:]
        rows = _MEANINGS.get(tail) or (_MEANINGS.get(tail[:-1]) if tail[-1] in "ens" and len(tail) > 5 else None)
        if rows is not None and (len(tail) > _SHORTEST_PART or head in _MEANINGS):
            first = _MEANINGS.get(head) or (_MEANINGS.get(head[:-1]) if head[-1] == "s" else None)
            return rows | (first or frozenset())
    return frozenset()
