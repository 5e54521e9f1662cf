"""Management fees in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from funds.models import FeeCharge, LedgerEvent
from funds.serializers import LedgerEventSerializer, fees
from funds.serializers.books import EntryProposalSerializer
from innovation.core.api import ReadOnlyViewSet


class FeeChargeViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Fees that were computed by the fund's terms and booked, each with its calculation.

    POST computes and books a period: 201 with the entry, 202 with the proposal above the fund's limit.
    """

    queryset = FeeCharge.objects.all()
    serializer_class = fees.FeeChargeSerializer
    filterset_fields = {"fund": ["exact"], "since": ["gte", "lte"]}
    ordering_fields = ["id", "since"]

    @extend_schema(request=fees.ChargeSerializer, responses={201: LedgerEventSerializer, 202: EntryProposalSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        form = fees.ChargeSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        made = form.save()
        if isinstance(made, LedgerEvent):
            return Response(LedgerEventSerializer(made).data, status=status.HTTP_201_CREATED)
        return Response(EntryProposalSerializer(made).data, status=status.HTTP_202_ACCEPTED)
