# An example to start from; docs/install.md says what is left to do.
SUMMARY = "Network provisioning and recovery for boxes without a screen"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

# A checkout of the release that you ship.
SRC_URI = "git://${FIRSTLIGHT_REPOSITORY};protocol=https;branch=main"
SRCREV = "${AUTOREV}"
S = "${WORKDIR}/git"

inherit python_hatchling systemd useradd

DEPENDS += "python3-editables-native"
RDEPENDS:${PN} = " \
    python3-core python3-asyncio python3-sqlite3 \
    python3-aiomqtt \
    python3-cryptography \
    python3-dbus-fast \
    python3-dnspython \
    python3-h11 \
    python3-httpx \
    python3-jinja2 \
    python3-msgspec \
    python3-prometheus-client \
    python3-python-multipart \
    python3-rich \
    python3-segno \
    python3-starlette \
    python3-typer \
    python3-uvicorn \
    python3-zeroconf \
    dnsmasq iw networkmanager networkmanager-wifi nftables polkit wpa-supplicant \
"

SYSTEMD_SERVICE:${PN} = "firstlight.service firstlight-claim.service"
# The image decides: SYSTEMD_AUTO_ENABLE:pn-firstlight = "enable".
SYSTEMD_AUTO_ENABLE = "disable"

USERADD_PACKAGES = "${PN}"
USERADD_PARAM:${PN} = "--system --user-group --no-create-home --home-dir ${localstatedir}/lib/firstlight \
    --shell /sbin/nologin firstlight"

PACKAGED = "${S}/src/firstlight/packaged"

do_install:append() {
    install -D -m 0644 ${PACKAGED}/firstlight.service ${D}${systemd_system_unitdir}/firstlight.service
    install -D -m 0644 ${PACKAGED}/firstlight-claim.service ${D}${systemd_system_unitdir}/firstlight-claim.service
    install -D -m 0644 ${PACKAGED}/firstlight.dbus.conf ${D}${datadir}/dbus-1/system.d/org.firstlight.conf
    install -D -m 0644 ${PACKAGED}/firstlight.polkit.rules ${D}${datadir}/polkit-1/rules.d/50-firstlight.rules
    install -d -m 0755 ${D}${sysconfdir}/firstlight/hooks
}

FILES:${PN} += "${datadir}/dbus-1 ${datadir}/polkit-1 ${systemd_system_unitdir}"
