"""Whom a breach concerns, read from the log of reads."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from talent.models import AccessLog, Breach, Person


def affected_by(breach: Breach) -> "QuerySet[Person]":
    """The people whose data, or whose merged record, the read log names for account, time and fields of ``breach``."""
    of_person = Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk"))
    reads = AccessLog.objects.filter(of_person, at__gte=breach.began_at, at__lte=breach.ended_at)
    if breach.account_id:
        reads = reads.filter(reader=breach.account_id)
    if breach.fields:
        reads = reads.filter(fields__overlap=breach.fields)
    return Person.objects.filter(Exists(reads), merged_into=None).order_by("pk")
