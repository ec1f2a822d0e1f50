"""In which order a list stands: a closed set of orders, each with the key from which a cursor goes on."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Key = tuple[Any, ...] | int  # the order, the values by which it sorts, the row's number; or that number alone


class By(NamedTuple):
    """The columns of an order, never null; their values of one row; the types of these."""

    columns: tuple[Column, ...]
    values: Callable[[Any], tuple[Any, ...]]
    types: tuple[type, ...]


class Orders:
    """The orders of one kind of rows, by name; a minus before the name turns one round. Rows that are alike stand by their `number`.

    A cursor of the order `by_number` is the row's number alone.
    """

    def __init__(self, number: Column, by: Mapping[str, By], *, by_number: str = "") -> None:
        self._number = number
        self._by = by
        self._by_number = by_number

    def key(self, order: str) -> Callable[[Any], Key]:
        """The key of any row in this order."""
        if order == self._by_number:
            return lambda row: int(row.id)
        values = self._of(order).values
        return lambda row: (str(order), *values(row), row.id)

    def cursor(self, order: str) -> Any:
        """The type of a cursor of this order; a cursor of another order is none."""
        if order == self._by_number:
            return int
        named: Any = Literal
        parts: Any = (named[str(order)], *self._of(order).types, int)
        return tuple.__class_getitem__(parts)

    def sorted(self, found: Select[Any], order: str, *, beyond: Key | None, backwards: bool = False) -> Select[Any]:
        """The rows in this order that stand beyond the one with the key `beyond`: behind it or, `backwards`, before it, the nearest first."""
        columns = (*self._of(order).columns, self._number)
        is_down = order.startswith("-") is not backwards
        if beyond:
            mark = tuple_(*columns)
            values = (beyond,) if isinstance(beyond, int) else beyond[1:]
            bound: Any = tuple_(*values, types=[column.type for column in columns])
            found = found.where(mark < bound if is_down else mark > bound)
        return found.order_by(*(column.desc() if is_down else column for column in columns))

    def _of(self, order: str) -> By:
        return self._by[order.removeprefix("-")]
