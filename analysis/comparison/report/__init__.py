"""The page for a board: self-contained HTML, and PDF where Chromium is present."""
