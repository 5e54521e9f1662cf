"""People of an organisation: whom to call, and who acts for it in the product."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.history import track
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models.organisation import Organisation, is_staff_role


class PeopleQuerySet(QuerySet):
    def visible_to(self, user: User | AnonymousUser) -> "PeopleQuerySet":
        """Personal data: staff see all, others those of the organisations that they belong to."""
        if not user.is_authenticated:
            return self.none()
        if is_staff_role(user):
            return self
        return self.filter(organisation__in=Organisation.objects.of_member(user))


@track()
class Contact(models.Model):
    """Somebody whom the programme may call or write to."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="contacts", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=100)
    position = models.CharField(_("position"), max_length=100, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_main = models.BooleanField(_("main contact"), default=False)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-is_main", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(is_main=True),
                name="organisations_one_main_contact",
                violation_error_message=_("There is a main contact already."),
            ),
            models.CheckConstraint(
                name="organisations_contact_can_be_reached",
                condition=~Q(phone="", email=""),
                violation_error_message=_("Give a telephone number or an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track()
class Membership(models.Model):
    """A person who acts for an organisation. A person may belong to several."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="organisation_memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=10, choices=MembershipRole.choices, default=MembershipRole.VIEWER)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["organisation_id", "user_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                name="organisations_member_once",
                violation_error_message=_("This person is a member already."),
            ),
            models.CheckConstraint(
                name="organisations_member_role_known",
                condition=Q(role__in=MembershipRole.values),
                violation_error_message=_("Choose a role."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"
