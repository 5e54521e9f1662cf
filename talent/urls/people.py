"""Addresses of people and their own profiles."""

from django.urls import URLPattern, path

from talent.views import profile

urlpatterns: list[URLPattern] = [
    path("profile/", profile.OwnProfile.as_view(), name="profile"),
    path("profile/edit/", profile.EditPerson.as_view(), name="profile_edit"),
    path("profile/directory/", profile.EditDirectory.as_view(), name="profile_directory"),
    path("profile/available/", profile.SayAvailable.as_view(), name="profile_available"),
    path("profile/posts/add/", profile.AddPost.as_view(), name="profile_post_add"),
    path("profile/posts/<int:pk>/", profile.ChangePost.as_view(), name="profile_post"),
    path("profile/roles/add/", profile.AddRole.as_view(), name="profile_role_add"),
    path("profile/roles/<int:pk>/<slug:event>/", profile.RoleStep.as_view(), name="profile_role_step"),
]
