"""What all tables have in common."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, Dialect, ForeignKey, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from imu.store.times import Moment

Json = JSON().with_variant(JSONB(), "postgresql")


class JsonOrText(TypeDecorator[Any]):
    """JSON; what is none any more comes as the text that it is, so that one damaged row closes no story."""

    impl = Json
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        read = super().result_processor(dialect, coltype)

        def whole(value: Any) -> Any:
            try:
                return value if read is None else read(value)
            except ValueError:
                return value

        return whole


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


Id = Annotated[str, mapped_column(String(32), primary_key=True)]
OfAthlete = Annotated[str, mapped_column(String(32), ForeignKey("athlete.athlete_id", ondelete="CASCADE"))]
