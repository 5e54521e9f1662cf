"""Addresses of the funds part, subject by subject."""

from funds.urls import cases, companies, deals, performance, policy_work, portfolio, stress

app_name = "funds"
SUBJECTS = (portfolio, deals, companies, policy_work, cases, performance, stress)
urlpatterns = [pattern for subject in SUBJECTS for pattern in subject.urlpatterns]
