"""The work list in the API."""

from django.utils import timezone
from rest_framework import serializers

from funds.choices.work import WorkKind
from funds.queries.work import WorkItem
from funds.reports.work import address_of, fund_of, next_of, record_of, status_of


class WorkQuery(serializers.Serializer):
    """What of the work list is asked for; without a parameter all of it."""

    kind = serializers.ChoiceField(WorkKind.choices, required=False)
    fund = serializers.IntegerField(required=False, min_value=1)
    mine = serializers.BooleanField(required=False, default=False)
    overdue = serializers.BooleanField(required=False, default=False)


class WorkItemSerializer(serializers.Serializer):
    """One thing that waits: kind and state as codes, the rest in the language of the request."""

    kind = serializers.ChoiceField(WorkKind.choices)
    state = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    overdue = serializers.SerializerMethodField()
    mine = serializers.BooleanField(source="is_mine", default=False)
    fund = serializers.IntegerField(source="fund_id", allow_null=True)
    fund_name = serializers.SerializerMethodField()
    record = serializers.IntegerField()
    title = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    next_step = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_overdue(self, item: WorkItem) -> bool:
        return item.is_overdue(timezone.localdate())

    def get_fund_name(self, item: WorkItem) -> str:
        return fund_of(item)

    def get_title(self, item: WorkItem) -> str:
        return record_of(item)

    def get_status(self, item: WorkItem) -> str:
        return str(status_of(item).label)

    def get_next_step(self, item: WorkItem) -> str:
        return next_of(item)

    def get_url(self, item: WorkItem) -> str:
        return address_of(item)


class WorkSerializer(serializers.Serializer):
    """How much waits, how much of it is overdue, and the things themselves, due first on top."""

    count = serializers.IntegerField()
    overdue = serializers.IntegerField()
    items = WorkItemSerializer(many=True)
