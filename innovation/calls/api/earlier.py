"""Earlier awards in the API, for the office."""

from innovation.calls.models import EarlierAward
from innovation.calls.serializers.earlier import EarlierAwardSerializer
from innovation.core.api import ReadOnlyViewSet


class EarlierAwardViewSet(ReadOnlyViewSet):
    """Grants of earlier years and of other funders; amounts in fen."""

    queryset = EarlierAward.objects.all()
    serializer_class = EarlierAwardSerializer
    filterset_fields = ["organisation", "state", "funder"]
    ordering_fields = ["id", "awarded_on"]


routes = [("earlier-awards", EarlierAwardViewSet, "earlieraward")]
