from __future__ import annotations

import pytest


@pytest.fixture
def v4(found):
    return lambda text: [text[m.start : m.end] for m in found(text) if m.detector == "ipv4"]


@pytest.fixture
def v6(found):
    return lambda text: [text[m.start : m.end] for m in found(text) if m.detector == "ipv6"]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "IP: {}.",
        "http://{}:8080/x",
        "[{}]",
        "{}/24",
        "::ffff:{}",
        "server {},",
        "from {}\n",
        "para {} y",
        "1, {}",
        "version 2 runs on {}",
        "{} GET /index",
        "{} visits",
    ],
)
def test_public_v4_addresses_are_found(v4, text):
    assert v4(text.format("93.184.216.34")) == ["93.184.216.34"]


@pytest.mark.parametrize(
    "text",
    [
        "10.1.22.3 172.16.30.4 192.168.10.1 127.0.0.1 169.254.11.12 100.64.11.1",
        "192.0.2.77 198.51.100.1 203.0.113.254 224.0.0.251 255.255.255.255 0.0.0.0",
        "256.1.22.3 93.184.216.340 093.184.216.34 93.184.216",
        "5.1.2.3",
        "v93.184.216.34",
        "v. 93.184.216.34",
        "Version 93.184.216.34",
        "verzió: 93.184.216.34",
        "v različici 93.184.216.34 programa",
        "a program 93.184.216.34 verziójában",
        "версия 93.184.216.34",
        "έκδοση 93.184.216.34",
        "wersja nr 93.184.216.34",
        "§ 12.3.40.5",
        "Po členu 46.3.30.2 zakona",
        "įstatymo 94.10.27.4 straipsnį",
        "A törvény 58.2.34.6 szakasza",
        "Enligt 64.17.19.2 § lagen",
        "§12.3.40.5",
        "Kapitel 5.12.3.100",
        "chapter 5.12.3.100",
        "fejezet 5.12.3.100",
        "глава 5.12.3.100",
        "Artikel 5.12.3.100",
        "bod 5.12.3.100",
        "čl. 5.12.3.4.5",
        "93.184.216.34-beta",
        "Chrome/93.184.216.34",
        "lib-93.184.216.34",
        "15.6.8.1 Introduction",
        "Contents\n38.7.10.5. Στοιχεία",
        "1.3.6.1.4.1.311.21",
        "kernel 5.15.0.91",
        "€ 1.234.123.210",
        "1.234.123.210 EUR",
        "1.234.123.210,50",
        "12.10.2024 12:30:45",
        "978-3-16-148410-0",
    ],
)
def test_private_addresses_versions_sections_and_prices_are_left(v4, text):
    assert v4(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "2001:4860:4860::8888",
        "2A00:1450:4001:0829:0000:0000:0000:200e",
        "2600::",
        "2002:5db8:d822::1",
    ],
)
@pytest.mark.parametrize("text", ["{}", "[{}]:443", "{}/64", "IP {}: x", "{}."])
def test_public_v6_addresses_are_found(v6, address, text):
    assert v6(text.format(address)) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "2001:db8::1 3fff::1 2002:c000:201::1",
        "fe80::1 ::1 fd00::1 a::b std::cafe",
        "2024:10:30 12:30:45 3000:1",
        "2001:4860:4860:8888",
        "x2001:4860:4860::8888",
        "1:2001:4860:4860::8888",
        "Genesis 2001:4:5:6",
    ],
)
def test_v6_addresses_that_are_not_public_and_times_are_left(v6, text):
    assert v6(text) == []
