"""What a customer wrote, found in what a mail program made of it."""

import time

import pytest

from recommenders.text.clean import clean_message, normalize


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Where is it?", "Where is it?"),
        ("  Hello \r\n\r\n\r\n\r\nthere\u00a0you  are ", "Hello\n\nthere you are"),
        ("I &amp; you\u200b caf&eacute; <3", "I & you café <3"),
        ("a < b and b > c", "a < b and b > c"),
        (
            "fam\u00edlia \U0001f468\u200d\U0001f469\u200d\U0001f467",
            "família \U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        ("bad\x00 byte\x07", "bad byte"),
        ("", ""),
    ],
)
def test_plain_text_is_brought_to_one_form(raw: str, clean: str) -> None:
    assert clean_message(raw) == clean


@pytest.mark.parametrize(
    "header",
    [
        "On Mon, 3 Mar 2026 at 10:00, Shop <a@shop.example> wrote:",
        "On Mon, 3 Mar 2026 at 10:00, A Shop With A Long Name <news@shop.example>\nwrote:",
        "Am 03.03.2026 um 10:00 schrieb Shop <a@shop.example>:",
        "Le lun. 3 mars 2026 à 10:00, Shop <a@shop.example> a écrit :",
        "El lun, 3 mar 2026 a las 10:00, Shop (<a@shop.example>) escribió:",
        "Il giorno lun 3 mar 2026 alle ore 10:00 Shop <a@shop.example> ha scritto:",
        "Op ma 3 mrt 2026 om 10:00 schreef Shop <a@shop.example>:",
        "Em seg., 3 de mar. de 2026 às 10:00, Shop <a@shop.example> escreveu:",
        "Den mån 3 mars 2026 kl 10:00 skrev Shop <a@shop.example>:",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "---------- Forwarded message ---------",
        "________________________________\nFrom: Shop\nSent: Monday\nTo: Ana\nSubject: Your parcel",
        "Von: Shop\nGesendet: Montag\nAn: Ana\nBetreff: Ihr Paket",
        "*De :* Shop\n*Envoyé :* lundi\n*À :* Ana\n*Objet :* Votre colis",
        "##- Please type your reply above this line -##",
    ],
)
def test_an_earlier_message_goes(header: str) -> None:
    assert clean_message(f"Yes, please send it.\n\n{header}\n\nWe could send you our winter offer. Shall we?") == (
        "Yes, please send it."
    )


def test_answers_between_and_below_quotes_stay() -> None:
    raw = (
        "On 3 Mar 2026, Shop <a@shop.example> wrote:\n> Shall we send it?\nYes please.\n>> Which size?\n> Or none?\nXL"
    )
    assert clean_message(raw) == "Yes please.\nXL"


def test_nothing_but_a_quote_comes_back_without_its_marks() -> None:
    assert clean_message("> the zip is broken\n> and the lining too") == "the zip is broken\nand the lining too"


def test_a_forwarded_form_keeps_its_body() -> None:
    raw = "From: Ana <ana@example.com>\nTo: Shop\nSubject: Contact form\n\nThe zip broke on the first day."
    assert clean_message(raw) == "The zip broke on the first day."


@pytest.mark.parametrize(
    "raw", ["My mother wrote:\nplease send it back", "Please deliver to:\nRue Haute 5\n1000 Bruxelles"]
)
def test_colons_alone_announce_nothing(raw: str) -> None:
    assert clean_message(raw) == raw


@pytest.mark.parametrize(
    "tail",
    [
        "Best regards\nNadia Person\nAttorney at law, specialist in litigation\nPerson & Partners",
        "Mit freundlichen Grüßen\n\nNadia Person\nLeiterin Brandschutz\nTel. +49 30 1234567",
        "Cordialement,\nNadia Person\nDirectrice des pompes funèbres",
        "Un saludo,\nNadia",
        "Thanks,\nNadia Person\nHead of Claims",
        "--\nNadia Person\nFuneral director",
        "Sent from my iPhone",
        "Von meinem Handy gesendet",
        "Kind regards, Nadia Person, specialist in litigation",
        "Nadia Person\nWedding planner\nnadia@example.com",
        "This e-mail is confidential and intended only for the addressee. If it burns, you may sue.",
    ],
)
def test_a_signature_goes_with_its_job_title(tail: str) -> None:
    assert clean_message(f"Hello,\n\nthe kettle leaks. Can you help?\n\n{tail}") == (
        "Hello,\n\nthe kettle leaks. Can you help?"
    )


