"""What runs by the clock in a new installation. Afterwards the schedule lives in the database, edited in the admin."""

from typing import Any

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "core: send waiting messages": {"task": "innovation.core.tasks.relay_outbox", "schedule": 30.0},
    "core: resend lost jobs": {"task": "innovation.core.tasks.resend_lost_jobs", "schedule": 30.0},
    "core: forget old requests": {
        "task": "innovation.core.tasks.forget_old_requests",
        "schedule": crontab(hour=3, minute=20),
    },
    "accounts: send daily digests": {
        "task": "innovation.accounts.tasks.send_digests",
        "schedule": crontab(hour=7, minute=30),
    },
    "organisations: renew pinyin": {
        "task": "innovation.organisations.tasks.renew_pinyin",
        "schedule": crontab(hour=3, minute=40),
    },
    "reports: make what is due": {
        "task": "innovation.reports.tasks.make_due_reports",
        "schedule": crontab(minute="*/10"),
    },
    "calls: end what is over": {
        "task": "innovation.calls.tasks.end_what_is_over",
        "schedule": crontab(hour=0, minute=20),
    },
    "calls: end what was not answered": {
        "task": "innovation.calls.tasks.lapse_returned",
        "schedule": crontab(hour=0, minute=20),
    },
    "talent: keep profiles": {"task": "talent.tasks.keep_profiles", "schedule": crontab(hour=6, minute=10)},
    "funds: prove the books": {"task": "funds.tasks.prove_all_books", "schedule": crontab(hour=2, minute=40)},
    "funds: open and chase valuation rounds": {
        "task": "funds.tasks.keep_valuation_rounds",
        "schedule": crontab(hour=7, minute=40),
    },
    "funds: open cases for breaches": {
        "task": "funds.tasks.open_cases_for_breaches",
        "schedule": crontab(hour=6, minute=50),
    },
    "funds: sweep for alerts": {"task": "funds.tasks.sweep_alerts", "schedule": crontab(hour=6, minute=30)},
    "funds: keep results of the month": {
        "task": "funds.tasks.keep_tolerance_results",
        "schedule": crontab(day_of_month=2, hour=2, minute=30),
    },
    "talent: end what was kept long enough": {
        "task": "talent.tasks.keep_retention",
        "schedule": crontab(hour=1, minute=20),
    },
    "talent: prove privacy": {"task": "talent.tasks.prove_privacy_daily", "schedule": crontab(hour=3, minute=10)},
    # On each of the first days, so that a night without power is made good; a month that is kept stays as it is.
    "talent: keep the ratio of the month": {
        "task": "talent.tasks.keep_ratio_month",
        "schedule": crontab(day_of_month="1-5", hour=2, minute=15),
    },
    "talent: open, remind of and end credentials": {
        "task": "talent.tasks.keep_credential_terms",
        "schedule": crontab(hour=0, minute=30),
    },
    "talent: expire proposals nobody answered": {
        "task": "talent.tasks.expire_mandates",
        "schedule": crontab(hour=0, minute=30),
    },
    # After the terms of credentials were kept.
    "talent: prove the credentials of technology managers": {
        "task": "talent.tasks.prove_managers",
        "schedule": crontab(hour=1, minute=0),
    },
    "talent: open, remind of and close matching rounds": {
        "task": "talent.tasks.keep_rounds",
        "schedule": crontab(hour=0, minute=40),
    },
}
