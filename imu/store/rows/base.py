"""What all tables have in common."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from unicodedata import category

from sqlalchemy import JSON, Dialect, ForeignKey, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from imu.store.times import Moment

Json = JSON().with_variant(JSONB(), "postgresql")


class Row(DeclarativeBase):
    # Every constraint has a name, so that a migration can speak of it on every database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment(),
        dict[str, Any]: Json,
        list[str]: Json,
        list[dict[str, Any]]: Json,
    }


class Said(TypeDecorator[str]):
    """What a person wrote, without control characters: a terminal would obey those of somebody else, and
    PostgreSQL keeps no NUL. Lines and tabs stay."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else "".join(c for c in value if c in "\n\t" or category(c) != "Cc")


Word = Annotated[str, mapped_column(Said(80))]
Sentences = Annotated[str, mapped_column(Said())]
Id = Annotated[str, mapped_column(String(32), primary_key=True)]
OfAthlete = Annotated[str, mapped_column(String(32), ForeignKey("athlete.athlete_id", ondelete="CASCADE"))]
