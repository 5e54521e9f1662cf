"""Which role may do what with export templates."""

from innovation.accounts.choices import Role

RECORDS = ("exporttemplate", "exportline")
ROLES: dict[Role, list[str]] = {
    Role.FUND_OFFICER: [
        *(f"funds.{act}_{record}" for record in RECORDS for act in ("add", "change")), "funds.delete_exportline",
    ],
    Role.PROGRAMME_MANAGER: ["funds.publish_exporttemplate"],
}  # fmt: skip
