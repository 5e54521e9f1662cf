"""What the shipped outcome data say of their sources, in the reader's language.

Rows that the city makes of its own books carry both languages, the Chinese one first; what people type stays as it is.
"""

from django.utils.translation import get_language, gettext, gettext_noop

BOTH = " / "
KNOWN = frozenset(
    (
        gettext_noop("Correlation Ventures, returns of 21,640 venture financings 2004–2013; decimals at second hand"),
        gettext_noop("Correlation Ventures, update of 2019: share of capital below cost"),
        gettext_noop("Correlation Ventures, update of 2023: share of capital below cost"),
        gettext_noop("Power-law fits of venture multiples, exponent 1.9–2.4"),
        gettext_noop("Power-law fits of venture multiples, tail cut at 200 times the cost"),
        gettext_noop("Shares above cost of 2004–2013, brought in proportion to the rest of 51 %"),
        gettext_noop(
            "Assumption of the product's specification (domain 4.7): nearly half of the financings below cost, as in "
            "the 2023 update"
        ),
        gettext_noop(
            "Assumption of the product's specification (domain 4.7): total loss 35 %, the rest below cost uniform"
        ),
        gettext_noop("Assumption of the product's specification (domain 4.7); 0 to 0.30 are shown beside it"),
        gettext_noop(
            "Worked example of the product's specification (domain 4.7): 12 failures in 100 holdings a year; no "
            "sourced rate exists"
        ),
    )
)


def outcome_source(text: str) -> str:
    """Where an outcome row comes from, as far as the product wrote it, in the reader's language."""
    if text in KNOWN:
        return gettext(text)
    chinese, parted, english = text.partition(BOTH)
    if not parted or chinese.isascii() or not english.isascii():
        return text
    return chinese if (get_language() or "").startswith("zh") else english
