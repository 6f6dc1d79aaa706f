"""The page server: a process that serves the page and its WebSockets behind the gateway, and encodes the pictures."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Client, Connection, wait
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect

from sayso.console.auth import PROTOCOL, Authorizer
from sayso.console.broadcaster import AT_LEAST_S, MOST_PAGES, Broadcaster, Page
from sayso.console.messages import (
    EVENTS,
    FRAME,
    HELLO,
    MAX_MESSAGE,
    REPLY,
    STATE,
    BadCommand,
    ClientMessage,
    Command,
    read_command,
    unpacked_frame,
)
from sayso.console.speech.hears import Hears, Sound, take_sound
from sayso.console.speech.whisper import Recognizer, Whisper
from sayso.hardware.process.supervisor import Heartbeat
from sayso.runtime.hearing.command_client import stop as stop_session

STATIC = Path(__file__).with_name("static")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
QUALITY, WIDEST = 80, 960
MOST_WAITING = 256
NICE = 5
PING_S, PONG_S, BEAT_S = 5.0, 10.0, 0.1
BAD_COMMAND, FULL = 4400, 4429


def make_app(
    broadcaster: Broadcaster, auth: Authorizer, session: str = "", recognizer: Callable[[], Recognizer] | None = None
) -> FastAPI:
    """The application: the page's files, ``/hello`` and the WebSocket ``/live``.

    ``session`` is the id for a STOP. ``recognizer`` loads the offline speech recognition at its first use; None:
    there is none, and the page uses the browser's.
    """
    hears = Hears(recognizer) if recognizer is not None else None
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def guard(request: Request, pass_on):  # type: ignore[no-untyped-def]
        host = request.headers.get("host", "")
        problem = auth.host(host) or auth.origin(request.headers.get("origin"), host)
        answer = Response(problem, 403, media_type="text/plain") if problem else await pass_on(request)
        answer.headers.update(_headers(host))
        return answer

    @app.get("/hello")
    async def hello(request: Request) -> Response:
        problem = auth.bearer(request.headers.get("authorization"))
        if problem:
            return Response(problem, 401, media_type="text/plain")
        return Response(json.dumps(broadcaster.hello | {"hears": hears is not None}), media_type="application/json")

    @app.get("/")
    @app.get("/{name}")
    async def page(name: str = "index.html") -> Response:
        # The files hold nothing of the session, and a person without the token must read why nothing moves.
        file = next((f for f in STATIC.iterdir() if f.name == name and f.suffix in KINDS), None)
        if file is None:
            return Response("there is no such page", 404, media_type="text/plain")
        return Response(file.read_bytes(), media_type=KINDS[file.suffix])

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        host, origin = socket.headers.get("host", ""), socket.headers.get("origin")
        offered = [p.strip() for p in socket.headers.get("sec-websocket-protocol", "").split(",")]
        if auth.host(host) or auth.origin(origin, host) or auth.protocols(offered):
            await socket.close()  # before it is accepted: HTTP 403
            return
        await socket.accept(PROTOCOL)
        if len(broadcaster.pages) >= MOST_PAGES:
            await socket.close(FULL, f"{MOST_PAGES} screens are open already")
            return
        sound = Sound()
        page = broadcaster.join(socket.query_params.get("client", "")[:64])
        sending = asyncio.create_task(_send(broadcaster, page, socket))
        try:
            while True:
                text = await socket.receive_text()
                try:
                    command = read_command(text)
                except BadCommand as error:
                    page.answer(error.about)
                    continue
                if command.do == "stop":
                    threading.Thread(target=_stop, args=(page, command, session, asyncio.get_running_loop())).start()
                elif command.do in ("sound", "spoken"):
                    take_sound(page, command, sound, hears)
                else:
                    broadcaster.command(page, command)
        except KeyError:  # bytes came
            with suppress(RuntimeError):
                await socket.close(BAD_COMMAND, "this is no command")
        except WebSocketDisconnect:
            pass
        finally:
            sending.cancel()
            broadcaster.leave(page)

    return app


def _headers(host: str) -> dict[str, str]:
    """A page may load from this server only, and no other page may hold it in a frame."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        f"connect-src 'self' ws://{host}; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return {
        "Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip


async def _send(broadcaster: Broadcaster, page: Page, socket: WebSocket) -> None:
    """Send ``page`` what is new; what it does not take in time is replaced by what is newer."""
    with suppress(WebSocketDisconnect, RuntimeError, OSError):
        while True:
            message = broadcaster.news(page)
            if message is None:
                page.wake.clear()
                try:
                    await asyncio.wait_for(page.wake.wait(), AT_LEAST_S)
                except TimeoutError:
                    message = broadcaster.still(page)
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            elif message is not None:
                await socket.send_text(message)


