"""How a command ends when the machine, not the model, is at fault."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from analysis.tell.console import exit_status
from sim.errors import HubError

pytestmark = pytest.mark.unit


def raised(error: BaseException) -> int:
    def command() -> int:
        raise error

    return exit_status(command, "Interrupted.")


def test_a_disk_that_fills_up_is_told_in_one_line(capsys):
    assert raised(OSError(errno.ENOSPC, "No space left on device", "outputs/store/x")) == 1
    assert capsys.readouterr().err == (
        "outputs/store/x: the disk is full; make room and run it again; what run.store holds is not simulated again\n"
    )
    assert raised(OSError(errno.ENOSPC, "while writing")) == 1
    assert capsys.readouterr().err.startswith("the disk is full; ")


def test_a_folder_on_a_read_only_disk_is_bad_input(capsys):
    assert raised(OSError(errno.EROFS, "Read-only file system", "outputs")) == 2
    assert capsys.readouterr().err == "outputs: Read-only file system; choose a folder that can be written\n"


def test_what_a_user_can_mend_and_an_interruption_have_statuses_of_their_own(capsys):
    assert (raised(HubError("run.seed: got -1")), raised(KeyboardInterrupt())) == (2, 130)
    assert capsys.readouterr().err == "run.seed: got -1\nInterrupted.\n"


def test_a_fault_of_the_program_is_not_hidden():
    with pytest.raises(OSError, match="of nowhere"):
        raised(OSError(errno.EIO, "of nowhere"))


def test_a_reader_that_has_enough_ends_the_command_quietly():
    code = (
        "import sys\nfrom analysis.tell.console import exit_status\n"
        "sys.exit(exit_status(lambda: [print('line', flush=True) for _ in range(100_000)], ''))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
        assert command.stdout and command.stderr
        command.stdout.readline()
        command.stdout.close()
        assert (command.stderr.read(), command.wait()) == (b"", 1)


def ended_by(*signals: int) -> int:
    """Run a command that is sent signals and puts things away when it ends; its files are safe if that goes well."""

    def command() -> int:
        try:
            for sign in signals:
                os.kill(os.getpid(), sign)
            time.sleep(5)
        finally:
            for sign in signals[1:]:
                os.kill(os.getpid(), sign)
            time.sleep(0.01)
            print("put away")
        return 0

    return exit_status(command, "Interrupted.")


@pytest.fixture
def signals():
    """What the signals did is put back."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {sign: signal.getsignal(sign) for sign in names}
    yield names
    for sign, handler in before.items():
        signal.signal(sign, handler)


def test_a_scheduler_and_a_terminal_that_is_closed_interrupt_as_ctrl_c_does(signals, capsys):
    for sign in signals:
        assert ended_by(sign) == 130
        assert capsys.readouterr() == ("put away\n", "Interrupted.\n")


def test_three_signals_at_once_are_one_interruption(signals, capsys):
    assert ended_by(*signals) == 130
    assert capsys.readouterr() == ("put away\n", "Interrupted.\n")


def test_a_command_under_nohup_outlives_its_terminal(signals):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert exit_status(lambda: os.kill(os.getpid(), signal.SIGHUP) or 0, "Interrupted.") == 0


def test_a_second_ctrl_c_some_time_later_is_heard(signals, monkeypatch):
    monkeypatch.setattr("analysis.tell.console.TOGETHER_SECONDS", 0.0)
    assert exit_status(lambda: os.kill(os.getpid(), signal.SIGINT) or 0, "Interrupted.") == 130
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
