"""`restride import`: recordings, and what other programs recorded, into the history of an athlete."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.column_wizard import column_map
from imu.cli.foreign import (
    MapOption,
    SportOption,
    UnitOption,
    WearOption,
    ZoneOption,
    answers_of,
    contents,
    doubts,
    name_of,
    sources,
    units_of,
    wear_of,
)
from imu.cli.import_watch import judge, keep_watch, no_run
from imu.cli.progress import progress_bar
from imu.cli.reminders import refresh
from imu.cli.run_facts import EffortOption, ShoeOption, SurfaceOption, run_facts
from imu.cli.summary import several
from imu.cli.tally import Tally, counted
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption, opened
from imu.errors import RestrideError
from imu.home import home
from imu.report.begun import begun

if TYPE_CHECKING:
    from imu.followup.arrival import Arrival
    from imu.followup.run_facts import RunFacts
    from imu.formats.content import Content, Refused, SensorFile
    from imu.recording import Recording
    from imu.store import Account, Store

_ONE_START = "--start is the time of one recording; import the others without it"
_OWN_START = (
    "{one} does not say when it began, and {other} does: if they are of one run, give --start for it, "
    "else import each by itself"
)
_NAMED = 5  # of the files that are left out
_HELD_BYTES = 256 << 20  # of samples, three hours of three sensors; more are read again at their turn


def import_runs(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE", help="Recordings, files of other programs, or folders with either of them."
        ),
    ],
    start: Annotated[
        datetime | None,
        typer.Option(help="When the run began, for a recording that does not say. Local time."),
    ] = None,
    wear: WearOption = None,
    unit: UnitOption = None,
    zone: ZoneOption = None,
    sport: SportOption = None,
    map_file: MapOption = None,
    surface: SurfaceOption = None,
    shoe: ShoeOption = None,
    effort: EffortOption = None,
    athlete: AthleteOption = None,
    account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep runs in the history.

    Takes recordings of restride, exports of MetaBase, Movella DOT and other sensors, and FIT, GPX and TCX of
    watches: what a file is, is told from its content. A watch's file joins the run of the same time, or is a
    run of its own. Each run is stored once with its analysis, judged against your own runs and your
    plan, and told in a paragraph. Importing one again changes nothing, and the files are no longer needed
    afterwards.

    Example:  restride import 2026-11-22T0730_easy --surface road --shoe blue

    Example:  restride import LeftShank_Accelerometer.csv LeftShank_Gyroscope.csv

    Example:  restride import morning.fit
    """
    named = sources(paths)
    said = units_of(unit)
    columns = column_map(map_file, named.files + named.found, said)
    answers = answers_of(zone=zone, units=said, columns=columns, sport=sport)
    worn = wear_of(wear)
    if start is not None and len(named.recordings) > 1:
        raise RestrideError(_ONE_START)
    with (
        opened(account) as (store, viewer),
        counted(partial(echo, err=True)) as tally,
        progress_bar("Importing", wanted=True) as shown,
    ):
        with store.seen_by(viewer) as repository:
            athlete_id = repository.sharing.athlete(athlete).athlete_id
        taking = _Taking(
            store=store,
            viewer=viewer,
            athlete_id=athlete_id,
            facts=run_facts(surface, shoe, effort_cr10=effort),
            start=start,
            tally=tally,
            is_told=not as_json,
        )
        try:
            taking.read(contents(named, answers, progress=shown))
        finally:  # Ctrl-C keeps what is done
            judge(store, viewer, athlete_id, taking.results)
        taking.record(named.recordings, worn)
        refresh(home(), store, viewer, athlete_id)
    if as_json:
        echo(json.dumps(taking.results, indent=2, ensure_ascii=False))
    conclude(taking.results, taking.passed_over)


