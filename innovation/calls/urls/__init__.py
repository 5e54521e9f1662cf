"""Addresses of calls and applications, subject by subject; a call's own code comes last, any word may be one."""

from innovation.calls.urls import applying

app_name = "calls"
SUBJECTS = (applying,)
urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.urlpatterns]
