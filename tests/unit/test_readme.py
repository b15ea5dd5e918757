"""The README says what is there: every setting, every command."""

from pathlib import Path

from panlearn.cli import SUMMARIES
from panlearn.settings import Settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def test_every_setting_is_described_with_its_default():
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default not in (None, "") else ""
        assert f"| `PANLEARN_{name.upper()}` | {default} | {field.description} |" in README


def test_every_command_is_named():
    for name in SUMMARIES:
        assert f"`{name}" in README, f"{name} is not in the README"
