"""The page as the web server runs it: only requests of its own, under a name of this machine, reach Streamlit."""

from __future__ import annotations

import ipaddress
import logging
import socket
from importlib import import_module
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.starlette import App

from analysis.app.view import View
from analysis.app.visits import house
from sim.config import HubConfig

PARTS = ("explore", "compare", "size", "flow", "own_figures")
DRAWING = ("plotly.graph_objs", "plotly.io", "PIL.Image")
"""What charts load when the first is drawn."""
REFUSED = "Refused: open the page by the address that hub app shows, or start hub app with --address NAME.\n"


class OwnRequests:
    """Refuses what another web page sends, and what comes under a name that is not this machine's.

    Streamlit would look up the machine's address outside before it refuses another web page. A name that is not this
    machine's may lead here all the same, if somebody's name server says so; an IP address cannot. The address that
    `hub app` was given is a name that this machine is known by, too.
    """

    def __init__(self, app: ASGIApp, address: str) -> None:
        self._app = app
        self._names = {"localhost", address.lower(), socket.gethostname().partition(".")[0].lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] in ("http", "websocket"):
            headers = MutableHeaders(scope=scope)
            host, origin = headers.get("host", ""), headers.get("origin")
            if not self.ours(host, origin):
                if scope["type"] == "websocket":
                    await receive()
                    await send({"type": "websocket.close", "code": 1008})
                else:
                    await PlainTextResponse(REFUSED, 403)(scope, receive, send)
                return
            if origin is not None:
                headers["origin"] = f"{urlsplit(origin).scheme}://{host}"  # as the host is spelt: Streamlit compares
        await self._app(scope, receive, send)

    def ours(self, host: str, origin: str | None) -> bool:
        """Return whether a request names this machine, and no other page as the one that it comes from."""
        here = _parts(f"//{host}")
        same_page = origin is None or _parts(origin).netloc == here.netloc
        return same_page and self._named((here.hostname or "").rstrip("."))

    def _named(self, name: str) -> bool:
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names or name.partition(".")[0] in self._names - {"localhost"}
        return True


def _parts(url: str) -> SplitResult:
    """Return the parts of an address; empty where it is none."""
    try:
        return urlsplit(url.lower())
    except ValueError:
        return urlsplit("")


HubConfig.model_rebuild()  # now, not in the threads of the first visitors at once
for part in (*(f"analysis.app.{part}" for part in PARTS), *DRAWING):  # read before the first visitor waits for them
    import_module(part)
house()
first = View.default()
logging.getLogger(__name__).debug("ready: %d scenarios, %d levers", len(first.folder.purposes), len(first.levers))
logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
app = App(
    Path(__file__).with_name("page.py"),
    middleware=[Middleware(OwnRequests, address=str(config.get_option("server.address")))],
)
