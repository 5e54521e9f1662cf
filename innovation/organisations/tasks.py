"""What the register does by the clock."""

from celery import shared_task

from innovation.core import history
from innovation.organisations.models import Organisation, OrganisationName
from innovation.organisations.rules import pinyin_key


@shared_task(ignore_result=True, soft_time_limit=600, time_limit=660)
def renew_pinyin() -> int:
    """Mend pinyin that no longer fits its name, as after a change by plain SQL; return how many rows that were.

    The database has no dictionary of readings, so it cannot keep this column by itself as it keeps the search words.
    """
    renewed = 0
    with history.acting_as(None, "nightly renewal of pinyin"):
        for model in (Organisation, OrganisationName):
            for pk, name, held in model.objects.values_list("pk", "name_zh", "pinyin").iterator():
                if (key := pinyin_key(name)) != held:
                    renewed += model.objects.filter(pk=pk, name_zh=name).update(pinyin=key)
    return renewed
