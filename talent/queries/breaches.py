"""Whom a breach concerns, read from the log of reads."""

from django.db.models import Exists, OuterRef, QuerySet

from talent.models import AccessLog, Breach, Person


def affected_by(breach: Breach) -> "QuerySet[Person]":
    """The people whose data the read log names for the account, time and fields of ``breach``."""
    reads = AccessLog.objects.filter(at__gte=breach.began_at, at__lte=breach.ended_at, person=OuterRef("pk"))
    if breach.account_id:
        reads = reads.filter(reader=breach.account_id)
    if breach.fields:
        reads = reads.filter(fields__overlap=breach.fields)
    return Person.objects.filter(Exists(reads)).order_by("pk")
