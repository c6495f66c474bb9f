import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from mapapp import cluster as clusters
from mapapp.cluster import Cluster, throwaway_cluster
from mapapp.postgres import AccountNotFound, ClusterError, ServerBinaries, ServerFailed, ServerNotFound

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module", autouse=True)
def state_of_root() -> Iterator[None]:
    """Where root's clusters go from pytest's closed folders; empty in the end, or a test left something."""
    folder = Path(f"/var/tmp/mapapp-tests-{os.getpid()}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "STATE_OF_ROOT", folder)
        yield
    if os.geteuid() == 0:
        assert list(folder.iterdir()) == []
        folder.rmdir()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A started cluster for tests that leave it running."""
    cluster = Cluster(tmp_path_factory.mktemp("running") / "cluster", durable=False)
    cluster.ensure_started()
    yield cluster
    cluster.remove()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "cluster", durable=False)
    yield cluster
    cluster.remove()


def ask(cluster: Cluster, question: str, database: str = "postgres") -> object:
    engine = create_engine(cluster.url(database), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(question))
            return answer.scalar() if answer.returns_rows else None
    finally:
        engine.dispose()


def kill(cluster: Cluster) -> None:
    pid = int((cluster.home / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    until(lambda: not cluster.is_running())


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(0.01)


def test_starts_once_and_says_so(cluster: Cluster) -> None:
    assert not cluster.is_running()
    assert cluster.ensure_started() is True
    assert cluster.ensure_started() is False
    assert cluster.is_running()


def test_is_a_cluster_with_checksums_polish_collation_and_no_tcp(running: Cluster) -> None:
    settings = {
        name: ask(running, f"select setting from pg_settings where name = '{name}'")
        for name in ("data_checksums", "listen_addresses", "jit", "server_encoding", "log_error_verbosity", "fsync")
    }
    assert settings == {
        "data_checksums": "on",
        "listen_addresses": "",
        "jit": "off",
        "server_encoding": "UTF8",
        "log_error_verbosity": "terse",
        "fsync": "off",
    }
    letters = "select string_agg(letter, '' order by letter) from unnest(array['z', 'ł', 'l', 'ą', 'b', 'm']) as letter"
    assert ask(running, letters) == "ąblłmz"


def test_keeps_what_was_committed_where_it_is_durable(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "durable")
    try:
        cluster.ensure_started()
        assert ask(cluster, "select setting from pg_settings where name = 'fsync'") == "on"
        ask(cluster, "create table kept as select 1 as n")
        kill(cluster)
        assert cluster.ensure_started() is True
        assert ask(cluster, "select n from kept") == 1
    finally:
        cluster.remove()


def test_starts_again_after_its_server_was_killed_with_a_query_running(cluster: Cluster) -> None:
    cluster.ensure_started()
    engine = create_engine(cluster.url("postgres"), poolclass=NullPool)
    with engine.connect() as connection:
        backend = connection.execute(text("select pg_backend_pid()")).scalar_one()
        # a process that does not notice that its server is gone, as in a long computation
        os.kill(backend, signal.SIGSTOP)
        try:
            kill(cluster)
            assert cluster.ensure_started() is True
        finally:
            connection.invalidate()
    assert ask(cluster, "select 1") == 1


def test_overlooks_a_pid_file_that_names_a_strangers_process(cluster: Cluster) -> None:
    cluster.ensure_started()
    kill(cluster)
    pid_file = cluster.home / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    assert not cluster.is_running()
    assert cluster.ensure_started() is True


def test_stops_and_starts_again_within_a_second(cluster: Cluster) -> None:
    cluster.ensure_started()
    cluster.stop()
    cluster.stop()  # of what is stopped does no harm
    assert not cluster.is_running()
    assert not (cluster.home / "postmaster.pid").exists()
    assert not list(cluster.home.glob(".s.PGSQL*"))
    start = time.monotonic()
    cluster.ensure_started()
    assert time.monotonic() - start < 1


def test_leaves_nothing_of_its_own_when_removed(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "cluster", durable=False)
    cluster.ensure_started()
    cluster.remove()
    assert not cluster.home.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["cluster.lock"]


def test_makes_a_database_once(running: Cluster) -> None:
    assert running.ensure_database("mapa regionu") is True
    assert running.ensure_database("mapa regionu") is False
    assert ask(running, "select current_database()", "mapa regionu") == "mapa regionu"


def test_makes_a_database_after_a_template(running: Cluster) -> None:
    running.ensure_database("first")
    ask(running, "create table copied as select 7 as n", "first")
    running.ensure_database("second", template="first")
    assert ask(running, "select n from copied", "second") == 7


def test_has_postgis_and_the_dictionary_it_claims(running: Cluster) -> None:
    ask(running, "create extension postgis")
    assert str(ask(running, "select postgis_lib_version()")).startswith("3.")
    server = clusters.find_server()
    assert server is not None
    if not server.has_dictionary("pl_pl"):
        pytest.skip("the package hunspell-pl is not installed")
    ask(running, "create text search dictionary polish (template = ispell, dictfile = pl_pl, afffile = pl_pl)")
    assert ask(running, "select ts_lexize('polish', 'opiekuńczych')") == ["opiekuńczy"]


def test_puts_the_socket_elsewhere_where_the_path_is_too_long(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / ("long-" + "x" * 100), durable=False)
    try:
        cluster.ensure_started()
        sockets = Path((tmp_path / f"{cluster.directory.name}.socket").read_text())
        assert sockets.stat().st_mode & 0o077 == 0
        assert ask(cluster, "select 1") == 1
        # another process finds it too, and a restart keeps it
        assert Cluster(cluster.directory).url("postgres") == cluster.url("postgres")
        cluster.stop()
        cluster.ensure_started()
        assert Path((tmp_path / f"{cluster.directory.name}.socket").read_text()) == sockets
    finally:
        cluster.remove()
    assert not sockets.exists()


def test_makes_a_new_socket_folder_where_the_old_was_swept_away(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "with,comma" / ("x" * 90), durable=False)
    try:
        cluster.ensure_started()
        cluster.stop()
        first = Path(cluster.directory.with_name(cluster.directory.name + ".socket").read_text())
        first.rmdir()
        cluster.ensure_started()
        assert ask(cluster, "select 1") == 1
    finally:
        cluster.remove()


def test_takes_the_place_of_an_empty_folder_only(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    cluster = Cluster(taken, durable=False)
    cluster.ensure_started()
    cluster.remove()
    taken.mkdir()
    (taken / "letter.txt").write_text("not a cluster")
    with pytest.raises(ClusterError, match="neither empty nor a cluster"):
        Cluster(taken, durable=False).ensure_started()
    assert (taken / "letter.txt").exists()


def test_says_why_the_server_did_not_start(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(clusters.SETTINGS, "shared_buffers", "nonsense")
    with pytest.raises(ServerFailed, match="shared_buffers"):
        cluster.ensure_started()


def test_says_that_the_server_is_missing(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "find_server", lambda major=None: None)
    with pytest.raises(ServerNotFound, match="PostgreSQL ≥ 15 with PostGIS 3"):
        cluster.ensure_started()


def test_names_the_version_that_made_the_data(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.ensure_started()
    cluster.stop()
    made_by = (cluster.home / "PG_VERSION").read_text().strip()
    with monkeypatch.context() as patch:
        patch.setattr(clusters, "find_server", lambda major=None: None)
        with pytest.raises(ServerNotFound, match=f"PostgreSQL {made_by}, which made"):
            cluster.ensure_started()


def test_is_shared_by_those_who_enter_and_gone_with_the_last(tmp_path: Path) -> None:
    with throwaway_cluster(tmp_path / "shared") as first:
        first.ensure_database("theirs")
        with throwaway_cluster(tmp_path / "shared") as second:
            assert second.ensure_database("theirs") is False
        assert first.is_running()
    assert not first.is_running()
    assert not first.home.exists()


def test_begins_anew_after_a_user_was_killed(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from mapapp import cluster as c\n"
        "c.STATE_OF_ROOT = Path(sys.argv[2])\n"
        "with c.throwaway_cluster(Path(sys.argv[1])) as cluster:\n"
        "    cluster.ensure_database('left')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "shared"), str(clusters.STATE_OF_ROOT)]
    killed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with throwaway_cluster(tmp_path / "shared") as cluster:
        assert cluster.ensure_database("left") is True


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")
def test_runs_the_server_as_postgres_and_links_to_where_it_may_be(cluster: Cluster) -> None:
    cluster.ensure_started()  # pytest's folders are closed to others
    assert cluster.directory.is_symlink()
    assert cluster.directory.resolve() == cluster.home
    assert cluster.home.owner() == "postgres"
    assert cluster.home.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_says_which_account_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(AccountNotFound, match="no account postgres"):
        Cluster(tmp_path / "cluster")


def tree(root: Path, major: int, *, with_postgis: bool = True) -> None:
    programs = root / f"usr/lib/postgresql/{major}/bin"
    programs.mkdir(parents=True)
    (programs / "initdb").touch()
    extension = root / f"usr/share/postgresql/{major}/extension"
    extension.mkdir(parents=True)
    if with_postgis:
        (extension / "postgis.control").touch()


def test_finds_the_newest_server_that_has_postgis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for major, with_postgis in ((14, True), (15, True), (16, True), (17, False)):
        tree(tmp_path, major, with_postgis=with_postgis)
    monkeypatch.setenv("MAPAPP_SYSTEM_PACKAGES", "no")
    monkeypatch.setattr("mapapp.postgres.UNPACKED_PACKAGES", tmp_path)
    found = clusters.find_server()
    assert isinstance(found, ServerBinaries)
    assert found.major == 16
    assert not found.has_dictionary("pl_pl")
    assert str(tmp_path) in found.environment["PROJ_LIB"]
    older = clusters.find_server(15)
    assert older is not None
    assert older.major == 15
    assert clusters.find_server(14) is None  # too old for ICU collations
