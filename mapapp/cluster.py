"""A private PostGIS cluster: a server of our own on a Unix socket, started and stopped with the product.

Used by the command line and by the tests; standard library only, Linux.
Nothing listens on TCP; whoever may enter the cluster's directory may connect: its owner, and root.
As root the PostgreSQL programs, and only they, run as the account ``postgres``.
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import pwd
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from mapapp.postgres import (
    ACCOUNT,
    OLDEST_MAJOR,
    UNPACKED_PACKAGES,
    ClusterError,
    ServerBinaries,
    ServerFailed,
    ServerNotFound,
    can_enter,
    find_server,
    server_account,
    works_in,
)

SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # sockaddr_un.sun_path, less the closing NUL
STATE_OF_ROOT = Path("/var/lib/mapapp")
PATIENCE_S = 60

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",  # PostGIS cost estimates trigger compilation that doubles a tile's time
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # DETAIL repeats values of rows: personal data stays out of logs
}
WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

__all__ = ["Cluster", "ClusterError", "ServerBinaries", "find_server", "throwaway_cluster"]
log = logging.getLogger(__name__)


class Cluster:
    """A PostgreSQL data directory with its server, socket and log.

    Where root asks for a ``directory`` that the server's account cannot enter, the cluster lies in
    /var/lib/mapapp and ``directory`` becomes a link to it: nothing is opened for others.
    ``home`` is where it really is.
    Without ``durable`` a power cut may spoil the data: for tests.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory.absolute()
        self.durable = durable
        self._account = server_account()
        self.home = _home_for(self.directory, self._account)
        self._unfinished = self.home.with_name(self.home.name + ".new")
        # beside the data, out of the reach of the server's account: root trusts what they say
        self._lock = self.directory.with_name(self.directory.name + ".lock")
        self._note = self.directory.with_name(self.directory.name + ".socket")

    def is_running(self) -> bool:
        """Whether the server of this cluster is alive."""
        return self._postmaster() is not None

    def ensure_started(self) -> bool:
        """Start the server unless it runs, and create the cluster first if need be; True if this call did.

        Recovers after a crash. Raises ServerNotFound and ServerFailed.
        """
        with _locked(self._lock):
            return self._start()

    def stop(self) -> None:
        """Stop the server if it runs; its connections are closed."""
        with _locked(self._lock):
            self._stop()

    def remove(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        with _locked(self._lock):
            self._remove()

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database of this cluster."""
        return f"postgresql+psycopg://{SUPERUSER}@/{quote(database)}?host={quote(str(self._sockets()), safe='')}"

    def ensure_database(self, name: str, template: str = "template1") -> bool:
        """Create the database unless it exists; True if this call created it."""
        login = ("-h", str(self._sockets()), "-U", SUPERUSER, "-w")
        with _locked(self._lock):
            names = self._run("psql", *login, "-d", "postgres", "-XAtc", "select datname from pg_database")
            if name in names.splitlines():
                return False
            self._run("createdb", *login, "-T", template, name)
            return True

    def _start(self) -> bool:
        if self.is_running():
            return False
        if not (self.home / "PG_VERSION").exists():
            self._create()
        self._end_orphans()
        values = SETTINGS | ({} if self.durable else WITHOUT_DURABILITY)
        values |= {"unix_socket_directories": f'"{self._make_sockets()}"'}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in values.items())
        log_file = self.home / "server.log"
        try:
            self._run("pg_ctl", "start", *self._ctl(), "-l", str(log_file), "-o", options)
        except ServerFailed as failure:
            last_words = log_file.read_text(errors="replace").splitlines()[-10:] if log_file.exists() else []
            raise ServerFailed("\n  ".join([str(failure), f"the end of {log_file}:", *last_words])) from None
        return True

    def _create(self) -> None:
        """``initdb`` in a directory that gets its name only when it is whole."""
        self._server()
        _make_way(self.home)
        if self.home != self.directory.resolve():
            log.info("%s is closed to %s: the cluster goes to %s", self.directory, ACCOUNT, self.home)
            _make_way(self.directory)
            self.directory.symlink_to(self.home)
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._make_directory(self._unfinished)
        options = ["--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8"]
        options += ["--locale-provider=icu", "--icu-locale=pl-PL"]
        options += [f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"]
        options += [] if self.durable else ["--no-sync"]
        self._run("initdb", "-D", str(self._unfinished), *options)
        self._unfinished.rename(self.home)

    def _stop(self) -> None:
        if not self.is_running():
            return
        try:
            self._run("pg_ctl", "stop", *self._ctl(), "-m", "fast")
        except ServerFailed:
            if self.is_running():  # otherwise it died by itself meanwhile
                raise

    def _ctl(self) -> list[str]:
        return ["-D", str(self.home), "-w", "-t", str(PATIENCE_S)]

    def _remove(self) -> None:
        self._stop()
        if self._note.exists():
            shutil.rmtree(self._sockets(), ignore_errors=True)
            self._note.unlink()
        for path in (self.home, self._unfinished):
            if path.exists():
                shutil.rmtree(path)
        if self.directory.is_symlink():
            self.directory.unlink()

    def _postmaster(self) -> int | None:
        """The process id of the live server; None where there is none, or only the file that a crash left."""
        try:
            pid = int((self.home / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if works_in(pid, self.home) else None

    def _end_orphans(self) -> None:
        """End what a killed server left: children that may still write, files that may name a stranger.

        PostgreSQL refuses to start while any is there.
        """
        processes = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        orphans = [pid for pid in processes if works_in(pid, self.home)]
        for ending in (None, signal.SIGQUIT, signal.SIGKILL):  # most see by themselves that they are orphans
            deadline = time.monotonic() + 1
            for pid in orphans if ending else []:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, ending or 0)
            while orphans and time.monotonic() < deadline:
                time.sleep(0.02)
                orphans = [pid for pid in orphans if works_in(pid, self.home)]
        (self.home / "postmaster.pid").unlink(missing_ok=True)
        (self._sockets() / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)

    def _sockets(self) -> Path:
        """The directory of the socket: the cluster's own where its name is short, else the one noted."""
        return Path(self._note.read_text()) if self._note.exists() else self.home

    def _make_sockets(self) -> Path:
        sockets = self._sockets()
        # to libpq a comma separates hosts
        fits = len(os.fsencode(sockets / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(sockets)
        if not fits or not sockets.is_dir():  # /tmp is swept now and then
            sockets = Path(tempfile.mkdtemp(prefix="mapapp-"))
            self._make_directory(sockets)
            self._note.write_text(str(sockets))
        return sockets

    def _make_directory(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _server(self) -> ServerBinaries:
        """The binaries that fit this cluster's data. Raises ServerNotFound."""
        version = self.home / "PG_VERSION"
        made_by = int(version.read_text()) if version.exists() else None
        server = find_server(made_by)
        if server is None:
            wanted = f"PostgreSQL {made_by}, which made {self.home}," if made_by else f"PostgreSQL ≥ {OLDEST_MAJOR}"
            raise ServerNotFound(f"{wanted} with PostGIS 3 is in neither /usr/lib/postgresql nor {UNPACKED_PACKAGES}")
        return server

    def _run(self, program: str, *arguments: str) -> str:
        return self._server().run(program, *arguments, account=self._account)


@contextlib.contextmanager
def throwaway_cluster(directory: Path) -> Iterator[Cluster]:
    """A running cluster for tests: new for the first that enters, shared in between, gone with the last.

    Several processes (pytest-xdist) may enter the same ``directory``. What a killed one leaves, the next
    removes.
    """
    cluster = Cluster(directory, durable=False)
    gate = directory.absolute().with_name(directory.name + ".gate")
    gate.parent.mkdir(parents=True, exist_ok=True)
    with gate.with_suffix(".users").open("a") as users:
        with _locked(gate):
            if _try_lock(users):
                cluster.remove()
            cluster.ensure_started()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield cluster
        finally:
            with _locked(gate):
                if _try_lock(users):
                    cluster.remove()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone among the processes that use this lock file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _home_for(directory: Path, account: pwd.struct_passwd | None) -> Path:
    """``directory``, or its own place in /var/lib/mapapp where the account cannot get at ``directory``."""
    place = directory.resolve()
    if account is None or can_enter(account, next(path for path in place.parents if path.exists())):
        return place
    if not STATE_OF_ROOT.exists():
        STATE_OF_ROOT.mkdir()
        STATE_OF_ROOT.chmod(0o755)
    return STATE_OF_ROOT / f"{directory.name}-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]}"


def _make_way(path: Path) -> None:
    """Let a cluster take the place of an empty folder; of nothing else. Raises ClusterError."""
    if path.exists():
        try:
            path.rmdir()
        except OSError as error:
            raise ClusterError(f"{path} is in the way of a cluster: it is neither empty nor a cluster") from error
