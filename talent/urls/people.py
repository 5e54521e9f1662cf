"""Addresses of people: the own profile, the directory, the office's register, the unit's posts."""

from django.urls import URLPattern, path

from talent.views import directory, imports, merging, office, profile, skills, units

urlpatterns: list[URLPattern] = [
    path("directory/", directory.Directory.as_view(), name="directory"),
    path("directory/<uuid:uuid>/", directory.DirectoryPerson.as_view(), name="directory_person"),
    path("people/", office.People.as_view(), name="people"),
    path("people/<int:pk>/", office.PersonPage.as_view(), name="person"),
    path("duplicates/", merging.Duplicates.as_view(), name="duplicates"),
    path("duplicates/<int:survivor>/<int:loser>/", merging.Merge.as_view(), name="merge"),
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/send/", imports.SendImport.as_view(), name="import_send"),
    path("imports/<int:pk>/", imports.ImportPage.as_view(), name="import"),
    path("imports/examples/<slug:kind>/", imports.ImportTemplate.as_view(), name="import_template"),
    path("unit/posts/", units.UnitPosts.as_view(), name="unit_posts"),
    path("unit/posts/<int:pk>/", units.ConfirmUnitPost.as_view(), name="unit_post_confirm"),
    path("evidence/<int:pk>/file/", skills.EvidenceFile.as_view(), name="skill_evidence_file"),
    path("profile/", profile.OwnProfile.as_view(), name="profile"),
    path("profile/edit/", profile.EditPerson.as_view(), name="profile_edit"),
    path("profile/directory/", profile.EditDirectory.as_view(), name="profile_directory"),
    path("profile/available/", profile.SayAvailable.as_view(), name="profile_available"),
    path("profile/posts/add/", profile.AddPost.as_view(), name="profile_post_add"),
    path("profile/posts/<int:pk>/", profile.ChangePost.as_view(), name="profile_post"),
    path("profile/roles/add/", profile.AddRole.as_view(), name="profile_role_add"),
    path("profile/roles/<int:pk>/<slug:event>/", profile.RoleStep.as_view(), name="profile_role_step"),
    path("profile/skills/add/", skills.ClaimSkill.as_view(), name="profile_skill_add"),
    path("profile/skills/<int:pk>/", skills.ChangeClaim.as_view(), name="profile_skill"),
    path("profile/skills/<int:pk>/take-out/", skills.DropClaim.as_view(), name="profile_skill_drop"),
    path("profile/evidence/add/", skills.AddEvidence.as_view(), name="profile_evidence"),
]
