"""Awards of grant money in the API; payments and returns are entries of the ledger that name their award."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funds.models import GrantAward
from funds.queries.grants import awards_at
from funds.queries.sums import Moment
from funds.serializers import grants as serializers
from innovation.core.api import ReadOnlyViewSet


class GrantAwardViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Awards with what was paid and returned by now. POST makes one, ``change`` changes its terms."""

    queryset = GrantAward.objects.all()
    serializer_class = serializers.GrantAwardSerializer
    filterset_fields = {"fund": ["exact"], "recipient": ["exact"], "code": ["exact"], "review_on": ["gte", "lte"]}
    ordering_fields = ["id", "code", "starts_on", "committed_fen"]

    def get_queryset(self) -> Any:
        now = timezone.now()
        return awards_at(Moment(timezone.localdate(now), now)).filter(pk__in=super().get_queryset().values("pk"))

    @extend_schema(request=serializers.ChangeAwardSerializer, responses=serializers.GrantAwardSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Change the terms; never to less than what is paid under the award."""
        form = serializers.ChangeAwardSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        form.change(self.get_object())
        return Response(self.get_serializer(self.get_object()).data)
