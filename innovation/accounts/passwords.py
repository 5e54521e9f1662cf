"""Password rules in the words of this product: length and no common password, no rules of composition."""

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("This password is too short. Use at least %(length)d characters.") % {"length": self.min_length}

    def get_help_text(self) -> str:
        return _("At least 12 characters. A few unrelated words are easy to remember and hard to guess.")


class NotCommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is tried first. Choose another.")

    def get_help_text(self) -> str:
        return _("Not one of the passwords that many people use.")
