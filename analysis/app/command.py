"""The `hub-app` command: opens the page in a browser; it serves this machine only and calls nobody."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.app.limits import LIMITS, MEGABYTE
from sim.errors import HubError
from sim.exits import exit_status

PORTS = range(1024, 65536)
SETTINGS = {
    "browser.gatherUsageStats": "false",
    "server.showEmailPrompt": "false",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "server.disconnectedSessionTTL": "20",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "theme.base": "light",
    "theme.primaryColor": "#0072B2",
    "theme.textColor": "#0B0C0C",
    "theme.linkColor": "#005A8C",
    "logger.level": "warning",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run `hub-app` until it is interrupted; 2 if the input was refused."""
    parser = argparse.ArgumentParser(
        prog="hub-app", description="Open the simulator in a browser; stop it with Ctrl-C."
    )
    parser.add_argument("--port", type=int, default=8501, help="where the page is served (default %(default)s)")
    parser.add_argument(
        "--address",
        default="localhost",
        help="localhost serves this machine only, 0.0.0.0 the network too",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    args = parser.parse_args(argv)
    return exit_status(lambda: _serve(args), "Stopped; nothing was kept.")


def _serve(args: argparse.Namespace) -> int:
    if args.port not in PORTS:
        raise HubError(f"--port: got {args.port}; must be {PORTS[0]} to {PORTS[-1]}")
    if importlib.util.find_spec("streamlit") is None:
        raise HubError("hub-app: got no streamlit; install it with pip install 'resilience-hub-sim[app]'")
    settings = SETTINGS | {
        "server.address": args.address,
        "server.port": str(args.port),
        "server.headless": str(args.no_browser).lower(),
        "server.maxUploadSize": str(LIMITS.upload_bytes // MEGABYTE),
    }
    from streamlit.web import cli

    page = Path(__file__).with_name("page.py")
    flags = [f"--{name}={value}" for name, value in settings.items()]
    print(f"The page is at http://{args.address}:{args.port} (stop it with Ctrl-C).", flush=True)
    cli.main(["run", str(page), *flags], prog_name="hub-app", standalone_mode=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
