"""The routes as an OpenAPI document: paths as data, shapes from the types that are read and answered."""

from functools import cache
from typing import Any

import msgspec

import imu
from dashboard.api import shapes
from imu.store.uploads import LARGEST_PIECE

_HEX = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_PIECE = {"type": "string", "format": "binary", "minLength": 1, "maxLength": LARGEST_PIECE}


def _of(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str, words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _of(name)}}}


def _file(media_type: str, words: str) -> dict[str, Any]:
    schema = {"type": "string", "format": "binary"}
    return {"description": words, "content": {media_type: {"schema": schema}}}


def _path(name: str, schema: dict[str, Any] = _HEX) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


_FAILURES = {
    "400": "What was sent is not what it should be: `invalid`.",
    "401": "No key of a device, or one that was removed: `unauthorized`.",
    "404": "It is not there, or not shared with this account: `not_found`.",
    "405": "There is no such method here: `method_not_allowed`.",
    "409": "A piece behind a gap, or not all is here: `out_of_step`, with `received`.",
    "413": "Larger than anything that is taken: `too_large`.",
    "422": "It cannot be kept as it is: `refused`, `not_as_announced`.",
}


def _operation(
    name: str,
    words: str,
    answers: dict[str, dict[str, Any]],
    *,
    fails: tuple[str, ...] = (),
    parameters: tuple[dict[str, Any], ...] = (),
    sends: tuple[str, dict[str, Any]] | None = None,
    for_all: bool = False,
) -> dict[str, Any]:
    told: dict[str, Any] = {"operationId": name, "summary": words}
    if parameters:
        told["parameters"] = list(parameters)
    if sends is not None:
        media_type, schema = sends
        told["requestBody"] = {"required": True, "content": {media_type: {"schema": schema}}}
    if for_all:
        told["security"] = []
    failures = {code: _json("Failure", _FAILURES[code]) for code in (*(() if for_all else ("401",)), *fails)}
    told["responses"] = {**answers, **failures}
    return told


_UPLOAD, _JOB, _RUN = _path("upload_id"), _path("job_id"), _path("run_id")
_OFFSET = _path("offset", {"type": "integer", "minimum": 0})
_BODY_FAILS = ("400", "404", "413", "422")

_PATHS: dict[str, dict[str, Any]] = {
    "/me": {"get": _operation("me", "Whose key this is, and whom it sees", {"200": _json("Me", "You.")})},
    "/uploads": {
        "post": _operation(
            "beginUpload",
            "Begin to send a recording, or go on: a ZIP of its folder, named by its SHA-256",
            {
                "200": _json("UploadTold", "It was begun before: go on at `received`, or it is complete."),
                "201": _json("UploadTold", "Begun."),
            },
            fails=_BODY_FAILS,
            sends=("application/json", _of("BeginUpload")),
        )
    },
    "/uploads/{upload_id}": {
        "get": _operation(
            "upload",
            "How much of it is here",
            {"200": _json("UploadTold", "So much.")},
            fails=("404",),
            parameters=(_UPLOAD,),
        )
    },
    "/uploads/{upload_id}/pieces/{offset}": {
        "put": _operation(
            "addPiece",
            "Send the bytes from an offset on; what is here already changes nothing",
            {"200": _json("UploadTold", "Kept.")},
            fails=("404", "409", "413", "422"),
            parameters=(_UPLOAD, _OFFSET),
            sends=("application/octet-stream", _PIECE),
        )
    },
    "/uploads/{upload_id}/complete": {
        "post": _operation(
            "completeUpload",
            "Have the whole checked and analysed; twice asks once",
            {"202": _json("JobTold", "It will be analysed.")},
            fails=("404", "409", "422"),
            parameters=(_UPLOAD,),
        )
    },
    "/jobs": {
        "get": _operation("jobs", "What is being analysed", {"200": _json("JobsTold", "The latest first.")})
    },
    "/jobs/{job_id}": {
        "get": _operation(
            "job",
            "How far it is",
            {"200": _json("JobTold", "So far.")},
            fails=("404",),
            parameters=(_JOB,),
        )
    },
    "/jobs/{job_id}/again": {
        "post": _operation(
            "jobAgain",
            "Try again what failed",
            {"202": _json("JobTold", "It waits again.")},
            fails=("404", "422"),
            parameters=(_JOB,),
        )
    },
    "/runs": {
        "get": _operation(
            "runs",
            "All runs of an athlete, in order of time",
            {"200": _json("RunsTold", "The runs.")},
            fails=("404", "422"),
            parameters=(
                {"name": "athlete_id", "in": "query", "schema": _HEX, "description": "Else your own."},
            ),
        )
    },
    "/runs/{run_id}": {
        "get": _operation(
            "run",
            "What the analysis says of a run, as in summary.json",
            {"200": _json("RunWhole", "The summary.")},
            fails=("404",),
            parameters=(_RUN,),
        )
    },
    "/runs/{run_id}/strides.parquet": {
        "get": _operation(
            "stridesParquet",
            "The stride table of a run as Parquet",
            {"200": _file("application/vnd.apache.parquet", "One row per stride.")},
            fails=("404", "422"),
            parameters=(_RUN,),
        )
    },
    "/runs/{run_id}/strides.csv": {
        "get": _operation(
            "stridesCsv",
            "The stride table of a run as CSV",
            {"200": _file("text/csv", "One row per stride.")},
            fails=("404", "422"),
            parameters=(_RUN,),
        )
    },
    "/check-ins": {
        "post": _operation(
            "checkIn",
            "Tell how much it hurt; the same again, with the same `at`, is kept once",
            {
                "200": _json("CheckInTold", "It was told before."),
                "201": _json("CheckInTold", "Kept, and what follows."),
            },
            fails=_BODY_FAILS,
            sends=("application/json", _of("TellCheckIn")),
        )
    },
    "/openapi.json": {
        "get": _operation(
            "description",
            "This document",
            {
                "200": {
                    "description": "OpenAPI 3.1",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }
            },
            for_all=True,
        )
    },
}


@cache
def document() -> dict[str, Any]:
    """The whole description, OpenAPI 3.1."""
    _, schemas = msgspec.json.schema_components(
        (*shapes.BODIES, *shapes.ANSWERS), ref_template="#/components/schemas/{name}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Restride",
            "version": imu.__version__,
            "description": "Runs of an athlete, with the key of a device. See docs/api.md.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"device": []}],
        "paths": _PATHS,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }
