"""Kernels forked from a warm parent behave as stock ones, and none outlives whoever asked for it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbclient
import nbformat
import papermill
import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from papermill.exceptions import PapermillExecutionError

from hgeval.errors import ReportError
from hgeval.press import engine, engine_warm
from hgeval.warm import PROVISIONER, client, parent, provisioner

pytestmark = pytest.mark.skipif(not client.available(), reason="forking is for Linux; elsewhere kernels are stock")

EVERYTHING = [
    "import sys, random\nprint('een'); print('twee')\nprint('drie', file=sys.stderr)\nprint('vier')",
    "import pandas as pd\npd.DataFrame({'a': range(30), 'b': 'x'})",
    "import pandas as pd\nprint(pd.DataFrame({f'kolom{at}': range(70) for at in range(30)}))",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "from IPython.display import HTML, Markdown, display, update_display, clear_output",
    "print('weg'); clear_output(); display(HTML('<b>a</b>')); display(Markdown('m'), display_id='x')",
    "display(1, display_id='y'); update_display(2, display_id='y'); 'laatste'",
    "a = 1\na;",
    "import os\nos.system('echo van buiten'); os.write(2, b'op twee')",
    "import asyncio\nawait asyncio.sleep(0.01)\n_ + 'x' if isinstance(_, str) else Out",
    "import warnings\nwarnings.warn('let op')",
    "sorted(name for name in globals() if not name.startswith('_'))",
    "__name__, get_ipython().kernel is not None or True, os.getcwd() == os.path.realpath('.')",
    "def diep(n):\n    return 1 / n\ndiep(0)",
    "'nooit'",
]


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cel-{at}") for at, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def warm(monkeypatch):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", PROVISIONER)


@pytest.fixture
def kernel(warm):
    """A manager and its client, of a warm kernel."""
    manager, talk = start_new_kernel(kernel_name="python3")
    yield manager, talk
    talk.stop_channels()
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


def ask(talk, source):
    """What a cell prints, or the name of its error."""
    found = []

    def keep(message):
        found.append(message["content"].get("text") or message["content"].get("ename"))

    talk.execute_interactive(source, timeout=30, output_hook=keep)
    return "".join(text for text in found if text).strip()


def alive(pid):
    try:
        return psutil.Process(pid).status() != "zombie"
    except psutil.NoSuchProcess:
        return False


def gone(pid, seconds=20):
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def executed(made, **settings):
    runner = nbclient.NotebookClient(made, timeout=60, kernel_name="python3", allow_errors=True, **settings)
    runner.execute()
    return [merged(cell.outputs) for cell in made.cells if cell.cell_type == "code"]


def merged(outputs):
    """The outputs as compared: the text of each stream together, since a kernel sends it when it has time for it."""
    found, streams = [], {}
    for output in json.loads(json.dumps(outputs)):
        text = re_number(output.get("text", ""))
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + text
        else:
            found.append(output | {"traceback": [re_number(line) for line in output.get("traceback", [])]})
    return found, streams


def re_number(text):
    return re.sub(r"ipykernel_\d+/\d+", "ipykernel", text)


def test_a_warm_kernel_gives_the_notebook_of_a_stock_one(monkeypatch):
    stock = executed(notebook(*EVERYTHING))
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", PROVISIONER)
    assert executed(notebook(*EVERYTHING)) == stock
    assert any(output["output_type"] == "display_data" and "image/png" in output["data"] for output in stock[3][0])


def test_cells_in_a_forked_process_give_the_notebook_of_a_stock_kernel(tmp_path, monkeypatch):
    """Up to and including the cell that fails, after which papermill stops."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # a kernel that sees it leaves what is printed past Python alone
    found = {}
    for name in (None, engine_warm.NAME):
        made = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook(*EVERYTHING), tmp_path / "in.ipynb")
        with pytest.raises(PapermillExecutionError) as fault:
            papermill.execute_notebook(
                tmp_path / "in.ipynb", made, engine_name=name, kernel_name="python3", progress_bar=False,
                execution_timeout=60, resources={"metadata": {"path": str(tmp_path)}}, on_cell_start=lambda **_: None,
            )
        result = nbformat.read(made, 4)
        cells = [cell for cell in result.cells if cell.cell_type == "code" and cell.id.startswith("cel-")]
        found[name] = (
            [merged(cell.outputs) for cell in cells], [cell.execution_count for cell in cells],
            result.metadata.language_info, fault.value.ename, fault.value.evalue, fault.value.cell_index,
        )
    stock, forked = found.values()
    for one, other in zip(stock[0], forked[0], strict=True):
        assert one == other
    assert stock == forked


