"""Whether this process can serve: for whoever watches over it. It says nothing about what is stored."""

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from dashboard import desk


def register(server: Flask) -> None:
    @server.get("/healthz")
    def health() -> tuple[str, int]:
        try:
            with desk.store().engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return "the database does not answer", 503
        return "ok", 200
