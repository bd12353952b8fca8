"""The routes. Each opens the store for the account whose device asks, and for nobody else."""

import re
from contextlib import suppress
from dataclasses import asdict
from io import BytesIO
from typing import Any

import pyarrow.parquet as pq
from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

import imu
from dashboard import desk
from dashboard.api import shapes
from dashboard.api.answers import HANDLERS, answer, body, caller, failure
from dashboard.api.description import document
from imu.analysis.withheld import with_not_told
from imu.followup.answers import Told, check_ins, consequence
from imu.followup.arriving import complete
from imu.followup.standing import judged_anew
from imu.formats.stride_table import csv_bytes
from imu.store import Job, Repository, StoreError, Upload
from imu.store.uploads import LARGEST_PIECE
from imu.training.history import CheckIn

PREFIX = "/api/v1"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_OFFSET = re.compile("[0-9]{1,12}", re.ASCII)
BLUEPRINT = Blueprint("api", __name__, url_prefix=PREFIX)
for _error, _handler in HANDLERS.items():
    BLUEPRINT.register_error_handler(_error, _handler)


@BLUEPRINT.get("/openapi.json")
def description() -> Response:
    return jsonify(document())


@BLUEPRINT.get("/me")
def me() -> Response:
    with desk.store().seen_by(caller()) as repository:
        athletes = repository.sharing.athletes()
    return answer(shapes.me_told(caller(), athletes, server=f"restride {imu.__version__}"))


@BLUEPRINT.post("/uploads")
def begin_upload() -> Response:
    sent = body(shapes.BeginUpload)
    facts = {name: getattr(sent.facts, name) for name in sent.facts.__struct_fields__}
    with desk.store().changed_by(caller()) as repository:
        found = repository.uploads.begin(
            _athlete_id(repository, sent.athlete_id), content_hash=sent.sha256, size=sent.bytes, facts=facts
        )
    is_new = isinstance(found, Upload) and found.received == 0
    return answer(shapes.upload_told(found), 201 if is_new else 200)


@BLUEPRINT.get("/uploads/<upload_id>")
def upload(upload_id: str) -> Response:
    with desk.store().seen_by(caller()) as repository:
        return answer(shapes.upload_told(repository.uploads.one(upload_id)))


@BLUEPRINT.put("/uploads/<upload_id>/pieces/<offset>")
def add_piece(upload_id: str, offset: str) -> Response:
    if not _OFFSET.fullmatch(offset):
        raise NotFound
    if (request.content_length or 0) > LARGEST_PIECE:
        raise RequestEntityTooLarge
    piece = request.get_data()
    with desk.store().changed_by(caller()) as repository:
        found = repository.uploads.add(upload_id, int(offset), piece)
    return answer(shapes.upload_told(found))


@BLUEPRINT.post("/uploads/<upload_id>/complete")
def complete_upload(upload_id: str) -> Response:
    job = complete(desk.store(), caller(), upload_id, analysis_version=imu.__version__)
    if job is None:
        return failure(422, "not_as_announced", "this is not the file that was announced; send it again")
    return answer(shapes.job_told(job), 202)


@BLUEPRINT.get("/jobs")
def jobs() -> Response:
    with desk.store().seen_by(caller()) as repository:
        found = repository.jobs.listed()
    return answer(shapes.JobsTold(jobs=[shapes.job_told(one) for one in found]))


@BLUEPRINT.get("/jobs/<job_id>")
def job(job_id: str) -> Response:
    with desk.store().seen_by(caller()) as repository:
        return answer(shapes.job_told(repository.jobs.one(job_id)))


@BLUEPRINT.post("/jobs/<job_id>/again")
def job_again(job_id: str) -> Response:
    with desk.store().changed_by(caller()) as repository:
        found: Job = repository.jobs.again(job_id)
    return answer(shapes.job_told(found), 202)


