"""Courses of other systems turned into ours. Nothing of them is run: notebooks are read as JSON, tests as syntax."""
