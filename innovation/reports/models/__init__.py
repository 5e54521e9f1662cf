"""Records of the reports: runs with their files, schedules with their subscribers."""

from innovation.reports.models.runs import ReportFile, ReportRun
from innovation.reports.models.schedules import ReportSchedule, Subscription

__all__ = ["ReportFile", "ReportRun", "ReportSchedule", "Subscription"]
