"""One key of a JSON object that is kept as text, the same on both databases: for an index, and for what asks by it."""

from typing import Any

from sqlalchemy import Text, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class json_text(FunctionElement[str]):  # noqa: N801 - reads as the function it is
    """The text under `key` of the object in a column; null where the key is absent or says null."""

    type = Text()
    inherit_cache = True

    def __init__(self, column: Any, key: str) -> None:
        """The text under `key`, a word of our code and never a person's: it stands in the statement as it stands in the index."""
        super().__init__(column, literal_column(key))


@compiles(json_text, "sqlite")
def _for_sqlite(element: json_text, compiler: SQLCompiler, **how: Any) -> str:
    column, key = (compiler.process(clause, **how) for clause in element.clauses)
    return f"CAST(json_extract({column}, '$.{key}') AS TEXT)"  # without the cast the index on a column of text could not be used


@compiles(json_text, "postgresql")
def _for_postgresql(element: json_text, compiler: SQLCompiler, **how: Any) -> str:
    column, key = (compiler.process(clause, **how) for clause in element.clauses)
    return f"""((({column})::json ->> '{key}') COLLATE "C")"""  # as codes are compared
