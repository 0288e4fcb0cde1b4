"""What customers, agents and the brand write: five languages, and everything a CSV reader trips on.

Commas, quotes, line breaks, emoji, right-to-left script, leading signs, long and empty-looking lines. A text
depends on its language and one number. All invented.
"""

from __future__ import annotations

from collections.abc import Mapping

_ASKED: Mapping[str, tuple[str, ...]] = {
    "en": (
        'My order still says "packed", nothing moves',
        "I was charged twice, 19.99 each time",
        "The app closes, then reopens, then closes",
        "Can I change my plan before the 1st?",
        "The parcel came, but the box was crushed",
        "I can't log in; the code never arrives",
        "Just wanted to say: great service",
        "Where do I find last year's invoices, please?",
    ),
    "es": (
        "Mi pedido no se ha movido, ¿qué pasa?",
        "Me han cobrado dos veces: 19,99 cada vez",
        "No puedo entrar; el código no llega",
        "¿Puedo cambiar de plan antes del día 1?",
        "La caja llegó rota, mirad la foto",
    ),
    "fr": (
        "Ma commande est « préparée », mais rien ne bouge",
        "J'ai été débité deux fois, 19,99 à chaque fois",
        "L'application se ferme toute seule",
        "Où sont les factures de l'an dernier ?",
        "Le colis est arrivé, la boîte était écrasée",
    ),
    "de": (
        "Meine Bestellung ist „gepackt“, aber nichts geht weiter",
        "Zweimal abgebucht, je 19,99 – warum?",
        "Die App schließt sich ständig",
        "Kann ich vor dem 1. den Tarif ändern?",
        "Das Päckchen kam, nur war es zerdrückt",
    ),
    "tr": (
        'Siparişim "hazırlandı" diyor, hiç ilerlemiyor',
        "İki kez ücret alındı, neden?",
        "Uygulama sürekli kapanıyor",
        "Geçen yılın faturalarını nerede bulurum?",
        "Kutu ezilmiş geldi, içi iyi",
    ),
}
_ANSWERED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Thanks for telling us, we are on it.",
        'So sorry! Please send us the order number, "#" included.',
        "I have looked: it left today, and arrives by Friday.",
        "Please restart the app, then try again.",
        "Refund sent; it takes 3, at most 5 days.",
    ),
    "es": (
        "Gracias por avisar, lo miramos ya.",
        "Lo siento, ¿nos pasas el número de pedido?",
        "Sale hoy, llega el viernes.",
    ),
    "fr": (
        "Merci, nous regardons cela.",
        "Désolés ! Le numéro de commande, s'il vous plaît ?",
        "Parti aujourd'hui, livré vendredi.",
    ),
    "de": (
        "Danke, wir kümmern uns darum.",
        "Das tut uns leid, wie lautet die Bestellnummer?",
        "Heute verschickt, Freitag da.",
    ),
    "tr": (
        "Haber verdiğiniz için teşekkürler, ilgileniyoruz.",
        "Özür dileriz, sipariş numarası nedir?",
        "Bugün çıktı, cuma orada.",
    ),
}
_ENDS = (
    "",
    "",
    "",
    " 🙏",
    " 😡😡",
    "\n\nSent from my phone",
    " שלום, תודה רבה",
    " شكرًا جزيلًا، مع السلامة",
    '\r\n- line two, "quoted"\r\n- line three',
    " 👩🏽‍💻 at work",
    "; see https://example.com/help?a=1&b=2",
    '\t(tab, comma, "quote")',
    " …",
    " =1+1",
    " 日本語も少し",
)
_BRAND = (
    "New colours, same soft cotton. Which one is yours? 🎨",
    'Tip of the week: "airplane mode", then off again.',
    "Doors open Saturday, 10 to 4, coffee included ☕",
    "Thank you, all of you.\nA year of small repairs, in numbers.",
    "Meet Mei: she answers, with patience, since 2019.",
)


def asked(language: str, number: int) -> str:
    """Return what a customer writes."""
    return _composed(_ASKED[language], number)


def answered(language: str, number: int) -> str:
    """Return what an agent writes."""
    return _composed(_ANSWERED[language], number)


def brand(number: int) -> str:
    """Return what the brand posts."""
    return _composed(_BRAND, number)


def subject(language: str, number: int) -> str:
    """Return the beginning of what a customer wrote."""
    return _ASKED[language][number % len(_ASKED[language])]


def handle(author: int) -> str:
    """Return an author's handle."""
    first = ("sunny", "quiet", "north", "paper", "velvet", "iron", "maple", "çay", "noir", "wind")
    second = ("trail", "otter", "lamp", "harbor", "kite", "ferry", "orchard", "comet")
    return f"@{first[author % 10]}_{second[author // 10 % 8]}_{author}"


def _composed(bodies: tuple[str, ...], number: int) -> str:
    rest, body = divmod(number, len(bodies))
    return bodies[body] + _ENDS[rest % len(_ENDS)]
