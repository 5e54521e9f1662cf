"""Addresses of calls and applications, subject by subject; a call's own code comes last, any word may be one."""

from innovation.calls.urls import appeals, applying, deciding, desk, earlier, messages, needs, public

app_name = "calls"
SUBJECTS = (appeals, earlier, messages, needs, desk, deciding, applying, public)
urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.urlpatterns]
