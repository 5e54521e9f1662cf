"""What the database itself refuses in rounds: rankings after the deadline, more people than places."""

import pgtrigger
from django.conf import settings
from django.db import models

from talent.choices.rounds import RoundState

_TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
_CLOSED = f"""
    IF NOT EXISTS (
        SELECT 1 FROM talent_ranking k JOIN talent_matchround r ON r.id = k.round_id
        WHERE k.id = %s AND r.state = '{RoundState.RANKING}'
          AND {_TODAY} <= CASE WHEN k.host_id IS NULL THEN r.people_by ELSE r.hosts_by END
    ) THEN
        RAISE EXCEPTION 'Rankings of this round are closed.' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
    END IF;
"""  # noqa: S608 - names come from our own enumerations


class RankingInTime(pgtrigger.Trigger):
    """What was handed in changes no more when its round is closed or its last day is over; a merge may move it."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        kept = " AND ".join(
            f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in ("round_id", "host_id", "state", "submitted_at")
        )
        return f"""
            IF TG_OP = 'UPDATE' AND {kept} THEN
                RETURN NEW;
            END IF;
            {_CLOSED % "NEW.id"}
            RETURN NEW;
        """


class ChoicesInTime(pgtrigger.Trigger):
    """The same for the places of a ranking."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        kept = " AND ".join(
            f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in ("ranking_id", "position", "offer_id")
        )
        return f"""
            IF TG_OP = 'UPDATE' AND {kept} THEN
                RETURN NEW;
            END IF;
            {_CLOSED % "COALESCE(NEW.ranking_id, OLD.ranking_id)"}
            RETURN COALESCE(NEW, OLD);
        """


class WithinPlaces(pgtrigger.Trigger):
    """No place and no institute gets more people than it takes, also when two officers override at once."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF NEW.offer_id IS NULL OR (TG_OP = 'UPDATE' AND NEW.offer_id IS NOT DISTINCT FROM OLD.offer_id) THEN
                RETURN NEW;
            END IF;
            PERFORM 1 FROM talent_roundhost h JOIN talent_roundoffer o ON o.host_id = h.id
                WHERE o.id = NEW.offer_id FOR UPDATE OF h;
            IF (SELECT count(*) FROM talent_placement p
                    WHERE p.run_id = NEW.run_id AND p.offer_id = NEW.offer_id AND p.id IS DISTINCT FROM NEW.id)
                   >= (SELECT places FROM talent_roundoffer WHERE id = NEW.offer_id)
               OR (SELECT count(*) FROM talent_placement p JOIN talent_roundoffer o ON o.id = p.offer_id
                    JOIN talent_roundoffer mine ON mine.host_id = o.host_id
                    WHERE mine.id = NEW.offer_id AND p.run_id = NEW.run_id AND p.id IS DISTINCT FROM NEW.id)
                   >= (SELECT h.places FROM talent_roundhost h JOIN talent_roundoffer o ON o.host_id = h.id
                        WHERE o.id = NEW.offer_id) THEN
                RAISE EXCEPTION 'All places are taken.' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
            RETURN NEW;
        """