@dataclass(kw_only=True, slots=True)
class _Taking:
    """One import while it goes on: to whom it goes, and what became of each file so far."""

    store: "Store"
    viewer: "Account"
    athlete_id: str
    facts: "RunFacts"
    start: datetime | None
    tally: Tally
    is_told: bool
    results: list[dict[str, Any]] = field(default_factory=list)
    sensors: "list[SensorFile]" = field(default_factory=list)  # of which recordings are made at the end
    held_bytes: int = 0  # of their samples
    passed_over: "list[Refused]" = field(default_factory=list)
    named: bool = False

    def read(self, found: "Iterable[Content]") -> None:
        """Keep each activity at once, since its file may lie in an archive that is open now."""
        from imu.formats.content import Activity, Refused, SensorFile

        for content in found:
            match content:
                case SensorFile():
                    self.held_bytes += content.samples_bytes
                    self.sensors.append(content if self.held_bytes < _HELD_BYTES else content.ends())
                case Refused(is_known=False):
                    self._pass_over(content)
                case Refused():
                    self._told({"recording": content.origin, "error": f"{content.origin}: {content.reason}"})
                case Activity(sport="other"):
                    self._pass_over(no_run(content))
                case Activity():
                    self._told(
                        keep_watch(self.store, self.viewer, self.athlete_id, content, facts=self.facts)
                    )

    def record(self, folders: "Sequence[Path]", worn: "Mapping[str, str]") -> None:
        """Keep one recording after the other: whole ones, and those that files of sensors make together."""
        from imu.formats.matching import by_outing, placed
        from imu.formats.pairing import recorded

        if not (folders or self.sensors) and any("error" in result for result in self.results):
            return  # why a file could not be read says more than that --wear names none
        local = None if self.start is None else self.start.astimezone()
        outings = by_outing(placed(self.sensors, worn), start=local)
        undated = [one for one in outings if one[0].first.start is None]
        if local is None and undated and len(outings) == 2:
            one, other = undated[0][0].first.origin, outings[0][0].first.origin
            raise RestrideError(_OWN_START.format(one=one, other=other))
        if self.start is not None and len(folders) + len(outings) > 1:
            raise RestrideError(_ONE_START)
        self.named = len(folders) + len(outings) > 1
        for folder in folders:
            self._keep(str(folder), partial(imu.load, folder))
        for outing in outings:
            self._keep(name_of(outing), partial(recorded, outing))

    def _keep(self, name: str, load: "Callable[[], Recording]") -> None:
        from imu.followup.arrival import take_in

        try:
            recording = load()
            if self.start is not None:
                recording = replace(recording, start=self.start.astimezone())
            arrival = take_in(
                self.store,
                self.viewer,
                self.athlete_id,
                recording,
                facts=self.facts,
                analysis_version=imu.__version__,
            )
        except RestrideError as error:
            self._told({"recording": name, "error": str(error)})
            return
        self._told({"recording": name, **_plain(arrival), "doubts": doubts(recording)})

    def _told(self, result: dict[str, Any]) -> None:
        self.results.append(result)
        if "error" in result:
            self.tally.left_out(is_known=True)
            return
        self.tally.kept(is_new=result["is_new"])
        if self.is_told:
            _tell(result, named=self.named or len(self.results) > 1)

    def _pass_over(self, refused: "Refused") -> None:
        self.passed_over.append(refused)
        self.tally.left_out(is_known=False)


def conclude(results: list[dict[str, Any]], passed_over: "list[Refused]") -> None:
    """Say what was left out, and end as an error where nothing was imported or something could not be."""
    for one in passed_over[:_NAMED]:
        echo(f"restride: {one.origin}: {one.reason}; left out", err=True)
    if len(passed_over) > _NAMED:
        echo(f"restride: {several(len(passed_over) - _NAMED, 'more file')} left out", err=True)
    failed = [result for result in results if "error" in result]
    if not results:
        raise RestrideError("nothing to import was found there")
    if len(failed) == len(results) == 1:
        raise RestrideError(failed[0]["error"])
    for result in failed:
        echo(f"restride: {result['error']}", err=True)
    if failed:
        raise RestrideError(f"{len(failed)} of {len(results)} recordings could not be imported")


def _plain(arrival: "Arrival") -> dict[str, Any]:
    from imu.analysis.withheld import as_told, not_told

    summary, coming = arrival.imported.summary, arrival.judgement.next
    return {
        "run_id": arrival.imported.run_id,
        "is_new": arrival.imported.is_new,
        "told": arrival.paragraph,
        "facts": arrival.imported.facts_words,
        "next": coming.words,
        "earliest": None if coming.earliest is None else coming.earliest.isoformat(),
        "noticed": [one["sentence"] for one in as_told(summary)["warnings"]] if summary else [],
        "not_told": [one.sentence for one in not_told(summary)],
    }


def _tell(result: dict[str, Any], *, named: bool) -> None:
    is_watch = "became" in result  # what is told of it goes on from its name, also where it was there already
    name = f"{result['recording']}: " if named or is_watch else ""
    if not (result["is_new"] or is_watch):
        echo(f"{result['recording']}: already there as run {result['run_id'][:8]}", err=True)
    elif result["doubts"]:
        echo(f"restride: {name}{'. '.join(result['doubts'])}", err=True)
    if result["facts"]:
        echo(f"{name}{result['facts']}", err=True)
    echo(f"{name}{result['told']}")
    for sentence in result.get("not_told", ()):
        echo(f"{name}{begun(sentence)}.")
    for sentence in result.get("noticed", ()):  # `analyze` calls them the warnings of the run
        echo(f"{name}Noticed in this run: {sentence}")
