"""Reports made on the machines of a Dask cluster: an order goes out as a task, released pages come back as bytes.

What leaves this machine are the settings and paths in an order; what comes back is only what a reader may see. A task
whose Dask worker dies is given to another by Dask itself, as often as its `allowed-failures` says (three times, unless
set otherwise); a report that fails for its own reason is an answer like any other, and is not tried again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import queue
import re
import time
import uuid
from collections.abc import Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from hgeval import looks
from hgeval.errors import ParameterError, ReportError
from hgeval.press import machine, pool, station
from hgeval.types import Record

if TYPE_CHECKING:
    from distributed import Client, Future

Done: TypeAlias = "queue.SimpleQueue[Future[Any]]"
CONNECT = 10  # seconds to reach the scheduler
PATIENCE = 120.0  # seconds without any worker, after which what is left fails
_LOOK = 2.0  # seconds between two looks whether there is a worker
_FETCH = 30  # seconds to bring the files of a report here
_END = 20  # seconds for the workers to let go
_ADDRESS = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}")

NO_WORKER = (
    "het cluster had {patience:.0f} seconden lang geen enkele worker. Start workers (dask worker ADRES) en bouw "
    "opnieuw: wat al gemaakt is, blijft."
)
LOST = "de verbinding met de scheduler is verbroken. Kijk of hij nog draait en bouw opnieuw: wat al gemaakt is, blijft."
DIED = "elke worker die dit rapport maakte, is onverwacht gestopt. Was het geheugen vol? Start de workers opnieuw."
OTHER = "op een machine van het cluster is hgeval niet of anders geïnstalleerd. Start de workers uit dezelfde omgeving."


@contextmanager
def reached(address: str | None) -> Iterator[Client | None]:
    """A client of the scheduler at this address, closed afterwards; None where no address was given.

    Raises ParameterError for an address that is none or without the packages, ReportError where nobody answers.
    """
    if address is None:
        yield None
        return
    if not _ADDRESS.fullmatch(address):
        raise ParameterError(
            "het adres van de scheduler is onbekend van vorm. Verwacht: tcp://machine:8786 of tls://machine:8786."
        )
    client = _client(address)
    try:
        yield client
    finally:
        with suppress(OSError, CancelledError):
            client.close(timeout=CONNECT)


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError(
            "bouwen op een cluster vraagt de pakketten dask en distributed. Installeer ze met: "
            "pip install 'hgeval[cluster]' (vanuit deze map: pip install -e '.[cluster]')."
        ) from None
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what goes wrong, our own errors say
    try:
        _greet(address)
        return Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as fault:  # what distributed raises, also for a certificate
        raise ReportError(
            f"de scheduler op {address} geeft geen antwoord ({type(fault).__name__}). Kijk of hij draait (dask "
            "scheduler), of het adres klopt, en bij tls:// of de certificaten in uw instellingen van Dask staan."
        ) from None


def _greet(address: str) -> None:
    """Try the connection once: a client whose own attempt fails goes on in the background, and prints a traceback."""
    from distributed import Security
    from distributed.comm.core import connect
    from distributed.utils import LoopRunner

    async def greet() -> None:
        comm = await connect(address, timeout=CONNECT, **Security().get_connection_args("client"))
        await comm.close()

    runner = LoopRunner()
    try:
        runner.run_sync(greet)
    finally:
        runner.stop()


def run(
    orders: list[dict[str, Any]], *, client: Client, study: str, limit: float, warm: bool = True
) -> Generator[tuple[Record, Record]]:
    """Every order with its answer, as they come. Nothing keeps running once the caller stops asking.

    study: its digest. The files of a good report lie in the `staged` folder of its order.
    """
    build = uuid.uuid4().hex
    done: Done = queue.SimpleQueue()
    waiting: dict[str, Record] = {}
    futures: list[Future[Any]] = []
    try:
        expected = machine.installed() | {"study": study}
        for order in orders:
            asked = order | {"expected": expected | {"notebook": looks.digest(order["notebook"])}}
            future = client.submit(
                station.make, json.dumps(asked),
                build=build, limit=limit, warm=warm, key=f"hgeval-{build}-{order['number']}", pure=False,
            )
            waiting[str(future.key)] = order
            futures.append(future)
            future.add_done_callback(done.put)
        yield from _answers(client, waiting, done)
    finally:
        _let_go(client, futures, build)


def _answers(client: Client, waiting: dict[str, Record], done: Done) -> Iterator[tuple[Record, Record]]:
    seen = time.monotonic()
    while waiting:
        try:
            future = done.get(timeout=_LOOK)
        except queue.Empty:
            if _has_worker(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > PATIENCE:
                yield from ((order, pool.failed(NO_WORKER.format(patience=PATIENCE))) for order in waiting.values())
                return
            continue
        answer = _answer(future)
        if answer is None:
            future.add_done_callback(done.put)
            continue
        seen = time.monotonic()
        order = waiting.pop(str(future.key))
        yield order, _written(order, answer)
        future.release()


def _has_worker(client: Client) -> bool:
    with suppress(Exception, CancelledError):  # a scheduler that does not answer has none for us
        scheduler = client.scheduler
        return scheduler is not None and bool(client.sync(scheduler.ncores, callback_timeout=CONNECT))
    return False


def _answer(future: Future[Record]) -> Record | None:
    """What a task answered; None where the worker died with the answer, so that another makes it again."""
    from distributed import KilledWorker

    try:
        found: Record = future.result(timeout=_FETCH)
        return found
    except CancelledError:
        return pool.failed(LOST)
    except KilledWorker:
        return pool.failed(DIED)
    except (ImportError, AttributeError):
        return pool.failed(OTHER)
    except Exception as fault:  # its text may hold anything
        if isinstance(fault, TimeoutError) and future.status != "error":
            return None
        return pool.failed(f"onverwachte fout op het cluster: {type(fault).__name__}. {OTHER}")


def _written(order: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, with its files in the staging folder: those that were asked for, whole, and no other."""
    content = answer.pop("content", {})
    if answer["status"] != "ok":
        return answer
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    if digests != answer["files"] or set(digests) != set(order["files"].values()):
        return pool.failed("de bestanden van dit rapport zijn niet heel overgekomen. Bouw opnieuw.")
    try:
        for name, data in content.items():
            path = Path(order["staged"]) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as fault:
        return pool.failed(f"kan niet schrijven of lezen ({fault.strerror}).")
    return answer


def _let_go(client: Client, futures: list[Future[Any]], build: str) -> None:
    """Tell the scheduler and every worker that nobody waits any more."""

    async def end() -> None:
        await client.cancel(futures)
        await client.run(station.end, build, on_error="ignore")

    with suppress(Exception, CancelledError):  # without a scheduler, the workers notice for themselves
        client.sync(end, callback_timeout=_END)
