"""As much of ``nft`` as Firstlight runs, and the kernel's table of neighbours."""

from collections.abc import Callable

from firstlight.errors import RadioFailure

HEADER = "IP address       HW type     Flags       HW address            Mask     Device\n"


class FakeNft:
    """``chains``: the rules by chain, as they were given. ``missing``: there is no such program.

    ``on_change`` is called before the rules are changed.
    """

    def __init__(self) -> None:
        self.chains: dict[str, list[str]] = {}
        self.missing = False
        self.scripts: list[str] = []
        self.on_change: Callable[[], None] = lambda: None
        self.table = HEADER

    async def __call__(self, *arguments: str, given: str = "") -> str:
        if self.missing:
            raise RadioFailure("nft can't be run: No such file or directory.")
        match arguments:
            case ("-f", "-"):
                self.on_change()
                self.scripts.append(given)
                for line in given.splitlines():
                    self._obey(line.split())
            case ("list", "chain", "inet", "firstlight", name) if name in self.chains:
                pass
            case _:
                raise RadioFailure("Error: No such file or directory")
        return ""

    def _obey(self, words: list[str]) -> None:
        match words:
            case ["add", "table", "inet", "firstlight"]:
                pass
            case ["add", "chain", "inet", "firstlight", name, *_]:
                self.chains.setdefault(name, [])
            case ["flush", "chain", "inet", "firstlight", name]:
                self.chains[name].clear()
            case ["add", "rule", "inet", "firstlight", name, *rule]:
                self.chains[name].append(" ".join(rule))
            case ["delete", "chain", "inet", "firstlight", name]:
                assert not self.chains.pop(name), "a chain with rules can't be deleted"
            case _:
                raise AssertionError(f"not understood: {words}")

    async def neighbours(self) -> str:
        """``/proc/net/arp``."""
        return self.table

    def knows(self, address: str, mac: str, interface: str, flags: str = "0x2") -> None:
        """Another line of it."""
        self.table += f"{address:<16} 0x1         {flags}         {mac}     *        {interface}\n"
