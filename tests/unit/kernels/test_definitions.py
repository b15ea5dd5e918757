import pytest

from panlearn.errors import BadInput
from panlearn.kernels.definitions import Resources, definition, folders, names, parse
from panlearn.kernels.endings import sentence, stopped
from panlearn.kernels.limits import KernelLimits, SessionLimits
from panlearn.settings import Settings, resource

LOCK = resource("sandbox") / "environments" / "core.txt"


def read(text: str, **settings: object):
    return parse(text, Settings(**settings), name="core", lock=LOCK)


def test_what_is_not_said_is_the_operators_setting():
    found = read("", kernel_memory_mib=2048, kernel_cpus=0.5, kernel_idle_minutes=5, docker_runtime="runc")

    assert (found.limits.memory_mib, found.limits.cpus, found.session.idle_minutes) == (2048, 0.5, 5)
    assert found.limits.processes == KernelLimits().processes
    assert found.resources == Resources(runtime="runc")
    assert found.title == "core"


def test_what_is_said_overrides_the_settings():
    found = read(
        'title = "Big"\n[limits]\nmemory_mib = 4096\ncpus = 2\n[session]\ncell_seconds = 60\n'
        '[docker]\nruntime = "runsc"\ngpus = -1',
        kernel_memory_mib=512,
    )

    assert (found.title, found.limits.memory_mib, found.limits.cpus) == ("Big", 4096, 2)
    assert found.session.cell_seconds == 60
    assert found.resources == Resources(runtime="runsc", gpus=-1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[limits", "is not TOML"),
        ("colour = 1", "the file has no 'colour'"),
        ("limits = 3", "limits is 3"),
        ("[limits]\nmemory = 1", "[limits] has no 'memory'"),
        ("[limits]\nmemory_mib = '1G'", "memory_mib is '1G'. Expected a whole number"),
        ("[limits]\nmemory_mib = 1.5", "Expected a whole number"),
        ("[limits]\nprocesses = 1", "Expected at least 16"),
        ("[limits]\ncpus = true", "cpus is True. Expected a number"),
        ("[session]\nidle_minutes = -1", "Expected at least 0"),
        ("[docker]\ngpus = 'all'", "gpus is 'all'"),
        ("[docker]\nruntime = 1", "runtime is 1"),
        ("title = 3", "title is 3"),
    ],
)
def test_what_cannot_be_used_says_what_was_expected(text, says):
    with pytest.raises(BadInput) as raised:
        read(text)
    assert says in str(raised.value)
    assert "core.toml" in str(raised.value)


def test_an_operator_adds_an_environment_and_hides_one_of_ours(tmp_path):
    settings = Settings(home=tmp_path)
    folder = folders(settings)[0]
    folder.mkdir()
    (folder / "tiny.txt").write_text("# nothing\n")
    (folder / "tiny.toml").write_text('title = "Tiny"')
    (folder / "core.txt").write_text("# mine\n")

    assert names(settings) == ["core", "tiny"]
    assert definition(settings, "tiny").title == "Tiny"
    assert definition(settings, "core").lock == folder / "core.txt"


@pytest.mark.parametrize("name", ["nothing", "../core", "Core", ""])
def test_a_name_that_nothing_has_says_which_there_are(tmp_path, name):
    with pytest.raises(BadInput, match="known: core"):
        definition(Settings(home=tmp_path), name)


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("memory", "more than 512 MiB of memory"),
        ("cpu", "more than 60 s of processor time"),
        ("time", "more than 10 minutes"),
        ("output", "more than 64 MiB"),
        ("messages", "50000 messages"),
        ("idle", "for 30 minutes"),
        ("lifetime", "24 hours old"),
        ("lost", "not at fault"),
        ("something new", "not at fault"),
    ],
)
def test_every_end_is_a_sentence_with_its_number(reason, says):
    assert says in sentence(reason, KernelLimits(memory_mib=512, cpu_seconds=60), SessionLimits(cell_seconds=600))


def test_a_cell_that_was_stopped_says_for_what():
    assert stopped("time", SessionLimits(cell_seconds=90)) == "Stopped: a cell may run for 90 seconds."
    assert "64 MiB" in stopped("output", SessionLimits())
    assert "50000 messages" in stopped("messages", SessionLimits())
