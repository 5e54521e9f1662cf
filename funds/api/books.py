"""The keeping of books in the API: terms, closed periods, proposals, proofs and heads."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions.books import prove_books
from funds.choices.ledger import ProofOccasion
from funds.models import BookTerms, EntryProposal, LedgerAnchor, LedgerEvent, LedgerProof, PeriodClose
from funds.queries.restatements import closes
from funds.serializers import LedgerEventSerializer
from funds.serializers import books as serializers
from innovation.core.api import ReadOnlyViewSet


class BookTermsViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Limit for a second person and completeness of each fund's books; POST sets them."""

    queryset = BookTerms.objects.all()
    serializer_class = serializers.BookTermsSerializer
    filterset_fields = ["fund", "is_complete"]
    ordering_fields = ["id"]


class PeriodCloseViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Closed periods with how much became known later. POST closes one, ``reopen`` opens the last one again."""

    queryset = PeriodClose.objects.all()
    serializer_class = serializers.PeriodCloseSerializer
    filterset_fields = {"fund": ["exact"], "through": ["gte", "lte"]}
    ordering_fields = ["id", "through"]

    def get_queryset(self) -> Any:
        return closes().filter(pk__in=super().get_queryset().values("pk"))

    @extend_schema(request=serializers.BookReasonSerializer, responses=serializers.PeriodCloseSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def reopen(self, request: Request, **kwargs: Any) -> Response:
        """Open the period again, with the reason; another person than who closed it."""
        form = serializers.BookReasonSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return Response(self.get_serializer(form.reopen(self.get_object())).data)


class EntryProposalViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Entries above their fund's limit.

    POST asks for an entry, a reversal or both: within the limit it is booked at once (201, a ledger entry), above it
    a proposal waits (202). ``approve``, ``refuse`` and ``withdraw`` decide.
    """

    queryset = EntryProposal.objects.all()
    serializer_class = serializers.EntryProposalSerializer
    filterset_fields = ["fund", "state", "kind", "proposed_by"]
    ordering_fields = ["id", "value_date"]

    @extend_schema(
        request=serializers.SubmitSerializer,
        responses={201: LedgerEventSerializer, 202: serializers.EntryProposalSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        form = serializers.SubmitSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        made = form.save()
        if isinstance(made, LedgerEvent):
            data = LedgerEventSerializer(made, context=self.get_serializer_context()).data
            return Response(data, status=status.HTTP_201_CREATED)
        return Response(self.get_serializer(made).data, status=status.HTTP_202_ACCEPTED)

    def _decide(self, request: Request, verb: str) -> Response:
        form = serializers.BookReasonSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return Response(self.get_serializer(getattr(form, verb)(self.get_object())).data)

    @extend_schema(request=serializers.BookReasonSerializer, responses=serializers.EntryProposalSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def approve(self, request: Request, **kwargs: Any) -> Response:
        """Book it, as another person than who proposed it."""
        return self._decide(request, "approve")

    @extend_schema(request=serializers.BookReasonSerializer, responses=serializers.EntryProposalSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        """Refuse it, with the reason."""
        return self._decide(request, "refuse")

    @extend_schema(request=serializers.BookReasonSerializer, responses=serializers.EntryProposalSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Take one's own proposal back."""
        return self._decide(request, "withdraw")


class LedgerProofViewSet(ReadOnlyViewSet):
    """Proofs of the books with their findings; POST to ``now`` has them proved at once."""

    queryset = LedgerProof.objects.all()
    serializer_class = serializers.LedgerProofSerializer
    filterset_fields = ["fund", "occasion"]
    ordering_fields = ["id", "proved_at"]

    @extend_schema(request=serializers.LedgerProofSerializer, responses={201: serializers.LedgerProofSerializer})
    @action(detail=False, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated])
    def now(self, request: Request, **kwargs: Any) -> Response:
        """Prove the books of one ``fund``, or of all."""
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        fund = form.validated_data.get("fund")
        proof = prove_books(
            occasion=ProofOccasion.ON_DEMAND, fund_id=fund.pk if fund else None, actor=request.user
        )  # fmt: skip
        return Response(self.get_serializer(proof).data, status=status.HTTP_201_CREATED)


class LedgerAnchorViewSet(ReadOnlyViewSet):
    """Each day's head of each ledger: copy them to a place of your own, and no ledger can be rewritten unseen."""

    queryset = LedgerAnchor.objects.all()
    serializer_class = serializers.LedgerAnchorSerializer
    filterset_fields = {"fund": ["exact"], "day": ["exact", "gte", "lte"]}
    ordering_fields = ["id", "day"]
