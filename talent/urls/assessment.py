"""Addresses of blind assessments: the desk, the reviewer's cases, one's own, the vault."""

from django.urls import URLPattern, path

from talent.views import assessment_acts as acts
from talent.views import assessments, blind_reviews, own_assessments, vault

urlpatterns: list[URLPattern] = [
    path("assessments/", assessments.AssessmentList.as_view(), name="assessments"),
    path("assessments/new/", acts.OpenAssessment.as_view(), name="assessment_new"),
    path("assessments/<int:pk>/", assessments.AssessmentPage.as_view(), name="assessment"),
    path("assessments/<int:pk>/evidence/", acts.AddEvidence.as_view(), name="assessment_evidence"),
    path("assessments/<int:pk>/reviewers/", acts.AskReviewer.as_view(), name="assessment_reviewer"),
    path("assessments/<int:pk>/step/<slug:step>/", acts.StepPage.as_view(), name="assessment_step"),
    path("assessments/evidence/<int:pk>/redact/", acts.RedactPage.as_view(), name="redact"),
    path("assessments/evidence/<int:pk>/file/", assessments.EvidenceFile.as_view(), name="evidence_file"),
    path("assessments/reviews/<int:pk>/release/", acts.ReleaseReviewer.as_view(), name="release_reviewer"),
    path("blind/", blind_reviews.BlindReviewList.as_view(), name="blind_reviews"),
    path("blind/<int:pk>/", blind_reviews.BlindReviewPage.as_view(), name="blind_review"),
    path("blind/<int:pk>/declare/", blind_reviews.BlindDeclare.as_view(), name="blind_declare"),
    path("blind/<int:pk>/decline/", blind_reviews.BlindDecline.as_view(), name="blind_decline"),
    path("blind/<int:pk>/conflict/", blind_reviews.BlindConflict.as_view(), name="blind_conflict"),
    path("blind/<int:pk>/marks/<int:score>/", blind_reviews.BlindChange.as_view(), name="blind_change"),
    path("blind/<int:pk>/files/<int:file>/", blind_reviews.BlindFile.as_view(), name="blind_file"),
    path("my-assessments/", own_assessments.OwnAssessments.as_view(), name="own_assessments"),
    path("my-assessments/<int:pk>/", own_assessments.OwnAssessment.as_view(), name="own_assessment"),
    path("my-assessments/<int:pk>/evidence/", own_assessments.OwnEvidence.as_view(), name="own_evidence"),
    path("my-assessments/<int:pk>/appeal/", own_assessments.OwnAppeal.as_view(), name="own_appeal"),
    path("fairness-check/", vault.VaultPage.as_view(), name="vault"),
    path("fairness-check/delete/", vault.VaultWithdraw.as_view(), name="vault_withdraw"),
]
