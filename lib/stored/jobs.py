"""Many long jobs on several machines or processors: each done, each once.

Every result is a file as soon as it is there. What was interrupted goes on
where it was; a worker that dies loses the job in its hands to another.
"""

import hashlib
import json
import os
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dask.distributed import Client, LocalCluster, as_completed


def run_jobs(
    function: Callable[..., Any],
    jobs: Mapping[Hashable, Mapping[str, Any]],
    folder: Path,
    *,
    version: str,
    scheduler: str | None = None,
    workers: int = 2,
) -> Iterator[tuple[Any, Any]]:
    """The name and the result of each job, in the order they are done in.

    Args:
        function: A job's arguments to its result, which JSON can hold. It is
            called in other processes, which must be able to import it.
        jobs: Name -> keyword arguments, which JSON can hold.
        folder: Where results are kept. Those of the same function, arguments
            and version are there already: they come first, and nothing is
            computed for them.
        version: Of all that the results depend on beside the arguments.
        scheduler: Address of a Dask scheduler, as "tcp://127.0.0.1:8786";
            None starts workers here, and ends them.
        workers: How many are started here, of one thread each.

    Returns:
        An iterator; jobs are given to workers when it is first pulled, and
        those not done are taken back when it is closed.

    Raises:
        ValueError: If `workers` is below 1.
        Exception: What a job raised, or distributed.KilledWorker if four
            workers died over one job. What was done until then is kept.
    """
    if workers < 1:
        raise ValueError(f"workers must be 1 or more, got {workers}")
    return _results(function, jobs, folder, version, scheduler, workers)


def _results(
    function: Callable[..., Any],
    jobs: Mapping[Hashable, Mapping[str, Any]],
    folder: Path,
    version: str,
    scheduler: str | None,
    workers: int,
) -> Iterator[tuple[Any, Any]]:
    """What is there already, then what has to be done."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {
        name: folder / f"{_key(function, arguments, version)}.json"
        for name, arguments in jobs.items()
    }
    left = {name for name in jobs if not paths[name].is_file()}
    for name in jobs.keys() - left:
        yield name, json.loads(paths[name].read_text("utf8"))
    if not left:
        return
    with _client(scheduler, workers) as client:
        futures = {
            client.submit(function, **jobs[name], key=paths[name].stem): name
            for name in jobs
            if name in left
        }
        for future in as_completed(futures):
            name, result = futures.pop(future), future.result()
            _write(paths[name], result)
            future.release()  # else done again if its worker dies later
            yield name, result


@contextmanager
def _client(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A way to the workers, which are on this machine if none are named."""
    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _key(
    function: Callable[..., Any], arguments: Mapping[str, Any], version: str
) -> str:
    """One for all that decides the result."""
    name = f"{function.__module__}.{function.__qualname__}"
    text = json.dumps([name, arguments, version], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _write(path: Path, result: Any) -> None:
    """The whole file or none, even if the machine stops here."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(result, allow_nan=False), "utf8")
    draft.replace(path)
