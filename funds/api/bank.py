"""Movements of fund accounts in the API: read, and settled like on the pages."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.models import BankLine
from funds.queries.bank import with_matched
from funds.serializers import bank as serializers
from innovation.core.api import ReadOnlyViewSet


class BankLineViewSet(ReadOnlyViewSet):
    """Movements of accounts with what of each is settled; ``settle`` and ``set-aside`` say what one is."""

    queryset = BankLine.objects.all()
    serializer_class = serializers.BankLineSerializer
    filterset_fields = {"fund": ["exact"], "day": ["gte", "lte"], "statement": ["exact"]}
    ordering_fields = ["id", "day", "amount_fen"]

    def get_queryset(self) -> QuerySet[Any]:
        return with_matched(super().get_queryset())

    def _done(self, form_class: Any, request: Request) -> Response:
        form = form_class(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        form.settle(self.get_object().pk)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=serializers.SettleSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated])
    def settle(self, request: Request, **kwargs: Any) -> Response:
        """Pay a line of a notice, name an entry, or book one. Above the fund's limit the entry waits."""
        return self._done(serializers.SettleSerializer, request)

    @extend_schema(request=serializers.SetAsideSerializer)
    @action(
        detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated], url_path="set-aside"
    )  # fmt: skip
    def set_aside(self, request: Request, **kwargs: Any) -> Response:
        """Say why it is no entry of this ledger."""
        return self._done(serializers.SetAsideSerializer, request)