@pytest.mark.parametrize(
    "raw",
    [
        "Thanks!\n\nOne more question\nIs the pump ok",
        "I'd like to return:\n- the kettle\n- the mug",
        "Thank you\nthe second parcel came today but it is empty",
        "These two, please:\n\nBlue Kettle\nGreen Mug",
        "Best regards",
    ],
)
def test_content_that_looks_like_a_signature_stays(raw: str) -> None:
    assert clean_message(raw) == raw


def test_a_postscript_outlives_the_signature() -> None:
    raw = "The kettle leaks.\n\nThanks,\nAna\n\nPS: the mug is broken, too"
    assert clean_message(raw) == "The kettle leaks.\n\nPS: the mug is broken, too"


def test_html_becomes_paragraphs() -> None:
    raw = "<html><head><style>p {color: red}</style></head><body><p>Hello,</p><p>it&nbsp;leaks.<br>Badly.</p></body>"
    assert clean_message(raw) == "Hello,\n\nit leaks.\nBadly."


def test_html_signature_quote_and_preheader_go() -> None:
    raw = (
        '<div style="display:none; max-height:0">Open me &zwnj;&nbsp;&zwnj;</div><p>It leaks.</p>'
        '<div class="gmail_signature">Nadia<br>Fire marshal</div>'
        '<div class="gmail_quote"><div class="gmail_attr">On 3 Mar 2026 Shop &lt;a@shop.example&gt; wrote:<br></div>'
        "<blockquote><p>Is your <b>skin</b> burning?</p></blockquote></div>"
    )
    assert clean_message(raw) == "It leaks."


def test_html_answers_between_quotes_stay() -> None:
    raw = (
        '<div class="gmail_quote"><div class="gmail_attr">On 3 Mar 2026 Shop &lt;a@shop.example&gt; wrote:<br></div>'
        "<blockquote>Which size?</blockquote><div>XL</div><blockquote>Which colour?</blockquote><div>Blue</div></div>"
    )
    assert clean_message(raw).split() == ["XL", "Blue"]


def test_outlook_html_reply_goes() -> None:
    raw = '<div>It leaks.</div><hr><div id="x_divRplyFwdMsg"><b>From:</b> Shop</div><div>Our old offer</div>'
    assert clean_message(raw).strip() == "It leaks."


def test_a_forward_alone_comes_back_whole() -> None:
    raw = "<blockquote><p>Your parcel is delayed.</p></blockquote>"
    assert clean_message(raw) == "Your parcel is delayed."


def test_html_can_be_declared() -> None:
    assert clean_message("1 <x> 2", html=False) == "1 <x> 2"
    assert clean_message("R&amp;D", html=True) == "R&D"


MEBI = 1 << 20


@pytest.mark.parametrize(
    "raw",
    [
        ">" * MEBI,
        ">\n" * (MEBI // 2),
        "<" * MEBI,
        "<div>" * 10_000 + "x",
        "<blockquote>" * 10_000 + "x",
        "<div " * (MEBI // 5),
        "<!--" * (MEBI // 4),
        "<table><tr><td colspan=100000000>x</td></tr></table>",
        "On 1 " * (MEBI // 5) + "wrote:",
        ("On 1 " * 40 + "x:\n") * 4000,
        "From: a\n" * 100_000,
        "best regards\n" * 80_000,
        "&" * MEBI,
        "+1" * (MEBI // 2),
        "\n" * MEBI,
    ],
    ids=lambda raw: raw[:8],
)
def test_hostile_text_takes_bounded_time(raw: str) -> None:
    started = time.perf_counter()
    clean_message(raw)
    assert time.perf_counter() - started < 3


def test_deep_nesting_loses_no_text() -> None:
    assert clean_message("<div>" * 10_000 + "It leaks." + "</div>" * 10_000) == "It leaks."


def test_short_plain_text_is_quick() -> None:
    raw = "Hi, I've had the kettle for three weeks and it drips.\nIt's lovely otherwise.\n\nThanks,\nFiona"
    best = min(_timed(raw) for _ in range(50))
    assert best < 0.001


def _timed(raw: str) -> float:
    started = time.perf_counter()
    clean_message(raw)
    return time.perf_counter() - started


def test_normalize_keeps_joiners_within_words() -> None:
    assert normalize("می\u200cخواهم \u200c \u200c") == "می\u200cخواهم"
