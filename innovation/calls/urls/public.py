"""Addresses of the public pages. A call's own code comes last: any other word is looked at first."""

from django.urls import URLPattern, path

from innovation.calls.views import eligibility, public

urlpatterns: list[URLPattern] = [
    path("", public.Calls.as_view(), name="calls"),
    path("feed.xml", public.Feed.as_view(), name="feed"),
    path("calls.ics", public.CalendarFile.as_view(), name="calendar"),
    path("documents/<int:pk>/", public.CallFile.as_view(), name="call_document"),
    path("self-test/", eligibility.SelfTests.as_view(), name="self_tests"),
    path("self-test/<slug:family>/", eligibility.SelfTest.as_view(), name="self_test"),
    path("<slug:code>/calendar.ics", public.CalendarFile.as_view(), name="call_calendar"),
    path("<slug:code>/eligibility/", eligibility.EligibilityPage.as_view(), name="eligibility"),
    path("<slug:code>/", public.CallPage.as_view(), name="call"),
]
