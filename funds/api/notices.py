"""Capital calls and distributions in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funds.models import Call, Distribution, LedgerEvent
from funds.queries.notices import lines_of, with_paid
from funds.serializers import LedgerEventSerializer, notices
from funds.serializers.books import EntryProposalSerializer
from innovation.core.api import ReadOnlyViewSet


class _NoticeViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    word: str
    filterset_fields = {"fund": ["exact"], "state": ["exact"], "due_on": ["gte", "lte"]}
    ordering_fields = ["id", "due_on", "amount_fen"]

    def get_queryset(self) -> Any:
        return with_paid(super().get_queryset())

    def _bound(self, form_class: Any, request: Request) -> Any:
        form = form_class(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return form

    @extend_schema(responses=notices.CallLineSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filter_backends=[])
    def lines(self, request: Request, **kwargs: Any) -> Response:
        """The investors' parts with what is paid of each."""
        shown = {"call": notices.CallLineSerializer, "distribution": notices.DistributionLineSerializer}[self.word]
        return Response(shown(lines_of(self.get_object()), many=True).data)

    @extend_schema(
        request=notices.PayLineSerializer, responses={201: LedgerEventSerializer, 202: EntryProposalSerializer}
    )
    @action(detail=True, methods=["post"], filter_backends=[])
    def pay(self, request: Request, **kwargs: Any) -> Response:
        """Book what was paid of a line: 201 with the entry, or 202 with the proposal above the fund's limit."""
        made = self._bound(notices.PayLineSerializer, request).pay(self.word, self.get_object())
        if isinstance(made, LedgerEvent):
            return Response(LedgerEventSerializer(made).data, status=status.HTTP_201_CREATED)
        return Response(EntryProposalSerializer(made).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=notices.CancelSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        """Cancel a notice of which nothing is paid, with the reason."""
        self._bound(notices.CancelSerializer, request).cancel(self.word, self.get_object().pk)
        return Response(self.get_serializer(self.get_object()).data)


class CallViewSet(_NoticeViewSet):
    """Capital calls. POST issues one, split over the investors by their commitments."""

    word = "call"
    queryset = Call.objects.all()
    serializer_class = notices.CallSerializer


class DistributionViewSet(_NoticeViewSet):
    """Distributions. POST issues one, split over the investors by their commitments."""

    word = "distribution"
    queryset = Distribution.objects.all()
    serializer_class = notices.DistributionSerializer