def test_every_kernel_has_a_chance_namespace_and_place_of_its_own(warm, tmp_path, monkeypatch):
    found = []
    for at in range(2):
        folder = tmp_path / str(at)
        folder.mkdir()
        monkeypatch.setenv("HGEVAL_PROEF", str(at))
        monkeypatch.setenv("TZ", ["UTC", "Pacific/Auckland"][at])
        made = notebook(
            "import random, numpy, os, time\nprint(random.random(), numpy.random.rand())",
            "print(os.getcwd(), os.environ['HGEVAL_PROEF'], time.strftime('%Z'))",
            "eigen = 1" if at == 0 else "print('eigen' in globals())",
        )
        found.append(executed(made, resources={"metadata": {"path": str(folder)}}))
        assert str(folder) in found[at][1][1]["stdout"] and f" {at} " in found[at][1][1]["stdout"]
    chances = [set(each[0][1]["stdout"].split()) for each in found]  # of Python, and of numpy
    assert [len(chance) for chance in chances] == [2, 2] and not chances[0] & chances[1]
    assert "False" in found[1][2][1]["stdout"] and "UTC" not in found[1][1][1]["stdout"]


def test_the_parent_has_one_thread_and_keeps_nothing_of_its_children(warm):
    def state():
        process = psutil.Process(client._own[os.getpid()].process.pid)
        return process.num_threads(), process.num_fds(), len(process.children())

    executed(notebook("1"))
    before = state()
    for _ in range(3):
        executed(notebook("import pandas; 1"))
    end = time.monotonic() + 10
    while state() != before and time.monotonic() < end:
        time.sleep(0.05)
    assert state() == before
    assert before[0] == 1


def test_a_cell_can_be_interrupted(kernel):
    manager, talk = kernel
    talk.execute("import time\nprint('begonnen', flush=True)\ntime.sleep(60)")
    while talk.get_iopub_msg(timeout=20)["content"].get("text") != "begonnen\n":
        pass
    started = time.monotonic()
    manager.interrupt_kernel()
    while (message := talk.get_iopub_msg(timeout=20))["msg_type"] != "error":
        pass
    assert message["content"]["ename"] == "KeyboardInterrupt" and time.monotonic() - started < 10
    while talk.get_iopub_msg(timeout=20)["content"].get("execution_state") != "idle":
        pass
    talk.get_shell_msg(timeout=20)
    assert ask(talk, "print(1 + 1)") == "2"


def test_a_kernel_can_be_started_again(kernel):
    manager, talk = kernel
    ask(talk, "eigen = 1")
    before = manager.provisioner.pid
    manager.restart_kernel(now=True)
    talk.wait_for_ready(timeout=30)
    assert manager.provisioner.pid != before and gone(before)
    assert ask(talk, "print('eigen' in globals())") == "False"


@pytest.mark.parametrize("death", ["os._exit(3)", "os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"])
def test_the_death_of_a_kernel_is_seen(warm, death):
    with pytest.raises(nbclient.exceptions.DeadKernelError):
        executed(notebook(f"import os\n{death}"))


