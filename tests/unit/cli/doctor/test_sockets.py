import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cli.doctor.machines import HEADER, socket_line

from firstlight.cli.doctor.sockets import WaitingSocket, waiting


@given(
    st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str),
    st.integers(0, 65535),
    st.integers(0, 1 << 40),
)
def test_what_the_kernel_writes_is_read(address: str, port: int, inode: int) -> None:
    table = HEADER + socket_line(address, port, "0A", inode)
    assert list(waiting(table, "tcp")) == [WaitingSocket("tcp", address, port, str(inode))]


def test_only_what_waits_counts() -> None:
    table = HEADER + socket_line("0.0.0.0", 53, "01", 1) + socket_line("0.0.0.0", 53, "07", 2)
    assert [found.inode for found in waiting(table, "udp")] == ["2"]
    assert list(waiting(table, "tcp")) == []


@pytest.mark.parametrize(
    "line",
    ["", "nonsense", "0: zz:0035 0:0 0A 0 0 0 0 0 1", "0: 00000000:zz 0:0 0A 0 0 0 0 0 1 2"],
)
def test_other_lines_are_passed_over(line: str) -> None:
    good = socket_line("0.0.0.0", 53, "0A", 9)
    assert [found.inode for found in waiting(f"{HEADER}{line}\n{good}", "tcp")] == ["9"]


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    list(waiting(text, "udp"))


def test_the_real_kernel_is_understood() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        found = list(waiting(Path("/proc/net/tcp").read_text(), "tcp"))
    assert ("127.0.0.1", port) in {(one.address, one.port) for one in found}
