"""What a host's name or address looks like."""

import ipaddress
import re

HOST_NAME = re.compile(r"(?=.{1,253}\.?$)[0-9A-Za-z_-]{1,63}(?:\.[0-9A-Za-z_-]{1,63})*\.?")


def is_host(text: str) -> bool:
    """Whether it is an address or a name."""
    return _is_address(text) or _is_name(text)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_name(text: str) -> bool:
    """A last part of digits alone belongs to an IPv4 address (RFC 3696, 2)."""
    return bool(HOST_NAME.fullmatch(text)) and not text.rstrip(".").split(".")[-1].isdigit()
