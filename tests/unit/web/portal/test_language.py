"""Which language a reader gets, and what the device's sentences become in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.web.portal.language import DEFAULT, chosen, language, languages


@pytest.mark.parametrize(
    ("cookie", "accept", "tag"),
    [
        ("", "", "en"),
        ("", "de-DE,de;q=0.9", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "zh-TW", "zh-CN"),
        ("", "ZH", "zh-CN"),
        ("", "de, en;q=0.3, zh;q=0.5", "zh-CN"),
        ("", "zh;q=0, en;q=0.1", "en"),
        ("en", "zh-CN", "en"),
        ("zh-CN", "en", "zh-CN"),
        ("tlh", "zh-CN", "zh-CN"),
        ("../../etc", "", "en"),
    ],
)
def test_the_choice_goes_before_the_browsers_wish(cookie: str, accept: str, tag: str) -> None:
    assert chosen(cookie, accept) == tag


@given(st.text(max_size=80), st.text(max_size=800))
def test_any_wish_has_an_answer(cookie: str, accept: str) -> None:
    assert chosen(cookie, accept) in languages()


@given(st.text(min_size=1, max_size=32).filter(lambda one: "\n" not in one))
def test_a_name_is_carried_over_as_it_is(name: str) -> None:
    told = language("zh-CN").told(f"The network {name} was not found.")
    assert told == f"未找到网络 {name}。"


@pytest.mark.parametrize("name", ["Router", "Internet", "Not connected."])
def test_a_name_that_is_also_a_word_stays_a_name(name: str) -> None:
    assert language("zh-CN").told(f"Joining {name}.") == f"正在连接 {name}。"


def test_a_sentence_within_a_sentence_is_told_too() -> None:
    told = language("zh-CN").told("The radio is switched on. The hotspot Lamp is up.")
    assert told == "无线网卡已开启。 热点 Lamp 已开启。"


@given(st.text(max_size=60))
def test_english_is_never_changed(text: str) -> None:
    assert language(DEFAULT).told(text) == text


def test_what_provisioning_mode_warns_of_is_told() -> None:
    told = language("zh-CN").told(
        "The driver sends at 20 dBm instead of 2: the SoftAP reaches further than a few feet."
    )
    assert "20 dBm 而不是 2 dBm" in told
