from __future__ import annotations

import pytest

from gateway.sms import texts
from menus import gsm7

EVERY_TEXT = [(phrase, language) for phrase in texts.PHRASES for language in texts.LANGUAGES]
TEXTS_OF_SMS = [text for text in EVERY_TEXT if text[0].split(".")[0] in ("sms", "officer", "supervisor")]


@pytest.mark.parametrize(("phrase", "language"), EVERY_TEXT)
def test_every_text_fits_one_part_with_the_worst_values(phrase: str, language: str) -> None:
    worst = dict.fromkeys(texts.blanks(phrase, language), "W" * 300)

    text = texts.render(phrase, language, worst)

    assert gsm7.is_gsm7(text)
    assert gsm7.septets(text) <= 160
    assert gsm7.parts(text) == 1


@pytest.mark.parametrize(("phrase", "language"), TEXTS_OF_SMS)
def test_what_is_useless_when_cut_is_whole_beside_the_worst_words(phrase: str, language: str) -> None:
    whole = {"ref": "48217591", "parent": "31864080", "code": "*384*1972*1#", "sms": "21972", "due": "Wed 25 Nov 10:40"}
    wanted = texts.blanks(phrase, language)
    worst = {name: whole.get(name, "W" * 300) for name in wanted}

    text = texts.render(phrase, language, worst)

    assert all(value in text for name, value in whole.items() if name in wanted)


@pytest.mark.parametrize(("phrase", "language"), EVERY_TEXT)
def test_a_text_is_written_in_the_basic_alphabet_only(phrase: str, language: str) -> None:
    words = texts.PHRASES[phrase][language].replace("{", "").replace("}", "")

    assert words
    assert gsm7.plain(words) == words


@pytest.mark.parametrize("phrase", texts.PHRASES)
def test_both_languages_say_the_same_facts(phrase: str) -> None:
    assert texts.blanks(phrase, "en") == texts.blanks(phrase, "sw")


def test_every_blank_has_a_width_and_every_width_a_blank() -> None:
    used = {name for phrase, language in EVERY_TEXT for name in texts.blanks(phrase, language)}

    assert used == set(texts.WIDTHS)


def test_foreign_characters_do_not_turn_one_part_into_three() -> None:
    text = texts.render("officer.info", "en", {"ref": "4821759", "answer": "“Café” — left\n\n side 😀 {x}\x00"})

    assert text == '4821759: the resident answered: "Café" - left side (x)'
    assert gsm7.septets(text) == len(text)


def test_the_landmark_gives_way_before_the_ward() -> None:
    values = {
        "ref": "48217591",
        "category": "Overflowing sewer manhole",
        "ward": "Nairobi West/South C",
        "landmark": "behind the second gate of the old market",
        "due": "Wed 25 Nov 10:40",
        "code": "*384*1972#",
    }

    text = texts.render("sms.received", "en", values)

    assert "Nairobi West/South C" in text
    assert "behind" in text
    assert "old market" not in text


def test_a_note_that_ends_in_a_full_stop_gets_no_second_one() -> None:
    text = texts.render("sms.in_progress.note", "en", {"ref": "1", "note": "Truck sent. ", "due": "Wed"})

    assert text == "Hatua 1: work started. Truck sent. Due Wed."


def test_a_text_that_nobody_wrote_is_a_bug() -> None:
    with pytest.raises(KeyError):
        texts.render("sms.nonsense", "en", {})
    with pytest.raises(KeyError):
        texts.render("sms.received", "en", {"ref": "4821759"})
