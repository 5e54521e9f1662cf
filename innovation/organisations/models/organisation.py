"""The organisation, the other names it is or was known by, and what one may see of it."""

from typing import Any

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.accounts.models import User
from innovation.core.history import track
from innovation.organisations.choices import NameOrigin, OrganisationStatus, Sector
from innovation.organisations.models.classifications import Division, Industry
from innovation.organisations.models.fields import UsccField, bilingual_name, forbid_cycle
from innovation.organisations.models.search import Searchable, SearchQuerySet, keep_search
from innovation.organisations.rules import pinyin_key

# Derived columns: keys that find duplicates, and a code for bodies that have none.
_DERIVED = """
    NEW.name_key := name_key(NEW.name_zh);
    NEW.core_key := regexp_replace(NEW.name_key,
        '(股份有限公司|有限责任公司|有限公司|有限合伙|合伙企业|集团|总公司|公司|coltd|ltd|inc)', '', 'g');
    IF NEW.uscc IS NULL AND NEW.local_code IS NULL AND NEW.merged_into_id IS NULL THEN
        NEW.local_code := 'L' || lpad(nextval('organisations_local_code')::text, 6, '0');
    END IF;
"""
_OTHER_NAMES = """(
    SELECT coalesce(search_tokens(string_agg(concat_ws(' ', other.name_zh, other.name_en, other.code), ' ')), '{}')
           || coalesce(pinyin_tokens(string_agg(other.pinyin, ' ')), '{}')
    FROM organisations_organisationname other WHERE other.organisation_id = NEW.id
)"""
# A renaming keeps the old name, whatever door it came through: titles and papers still carry it.
_KEEP_FORMER_NAME = """
    IF NEW.merged_into_id IS NULL AND OLD.merged_into_id IS NULL AND (
        (OLD.name_zh <> '' AND OLD.name_zh <> NEW.name_zh)
        OR (OLD.name_en <> '' AND OLD.name_en <> NEW.name_en)
        OR (OLD.uscc IS NOT NULL AND OLD.uscc IS DISTINCT FROM NEW.uscc)
    ) THEN
        INSERT INTO organisations_organisationname (organisation_id, name_zh, name_en, code, pinyin, origin, until)
        VALUES (
            OLD.id, OLD.name_zh, OLD.name_en,
            CASE WHEN OLD.uscc IS DISTINCT FROM NEW.uscc THEN coalesce(OLD.uscc, '') ELSE '' END,
            OLD.pinyin, 'renamed', (now() AT TIME ZONE 'Asia/Shanghai')::date
        );
    END IF;
    RETURN NULL;
"""
_REFRESH_SEARCH = """
    UPDATE organisations_organisation SET search = NULL
    WHERE id = OLD.organisation_id OR id = NEW.organisation_id;
    RETURN NULL;
"""
LOCAL_CODE_SEQUENCE = "CREATE SEQUENCE organisations_local_code"


def is_staff_role(user: User | AnonymousUser) -> bool:
    """Whether ``user`` works for the programme and so sees more than the public directory."""
    return bool(user.is_authenticated and (user.is_superuser or user.has_role(*STAFF_ROLES)))


