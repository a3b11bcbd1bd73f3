"""What a passage about each topic sounds like, in several languages: tells a rule on delivery from one on returns.

A customer's sentence is close to many passages of a shop; the reading of the ticket says which of them are meant. Each
passage is compared with these texts once, when it is indexed.
"""

from __future__ import annotations

from collections.abc import Mapping

PROBES: Mapping[str, tuple[str, ...]] = {
    "shipping_question": (
        "Delivery times and shipping costs: how long delivery takes and what it costs in each country",
        "Lieferzeiten und Versandkosten", "Délais et frais de livraison", "Plazos y gastos de envío",
    ),
    "order_status": (
        "Late or lost parcels: tracking does not move, we search for the parcel and send it again or refund it",
        "Verspätete oder verlorene Pakete", "Colis en retard ou perdu", "Paquetes retrasados o perdidos",
    ),
    "return_request": (
        "Returns: how many days you have to send an item back and how to return it",
        "Rückgabe und Rücksendung: Frist und Ablauf", "Retours : délai et procédure", "Devoluciones: plazo y pasos",
    ),
    "refund_request": (
        "Refunds: when and how you get your money back",
        "Erstattung: wann Sie Ihr Geld zurückbekommen", "Remboursement : quand et comment", "Reembolsos: cuándo y cómo",
    ),
    "exchange_request": (
        "Exchanges: swapping an item for another size, colour or variant",
        "Umtausch gegen eine andere Größe oder Farbe", "Échange contre une autre taille", "Cambios de talla o color",
    ),
    "damaged_item": (
        "Broken, faulty or damaged items: send a photo, replacement or refund, warranty",
        "Defekte oder beschädigte Ware, Garantie", "Article cassé ou défectueux", "Artículos rotos o defectuosos",
    ),
    "cancel_order": (
        "Cancelling an order before it is sent", "Bestellung stornieren", "Annuler une commande", "Cancelar un pedido",
    ),
    "change_order": (
        "Changing the address or the items of an order before it is sent",
        "Adresse oder Bestellung ändern", "Modifier une commande ou une adresse", "Cambiar la dirección o el pedido",
    ),
    "code_question": (
        "Discount codes and vouchers: one code per order, combining codes, codes that do not work",
        "Rabattcodes und Gutscheine", "Codes de réduction", "Códigos de descuento",
    ),
    "price_question": (
        "Prices and price match: the price of a product or service",
        "Preise und Preisgarantie", "Prix et alignement des prix", "Precios",
    ),
    "payment_question": (
        "Payment methods, charges, invoices and when the card is charged",
        "Zahlung, Rechnung und Abbuchung", "Paiement et facture", "Pago, cargos y factura",
    ),
    "subscription": (
        "Subscriptions: skip, pause, change or cancel", "Abo pausieren oder kündigen",
        "Abonnement : pause ou résiliation", "Suscripción: pausar o cancelar",
    ),
    "gift_request": (
        "Gift wrapping, handwritten notes, no price in the parcel", "Geschenkverpackung, Grußkarte, ohne Preis",
        "Emballage cadeau et petit mot", "Envoltorio de regalo y nota",
    ),
    "privacy_request": (
        "Personal data: a copy or deletion of your data", "Ihre Daten: Auskunft und Löschung",
        "Vos données : copie et suppression", "Tus datos: copia y borrado",
    ),
    "how_to": (
        "How to use it: put it on, press, turn, rinse, then let it dry", "How to use: apply it like this",
        "How to clean and care for it", "So wird es benutzt", "Mode d'emploi", "Modo de uso",
    ),
    "product_question": (
        "Ingredients, materials, allergens, sizes and compatibility of products",
        "Inhaltsstoffe, Material und Größen", "Ingrédients, matières et tailles", "Ingredientes, materiales y tallas",
    ),
    "stock_question": (
        "When a product is back in stock", "Wieder auf Lager", "Retour en stock", "Disponibilidad de un producto",
    ),
    "account": (
        "Your account: password, log-in and address book", "Ihr Konto und Passwort", "Votre compte", "Tu cuenta",
    ),
}  # fmt: skip
TOPICS = tuple(PROBES)
