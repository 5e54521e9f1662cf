"""Export templates in the API: read, with their lines. An export itself is asked for as a report."""

from rest_framework import serializers

from funds.models import ExportLine, ExportTemplate
from innovation.core.api import ReadOnlyViewSet


class ExportLineSerializer(serializers.ModelSerializer):
    """One line of a template; ``figure`` is empty where the product does not know it."""

    figure = serializers.CharField()
    sign = serializers.IntegerField()

    class Meta:
        model = ExportLine
        fields = ["position", "section_zh", "section_en", "zh", "en", "figure", "sign", "status"]


class ExportTemplateSerializer(serializers.ModelSerializer):
    """One revision of the mapping of a template."""

    lines = ExportLineSerializer(many=True, read_only=True)

    class Meta:
        model = ExportTemplate
        fields = ["id", "code", "revision", "edition", "zh", "en", "source", "status", "published_at", "lines"]


class ExportTemplateViewSet(ReadOnlyViewSet):
    """Mappings of the templates in which figures leave the product."""

    queryset = ExportTemplate.objects.prefetch_related("lines")
    serializer_class = ExportTemplateSerializer
    filterset_fields = {"code": ["exact"], "status": ["exact"]}
    ordering_fields = ["id", "code", "revision"]


routes = [("export-templates", ExportTemplateViewSet, "exporttemplate")]
