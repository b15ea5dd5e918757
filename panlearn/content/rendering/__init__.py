"""Syntax trees of Jupyter Book to HTML: text is always escaped, addresses are checked, unknown nodes are errors."""
