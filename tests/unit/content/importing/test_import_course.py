"""A whole import: what is written, where files go, and what is refused with a sentence that names it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from import_material import NBGRADER, OTTER, code, marks, notebook, text
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings
from panlearn.content.importing import notebooks
from panlearn.content.importing.course import import_course
from panlearn.errors import BadInput

SOLVED = code("def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION", **marks(solution=True))
TESTED = code("assert f(1) == 1", **marks(grade=True, points=1))


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    return folder


@pytest.fixture
def course(tmp_path):
    return tmp_path / "made" / "waves"


def write(path: Path, *cells, **metadata) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook(*(cells or (SOLVED, TESTED)), **metadata), encoding="utf-8")
    return path


def cells(course: Path, page: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads((course / f"{page}.ipynb").read_text())["cells"]]


def book(course: Path) -> dict:
    return yaml.safe_load((course / "myst.yml").read_text())["project"]


def test_an_nbgrader_course_becomes_a_course_without_running_anything_of_it(course):
    imported = import_course("nbgrader", NBGRADER, course, licence="CC-BY-4.0", authors=["Ada Example"])
    findings = Findings()
    read = read_course(course, findings)
    assert findings.errors == []
    assert {name: bundle.points for name, bundle in read.bundles.items()} == {
        "plane-distance": 3.0,
        "peak-of": 1.0,
        "peak": 1.0,
        "why-hydrogen": 3.0,
        "plot-speed": 2.0,
        "plan": 4.0,
        "wavelength": 2.0,
    }
    assert sum(lesson.converted.points for lesson in imported.lessons) == 16
    assert sum(lesson.converted.asked for lesson in imported.lessons) == 17
    assert (book(course)["license"], book(course)["authors"]) == ("CC-BY-4.0", [{"name": "Ada Example"}])
    assert [group.get("title") for group in book(course)["toc"]] == [None, "Ps1", "Ps2 neutrons"]


def test_what_changed_is_told_with_notebook_cell_and_what_to_do(course):
    imported = import_course("nbgrader", NBGRADER, course)
    told = (course / "IMPORT.md").read_text()
    for notebook_name, note in imported.notes:
        assert f"## {notebook_name}" in told
        assert f"- {note}\n" in told
    assert "nbgrader_config.py: its settings are not read, and it is not run." in told
    assert "`license` in myst.yml" in told
    assert "| ps2 neutrons/Neutrons & water.ipynb | ps2-neutrons-neutrons-water.ipynb | 4 | 12 | 11 |" in told
    for secret in ("180.0", "2 + 2 == 4", "contrast of H and D", "3956"):
        assert secret not in told


def test_no_licence_and_no_author_are_made_up(course):
    import_course("nbgrader", NBGRADER, course)
    assert not {"license", "licence", "authors"} & set(book(course))
    findings = Findings()
    read_course(course, findings)
    assert {f.message for f in findings.all if f.code == "PL003"} == {
        "The course has no licence.",
        "The course names no author.",
    }


def test_authors_of_a_notebook_are_taken_from_its_metadata(source, course):
    write(source / "a.ipynb", authors=[{"name": "Lise Meitner"}])
    import_course("nbgrader", source, course)
    assert book(course)["authors"] == [{"name": "Lise Meitner"}]


def test_otter_assignments_become_a_course_with_their_tests_from_cells_metadata_and_files(course):
    import_course("otter", OTTER, course)
    findings = Findings()
    read = read_course(course, findings)
    assert findings.errors == []
    assert {name: bundle.points for name, bundle in read.bundles.items()} == {
        "q1": 3.0,
        "q2": 2.0,
        "q3": 1.0,
        "squares-q1": 1.0,
        "squares-q2": 1.0,
        "exercise-1": 2.0,
    }
    assert sum(check.hidden for bundle in read.bundles.values() for check in bundle.checks) == 3


def test_one_notebook_brings_the_files_it_names_and_no_others(source, course):
    named = code('import helpers\nopen("table.csv")\nopen("../up.csv")\nopen("/etc/hosts")')
    write(source / "Übung 1.ipynb", text("# Peaks\n\n![a](pics/a%20.png) ![b](pics/b.png)"), named, SOLVED, TESTED)
    for name in ("table.csv", "helpers.py", "diary.txt", "pics/b.png", "../up.csv"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(name)
    import_course("nbgrader", source / "Übung 1.ipynb", course)
    made = sorted(path.relative_to(course).as_posix() for path in course.rglob("*") if path.is_file())
    assert made == [
        "IMPORT.md",
        "course.yml",
        "data/helpers.py",
        "data/table.csv",
        "index.md",
        "myst.yml",
        "pics/b.png",
        "ubung-1.ipynb",
    ]
    assert book(course)["title"] == "Peaks"
    assert 'open("data/table.csv")\nopen("../up.csv")' in cells(course, "ubung-1")[2]
    assert 'sys.path.insert(0, "data")' in cells(course, "ubung-1")[1]


def test_files_of_one_name_from_two_folders_keep_apart_and_their_notebooks_follow(source, course):
    for number in (1, 2, 10):
        write(source / f"source/ps{number}/peaks.ipynb", code('open("./counts.csv")'))
        (source / f"source/ps{number}/counts.csv").write_text("same" if number > 1 else "other")
    import_course("nbgrader", source, course)
    toc = [group["children"][0]["file"] for group in book(course)["toc"][1:]]
    assert toc == ["ps1-peaks.ipynb", "ps2-peaks.ipynb", "ps10-peaks.ipynb"]
    read = [cells(course, name.removesuffix(".ipynb"))[1] for name in toc]
    assert [(course / row.removeprefix('open("').removesuffix('")')).read_text() for row in read] == [
        "other",
        "same",
        "same",
    ]


def test_links_and_large_files_are_left_out_and_said(source, course, monkeypatch):
    write(source / "a.ipynb")
    (source / "secret.txt").symlink_to("/etc/passwd")
    (source / "linked.ipynb").symlink_to(source / "a.ipynb")
    (source / "folder").symlink_to("/etc")
    monkeypatch.setattr("panlearn.content.importing.sources.MOST_BYTES_A_FILE", 10)
    (source / "large.dat").write_bytes(b"x" * 11)
    imported = import_course("nbgrader", source, course)
    assert len(imported.lessons) == 1
    assert [path.name for path in course.iterdir() if path.is_dir()] == []
    said = "\n".join(imported.left)
    for name in ("secret.txt", "linked.ipynb", "folder", "large.dat"):
        assert f"{name}: it " in said


def test_everything_that_is_left_out_is_said(source, course):
    write(source / "source/ps1/a.ipynb")
    write(source / "source/ps1/more/b.ipynb")
    write(source / "release/ps1/a.ipynb")
    (source / "source/ps0").mkdir()
    for name in ("gradebook.db", "notes.txt", "source/ps1/old.zip", "source/ps1/_kept.csv"):
        (source / name).write_text("x")
    assert sorted(import_course("nbgrader", source, course).left) == [
        "b.ipynb: notebooks are taken from a folder itself, not from those below it.",
        "gradebook.db: nbgrader and Otter make or need it, and a course has no use for it.",
        "notes.txt: it is neither a notebook nor beside one.",
        "old.zip: it is neither a notebook nor beside one.",
        "ps0/: it holds no notebook.",
        "release/: nbgrader and Otter make or need it, and a course has no use for it.",
    ]
    assert [path.name for path in (course / "data").iterdir()] == ["_kept.csv"]
    assert "Learners can read every file in data/" in (course / "IMPORT.md").read_text()


def test_a_file_and_a_folder_of_one_name_keep_apart(source, course):
    write(source / "source/ps1/a.ipynb")
    write(source / "source/ps2/b.ipynb", code('open("runs/one.csv")'))
    (source / "source/ps1/runs").write_text("a file")
    (source / "source/ps2/runs").mkdir()
    (source / "source/ps2/runs/one.csv").write_text("1")
    write(source / "source/ps3/c.ipynb")
    (source / "source/ps3/runs").write_text("another file")
    import_course("nbgrader", source, course)
    made = {
        path.read_text(): path.relative_to(course).as_posix() for path in (course / "data").rglob("*") if path.is_file()
    }
    assert set(made) == {"a file", "1", "another file"}
    assert cells(course, "ps2-b")[1] == f'open("{made["1"]}")'


def test_names_of_any_script_are_read_and_printed_without_their_direction_marks(source, course):
    for name in ("تمرين.ipynb", "a b\u202egpj.ipynb", "a-bgpj.ipynb", "index.ipynb"):
        write(source / name)
    (source / "daten \u202e.csv").write_text("1")
    imported = import_course("nbgrader", source, course)
    assert {lesson.page for lesson in imported.lessons} == {"a-bgpj", "a-bgpj-2", "index-2", "lesson-4"}
    assert "a b\\u202egpj.ipynb" in {lesson.notebook for lesson in imported.lessons}
    assert "\u202e" not in (course / "IMPORT.md").read_text()
    findings = Findings()
    read_course(course, findings)
    assert findings.errors == []


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_file_whose_name_is_no_text_is_left_out(source, course):
    write(source / "a.ipynb")
    Path(os.fsdecode(os.fsencode(source) + b"/caf\xe9.csv")).write_text("1")
    imported = import_course("nbgrader", source, course)
    assert "caf\\udce9.csv: its name is not UTF-8 text." in imported.left


def test_notebooks_of_format_3_are_read(source, course):
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "language": "python",
                        "outputs": [],
                        "metadata": cell.metadata,
                        "input": cell.source,
                    }
                    for cell in (SOLVED, TESTED)
                ]
            }
        ],
    }
    (source / "old.ipynb").write_text(json.dumps(old))
    assert import_course("nbgrader", source, course).lessons[0].converted.exercises == 1


def test_other_languages_are_left_out_and_said(source, course):
    write(source / "a.ipynb")
    write(source / "b.ipynb", kernelspec={"name": "ir", "display_name": "R", "language": "R"})
    assert import_course("nbgrader", source, course).left == ("b.ipynb: its cells are r, and PaN Learn runs Python.",)
    (source / "a.ipynb").unlink()
    with pytest.raises(BadInput, match=r"no Python notebook: b\.ipynb"):
        import_course("nbgrader", source, course.parent / "other")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json", "bad.ipynb is not JSON"),
        (b"\xff\xfe\x00", "bad.ipynb is not JSON"),
        (b"[" * 100_000, "bad.ipynb is not JSON"),
        (b"[]", "bad.ipynb is JSON, but no notebook"),
        (b'{"nbformat": 2, "worksheets": []}', "bad.ipynb has the notebook format 2; 3 and 4 are read"),
        (
            b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "x"}]}',
            "bad.ipynb is no notebook",
        ),
        (b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}', "bad.ipynb is no notebook"),
    ],
)
def test_a_notebook_that_cannot_be_read_is_named_and_nothing_is_written(source, course, content, said):
    write(source / "good.ipynb")
    (source / "bad.ipynb").write_bytes(content)
    with pytest.raises(BadInput, match=said) as refused:
        import_course("nbgrader", source, course)
    assert refused.value.todo
    assert not course.exists()


def test_a_notebook_that_is_too_large_is_named(source, course, monkeypatch):
    monkeypatch.setattr(notebooks, "MAX_BYTES", 100)
    write(source / "big.ipynb")
    with pytest.raises(BadInput, match=r"big\.ipynb has 0 MB; notebooks of up to"):
        import_course("nbgrader", source, course)


def test_sources_without_notebooks_are_refused(source, course):
    (source / "note.txt").write_text("x")
    for path, said in (
        (source, "There are no notebooks in"),
        (source / "gone", "There is no"),
        (source / "note.txt", r"note\.txt is no notebook"),
    ):
        with pytest.raises(BadInput, match=said):
            import_course("nbgrader", path, course)
    link = source.parent / "link"
    link.symlink_to(source)
    with pytest.raises(BadInput, match="link is a link to"):
        import_course("nbgrader", link, course)


def test_destinations_that_cannot_be_are_refused_and_left_as_they_are(source, course):
    write(source / "a.ipynb")
    course.mkdir(parents=True)
    import_course("nbgrader", source, course)  # an empty folder will do
    before = sorted(course.iterdir())
    file, link = course.parent / "file", course.parent / "link"
    file.write_text("x")
    link.symlink_to(course)
    for target, said in (
        (course, "is not empty"),
        (file, "is a file"),
        (link, "is a link"),
        (course.parent / "Über Wellen", "cannot be a course"),
    ):
        with pytest.raises(BadInput, match=said) as refused:
            import_course("nbgrader", source, target)
        assert refused.value.todo
    assert sorted(course.iterdir()) == before
    assert sorted(path.name for path in course.parent.iterdir()) == ["file", "link", "waves"]


def test_an_import_that_fails_half_way_leaves_nothing(source, course, monkeypatch):
    write(source / "a.ipynb")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("panlearn.content.importing.course.account", full)
    with pytest.raises(OSError, match="No space"):
        import_course("nbgrader", source, course)
    assert list(course.parent.iterdir()) == []
