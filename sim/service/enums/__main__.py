"""Write the declarations beside this file."""

from pathlib import Path

from sim.service.enums import declarations

for name, text in declarations().items():
    Path(__file__).with_name(name).write_text(text, encoding="utf-8")
