from django.db import models

from innovation.core.append_only import AppendOnly
from innovation.core.errors import RuleViolation
from innovation.core.history import track
from innovation.core.jobs import Job
from innovation.core.transitions import StateName, Transition


class Errand(Job):
    """A job. ``done`` counts how often its work was committed."""

    task_name = "tests.toys.tasks.run_errand"

    kind = models.CharField(max_length=20, default="plain")
    done = models.PositiveIntegerField(default=0)


class Receipt(models.Model):
    """Append-only; may be superseded once."""

    text = models.CharField(max_length=50)
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        triggers = [AppendOnly(name="receipt", allow_once=("superseded_at", "superseded_by"))]


class Stamp(models.Model):
    """Append-only without exception."""

    text = models.CharField(max_length=50)

    class Meta:
        triggers = [AppendOnly(name="stamp")]


class Shelf(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class BookQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.all() if user.is_staff else self.filter(owner=user)


def is_titled(book, facts):
    if not book.title:
        yield RuleViolation("NO_TITLE", "The book has no title.", field="title")
    if facts.get("fee_fen", 1) < 0:
        yield RuleViolation("NEGATIVE_FEE", "The fee is negative.")


@track()
class Book(models.Model):
    """A record with states, an owner and a foreign key."""

    title = models.CharField(max_length=50, blank=True)
    shelf = models.ForeignKey(Shelf, models.PROTECT, null=True, blank=True)
    owner = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True)
    pages = models.IntegerField(null=True, blank=True)
    is_old = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="draft", choices=[("draft", "Draft"), ("lent", "Lent out")])

    objects = BookQuerySet.as_manager()

    transitions = {
        "draft": {
            "lend": Transition(to="lent", permission="toys.change_book", guard=is_titled, label="Lend"),
            "expire": Transition(to="gone", permission=None, label="Expire"),
        },
        "lent": {
            "return": Transition(
                to="draft", permission=lambda actor, book: actor == book.owner, label="Return", automatic=True
            )
        },
    }
    state_names = {
        "draft": StateName(staff="Draft", public="Being written", next_step="Lend it"),
        "lent": StateName(staff="Lent out", public="Away"),
    }

    def __str__(self):
        return self.title
