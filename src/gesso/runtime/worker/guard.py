"""The guard: a small process between host and worker that leaves nothing behind, however host and worker end.

It starts the worker and then only waits: for the worker's end, or for the host's (its end of the control socket closes,
which the kernel does even after `kill -9`). Either way it ends every process that came from the worker, also those that
left its process group, and removes the host's scratch folder if the host is dead. On Linux it is a "child subreaper"
(man 2 prctl, PR_SET_CHILD_SUBREAPER), so that orphaned grandchildren become its children. On macOS it ends the worker's
process group and what `ps` shows below it (untested). Windows needs no guard: a job object holds the worker there.

It is a script with only the standard library (`python -I -S guard.py`), because there is one beside every worker.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time

assert sys.platform != "win32", "Windows has job objects instead"

_PR_SET_CHILD_SUBREAPER = 36
_LAST_BREATH_S = 0.2


def become_subreaper() -> None:
    """Ask Linux to give this process the orphans among its descendants."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start_worker(command: list[str]) -> int:
    """Start the worker in a session of its own and return its process id; it inherits every open descriptor."""
    worker = os.fork()
    if worker == 0:
        for restored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(restored, signal.SIG_DFL)
        try:
            os.setsid()
            os.execv(command[0], command)
        except OSError as error:
            os.write(2, f"cannot start {command[0]}: {error}\n".encode())
        os._exit(127)
    return worker


def let_go_of_pipes() -> None:
    """Close the worker's pipes in this process, so that they end when the worker does."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def wait_for_end(worker: int, control: int) -> int | None:
    """Wait until the worker or the host ends. Returns the worker's wait status, or None if the host went first."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == worker:
            return status
        if pid:  # an orphan that we inherited has ended
            continue
        ready, _, _ = select.select([control, woken], [], [])
        if control in ready:  # nothing is ever sent: this is the other side's end
            return None
        os.read(woken, 64)


def children_of(parents: set[int]) -> set[int]:
    """Return the processes whose parent is one of `parents`."""
    listing = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    return {pid for pid, parent in pairs if parent in parents}


def linux_children() -> set[int]:
    """Return the direct children of this process, after /proc."""
    found = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{entry}/stat", "rb") as stat:
                if int(stat.read().rpartition(b")")[2].split()[1]) == os.getpid():
                    found.add(int(entry))
    return found


def wait_for_children(at_most_s: float) -> None:
    """Let children end by themselves: some only tidy up, as the resource tracker of multiprocessing does."""
    end = time.monotonic() + at_most_s
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.01)


def end_everything(worker: int) -> None:
    """Kill the worker and everything that came from it, until nothing is left."""
    if sys.platform != "linux":
        family = {worker}
        while not (more := children_of(family)) <= family:
            family |= more
        for pid in family:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(worker, signal.SIGKILL)
    wait_for_children(_LAST_BREATH_S)
    with contextlib.suppress(OSError):
        os.killpg(worker, signal.SIGKILL)
    if sys.platform == "linux":
        while children := linux_children():
            for pid in children:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            for pid in children:  # a killed child's own children become ours at once: look again
                with contextlib.suppress(OSError):
                    os.waitpid(pid, 0)


def main(control: int, scratch: str, *, command: list[str]) -> int:
    """Guard one worker. Returns the worker's exit code, or 128 + the signal that ended it."""
    host = os.getppid()
    become_subreaper()
    os.set_inheritable(control, False)
    worker = start_worker(command)
    let_go_of_pipes()
    status = wait_for_end(worker, control)
    end_everything(worker)
    if os.getppid() != host:  # it is gone, and cannot clean up after itself
        shutil.rmtree(scratch, ignore_errors=True)
    if status is None:
        return 128 + signal.SIGKILL
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


if __name__ == "__main__":
    for quiet in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the host decides when it is over
        signal.signal(quiet, signal.SIG_IGN)
    os._exit(main(int(sys.argv[1]), sys.argv[2], command=sys.argv[3:]))
