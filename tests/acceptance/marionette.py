"""Speak Marionette, the remote control of Mozilla's programs: a length, a colon, a list in JSON."""

import json
import socket
from typing import Any, Self

_PATIENCE = 120  # seconds for one command


class RemoteError(Exception):
    """The program refused a command or a script of ours failed in it."""


class Marionette:
    """A connection to a Mozilla program that was started with ``--marionette``."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._left, self._number = b"", 0
        self._receive()  # who it is
        self.ask("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})
        self.ask("Marionette:SetContext", {"value": "chrome"})
        self.ask("WebDriver:SetTimeouts", {"script": _PATIENCE * 1000})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of an async function inside the program and return what it returns."""
        body = f"""
            const [...given] = arguments;
            const done = given.pop();
            (async (...given) => {{ {script} }})(...given).then(
                value => done({{ value }}), error => done({{ error: String(error) + "\\n" + error.stack }}));
        """
        found = self.ask("WebDriver:ExecuteAsyncScript", {"script": body, "args": list(arguments)})["value"]
        if "error" in found:
            raise RemoteError(found["error"])
        return found.get("value")

    def ask(self, command: str, parameters: dict[str, Any] | None = None) -> Any:
        """Give a command and return its answer."""
        self._number += 1
        data = json.dumps([0, self._number, command, parameters or {}]).encode()
        self._socket.sendall(f"{len(data)}:".encode() + data)
        _, _, error, result = self._receive()
        if error:
            raise RemoteError(f"{command}: {error}")
        return result

    def _receive(self) -> Any:
        while b":" not in self._left:
            self._left += self._more()
        length, _, self._left = self._left.partition(b":")
        while len(self._left) < int(length):
            self._left += self._more()
        data, self._left = self._left[: int(length)], self._left[int(length) :]
        return json.loads(data)

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise RemoteError("the program hung up")
        return data
