"""The ids of acts already carried out."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from assets_service.kernel.db import Record


class Action(Record):
    """An action id, what it stands for, and the result it had: the same id never acts twice. Kept 400 days.

    `result` is null while the act is under way; who sees that row sees a transaction that has not ended.
    """

    __tablename__ = "actions"
    __table_args__ = (Index("ix_actions_created_at", "created_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int | None]
    act: Mapped[str] = mapped_column(String(60))
    content_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
