"""`hub app`: opens the page in a browser; it serves this machine only and calls nobody."""

from __future__ import annotations

import errno
import importlib.util
import os
import signal
import socket
from pathlib import Path

from analysis.app.caretaker import remove_left_behind
from analysis.app.option_folder import OWN_OPTIONS
from analysis.app.view import LIMITS, MEGABYTE
from analysis.commands.arguments import VerbParser
from analysis.own_hub.opened import MOST_BYTES
from sim.errors import HubError
from sim.launch.options import Options

PORTS = range(1024, 65536)
SETTINGS = {
    "browser.gatherUsageStats": "false",
    "server.showEmailPrompt": "false",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "server.disconnectedSessionTTL": str(LIMITS.absence_seconds),
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "theme.base": "light",
    "theme.primaryColor": "#0072B2",
    "theme.textColor": "#0B0C0C",
    "theme.linkColor": "#005A8C",
    "logger.level": "warning",
    "logger.hideWelcomeMessage": "true",
}


def app(arguments: list[str]) -> int:
    """Run `hub app` until it is interrupted."""
    parser = VerbParser("app", "Open the simulator in a browser; stop it with Ctrl-C.")
    parser.add_argument("--port", type=int, default=8501, help="where the page is served (default %(default)s)")
    served_to = "localhost serves this machine only, 0.0.0.0 the network too"
    parser.add_argument("--address", default="localhost", help=served_to)
    parser.takes("--config-dir")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    args = parser.read(arguments)
    if args.port not in PORTS:
        raise HubError(f"--port: got {args.port}; must be {PORTS[0]} to {PORTS[-1]}")
    if importlib.util.find_spec("streamlit") is None:
        raise HubError("hub app: got no streamlit; install it with pip install 'resilience-hub-sim[app]'")
    _refuse_taken(args.address, args.port)
    if args.config_dir is not None:
        Options(args.config_dir)  # refuses a folder that holds none
        os.environ[OWN_OPTIONS] = str(Path(args.config_dir).resolve())
    settings = SETTINGS | {
        "server.address": args.address,
        "server.port": str(args.port),
        "server.headless": str(args.no_browser).lower(),
        "server.maxUploadSize": str(MOST_BYTES // MEGABYTE),
    }
    from click import Abort
    from streamlit.web import cli

    served = Path(__file__).parents[1] / "app" / "served.py"
    flags = [f"--{name}={value}" for name, value in settings.items()]
    name = socket.gethostname() if args.address in ("0.0.0.0", "::") else args.address
    name = f"[{name}]" if ":" in name else name
    print(f"The page is at http://{name}:{args.port} (stop it with Ctrl-C).", flush=True)
    remove_left_behind()
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))  # the terminal was closed
    try:
        cli.main(["run", str(served), *flags], prog_name="hub app", standalone_mode=False)
    except Abort:
        raise KeyboardInterrupt from None
    return 0


def _refuse_taken(address: str, port: int) -> None:
    """Refuse a place where the page cannot be served, before Streamlit says so at length."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            if os.name == "posix":
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = f"--port {port + 1}" if port + 1 in PORTS else "another port"
            raise HubError(f"--port: got {port}, which is taken; is the page open already? Or give {other}") from None
        raise HubError(f"--address: got {address}; give localhost, 0.0.0.0 or an address of this machine") from None
