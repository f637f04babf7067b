"""Answers of the daemon, as JSON values."""

from typing import Any

STATUS: dict[str, Any] = {
    "mode": "ready",
    "hostname": "pier",
    "network": {
        "provisioned": True,
        "connected": True,
        "lastSsid": "Lighthouse",
        "hotspotSsid": "Firstlight-PIER",
        "hotspotProfile": "Firstlight-Hotspot",
        "interfaceName": "wlan0",
        "apEnabled": False,
        "activeConnection": "Lighthouse",
        "ipv4Address": "192.168.1.7",
        "gateway": "192.168.1.1",
        "internetReachable": True,
        "lastError": "",
    },
    "runtime": {"phase": "ready", "health": "ok", "summary": "Online.", "warnings": []},
    "recovery": {
        "enabled": True,
        "failureThreshold": 3,
        "cooldownMs": 120000,
        "degradedNetworkStreak": 0,
        "lastAttemptAt": 0,
        "lastRecoveredAt": 0,
        "lastResult": "idle",
        "cooldownUntil": 0,
        "activeLock": "none",
        "lastReason": "",
        "inCooldown": False,
    },
    "restartPending": False,
    "lastRestartReason": "",
    "services": {"nmcliAvailable": False, "networkManagerAvailable": True},
}


def status(*, warnings: tuple[str, ...] = (), **network: object) -> dict[str, Any]:
    runtime = STATUS["runtime"] | {"warnings": list(warnings)}
    return {"status": STATUS | {"network": STATUS["network"] | network, "runtime": runtime}}


def network(ssid: bytes, /, **fields: object) -> dict[str, Any]:
    return {
        "ssid": ssid.decode(errors="replace"),
        "ssidHex": ssid.hex(),
        "signal": 80,
        "security": "wpa2",
        "inUse": False,
        "saved": False,
        "bssid": "02:00:00:00:00:01",
        "frequency": 2437,
        "channel": 6,
        "age": 0,
    } | fields


def hotspot(ssid: bytes = b"Firstlight-PIER", /, **fields: object) -> dict[str, Any]:
    return {
        "ssid": ssid.decode(errors="replace"),
        "ssidHex": ssid.hex(),
        "password": "hidden-harbour",
        "profile": "Firstlight-Hotspot",
        "address": "192.168.4.1",
        "channel": 6,
        "up": True,
        "stations": ["02:f0:00:00:00:03", "02:f0:00:00:00:04"],
    } | fields


def rung(name: str, state: str = "ok", **fields: object) -> dict[str, Any]:
    return {"name": name, "state": state, "elapsedMs": 40, "evidence": f"{name} seen."} | fields


def diagnostics(*rungs: dict[str, Any], verdict: str | None = None) -> dict[str, Any]:
    summary = "Something is broken." if verdict else "Everything works."
    return {
        "diagnostics": {
            "connected": True,
            "internetReachable": verdict is None,
            "dnsResolved": verdict is None,
            "nmcliState": "activated",
            "activeConnection": "Lighthouse",
            "ipv4Address": "192.168.1.7",
            "gateway": "192.168.1.1",
            "details": [],
            "ladder": {
                "rungs": list(rungs),
                "verdict": verdict,
                "summary": summary,
                "at": 1000,
                "elapsedMs": 400,
            },
        }
    }


def attempt(state: str, *steps: str, **fields: object) -> dict[str, Any]:
    reached = [
        {"name": name, "at": 1000 + place, "elapsedMs": 100 * place}
        for place, name in enumerate(steps, 1)
    ]
    return {
        "attempt": {
            "id": "a1",
            "ssid": "Lighthouse",
            "ssidHex": b"Lighthouse".hex(),
            "state": state,
            "startedAt": 1000,
            "steps": reached,
        }
        | fields
    }
