"""Verbs of import: one file goes in, one report comes out."""

import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from shop.core import options
from shop.core.actors import Actor
from shop.core.keys import new_key
from shop.platform.transfer import registry
from shop.platform.transfer.forgetting import ERRORS_FOLDER
from shop.platform.transfer.formats.parser import Parser
from shop.platform.transfer.grouping import survey
from shop.platform.transfer.mapping import ColumnMapping, apply_mapping
from shop.platform.transfer.memory import peak_rss_mb
from shop.platform.transfer.models import ImportJob
from shop.platform.transfer.pipeline import Counts, Pipeline, Progress
from shop.platform.transfer.reading.rows import Problem
from shop.platform.transfer.reading.tables import Limits, Table, open_table
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.rejects import RejectsFile
from shop.platform.transfer.writers import writer_for

MODES = ("both", "add", "update")


@dataclass(frozen=True)
class ImportRequest:
    """Which file, what is in it, and how it is to be taken."""

    path: Path
    object: str
    format: str = registry.AUTO
    mapping: ColumnMapping = field(default_factory=ColumnMapping)
    encoding: str = ""
    delimiter: str = ""
    errors_path: Path | None = None
    context: ImportContext = field(default_factory=ImportContext)
    started_by_id: int | None = None


@dataclass(frozen=True)
class ImportReport:
    """How an import went; `problems` are the first of the rejected rows."""

    format: str
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    seconds: float
    peak_rss_mb: float
    errors_file: str
    problems: tuple[Problem, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The figures under the names that programs rely on."""
        facts = asdict(self)
        for name in ("format", "problems"):
            facts.pop(name)
        return facts


def run_import(
    *,
    request: ImportRequest,
    actor: Actor,
    now: datetime,
    progress: Progress = lambda _rows: None,
    surveyed: Progress = lambda _rows: None,
) -> ImportReport:
    """Bring a file in: each batch in a transaction of its own, nothing of a refused file."""
    began = time.monotonic()
    with options.snapshot():
        table, parser = _open(request)
        found = survey(table.rows(), parser)
        surveyed(found.rows)
        job = _open_job(request, parser, actor, now)
        errors_path = request.errors_path or _default_errors_path(job)
        writer = writer_for(parser, request.context, actor=actor, now=now)
        with RejectsFile(errors_path, table.header, table.names) as rejects:
            pipeline = Pipeline(
                table, parser, writer, rejects, request.context.is_dry_run, progress
            )
            job.state = ImportJob.State.FAILED  # until it is known to have ended well
            try:
                counts = pipeline.run(found)
                job.state = _end_state(counts)
            except BaseException as error:
                job.message = str(error)[:2000]
                raise
            finally:
                seconds = time.monotonic() - began
                _close_job(job, pipeline.counts, rejects, now + timedelta(seconds=seconds))
    return ImportReport(
        format=parser.name,
        **asdict(counts),
        seconds=round(seconds, 2),
        peak_rss_mb=peak_rss_mb(),
        errors_file=rejects.name,
        problems=tuple(rejects.first),
    )


def _open(request: ImportRequest) -> tuple[Table, Parser]:
    limits = Limits(
        file_bytes=options.value("import.max_file_mb") * 1_000_000,
        cell_characters=options.value("import.max_cell_characters"),
    )
    table = open_table(
        request.path, encoding=request.encoding, delimiter=request.delimiter, limits=limits
    )
    mapped = {theirs: ours for ours, theirs in request.mapping.columns.items()}
    names = [mapped.get(name, name) for name in table.header]
    chosen = registry.choose_parser(request.object, request.format, names)
    parser = chosen(request.context)
    return apply_mapping(table, parser, request.mapping), parser


def _open_job(request: ImportRequest, parser: Parser, actor: Actor, now: datetime) -> ImportJob:
    job = ImportJob(
        key=new_key(),
        object=parser.object,
        format=parser.name,
        file_name=request.path.name[:255],
        is_dry_run=request.context.is_dry_run,
        mode=request.context.mode,
        started_by_id=request.started_by_id,
        started_by_label=actor.label[:200],
        started_at=now,
    )
    if not request.context.is_dry_run:
        job.save()
    return job


def _end_state(counts: Counts) -> str:
    return ImportJob.State.DONE_WITH_REJECTIONS if counts.rejected else ImportJob.State.DONE


def _close_job(job: ImportJob, counts: Counts, rejects: RejectsFile, finished_at: datetime) -> None:
    if job.is_dry_run:
        return
    for name, value in asdict(counts).items():
        setattr(job, name, value)
    job.errors_file = rejects.name[:500]
    job.finished_at = finished_at
    job.save()


def _default_errors_path(job: ImportJob) -> Path:
    return Path(settings.VAR_DIR) / ERRORS_FOLDER / f"{job.key.lower()}-errors.csv"
