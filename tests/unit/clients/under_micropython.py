"""Runs in MicroPython: the client against every vector. Prints what differs, then how many it saw.

Arguments: the folder of the client, and vectors.json.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import firstlight_claim as client

with open(sys.argv[2]) as file:
    vectors = json.load(file)
seen = 0


def check(found, wanted, what):
    global seen
    seen += 1
    if found != wanted:
        print("differs:", what, found, wanted)


def read(to, status, body):
    try:
        if to == "nonce":
            return client.read_nonce(status, body)
        if to == "certs":
            pem = client.read_certificate(status, body)
            return pem if pem is None else client.fingerprint_of(pem)
        client.read_configuration(to, status, body)
        return "as it came"
    except client.Refused as error:
        return error


for one in vectors["passwords"]:
    octets = bytes(int(pair, 16) for pair in one["bssid"].split(":"))
    check(client.password(octets), one["password"], one["bssid"])
for one in vectors["requests"]:
    check(client.request(one["name"], **one["given"]), one["bytes"].encode(), one["name"])
for one in vectors["answers"]:
    found = read(one["to"], one["status"], one["body"].encode())
    if isinstance(found, client.Refused):
        check(found.cause, one.get("cause"), one["body"])
    elif not one.get("deep"):
        check(found, one.get("value", "nothing"), one["body"])
for one in vectors["fingerprints"]:
    check(client.fingerprint_of(one["pem"]), one["fingerprint"], "fingerprint")
raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
check(client.read_answer(raw), (200, b"abcd"), "chunks")
raw = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"
check(client.read_answer(raw), (404, b"no"), "length")
print("seen:", seen)
