"""A real headless Chromium, driven by its DevTools protocol; tests skip where there is none."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from tests.waiting import PATIENCE_S, until

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--host-resolver-rules=MAP evil.example 127.0.0.1",
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--mute-audio", "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream", "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip


def chromium() -> str:
    """The browser's path, "" without one."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


class Tab:
    """One tab: `js` evaluates, `press` and `tap` are a person's."""

    def __init__(self, address: str) -> None:
        self._socket: ClientConnection = connect(address, max_size=None, ping_interval=None, legacy=True)
        self._id = 0
        self.errors: list[str] = []  # exceptions of the page's scripts, and what its policy has kept out
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call the protocol; its answer."""
        self._id += 1
        self._socket.send(json.dumps({"id": self._id, "method": method, "params": params}))
        while True:
            news = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if news.get("method") == "Runtime.exceptionThrown":
                self.errors.append(str(news["params"]["exceptionDetails"].get("exception", {}).get("description")))
            elif news.get("method") == "Log.entryAdded" and news["params"]["entry"]["source"] == "security":
                self.errors.append(news["params"]["entry"]["text"])
            if news.get("id") == self._id:
                assert "error" not in news, news
                result: dict[str, Any] = news["result"]
                return result

    def go(self, url: str) -> None:
        """Open ``url``, also if only what follows its # is another."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        until(lambda: self.js("document.readyState") == "complete" and self.js("location.href") != "about:blank", url)

    def js(self, code: str) -> Any:
        """The value of an expression, awaited."""
        found = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def text(self, selector: str) -> str:
        """The text of the first element, "" without one."""
        return str(self.js(f"document.querySelector({json.dumps(selector)})?.textContent ?? ''"))

    def shown(self, selector: str) -> bool:
        """Whether the first element can be seen."""
        return bool(self.js(f"!!document.querySelector({json.dumps(selector)})?.checkVisibility()"))

    def wait(self, code: str) -> Any:
        """Wait until the expression is true."""
        return until(lambda: self.js(f"Boolean({code})"), code)

    def tap(self, selector: str, dx: float = 0.5, dy: float = 0.5, held: bool = False) -> None:
        """Press the pointer on an element, at a fraction of its box; ``held``: without releasing it."""
        box = self.js(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); "
            "e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect(); "
            "return [b.x, b.y, b.width, b.height]; })()"
        )
        where = {"x": box[0] + dx * box[2], "y": box[1] + dy * box[3], "button": "left", "clickCount": 1}
        self.call("Input.dispatchMouseEvent", type="mousePressed", buttons=1, **where)
        if not held:
            self.call("Input.dispatchMouseEvent", type="mouseReleased", **where)

    def release(self) -> None:
        """Release the pointer."""
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=1, y=1, button="left", clickCount=1)

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def key(self, key: str, code: str = "", number: int = 0) -> None:
        """Press and release a key."""
        about = {"key": key, "code": code or key, "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number}
        text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **about, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def size(self, width: int, height: int, phone: bool = False) -> None:
        """The size of the screen; ``phone`` with fingers and a dense screen."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )  # fmt: skip

    def dark(self, dark: bool) -> None:
        """What the system prefers."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def network(self, offline: bool = False, latency_ms: float = 0.0, bytes_s: float = -1.0) -> None:
        """A slow network, or none."""
        self.call(
            "Network.emulateNetworkConditions", offline=offline, latency=latency_ms, downloadThroughput=bytes_s,
            uploadThroughput=bytes_s,
        )  # fmt: skip

    def close(self) -> None:
        """Close the tab."""
        self.call("Page.close")
        self._socket.close()

    def picture(self, file: Path, whole: bool = False) -> None:
        """Save a screenshot as PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))


class Chromium:
    """The browser, with a profile of its own that is deleted in the end."""

    def __enter__(self) -> Self:
        self._tabs: list[Tab] = []
        self._profile = tempfile.mkdtemp(prefix="sayso-chromium-")
        self._process = subprocess.Popen(
            [chromium(), *FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"HOME": self._profile},
        )  # fmt: skip
        note = Path(self._profile) / "DevToolsActivePort"
        until(lambda: note.exists() and note.read_text().strip(), "Chromium's start")
        self._port = note.read_text().split()[0]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def tab(self) -> Tab:
        """A new tab."""
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            self._tabs.append(Tab(json.load(answer)["webSocketDebuggerUrl"]))
        return self._tabs[-1]

    def close_tabs(self) -> None:
        """Close what `tab` has opened."""
        while self._tabs:
            self._tabs.pop().close()
