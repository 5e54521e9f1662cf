"""PDF by typst: tagged (PDF/UA-1), the same bytes for the same data, nothing of the data ever read as markup."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from pylopdf_fonts_zh_cn import sans_path

FOLDER = Path(settings.BASE_DIR) / "templates" / "reports_pdf"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
SYSTEM_FONTS = "NotoSansCJK-*.ttc"


@cache
def fonts() -> typst.Fonts:
    """Noto Sans CJK of the system where it is installed, and always the package's Noto Sans SC behind it."""
    found = {path.parent for folder in FONT_FOLDERS for path in folder.rglob(SYSTEM_FONTS)}
    folders = [*sorted(map(str, found)), str(sans_path().parent)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def render_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of ``templates/reports_pdf/<template>`` filled with ``data`` (JSON values).

    The data reaches the template as one JSON text, so that ``#``, ``*`` or ``$`` in a name stay what they are. No
    clock and no random number goes into the file: the same data and fonts give the same bytes. ``report.typ`` says
    at its top which data it takes. Raises typst.TypstError when the template cannot be set.
    """
    content = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    try:
        return _set(template, content, ["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed with font" not in error.message:
            raise
        # PDF/UA-1 forbids a letter that no font has, say an emoji in a name: then tagged, but without the claim.
        return _set(template, content, [])


def _set(template: str, content: str, standards: list[str]) -> bytes:
    return typst.compile(
        str(FOLDER / template),
        root=str(FOLDER),
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": content},
        pdf_standards=standards,
    )
