"""Making a report: build the figures in one snapshot, render every file, store all of it at once."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from innovation.core import jobs
from innovation.reports import registry
from innovation.reports.actions.telling import tell
from innovation.reports.choices import Format
from innovation.reports.content import ReportData, canonical_json, from_plain, plain, sha256
from innovation.reports.models import ReportFile, ReportRun
from innovation.reports.rendering import RENDERERS, Rendering


def make_run(pk: int) -> ReportRun | None:
    """Make the queued run ``pk``: the whole work of the Celery task. None when another worker has or had it.

    Doing it again changes nothing: only a queued run can be claimed. How it ended stands in the row.
    """
    language = ReportRun.objects.filter(pk=pk).values_list("language", flat=True).first()
    with translation.override(language or settings.LANGUAGE_CODE):  # errors too are in the reader's language
        run = jobs.run(ReportRun, pk, _make)
    if run:
        tell(run.pk)
    return run


def _make(run: ReportRun) -> None:
    kind = registry.get(run.kind)
    jobs.report_progress(run, 5, _("Collecting the figures"))
    with snapshot():
        params = kind.clean(run.parameters)
        asked: dict[str, Any] = {"as_of": run.as_of, "known_at": run.known_at, "language": run.language}
        built = kind.build(params, **asked)
        own: dict[Format, bytes] = {}
        if kind.workbook is not None:
            jobs.report_progress(run, 30, _("Writing %(format)s") % {"format": Format.XLSX.label})
            with kind.workbook(params, **asked) as file:
                own[Format.XLSX] = file.read()
    store(run, built, own)


def store(run: ReportRun, built: ReportData, own: Mapping[Format, bytes] | None = None) -> None:
    """Render ``built`` into every format and finish ``run`` with it, both or neither. The run must be held.

    ``own``: files that the kind wrote itself in place of the rendered ones.
    """
    with translation.override(run.language):
        rendering = rendering_of(run, built)
        files = []
        for place, (kind, render) in enumerate(RENDERERS.items()):
            jobs.report_progress(run, 50 + 9 * place, _("Writing %(format)s") % {"format": kind.label})
            content = (own or {}).get(kind) or render(rendering)
            files.append(ReportFile(run=run, format=kind, content=content, size=len(content), sha256=sha256(content)))
    with transaction.atomic():
        ReportFile.objects.bulk_create(files)
        jobs.finish(
            run,
            inputs_hash=sha256(canonical_json(_inputs(run, rendering.data))),
            data_hash=rendering.data_hash,
            engine_version=settings.VERSION,
            note="",
        )


def rendering_of(run: ReportRun, built: ReportData) -> Rendering:
    """What the files of ``run`` are rendered from: ``built`` as it reads after it was written down."""
    stored = plain(built)
    return Rendering(
        kind=run.kind,
        kind_version=run.kind_version,
        parameters=run.parameters,
        period=run.period,
        as_of=run.as_of,
        known_at=run.known_at,
        language=run.language,
        data=from_plain(stored),
        plain=stored,
        data_hash=sha256(canonical_json(stored)),
        engine_version=settings.VERSION,
    )


def _inputs(run: ReportRun, data: ReportData) -> dict[str, Any]:
    """What the figures follow from: the question, the code's versions, the state of the sources."""
    return {
        "kind": run.kind,
        "kind_version": run.kind_version,
        "engine_version": settings.VERSION,
        "parameters": run.parameters,
        "as_of": run.as_of,
        "known_at": run.known_at.astimezone(UTC),
        "language": run.language,
        "sources": sorted(source.fingerprint for source in data.sources if source.fingerprint),
    }


@contextlib.contextmanager
def snapshot() -> Iterator[None]:
    """One read-only view of the database: every query inside sees the same moment, and none can write."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