def _stop(page: Page, command: Command, session: str, loop: asyncio.AbstractEventLoop) -> None:
    """Stop the session for a page that the gateway did not answer."""
    from sayso.errors import UserError

    try:
        found = stop_session(session)
        ok, why = all(one.taken and (one.answered or one.pressed) for one in found), ""
    except UserError as error:
        ok, why = False, str(error)
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(lambda: page.reply(command, ok, why))


def encoded(message: bytes) -> tuple[str, bytes]:
    """The camera of a frame's message, and its picture as a page takes it: length and text of its description, JPEG."""
    picture = unpacked_frame(message)
    about, rgb = picture.about, np.asarray(picture.rgb)
    if rgb.shape[1] > WIDEST:
        size = (WIDEST, rgb.shape[0] * WIDEST // rgb.shape[1])
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    jpeg = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    text = json.dumps(about).encode()
    return about["camera"], len(text).to_bytes(4, "big") + text + jpeg


class SessionChannel:
    """The line to the session's process: two threads, so that the event loop never waits for it."""

    def __init__(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
        self._connection, self._loop = connection, loop
        self._commands: queue.Queue[ClientMessage] = queue.Queue(MOST_WAITING)
        self.broadcaster = Broadcaster(self._pass_on)

    def start(self) -> None:
        """Begin to read and to write."""
        for work in (self._read, self._write):
            threading.Thread(target=work, name="sayso-console-line", daemon=True).start()

    def _pass_on(self, message: ClientMessage) -> None:
        while True:
            try:
                return self._commands.put_nowait(message)
            except queue.Full:  # newer commands replace older ones
                with suppress(queue.Empty):
                    self._commands.get_nowait()

    def _write(self) -> None:
        with suppress(OSError, ValueError):
            while True:
                self._connection.send_bytes(self._commands.get().model_dump_json().encode())

    def _read(self) -> None:
        broadcaster, soon = self.broadcaster, self._loop.call_soon_threadsafe
        takes: dict[bytes, Callable[[Any], None]] = {
            STATE: broadcaster.take_state, EVENTS: broadcaster.take_events,
            REPLY: broadcaster.take_reply, HELLO: broadcaster.take_hello,
        }  # fmt: skip
        with suppress(EOFError, OSError, RuntimeError):  # the event loop has ended
            while message := self._connection.recv_bytes():
                kind = message[:1]
                soon(broadcaster.heard)
                if kind == FRAME:
                    soon(broadcaster.take_picture, *encoded(message))
                elif kind in takes:
                    soon(takes[kind], json.loads(message[1:]))


def run_page_server(
    beat: Heartbeat, path: str, channel: str, token: str, session: str, speech: Path | None = None
) -> None:
    """Serve at the Unix socket ``path`` until the session's process ends; ``channel`` is the session's socket.

    ``speech`` is the folder of the offline speech model.
    """
    os.nice(NICE)
    parent = multiprocessing.parent_process()
    gone = [parent.sentinel] if parent else []

    async def serve() -> None:
        line = SessionChannel(Client(channel, "AF_UNIX"), asyncio.get_running_loop())
        line.start()
        recognizer = None if speech is None else partial(Whisper, speech)
        app = make_app(line.broadcaster, Authorizer(token), session, recognizer)
        server = uvicorn.Server(settings(app, uds=path))

        async def beats() -> None:
            while not (gone and wait(gone, 0)) and not (line.broadcaster.ended and line.broadcaster.is_told):
                beat()
                await asyncio.sleep(BEAT_S)
            server.should_exit = server.force_exit = True

        beating = asyncio.create_task(beats())
        await server.serve()
        beating.cancel()

    asyncio.run(serve())


def settings(app: FastAPI, **where: Any) -> uvicorn.Config:
    """How uvicorn serves ``app``: small bounds, no log, pings that find a page that has gone."""
    return uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", http="h11", server_header=False, date_header=False,
        proxy_headers=False, timeout_keep_alive=5, timeout_graceful_shutdown=1, h11_max_incomplete_event_size=16_384,
        ws_max_size=MAX_MESSAGE, ws_max_queue=64, ws_ping_interval=PING_S, ws_ping_timeout=PONG_S,
        ws_per_message_deflate=False, **where,
    )  # fmt: skip
