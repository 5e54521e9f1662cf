from django.contrib import admin

from innovation.core.admin import Admin
from tests.toys.models import Book, Shelf


@admin.register(Shelf)
class ShelfAdmin(Admin):
    search_fields = ["name"]


@admin.register(Book)
class BookAdmin(Admin):
    list_display = ["title", "shelf", "owner", "pages", "is_old", "state"]
    list_filter = ["is_old"]
    search_fields = ["title"]
    raw_id_fields = ["owner"]
