"""The floor of the API: bases that show and change only what a person may, errors, pages, limits, routes."""

from innovation.core.api.pagination import CursorPagination
from innovation.core.api.viewsets import ReadOnlyViewSet, ViewSet

__all__ = ["CursorPagination", "ReadOnlyViewSet", "ViewSet"]
