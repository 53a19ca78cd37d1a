"""Which URLs may be asked for: tables of tricks, and hypothesis for those that nobody wrote down."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locant.errors import RemoteError, RemoteRefusedError
from locant.server.remotes.addresses import fixed_resolver, is_private, is_public, system_resolver
from locant.server.remotes.policy import check_url
from locant.server.remotes.types import GitUrl, RemoteRules
from locant.server.remotes.urls import parse_url, same_repository

PUBLIC = "140.82.121.4"
RULES = RemoteRules(
    schemes=("https", "ssh"),
    hosts=("github.com", "git.example.com:8443", "*.forge.example"),
    private_hosts=("git.corp.example",),
    ssh_known_hosts=Path("/etc/ssh/ssh_known_hosts"),
)
ANYONE = RemoteRules(schemes=("https", "http"), hosts=("*",))
RESOLVE = fixed_resolver(
    {
        "github.com": [PUBLIC],
        "git.example.com": [PUBLIC],
        "a.forge.example": [PUBLIC, "2a00:1450:4001::1"],
        "git.corp.example": ["10.1.2.3"],
        "rebound.forge.example": [PUBLIC, "127.0.0.1"],
        "inner.forge.example": ["10.0.0.8"],
    }
)

ALLOWED = {
    "https://github.com/a/b": "https://github.com/a/b",
    "https://GitHub.com:443/a/b.git": "https://github.com/a/b.git",
    "https://git.example.com:8443/a": "https://git.example.com:8443/a",
    "https://a.forge.example/x/y": "https://a.forge.example/x/y",
    "https://git.corp.example/My%20Project/_git/repo": "https://git.corp.example/My%20Project/_git/repo",
    "git@github.com:a/b.git": "ssh://git@github.com/a/b.git",
    "ssh://git@github.com:22/a/b.git": "ssh://git@github.com/a/b.git",
}

REFUSED = {
    # schemes and helpers
    "ext::sh -c touch% /tmp/x": "helpers",
    "fd::17": "helpers",
    "http://github.com/a/b": "schemes",
    "git://github.com/a/b": "none of the schemes",
    "ftp://github.com/a/b": "none of the schemes",
    "gopher://github.com/a": "none of the schemes",
    "file:///etc": "schemes",
    "HTTPS://github.com/a/b": "refused",
    "/etc/passwd": "write it as",
    "../up": "write it as",
    "--upload-pack=touch /tmp/x": "refused",
    "-oProxyCommand=touch@github.com:a/b": "refused",
    "": "write it as",
    # hosts
    "https://evil.example/a/b": "among the allowed hosts",
    "https://github.com.evil.example/a": "among the allowed hosts",
    "https://evilgithub.com/a": "among the allowed hosts",
    "https://github.com:8443/a/b": "at port 8443",
    "https://git.example.com/a": "among the allowed hosts",
    "https://forge.example/a": "among the allowed hosts",
    "https://evilforge.example/a": "among the allowed hosts",
    "https://github.com./a/b": "dot at its end",
    "https://github..com/a/b": "no host name",
    "https://-github.com/a": "no host name",
    "https://\uff47ithub.com/a/b": "xn--",
    "https://g\u0131thub.com/a/b": "xn--",
    "https://github.com\u3002evil.example/a": "xn--",
    "https://xn--gthub-n4a.com/a/b": "among the allowed hosts",
    "https://github.com%2eevil.example/a": "refused",
    "https://github.com\\@evil.example/a": "backslashes",
    "https://evil.example\\.github.com/a": "backslashes",
    "https://github.com#@evil.example/a": "query or fragment",
    "https://github.com?@evil.example/a": "query or fragment",
    "https://github.com@evil.example/a": "no place for credentials",
    "https://user:secret@github.com/a": "no place for credentials",
    "https://token@github.com/a/b": "no place for credentials",
    "https://github.com:@evil.example/": "credentials",
    "https://github.com:443@evil.example/a": "credentials",
    "https://github.com /a": "spaces",
    "https://github.com\t/a": "spaces",
    "https://github.com/a\r\nHost: evil.example": "spaces",
    "https:///a/b": "no host name",
    "https://github.com:0/a": "no port",
    "https://github.com:65536/a": "no port",
    "https://github.com:443:443/a": "refused",
    # numbers that are addresses
    "https://2130706433/a": "usual form",
    "https://0x7f000001/a": "usual form",
    "https://0177.0.0.1/a": "usual form",
    "https://127.1/a": "usual form",
    "https://0/a": "usual form",
    "https://127.0.0.1/a": "among the allowed hosts",
    "https://[::1]/a": "among the allowed hosts",
    "https://[::ffff:127.0.0.1]/a": "among the allowed hosts",
    "https://[fe80::1%25eth0]/a": "refused",
    "https://[::1]github.com/a": "refused",
    # paths
    "https://github.com": "write it as",
    "https://github.com/": "empty segments",
    "https://github.com/a//b": "empty segments",
    "https://github.com/a/../b": "`..`",
    "https://github.com/a/%2e%2e/b": "`..`",
    "https://github.com/a%2fb": "hides slashes",
    "https://github.com/a%00b": "control characters",
    "https://github.com/a%0d%0ab": "control characters",
    "https://github.com/a%": "two digits",
    "https://github.com/a/-u": "begins with `-`",
    "git@github.com:-u": "begins with `-`",
    "git@github.com:../../etc": "`..`",
    "ssh://git@github.com/a%20b": "only http URLs",
    "https://github.com/" + "a" * 3000: "longer than",
    # DNS
    "https://rebound.forge.example/a": "leads to 127.0.0.1",
    "https://inner.forge.example/a": "leads to 10.0.0.8",
    "https://unknown.forge.example/a": "no address",
}


@pytest.mark.parametrize("url", ALLOWED)
def test_what_is_configured_is_allowed_and_written_in_one_way(url: str) -> None:
    assert check_url(url, RULES, RESOLVE).url.text == ALLOWED[url]


@pytest.mark.parametrize("url", REFUSED)
def test_a_trick_is_refused_with_its_reason(url: str) -> None:
    with pytest.raises(RemoteError, match="no address" if REFUSED[url] == "no address" else "refused") as caught:
        check_url(url, RULES, RESOLVE)
    assert REFUSED[url] in str(caught.value)
    assert "secret" not in str(caught.value) and "\r" not in str(caught.value)


def test_nothing_is_allowed_by_default() -> None:
    with pytest.raises(RemoteRefusedError, match="allowed hosts"):
        check_url("https://github.com/a/b", RemoteRules(), RESOLVE)


def test_ssh_needs_known_host_keys() -> None:
    with pytest.raises(RemoteRefusedError, match="known host keys"):
        check_url("git@github.com:a/b", replace(RULES, ssh_known_hosts=None), RESOLVE)


NOT_PUBLIC = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1"),
    *("127.255.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255"),
    *("192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("100.100.100.200", "192.0.0.192", "::", "::1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("ff02::1", "2001:db8::1", "100::1"),
)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_none_of_the_internet_is_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(RemoteRefusedError, match="not a public address"):
        check_url("https://somewhere.example/a", ANYONE, fixed_resolver({"somewhere.example": [PUBLIC, address]}))


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::1", "fd12::1", "100.64.0.1", "192.168.1.1", PUBLIC])
def test_a_private_host_may_have_private_addresses(address: str) -> None:
    resolve = fixed_resolver({"git.corp.example": [address]})
    assert check_url("https://git.corp.example/a", RULES, resolve).addresses == (address,)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fd00:ec2::254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "::ffff:169.254.169.254"]
)
def test_not_even_a_private_host_leads_to_metadata_or_link_local_addresses(address: str) -> None:
    assert not is_private(address)
    with pytest.raises(RemoteRefusedError, match="private or public"):
        check_url("https://git.corp.example/a", RULES, fixed_resolver({"git.corp.example": [address]}))


def test_a_star_allows_public_names_and_no_numbers() -> None:
    with pytest.raises(RemoteRefusedError, match="allowed hosts"):
        check_url(f"https://{PUBLIC}/a", ANYONE, system_resolver)
    assert check_url("https://x.example/a", ANYONE, fixed_resolver({"x.example": [PUBLIC]})).addresses == (PUBLIC,)


def test_localhost_is_refused_where_every_public_host_is_allowed() -> None:
    with pytest.raises(RemoteRefusedError, match="not a public address"):
        check_url("http://localhost/a", ANYONE, system_resolver)


@given(st.ip_addresses())
def test_what_is_public_is_global_and_what_is_not_private_is_not_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)):
        assert address.is_global or "." not in str(address)
        assert not (address.is_loopback or address.is_link_local or address.is_multicast or address.is_private)
        assert is_private(str(address))


@given(st.ip_addresses(v=4))
def test_an_address_inside_of_another_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for wrapped in (0xFFFF << 32 | number, 0x64_FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert is_public(str(ipaddress.IPv6Address(wrapped))) is is_public(str(address))


AWKWARD = st.text(st.sampled_from("aZ09.-_~:/@%?#[]\\ \t\r\n\x00;&=+,!é。") | st.characters(), max_size=40)


@given(st.sampled_from(["https://github.com", "https://", "git@", "ssh://", "https://a:b@", ""]), AWKWARD, AWKWARD)
def test_what_passes_the_grammar_is_read_the_same_way_by_another_parser(start: str, middle: str, end: str) -> None:
    try:
        url = parse_url(f"{start}{middle}/{end}")
    except RemoteRefusedError as error:
        assert len(str(error)) < 700 and str(error).isprintable()
        return
    other = urlsplit(url.text)
    assert (other.scheme, other.hostname or "", other.path) == (url.scheme, url.host, url.path)
    assert (other.username or "", other.password, other.query, other.fragment) == (url.user, None, "", "")
    assert parse_url(url.text) == url
    assert not url.host.startswith("-") and ".." not in url.path.split("/")


@given(
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,10}[a-z0-9])?){0,3}", fullmatch=True),
    st.sampled_from(["github.com", "*.forge.example", "git.example.com:8443"]),
)
def test_only_the_very_host_is_allowed(host: str, _: str) -> None:
    known = fixed_resolver({host: [PUBLIC]})
    if host in ("github.com", "git.corp.example") or host.endswith(".forge.example"):
        return
    with pytest.raises(RemoteRefusedError):
        check_url(f"https://{host}/a", RULES, known)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://github.com/A/b", "git@github.com:a/b.git", True),
        ("https://git.example.com:8443/a/b", "ssh://git@git.example.com/a/b.git", True),
        ("https://github.com/a/b", "https://github.com/a/bc", False),
        ("https://github.com/a/b", "https://evil.example/a/b", False),
        ("https://github.com/a/b", "not a url", False),
    ],
)
def test_one_repository_is_known_by_each_of_its_urls(one: str, other: str, same: bool) -> None:
    assert same_repository(one, other) is same


def test_a_url_is_a_record_that_shows_all_of_itself() -> None:
    assert GitUrl("ssh", "::1", 2222, "/a", "git").text == "ssh://git@[::1]:2222/a"
