from django_filters import rest_framework as filters
from rest_framework import serializers

from innovation.core.api import ViewSet
from innovation.core.errors import RuleViolation
from tests.toys.models import Book


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id", "title", "shelf", "pages", "is_old", "state"]
        read_only_fields = ["state"]


class BookFilter(filters.FilterSet):
    class Meta:
        model = Book
        fields = {"title": ["exact"], "pages": ["gte"]}


class BookViewSet(ViewSet):
    queryset = Book.objects.select_related("shelf")
    serializer_class = BookSerializer
    filterset_class = BookFilter
    ordering_fields = ["title", "pages", "id"]

    def perform_create(self, serializer):
        if serializer.validated_data.get("title") == "forbidden":
            raise RuleViolation("TITLE_FORBIDDEN", "This title is forbidden.", field="title", facts={"title": "x"})
        if serializer.validated_data.get("title") == "crash":
            raise ZeroDivisionError("inside")
        serializer.save(owner=self.request.user)


routes = [("toys/books", BookViewSet, "book")]
