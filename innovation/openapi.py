"""What the documents of the API say about themselves, and names of choices that several fields share."""

from typing import Any

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Regional innovation programme API",
    "DESCRIPTION": "[/api/v1/](/api/v1/) lists the addresses that you may use.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AlertKindEnum": "funds.choices.tolerance.AlertKind",
        "CallPhaseEnum": "innovation.calls.choices.CallPhase",
        "CapTestEnum": "funds.choices.tolerance.CapTest",
        "CaseOutcomeEnum": "funds.choices.cases.CaseOutcome",
        "CaseStateEnum": "funds.choices.cases.CaseState",
        "ConsentPurposeEnum": "talent.choices.privacy.Purpose",
        "EnteredKindEnum": "funds.choices.ledger.ENTERED_KINDS",
        "EventKindEnum": "funds.choices.ledger.EventKind",
        "FundPhaseEnum": "funds.choices.records.Phase",
        "FundStateEnum": "funds.choices.records.FundState",
        "JobStateEnum": "innovation.core.jobs.JobState",
        "MoneySourceEnum": "funds.choices.records.MoneySource",
        "NoticeStateEnum": "funds.choices.records.NoticeState",
        "OrganisationStatusEnum": "innovation.organisations.choices.OrganisationStatus",
        "PolicyKindEnum": "funds.models.policy.PolicyDocument.Kind",
        "ReadPurposeEnum": "talent.choices.privacy.ReadPurpose",
        "RoleKindEnum": "talent.choices.people.RoleKind",
        "RoleStateEnum": "talent.choices.people.RoleState",
        "SkillProofEnum": "talent.choices.skills.ProofState",
        "SourceStatusEnum": "funds.choices.tolerance.SourceStatus",
        "StressKindEnum": "funds.choices.figures.StressKind",
        "TierKindEnum": "funds.choices.records.TierKind",
        "ToleranceStatusEnum": "funds.choices.tolerance.ToleranceStatus",
        "WarningLevelEnum": "funds.choices.tolerance.WarningLevel",
    },
}