def test_what_a_kernel_started_goes_with_it(kernel):
    manager, talk = kernel
    pid = int(ask(talk, "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)"))
    assert alive(pid)
    manager.shutdown_kernel(now=True)
    assert gone(pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_kernel_outlives_whoever_asked_for_it(number):
    code = (
        "import os, time\nfrom jupyter_client.manager import start_new_kernel\nfrom hgeval.warm import client\n"
        "manager, talk = start_new_kernel(kernel_name='python3')\n"
        "print(manager.provisioner.pid, client._own[os.getpid()].process.pid, flush=True)\ntime.sleep(600)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER},
    )
    try:
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        assert len(pids) == 2 and all(map(alive, pids))
        owner.send_signal(number)
        assert all(map(gone, pids))
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()


def test_children_go_with_a_parent_that_is_killed(warm):
    own = client.Parent()
    try:
        with open(os.devnull, "r+b") as nothing:
            child = client.Child(
                "kernel", ["-f", tempfile.mktemp(suffix=".json")], environment=dict(os.environ), folder="/",
                streams=(nothing.fileno(),) * 3, address=own.address,
            )
        assert alive(child.pid)
        own.process.kill()
        assert gone(child.pid) and child.wait(10) == -signal.SIGKILL
        own.keep()
        assert alive(own.process.pid)
    finally:
        own.close()
    assert gone(own.process.pid) and not Path(own.address).exists()


@pytest.mark.parametrize("order", [
    {"work": "iets"}, {"work": "call", "arguments": ["os:getpid"]}, {"work": "call", "arguments": ["hgeval.nergens:x"]},
])
def test_a_parent_does_nothing_that_is_not_ours(order):
    own = client.Parent()
    try:
        with open(os.devnull, "r+b") as nothing:
            asked = dict(environment=dict(os.environ), folder="/", streams=(nothing.fileno(),) * 3, address=own.address)
            try:
                child = client.Child(order["work"], order.get("arguments", []), **asked)
            except ConnectionError:
                assert order["work"] == "iets"
            else:
                assert child.wait(20) == 1
        assert alive(own.process.pid)
    finally:
        own.close()


def test_only_this_user_can_reach_the_parent():
    own = client.Parent()
    try:
        assert Path(own.address).stat().st_mode & 0o077 == 0
        assert Path(own.address).parent.stat().st_mode & 0o077 == 0
    finally:
        own.close()


@pytest.mark.parametrize(("command", "arguments"), [
    ([sys.executable, "-m", "ipykernel_launcher", "-f", "x"], ["-f", "x"]),
    ([sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "x"], ["-f", "x"]),
    (["R", "--slave"], None), (["/elders/python", "-m", "ipykernel_launcher"], None),
    ([sys.executable, "-m", "iets_anders"], None),
])
def test_only_a_stock_kernel_of_this_python_is_forked(command, arguments):
    assert provisioner._arguments(command) == arguments


def test_where_nothing_can_fork_a_kernel_is_stock(monkeypatch, warm):
    monkeypatch.setattr(client, "available", lambda: False)

    class Refused:
        def __init__(self, *_, **__):
            raise AssertionError("a kernel was forked")

    monkeypatch.setattr(client, "Child", Refused)
    assert executed(notebook("print(1)"))[0][1] == {"stdout": "1\n"}


def test_an_order_that_is_too_long_or_cut_off_is_refused():
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        socket.send_fds(ours, [b'{"work": "kernel"'], [0, 1, 2])
        ours.close()
        with pytest.raises(ValueError, match="half an order"):
            parent._order(theirs)


def test_a_cell_that_takes_too_long_is_stopped_in_the_fork_too(tmp_path, monkeypatch):
    made = notebook("1", "try:\n    while True: pass\nexcept Exception: pass", "2")
    run = tmp_path / "run"
    run.mkdir()
    with pytest.raises(ReportError, match="duurde langer dan 2 seconden"):
        engine.execute(made, {}, run=run, timeout=2, warm=True)
