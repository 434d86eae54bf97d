"""The documentation as a site: `make docs` builds it in build/site, offline; its pages read as they are, too."""

from __future__ import annotations

import os
import re
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

project = "Resilience Hub simulator"
author = "The Resilience Hub simulator authors"
release = metadata.version("resilience-hub-sim")
html_title = project

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["examples", "pictures"]
html_theme = "furo"
html_theme_options = {"light_css_variables": {"color-brand-primary": "#005A8C", "color-brand-content": "#005A8C"}}
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
suppress_warnings = ["misc.highlighting_failure"]  # some examples of YAML are parts of a file

# The tutorial is run when the site is built, as a user would, in an empty folder of its own.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="hub-docs-")

default_role = "code"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_class_signature = "separated"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False

AT_THE_TOP = {"README": "index", "CHANGELOG": "changelog", "CONTRIBUTING": "contributing", "SECURITY": "security"}
"""Pages beside docs/, and where each is on the site."""


def _on_the_site(text: str, above: str, here: str) -> str:
    """Let links to pages beside docs/, and to the folder of decisions, lead to where these are on the site.

    `above` is how the page reaches the folder that holds docs/, `here` how it reaches docs/.
    """
    for name, page in AT_THE_TOP.items():
        text = text.replace(f"]({above}{name}.md", f"]({here}{page}.md")
    return re.sub(r"\]\(([./\w]*decisions)/\)", r"](\1/README.md)", text)


def _read(app: Any, name: str, source: list[str]) -> None:
    up = "../" * name.count("/")
    source[0] = _on_the_site(source[0], f"../{up}", up)


def _included(app: Any, path: Path, name: str, source: list[str]) -> None:
    source[0] = _on_the_site(source[0], "", "")


def setup(app: Any) -> None:
    """Join in where Sphinx reads a page."""
    app.connect("source-read", _read)
    app.connect("include-read", _included)
