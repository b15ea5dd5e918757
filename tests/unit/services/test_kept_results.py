"""Results that are kept: found again by their key, never in the way."""

from __future__ import annotations

import os

from panlearn.services.kept_results import KeptResults, key_of


def test_a_value_is_found_by_its_key_in_another_process_of_the_same_home(tmp_path):
    KeptResults(tmp_path / "kept").put("a", {"outputs": [["x", None, 1.5]]})
    kept = KeptResults(tmp_path / "kept")
    assert kept.get("a") == {"outputs": [["x", None, 1.5]]}
    assert kept.get("b") is None
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


def test_keys_differ_with_every_part_and_hold_any_text():
    keys = {key_of(), key_of("run", ["x"]), key_of("run", ["y"]), key_of("run", "x"), key_of("\udc80", None)}
    assert len(keys) == 5
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})


def test_what_cannot_be_read_is_not_there(tmp_path):
    kept = KeptResults(tmp_path)
    kept.put("a", 1)
    (tmp_path / "a").write_text("{half")
    assert kept.get("a") is None
    kept.put("a", 2)
    assert kept.get("a") == 2


def test_the_oldest_go_when_there_is_too_much_and_what_is_read_stays(tmp_path):
    kept = KeptResults(tmp_path, most_bytes=3_000)
    for number, name in enumerate("abc"):
        kept.put(name, "x" * 900)
        os.utime(tmp_path / name, (number, number))
    assert kept.get("a") is not None
    kept.put("d", "x" * 900)
    assert [name for name in "abcd" if kept.get(name)] == ["a", "c", "d"]


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path):
    (tmp_path / "file").write_text("")
    kept = KeptResults(tmp_path / "file" / "kept")
    kept.put("a", 1)
    assert kept.get("a") is None
    assert KeptResults(None).get("a") is None


def test_no_temporary_file_is_left(tmp_path):
    KeptResults(tmp_path).put("a", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
