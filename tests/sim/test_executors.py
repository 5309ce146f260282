"""Whoever does the work, and whoever dies over it: the result is the serial one, to the last bit."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

import scenarios
from sim import RunError, compare, run
from sim.experiments import replicate, tasks, workers
from sim.experiments.growing import model_of
from sim.experiments.tasks import Models, Task, perform, split
from tests.sim.desks import BIGGER, DESK, same

REPLICATIONS = 12


@pytest.fixture(scope="module")
def serial():
    """By engine."""
    return {
        engine: compare(DESK, [BIGGER], REPLICATIONS, seed=3, engine=engine, workers=1)
        for engine in ("reference", "compiled")
    }


def again(serial, engine, **how):
    found = compare(DESK, [BIGGER], REPLICATIONS, seed=3, engine=engine, **how)
    for name, result in serial[engine].results.items():
        same(found.results[name], result)


both = pytest.mark.parametrize("engine", ["reference", "compiled"])


# -- without an executor -----------------------------------------------------------------------------


@both
def test_its_own_threads_or_processes(serial, engine):
    again(serial, engine, workers=2)


@pytest.fixture
def seen(monkeypatch):
    """The names of threads that did tasks here."""
    names = set()

    def noting(task):
        names.add(threading.current_thread().name)
        return perform(task)

    monkeypatch.setattr(replicate, "perform", noting)
    monkeypatch.setattr(workers, "processors", lambda: 3)
    return names


def test_threads_are_used_where_there_is_enough_to_do(seen, monkeypatch):
    mine = threading.current_thread().name
    run(DESK, 8, engine="compiled")
    assert seen == {mine}
    monkeypatch.setattr(workers, "CASES_WORTH_SHARING", {"compiled": 600 * 8, "reference": 10**9})
    seen.clear()
    run(DESK, 8, engine="compiled")
    assert seen
    assert all(name.startswith("planner_") for name in seen)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("planner_")]
    for how in ({"engine": "compiled", "workers": 1}, {"engine": "reference"}):
        seen.clear()
        run(DESK, 8, **how)
        assert seen == {mine}


def test_workers_are_checked():
    for wrong in (0, 2.5, "two", 10**6):
        with pytest.raises(RunError, match="workers"):
            run(DESK, 2, workers=wrong)
    with ThreadPoolExecutor(1) as pool, pytest.raises(RunError, match="the executor has its own"):
        run(DESK, 2, workers=2, executor=pool)


def test_a_script_without_a_guard_may_use_processes(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import scenarios, sim\n"
        "result = sim.run(scenarios.load('helpdesk'), 4, engine='reference', workers=2)\n"
        "print(result.replications, len(result.summary))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 ")
    assert done.stderr == ""


def test_a_process_of_its_own_that_dies_is_replaced(serial):
    killed = []

    def kill_one(done, total):
        if not killed:
            killed.append(workers.Processes(2).submit(os.getpid).result())
            os.kill(killed[0], signal.SIGKILL)

    again(serial, "reference", workers=2, progress=kill_one)
    assert killed


# -- executors of others -----------------------------------------------------------------------------


@both
def test_loky(serial, engine):
    import loky

    with loky.ProcessPoolExecutor(2, timeout=60) as pool:
        again(serial, engine, executor=pool)


def test_a_pool_that_breaks_and_takes_no_more_work_is_said():
    import loky

    def kill_one(done, total):
        os.kill(next(iter(pool._processes)), signal.SIGKILL)

    with (
        loky.ProcessPoolExecutor(1, timeout=60) as pool,
        pytest.raises(RunError, match=r"replications? .* failed \(TerminatedWorkerError"),
    ):
        run(DESK, 64, engine="reference", executor=pool, progress=kill_one)


@pytest.fixture
def cluster():
    """Two worker processes of Dask and a client of theirs."""
    import dask
    import distributed

    with (
        dask.config.set({"distributed.worker.profile.enabled": False}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, protocol="tcp"
        ) as found,
        distributed.Client(found) as client,
    ):
        yield client


def test_a_dask_cluster_of_which_a_worker_is_killed_half_way(serial, cluster):
    again(serial, "compiled", executor=cluster.get_executor())

    busy = cluster.run(os.getpid)
    victim = next(iter(busy.values()))
    seen = []

    def kill_half_way(done, total):
        seen.append(done)
        if len(seen) == 4:
            os.kill(victim, signal.SIGKILL)

    again(serial, "reference", executor=cluster.get_executor(), progress=kill_half_way)
    assert seen[3] < REPLICATIONS == seen[-1]
    with pytest.raises(ProcessLookupError):
        os.kill(victim, 0)


# -- tasks -------------------------------------------------------------------------------------------


def test_a_task_is_light_and_its_models_are_unpacked_once():
    bank = scenarios.load("retail_bank")
    task = Task(Models((model_of("", bank), model_of("", bank))), 1, "reference", 0, 50)
    sent = [pickle.dumps(piece) for piece in split(task)]
    assert max(len(text) for text in sent) < 20_000
    first, *others = [pickle.loads(text) for text in sent]
    assert all(other.models is first.models for other in others)
    assert first.models[1].plan.rate.tolist() == task.models[1].plan.rate.tolist()
    assert pickle.loads(pickle.dumps(first)).models is first.models


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("size", [1, 7, 50, 5000])
def test_replications_are_split_into_tasks_of_bounded_size(engine, size):
    models = Models((model_of("", scenarios.load("retail_bank")),))
    pieces = list(split(Task(models, 1, engine, 3, size)))
    assert [piece.first for piece in pieces] == [3, *(3 + n for n in cumulated(pieces)[:-1])]
    assert cumulated(pieces)[-1] == size
    most = tasks.CASES_PER_TASK[engine]
    assert all(piece.size == 1 or piece.cases <= most + models.cases for piece in pieces)
    assert len(pieces) >= min(size, tasks.MOST_TASKS) / 2


def cumulated(pieces):
    return [sum(piece.size for piece in pieces[: number + 1]) for number in range(len(pieces))]


def test_no_more_than_so_many_tasks_wait(monkeypatch):
    class Watched(Executor):
        """Does a task when its future is asked for; counts those that wait."""

        def __init__(self):
            self.pool = ThreadPoolExecutor(1)
            self.gate = threading.Semaphore(0)
            self.submitted = 0

        def submit(self, fn, /, *args, **kwargs):
            self.submitted += 1
            return self.pool.submit(self.late, fn, *args)

        def late(self, fn, *args):
            self.gate.acquire()
            return fn(*args)

    monkeypatch.setattr(replicate, "IN_FLIGHT", 3)
    executor = Watched()
    ahead = []

    def tell(done, total):
        ahead.append(executor.submitted - len(ahead) - 1)
        executor.gate.release()

    executor.gate.release()
    run(DESK, 12, executor=executor, progress=tell)
    executor.pool.shutdown()
    assert executor.submitted == 12
    assert max(ahead) <= 3


def test_what_was_begun_is_not_waited_for_after_an_error():
    class Slow(Executor):
        def __init__(self):
            self.futures = []

        def submit(self, fn, /, *args, **kwargs):
            self.futures.append(Future())
            if len(self.futures) == 1:
                self.futures[0].set_exception(scenarios.ScenarioError([]))
            return self.futures[-1]

    executor = Slow()
    started = time.monotonic()
    with pytest.raises(scenarios.ScenarioError):
        run(DESK, 5, executor=executor)
    assert time.monotonic() - started < 5
    assert all(future.cancelled() for future in executor.futures[1:])