@BLUEPRINT.get("/runs")
def runs() -> Response:
    with desk.store().seen_by(caller()) as repository:
        athlete_id = _athlete_id(repository, request.args.get("athlete_id"))
        listed = repository.runs.listed(athlete_id)
    return answer(shapes.RunsTold(athlete_id=athlete_id, runs=[shapes.run_told(one) for one in listed]))


@BLUEPRINT.get("/runs/<run_id>")
def run(run_id: str) -> Response:
    with desk.store().seen_by(caller()) as repository:
        summary = with_not_told(repository.runs.summary(run_id))
        athlete_id = repository.runs.athlete_of(run_id)
    return answer(shapes.RunWhole(run_id=run_id, athlete_id=athlete_id, summary=summary))


@BLUEPRINT.get("/runs/<run_id>/strides.parquet")
def strides_parquet(run_id: str) -> Response:
    return Response(_strides(run_id, "parquet"), mimetype="application/vnd.apache.parquet")


@BLUEPRINT.get("/runs/<run_id>/strides.csv")
def strides_csv(run_id: str) -> Response:
    strides = pq.read_table(BytesIO(_strides(run_id, "csv"))).to_pandas()
    return Response(csv_bytes(strides), mimetype="text/csv")


@BLUEPRINT.post("/check-ins")
def check_in() -> Response:
    sent = body(shapes.TellCheckIn)
    told = Told(
        during=sent.during,
        after=sent.after,
        next_morning=sent.next_morning,
        resting=sent.resting,
        site=sent.site,
        side=sent.side,
        red_flags=tuple(dict.fromkeys(sent.red_flags)),
        effort_cr10=sent.effort_cr10,
        note=sent.note,
    )
    with desk.store().changed_by(caller()) as repository:
        athlete_id = _athlete_id(repository, sent.athlete_id)
        history = repository.record(athlete_id, segments=False).history
        given = check_ins(history, told, at=sent.at or repository.now(athlete_id), run=sent.run_id)
        new = [one for one in given if not any(_same(one, known) for known in history.check_ins)]
        for one in new:
            repository.care.add_check_in(athlete_id, one)
    found = judged_anew(desk.store(), caller(), athlete_id, analysis_version=imu.__version__)
    follows = list(consequence(found, given))
    kept = [
        shapes.CheckInKept(
            moment=one.moment, pain=int(one.pain or 0), at=one.at, run_id=one.run_id, is_new=one in new
        )
        for one in given
    ]
    return answer(shapes.CheckInTold(kept=kept, follows=follows), 201 if new else 200)


@BLUEPRINT.route("/<path:_rest>", methods=_METHODS)
def nothing(_rest: str) -> Response:
    """What is nowhere is said in the API's own form, not in that of a page."""
    known = current_app.url_map.bind("")
    allowed = []
    for method in _METHODS:
        with suppress(HTTPException, RequestRedirect):
            rule, _ = known.match(request.path, method, return_rule=True)
            if rule.endpoint != request.endpoint:
                allowed.append(method)
    if allowed:
        raise MethodNotAllowed(allowed)
    raise NotFound


def _same(one: CheckIn, other: CheckIn) -> bool:
    """Sent again, as after an answer that got lost."""
    return asdict(one) == asdict(other)


def _athlete_id(repository: Repository, given: str | None) -> str:
    """An empty one is nobody's: a program that lost the id of another must not be told of its own runner."""
    return (repository.sharing.own() if given is None else repository.sharing.by_id(given)).athlete_id


def _strides(run_id: str, form: str) -> bytes:
    """The table of a run as it is kept, and that it was taken away."""
    with desk.store().seen_by(caller()) as repository:
        if repository.runs.raw(run_id) is None:
            raise StoreError("this run came without a recording, so no stride of it is known")
        found = repository.files.derived(run_id, "strides.parquet")
        repository.sharing.took(repository.runs.athlete_of(run_id), f"run {run_id} as strides as {form}")
    return found


def register(server: Any) -> None:
    """Give a server its API."""
    server.register_blueprint(BLUEPRINT)
