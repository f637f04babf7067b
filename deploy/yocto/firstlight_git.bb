# An example to start from; docs/install.md says what is left to do.
SUMMARY = "Network provisioning and recovery for boxes without a screen"
DESCRIPTION = "Gives a box with no screen its first network, and never lets it get lost \
afterwards: scan, join, hotspot with a captive portal, diagnostics, recovery, factory reset, \
a web page and an HTTP interface."
HOMEPAGE = "https://${FIRSTLIGHT_REPOSITORY}"
SECTION = "net"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

DEPENDS += "python3-editables-native"

# The checkout of the release that you ship: where it is, and its commit.
SRC_URI = "git://${FIRSTLIGHT_REPOSITORY};protocol=https;branch=main"
SRCREV = "${FIRSTLIGHT_COMMIT}"

S = "${WORKDIR}/git"

inherit python_hatchling systemd useradd

SYSTEMD_SERVICE:${PN} = "firstlight.service firstlight-claim.service"
# The image decides: SYSTEMD_AUTO_ENABLE:pn-firstlight = "enable".
SYSTEMD_AUTO_ENABLE:${PN} = "disable"

USERADD_PACKAGES = "${PN}"
USERADD_PARAM:${PN} = "--system --user-group --no-create-home \
    --home-dir ${localstatedir}/lib/firstlight --shell /sbin/nologin firstlight"

PACKAGED = "${S}/src/firstlight/packaged"

do_install:append() {
    install -D -m 0644 ${PACKAGED}/firstlight.service ${D}${systemd_system_unitdir}/firstlight.service
    install -D -m 0644 ${PACKAGED}/firstlight-claim.service ${D}${systemd_system_unitdir}/firstlight-claim.service
    install -D -m 0644 ${PACKAGED}/firstlight.dbus.conf ${D}${datadir}/dbus-1/system.d/org.firstlight.conf
    install -D -m 0644 ${PACKAGED}/firstlight.polkit.rules ${D}${datadir}/polkit-1/rules.d/50-firstlight.rules
    install -D -m 0644 ${S}/deploy/yocto/dnsmasq-shared.conf ${D}${sysconfdir}/NetworkManager/dnsmasq-shared.d/firstlight.conf
    install -d -m 0755 ${D}${sysconfdir}/firstlight/hooks
}

FILES:${PN} += "${datadir}/dbus-1 ${datadir}/polkit-1 ${systemd_system_unitdir}"

RDEPENDS:${PN} += "\
    dnsmasq \
    iw \
    networkmanager \
    networkmanager-wifi \
    nftables \
    polkit \
    python3-aiomqtt \
    python3-asyncio \
    python3-core \
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
    python3-sqlite3 \
    python3-starlette \
    python3-typer \
    python3-uvicorn \
    python3-zeroconf \
    wpa-supplicant \
"
