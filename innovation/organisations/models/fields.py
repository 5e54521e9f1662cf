"""Fields and database functions that several models share."""

import unicodedata
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from innovation.core.identifiers import check_uscc


def normalise_uscc(value: str) -> str:
    """A code as people type it (full width, spaces, hyphens, small letters) in the form in which it is stored."""
    return check_uscc(unicodedata.normalize("NFKC", value)).normalised


def validate_uscc(value: str) -> None:
    """Raise ValidationError with the reason when ``value`` is no unified social credit code."""
    result = check_uscc(value)
    if not result.valid:
        raise ValidationError(result.message, code=f"uscc_{result.reason}")


class UsccField(models.CharField):
    """A unified social credit code (GB 32100-2015), stored normalised; empty is NULL."""

    default_validators = [validate_uscc]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 18)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        # The form lets spaces and hyphens through; the model's field drops them before it measures.
        return super().formfield(**({"max_length": 40} | kwargs))

    def to_python(self, value: Any) -> str | None:
        return normalise_uscc(str(value)) or None if value is not None else None

    def get_prep_value(self, value: Any) -> str | None:
        return self.to_python(super().get_prep_value(value))


def forbid_cycle(column: str) -> pgtrigger.Trigger:
    """Trigger: no organisation stands above itself along ``column``, one of its links to another.

    Writers of links wait for each other, so that two of them cannot close a circle together.
    """
    return pgtrigger.Trigger(
        name=f"{column}_no_cycle",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(f"{column}_id"),
        condition=pgtrigger.Q(**{f"new__{column}__isnull": False}),
        func=f"""
            PERFORM pg_advisory_xact_lock(hashtext('organisations.{column}'));
            IF EXISTS (
                WITH RECURSIVE above(id) AS (
                    SELECT NEW.{column}_id
                    UNION
                    SELECT item.{column}_id FROM organisations_organisation item JOIN above ON item.id = above.id
                    WHERE item.{column}_id IS NOT NULL
                )
                SELECT 1 FROM above WHERE id = NEW.id
            ) THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
                    CONSTRAINT = 'organisations_{column}_no_cycle',
                    MESSAGE = 'An organisation cannot stand above itself ({column}).';
            END IF;
            RETURN NEW;
            """,  # noqa: S608 - the column is named by our own models
    )


def bilingual_name(name_zh: str, name_en: str, language: str | None) -> str:
    """The name in the reader's language, the other one when it is missing."""
    chinese = (language or "").startswith("zh")
    return (name_zh or name_en) if chinese else (name_en or name_zh)


PINYIN_HELP = _("Syllables of the Chinese name, for sorting and search.")
