import os
from pathlib import Path

from setup.stamps import fingerprint, is_current, mark


def test_is_current_once_marked_and_until_its_source_changes(tmp_path: Path) -> None:
    source, product = tmp_path / "lock.txt", tmp_path / "product"
    source.write_text("flask==1")
    product.mkdir()
    assert not is_current(product, fingerprint(source))
    mark(product, fingerprint(source))
    assert is_current(product, fingerprint(source))
    source.write_text("flask==2")
    assert not is_current(product, fingerprint(source))


def test_is_not_current_once_the_product_is_gone(tmp_path: Path) -> None:
    assert not is_current(tmp_path / "gone", fingerprint("anything"))


def test_keeps_stamps_of_other_names_apart(tmp_path: Path) -> None:
    mark(tmp_path, fingerprint("a"), "runtime")
    assert is_current(tmp_path, fingerprint("a"), "runtime")
    assert not is_current(tmp_path, fingerprint("a"), "development")


def test_overlooks_a_file_s_date(tmp_path: Path) -> None:
    source = tmp_path / "lock.txt"
    source.write_text("same")
    before = fingerprint(source)
    os.utime(source, (0, 0))
    assert fingerprint(source) == before


def test_tells_sources_apart_that_join_to_the_same_text() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
