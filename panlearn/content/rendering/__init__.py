"""Syntax trees of Jupyter Book to HTML: text is escaped always, links have allowed schemes, unknown nodes stop a publish."""
