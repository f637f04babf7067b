"""Claims a device's configuration from a controller in Provisioning Mode (docs/protocol).

For MicroPython on ESP32 and ESP8266. ``main()`` at boot returns the configuration: the stored one,
or one that is claimed now; ``None`` if there is none, and ``why`` says why. Above "The radio" all
runs under CPython too, and is held to docs/protocol/vectors.json.
"""

import binascii
import hashlib
import json
import os
import time

SSID = b"FireFly-Provisioning"
ADDRESS, PORT = "192.168.4.1", 80
JOIN_SECONDS, ANSWER_SECONDS = 10, 30
FILE = "firstlight.json"
LARGEST = {"nonce": 65536, "client": 65536, "controller": 8388608, "certs": 65536}
BY_STATUS = {401: "unauthorized", 403: "forbidden", 409: "inactive"}
why = ""


class Refused(Exception):
    """``cause``: one of the causes in vectors.json."""

    cause = property(lambda self: self.args[0])


def password(bssid):
    """The SoftAP's password, from the six octets of its BSSID."""
    pairs = ((bssid[i] >> 4, bssid[5 - i] & 15) for i in range(6))
    return "".join("%X%X" % pair for pair in pairs)


def spelt(octets):
    """A MAC address as controllers spell it."""
    return ":".join("%02x" % octet for octet in octets)


def request(name, mac="", nonce=None):
    """One request, ready to be sent. ``name``: nonce, client, controller or certs."""
    lines = ["GET /api/provisioning/" + name + " HTTP/1.1", "Host: " + ADDRESS]
    if mac:
        lines.append("mac-address: " + mac)
    if nonce is not None:
        lines.append("x-nonce: " + str(nonce))
    lines += ["Accept: application/json", "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


def read_nonce(status, body):
    """The nonce. Raises Refused."""
    nonce = _object(status, body).get("nonce")
    if type(nonce) is not int or not 0 <= nonce < 1 << 32:
        raise Refused("bad_answer")
    return nonce


def read_configuration(role, status, body):
    """What is meant for this device. Raises Refused."""
    if status == 404:
        raise Refused("not_registered")
    found = _object(status, body)
    wanted = {"controllers": list, "clients": list} if role == "controller" else {"name": str}
    fits = all(type(found.get(name)) is kind for name, kind in wanted.items())
    if not fits or found.get("name") == "":
        raise Refused("bad_answer")
    return found


def read_certificate(status, body):
    """The CA as PEM text, None where there is none. Raises Refused."""
    if status == 404:
        return None
    told = _object(status, body)
    pem, fingerprint = told.get("pem"), told.get("fingerprint")
    if type(pem) is not str or type(fingerprint) is not str:
        raise Refused("bad_answer")
    if fingerprint_of(pem) != fingerprint.upper():
        raise Refused("fingerprint_mismatch")
    return pem


def fingerprint_of(pem):
    """SHA-256 of the certificate's DER form, upper-case pairs with colons. Raises Refused."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    before, _, rest = pem.partition(begin)
    text, found, after = rest.partition(end)
    if not found or before.strip() or after.strip():
        raise Refused("bad_answer")
    try:
        der = binascii.a2b_base64("".join(text.split()))
    except ValueError:
        raise Refused("bad_answer")
    return ":".join("%02X" % octet for octet in hashlib.sha256(der).digest())


def read_answer(raw):
    """Status and body of a whole answer, the connection closed behind it. Raises Refused."""
    head, blank, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    words = first.split()
    try:
        if not blank or not words[0].startswith(b"HTTP/1."):
            raise ValueError
        parted = (line.lower().partition(b":") for line in lines)
        headers = {name.strip(): value.strip() for name, _, value in parted}
        if headers.get(b"transfer-encoding") == b"chunked":
            body = _joined(body)
        elif b"content-length" in headers:
            length = int(headers[b"content-length"])
            if len(body) < length:
                raise ValueError
            body = body[:length]
        return int(words[1]), body
    except (ValueError, IndexError):
        raise Refused("bad_answer")


def _joined(chunks):
    """The body that came in chunks. Raises ValueError where it is cut off."""
    body = b""
    while True:
        size, _, chunks = chunks.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if length == 0:
            return body
        if len(chunks) < length + 2:
            raise ValueError
        body += chunks[:length]
        chunks = chunks[length + 2 :]


def _object(status, body):
    if status != 200:
        raise Refused(BY_STATUS.get(status, "bad_answer"))
    try:
        found = json.loads(body)
    except ValueError:
        raise Refused("bad_answer")
    if type(found) is not dict:
        raise Refused("bad_answer")
    return found


def claimed(role, mac, ask):
    """Ask a controller for everything. ``ask(name, mac, nonce)`` gives status and body."""
    nonce = read_nonce(*ask("nonce"))
    found = read_configuration(role, *ask(role, mac, nonce))
    ca = read_certificate(*ask("certs", mac))
    return {"role": role, "configuration": found, "ca": ca}


# The radio, the socket and the flash.


def main(role="client"):
    """The configuration, claimed if there is none yet; None where that fails, see ``why``."""
    global why
    try:
        return load() or store(claim(role))
    except Refused as error:
        why = error.cause
        print("firstlight: nothing was claimed:", why)


def claim(role):
    """Find controllers, the strongest first, and claim. Raises Refused."""
    import network

    wlan = network.WLAN(network.STA_IF)
    wlan.active(True)
    cause = "nothing_found"
    try:
        heard = [one for one in wlan.scan() if one[0] == SSID and one[4] != 0]
        quieter(wlan)
        for one in sorted(heard, key=lambda one: -one[3]):
            try:
                join(wlan, one[1])
                return claimed(role, spelt(wlan.config("mac")), ask)
            except Refused as error:
                cause = error.cause
    except OSError:
        cause = "radio_failed"
    finally:
        wlan.active(False)  # its power is then as before
    raise Refused(cause)


def quieter(wlan):
    """As little power as the radio has; old firmware has no setting for it."""
    try:
        wlan.config(txpower=2)
    except (ValueError, TypeError, OSError):
        pass


def join(wlan, bssid):
    """Join that access point within ten seconds. Raises Refused."""
    wlan.connect(SSID.decode(), password(bssid), bssid=bssid)
    began = time.time()
    while not wlan.isconnected():
        if time.time() - began > JOIN_SECONDS:
            raise Refused("could_not_join")
        time.sleep(0.05)


def ask(name, mac="", nonce=None):
    """Send one request, and read the whole answer. Raises Refused."""
    import socket

    sock = socket.socket()
    try:
        sock.settimeout(5)
        sock.connect((ADDRESS, PORT))
        sock.sendall(request(name, mac, nonce))
        raw, began = b"", time.time()
        while len(raw) <= LARGEST[name] and time.time() - began <= ANSWER_SECONDS:
            piece = sock.recv(1024)
            if not piece:
                return read_answer(raw)
            raw += piece
        raise Refused("timeout" if len(raw) <= LARGEST[name] else "bad_answer")
    except OSError:
        raise Refused("unreachable")
    finally:
        sock.close()


def load():
    """What is stored; None if there is nothing, or nothing that can be read."""
    try:
        with open(FILE) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def store(found):
    """All of it, or nothing: a file of another name is renamed once it is whole. Raises Refused."""
    try:
        with open(FILE + ".new", "w") as file:
            json.dump(found, file)
        os.rename(FILE + ".new", FILE)
        return found
    except OSError:
        raise Refused("store_failed")
