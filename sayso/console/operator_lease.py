"""Who speaks: of several pages one has control, and any other may take it over."""

from __future__ import annotations

MOST_NAMES = 1000


class OperatorLease:
    """Control over the arm among pages, each with an id and a name that people see.

    The first page gets control. A page that left keeps its number for its return. STOP needs no control.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counted = 0
        self._present: list[str] = []
        self.holder = ""

    def join(self, client: str) -> str:
        """A page opens; return its name."""
        if client not in self._names:
            self._counted += 1
            self._names[client] = f"screen {self._counted}"
            if len(self._names) > MOST_NAMES:
                self._names = {c: n for c, n in self._names.items() if c in (*self._present, client)}
        self._present.append(client)
        if not self.holder:
            self.holder = client
        return self._names[client]

    def leave(self, client: str) -> bool:
        """A page closes; return whether that gives control up, since none of that client's pages is left."""
        self._present.remove(client)
        if client in self._present or client != self.holder:
            return False
        self.holder = ""
        return True

    def take(self, client: str) -> bool:
        """Give ``client`` control; return whether another page had it."""
        before, self.holder = self.holder, client
        return before not in ("", client)

    def allows(self, client: str) -> bool:
        """Whether ``client`` may give commands; control that nobody has goes to who asks."""
        if not self.holder and client in self._present:
            self.holder = client
        return self.holder == client

    @property
    def name(self) -> str:
        """The name of the page in control, "" if none is."""
        return self._names.get(self.holder, "")

    @property
    def present(self) -> int:
        """How many pages are open."""
        return len(self._present)
