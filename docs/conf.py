"""The documentation as a site: `make docs` builds it in build/site, offline; its pages read as they are, too."""

from __future__ import annotations

import os
import tempfile
from importlib import metadata

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
