"""Addresses of the support ratio and of staff plans."""

from django.urls import URLPattern, path

from talent.views import own_laboratories, plans, ratio

urlpatterns: list[URLPattern] = [
    path("ratio/", ratio.RatioBoard.as_view(), name="ratio"),
    path("ratio/plan/", plans.PlanPage.as_view(), name="ratio_plan"),
    path("ratio/plan/save/", plans.SavePlan.as_view(), name="staff_plan_save"),
    path("ratio/plans/", plans.PlanList.as_view(), name="staff_plans"),
    path("ratio/plans/<int:pk>/", plans.SavedPlan.as_view(), name="staff_plan"),
    path("ratio/plans/<int:pk>/archive/", plans.ArchivePlan.as_view(), name="staff_plan_archive"),
    path("our-laboratories/", own_laboratories.OwnLaboratories.as_view(), name="own_laboratories"),
    path("our-laboratories/<int:pk>/complete/", own_laboratories.DeclareComplete.as_view(), name="list_complete"),
]
