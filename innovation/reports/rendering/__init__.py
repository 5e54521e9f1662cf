"""The files of a report, all rendered from the same stored data, and so that the same data gives the same bytes.

Nothing here reads the database or the clock. Who asked and when is not part of a file: two people who ask the same
question get the same bytes. Both stand on the page of the run.
"""

from collections.abc import Callable

from innovation.reports.choices import Format
from innovation.reports.rendering import csv_file, document, json_file, pdf_file, workbook
from innovation.reports.rendering.base import Rendering

RENDERERS: dict[Format, Callable[[Rendering], bytes]] = {
    Format.HTML: document.render,
    Format.PDF: pdf_file.render,
    Format.XLSX: workbook.render,
    Format.CSV: csv_file.render,
    Format.JSON: json_file.render,
}

__all__ = ["RENDERERS", "Rendering"]
