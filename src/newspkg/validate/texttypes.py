"""E-mail addresses, URIs, UUIDs and Base64: whether a text is one, by the letter of its own standard."""

from __future__ import annotations

import re

__all__ = ["is_base64", "is_email", "is_uri", "is_uuid"]

# RFC 5321, section 4.1.2: a dot-string or a quoted string, then a domain or an address in brackets. ASCII, as there.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf'(?:{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*")'
    rf"@(?:{_LABEL}(?:\.{_LABEL})*|\[(?:[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|IPv6:[0-9A-Fa-f:.]+)\])"
)

# RFC 3986, appendix A.
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_LITERAL = r"\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\]"
_HOST = rf"(?:{_LITERAL}|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{{2}})*)"
_URI = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):"
    rf"(?://(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{{2}})*@)?(?P<host>{_HOST})(?::[0-9]*)?(?:/{_PCHAR}*)*"
    rf"|/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?|{_PCHAR}+(?:/{_PCHAR}*)*|)"
    rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:\#(?:{_PCHAR}|[/?])*)?"
)
_WITH_HOST = frozenset(
    ("http", "https", "ftp", "ftps", "ws", "wss")
)  # an address of these without a host leads nowhere

_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
# RFC 4648, section 4: whole groups of four; the unused bits of the last one are not looked at.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def is_email(text: str) -> bool:
    """Whether a text is an e-mail address of RFC 5321."""
    return len(text) <= 320 and _EMAIL.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """Whether a text is a URI of RFC 3986, with a scheme; a web address must have a host."""
    found = _URI.fullmatch(text)
    return found is not None and (bool(found["host"]) or found["scheme"].lower() not in _WITH_HOST)


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as RFC 9562 writes it, of whatever version."""
    return _UUID.fullmatch(text) is not None


def is_base64(text: str) -> bool:
    """Whether a text is Base64 of RFC 4648, padded, without line ends."""
    return _BASE64.fullmatch(text) is not None
