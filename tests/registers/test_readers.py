"""Files as tables, whatever encoding and separator an office program chose."""

from pathlib import Path

import pytest

from mapapp.registers import readers
from mapapp.registers.encodings import decode
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.readers import read_table

HEADER = ("nazwa", "miejscowość", "uwagi")
ROWS = (
    ("Gminny Ośrodek Pomocy Społecznej w Żółkiewce", "Żółkiewka – „Źródła”", "pierwsza\r\ndruga"),
    ("Ośrodek Ćma", "Święta Łąka", 'w "cudzysłowie"; i, przecinek'),
)


def csv_text(separator: str, newline: str = "\r\n") -> str:
    def cell(text: str) -> str:
        return '"{}"'.format(text.replace('"', '""').replace("\r\n", newline))

    return newline.join(separator.join(map(cell, row)) for row in (HEADER, *ROWS)) + newline


def written(folder: Path, content: bytes) -> Path:
    path = folder / "plik.csv"
    path.write_bytes(content)
    return path


def without_typography(text: str) -> str:
    return text.replace("–", "-").replace("„", "'").replace("”", "'")


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "iso8859-2", "cp852"]
)
def test_reads_the_right_text(tmp_path: Path, encoding: str, separator: str, newline: str) -> None:
    text = csv_text(separator, newline)
    plain = encoding in {"iso8859-2", "cp852"}
    table = read_table(written(tmp_path, (without_typography(text) if plain else text).encode(encoding)))
    assert table.separator == separator
    expected = [without_typography(cell) if plain else cell for row in ROWS for cell in row]
    assert [cell.replace(newline, "\r\n") for row in table.rows for cell in row.cells.values()] == expected
    assert table.columns == HEADER
    assert [row.line for row in table.rows] == [2, 4]


def test_tells_the_polish_code_pages_apart() -> None:
    text = "Zażółć gęślą jaźń; Ośrodek w Świątnikach; ŹDŹBŁO"
    for encoding in ("cp1250", "iso8859-2", "cp852"):
        assert decode(text.encode(encoding)).encoding == encoding
        assert decode(text.encode(encoding)).text == text


def test_asks_rather_than_garbles_what_is_no_polish_text(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="kodowania"):
        read_table(written(tmp_path, "имя;город\r\nПриклад;Київ".encode("cp1251")))
    with pytest.raises(UnreadableFileError, match="nie pasuje"):
        read_table(written(tmp_path, "\ufeffnazwa".encode() + b"\xff\xfe"))


def test_counts_lines_through_cells_of_many_lines(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, b'a,b\n1,"x\ny\nz"\n\n2,w\n3\n4,"\n"\n'))
    assert [row.line for row in table.rows] == [2, 6, 8]
    assert [(each.line, each.message) for each in table.rejected] == [(7, "liczba pól: 1, a w nagłówku: 2")]


def test_refuses_a_row_with_a_nul_or_a_giant_cell_and_keeps_the_others(tmp_path: Path) -> None:
    giant = "x" * (readers.LONGEST_CELL + 1)
    table = read_table(written(tmp_path, f"a,b\n1,z\x00\n2,{giant}\n3,dobry\n".encode()))
    assert [row.cells["a"] for row in table.rows] == ["3"]
    assert [(each.line, each.field, each.value[:4]) for each in table.rejected] == [(2, "b", "z?"), (3, "b", "xxxx")]


def test_says_where_a_quote_was_left_open(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, b'a,b\n1,x\n2,"y\n3,z\n'))
    assert [row.line for row in table.rows] == [2]
    assert [(each.line, "nie jest zamknięty" in each.message) for each in table.rejected] == [(3, True)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "pusty"),
        (b"PK\x03\x04rest", "skoroszyt"),
        (b"\xd0\xcf\x11\xe0rest", "skoroszyt"),
        (b"a,b,A\n1,2,3\n", "powtarza kolumny: a"),
    ],
)
def test_refuses_a_file_that_is_no_table(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        read_table(written(tmp_path, content))


def test_refuses_a_file_above_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_ROWS", 3)
    with pytest.raises(UnreadableFileError, match="ponad 3 wierszy"):
        read_table(written(tmp_path, b"a\n1\n2\n3\n4\n"))
    monkeypatch.setattr(readers, "LARGEST_FILE_MB", 0)
    with pytest.raises(UnreadableFileError, match="większy"):
        read_table(written(tmp_path, b"a\n1\n"))


def test_survives_every_truncation_of_a_good_file(tmp_path: Path, shared: Path) -> None:
    content = (shared / "registers" / "ops_malopolska_geo.csv").read_bytes()
    for percent in range(1, 100, 3):
        cut = content[: len(content) * percent // 100]
        try:
            table = read_table(written(tmp_path, cut))
        except UnreadableFileError:
            continue  # cut inside a letter
        assert len(table.rejected) <= 1