class OrganisationQuerySet(SearchQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> "OrganisationQuerySet":
        """The directory for whoever is signed in; what only confidential books name is for the office alone."""
        if not user.is_authenticated:
            return self.none()
        if is_staff_role(user):
            return self.current()
        return self.current().filter(
            Q(in_directory=True) | Q(pk__in=user.organisation_memberships.values("organisation_id"))
        )

    def current(self) -> "OrganisationQuerySet":
        """Without the records that were merged into others."""
        return self.filter(merged_into=None)

    def of_member(self, user: User | AnonymousUser, *roles: str) -> "OrganisationQuerySet":
        """Organisations that ``user`` belongs to, in any of ``roles`` when some are named."""
        if not user.is_authenticated:
            return self.none()
        memberships = user.organisation_memberships.all()
        if roles:
            memberships = memberships.filter(role__in=roles)
        return self.filter(pk__in=memberships.values("organisation_id"))

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list["Organisation"]:
        objs = list(objs)
        for organisation in objs:
            organisation.pinyin = pinyin_key(organisation.name_zh)
        return super().bulk_create(objs, *args, **kwargs)


@track(exclude=("search", "name_key", "core_key"))
class Organisation(Searchable):
    """A legal person or body. ``uscc`` is its unified social credit code (GB 32100-2015).

    A body without one (foreign, in formation) has ``local_code``, given by the database when left empty.
    A record that turned out to be a duplicate stays as a signpost: ``merged_into`` names the true one.
    """

    uscc = UsccField(_("unified social credit code"), null=True, blank=True, unique=True)
    local_code = models.CharField(
        _("local code"),
        max_length=20,
        null=True,
        blank=True,
        unique=True,
        help_text=_("For bodies without a unified social credit code. Given automatically when left empty."),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    sector = models.CharField(_("sector"), max_length=1, choices=Sector.choices, default=Sector.INDUSTRY)
    status = models.CharField(
        _("status"), max_length=10, choices=OrganisationStatus.choices, default=OrganisationStatus.ACTIVE
    )
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("industry")
    )
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("administrative division"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("parent organisation"),
        help_text=_("The legal person that this one directly belongs to."),
    )
    controlling_group = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="group_members",
        verbose_name=_("controlling group"),
        help_text=_("Who controls it in the end. Members of one group count as one recipient."),
    )
    founded = models.DateField(_("founded"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    website = models.URLField(_("website"), blank=True)
    in_directory = models.BooleanField(
        _("in the directory"),
        default=True,
        help_text=_("Not ticked: only the office sees it, for example a company that a portfolio file brought."),
    )
    remarks = models.TextField(_("remarks"), blank=True, help_text=_("Seen by staff only."))
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_records",
        verbose_name=_("merged into"),
    )
    name_key = models.TextField(blank=True, editable=False)
    core_key = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta(Searchable.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["pinyin", "id"]
        permissions = [("merge_organisation", "Can merge duplicate organisations")]
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["pinyin", "id"], name="organisations_by_pinyin"),
            models.Index(fields=["name_key"], name="organisations_by_name_key"),
            models.Index(fields=["core_key"], name="organisations_by_core_key"),
        ]
        triggers = [
            keep_search("uscc", "local_code", extra=_OTHER_NAMES, also=_DERIVED),
            forbid_cycle("parent"),
            forbid_cycle("controlling_group"),
            forbid_cycle("merged_into"),
            pgtrigger.Trigger(
                name="keep_former_name",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("name_zh", "name_en", "uscc", "merged_into_id"),
                func=_KEEP_FORMER_NAME,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="organisations_uscc_valid",
                condition=Q(uscc=None) | Q(Func(F("uscc"), function="uscc_ok", output_field=models.BooleanField())),
                violation_error_message=_("This is not a valid unified social credit code."),
            ),
            models.CheckConstraint(
                name="organisations_has_a_name",
                condition=~Q(name_zh="", name_en=""),
                violation_error_message=_("Give a Chinese or an English name."),
            ),
            models.CheckConstraint(
                name="organisations_local_code_form",
                condition=Q(local_code=None) | Q(local_code__regex=r"^[0-9A-Z][0-9A-Z-]{0,19}$"),
                violation_error_message=_("A local code has capital letters, digits and hyphens."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return bilingual_name(self.name_zh, self.name_en, get_language())

    @property
    def code(self) -> str:
        """The code by which people quote it."""
        return self.uscc or self.local_code or ""

    def get_absolute_url(self) -> str:
        return reverse("organisations:detail", args=[self.pk])

    def clean(self) -> None:
        """Tell of circles in words; the database refuses them in any case."""
        self.local_code = (self.local_code or "").strip().upper() or None
        for field in ("parent", "controlling_group"):
            if self.pk and stands_above(self.pk, getattr(self, f"{field}_id"), field):
                raise ValidationError({field: _("An organisation cannot stand above itself.")}, code="cycle")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_key(self.name_zh)
        if (fields := kwargs.get("update_fields")) and "name_zh" in fields:
            kwargs["update_fields"] = {*fields, "pinyin"}
        super().save(*args, **kwargs)
        if not self.uscc and not self.local_code and not self.merged_into_id:
            self.refresh_from_db(fields=["local_code"])


def stands_above(pk: int, start: int | None, field: str) -> bool:
    """Whether organisation ``pk`` is ``start`` or is met on the way up from it along ``field``."""
    if start is None:
        return False
    column = connection.ops.quote_name(Organisation._meta.get_field(field).column)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE above(id) AS (SELECT %s::bigint UNION "  # noqa: S608 - the column is the model's own
            f"SELECT item.{column} FROM organisations_organisation item JOIN above ON item.id = above.id "
            f"WHERE item.{column} IS NOT NULL) SELECT EXISTS (SELECT 1 FROM above WHERE id = %s)",
            [start, pk],
        )
        return bool(cursor.fetchone()[0])


@track()
class OrganisationName(models.Model):
    """Another name: a former one (written by the database at each renaming), a merged duplicate's, an alias.

    ``code`` is the unified social credit code or local code that went with the name when it was another than today's.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="other_names", verbose_name=_("organisation")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=20, blank=True)
    pinyin = models.TextField(_("pinyin"), blank=True, editable=False)
    origin = models.CharField(_("origin"), max_length=10, choices=NameOrigin.choices, default=NameOrigin.ALIAS)
    until = models.DateField(_("used until"), null=True, blank=True)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ["-until", "-id"]
        triggers = [
            pgtrigger.Trigger(
                name="refresh_search",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_REFRESH_SEARCH,
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="organisations_other_name_says_something",
                condition=~Q(name_zh="", name_en="", code=""),
                violation_error_message=_("Give a name or a code."),
            )
        ]

    def __str__(self) -> str:
        return bilingual_name(self.name_zh, self.name_en, get_language()) or self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_key(self.name_zh)
        super().save(*args, **kwargs)
