"""What several routes take and give."""

from typing import Annotated

from litestar.params import QueryParameter

PDF = "application/pdf"

StockParameter = Annotated[str, QueryParameter(max_length=40)]
Dpi = Annotated[int | None, QueryParameter(ge=150, le=1200)]
OffsetParameter = Annotated[float, QueryParameter(ge=-15, le=15)]
ScaleParameter = Annotated[float, QueryParameter(ge=0.9, le=1.1)]
