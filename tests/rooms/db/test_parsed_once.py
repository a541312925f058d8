"""SQLite parses a statement once, whatever values it is then run with."""

from pathlib import Path

import apsw
import pytest

from sandyq.db.sqlite_tx import connect


@pytest.mark.parametrize("end", ["ORDER BY b", "ORDER BY b DESC LIMIT ?"])
def test_another_value_does_not_have_a_statement_parsed_again(tmp_path: Path, end: str) -> None:
    made = connect(tmp_path / "durable.db")
    made.execute("CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b))").fetchall()
    sql = f"SELECT a, b FROM t WHERE a = ? {end}"
    parsed: list[object] = []

    def asked(*what: object) -> int:
        parsed.append(what)
        return int(apsw.SQLITE_OK)

    made.authorizer = asked
    made.execute(sql, ("one", 1)[: sql.count("?")]).fetchall()
    assert parsed
    parsed.clear()
    made.execute(sql, ("two", 2)[: sql.count("?")]).fetchall()
    assert parsed == []
    made.close()
