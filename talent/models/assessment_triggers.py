"""What the database itself refuses about blind assessments, whoever writes."""

from typing import Any

import pgtrigger
from django.db import models

from innovation.core.append_only import AppendOnly


class KeptUntilErased(AppendOnly):
    """Rows are never changed or deleted; only words about an erased person may be emptied.

    ``words`` maps columns to what they become; ``person`` is SQL for the id of the person that row ``OLD`` is about.
    """

    def __init__(self, *, name: str, words: dict[str, str], person: str, **kwargs: Any) -> None:
        self.words, self.person = words, person
        super().__init__(name=name, **kwargs)

    def get_func(self, model: type[models.Model]) -> str:
        names = ", ".join(f"'{column}'" for column in self.words)
        emptied = " AND ".join(f"NEW.{column} = {value}" for column, value in self.words.items())
        return f"""
        IF TG_OP = 'UPDATE' THEN
            IF (to_jsonb(NEW) - ARRAY[{names}]) IS NOT DISTINCT FROM (to_jsonb(OLD) - ARRAY[{names}])
                AND {emptied}
                AND EXISTS (SELECT FROM talent_person p WHERE p.id = ({self.person}) AND p.erased_at IS NOT NULL) THEN
                RETURN NEW;
            END IF;
        END IF;
        {super().get_func(model)}
        """


PERSON_OF_SCORE = """
    SELECT a.person_id FROM talent_blindreview r JOIN talent_assessment a ON a.id = r.assessment_id
    WHERE r.id = OLD.review_id
"""
PERSON_OF_CHANGE = """
    SELECT a.person_id FROM talent_score s JOIN talent_blindreview r ON r.id = s.review_id
    JOIN talent_assessment a ON a.id = r.assessment_id WHERE s.id = OLD.score_id
"""
PERSON_OF_VIEW = "SELECT a.person_id FROM talent_assessment a WHERE a.id = OLD.assessment_id"
PERSON_OF_REDACTION = """
    SELECT a.person_id FROM talent_assessmentevidence e JOIN talent_assessment a ON a.id = e.assessment_id
    WHERE e.id = OLD.evidence_id
"""


class IndependentReviewer(pgtrigger.Trigger):
    """Nobody reviews themselves, or a person who has a post at an organisation that the reviewer acts for."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("reviewer_id", "assessment_id")
    func = """
        IF EXISTS (
            SELECT FROM talent_assessment a JOIN talent_person p ON p.id = a.person_id
            WHERE a.id = NEW.assessment_id AND p.user_id = NEW.reviewer_id
        ) OR EXISTS (
            SELECT FROM talent_assessment a
            JOIN talent_affiliation f ON f.person_id = a.person_id
                AND (f.valid_to IS NULL OR f.valid_to >= CURRENT_DATE)
            JOIN organisations_membership m ON m.organisation_id = f.organisation_id
            WHERE a.id = NEW.assessment_id AND m.user_id = NEW.reviewer_id
        ) THEN
            RAISE EXCEPTION 'A reviewer is neither the person assessed nor of the same organisation.'
                USING ERRCODE = '23514', CONSTRAINT = 'blind_review_independent';
        END IF;
        RETURN NEW;
    """


class ScoreWhileOpen(pgtrigger.Trigger):
    """A score is given during blind scoring, by a review that declared no conflict and was not handed in yet.

    The assessment is locked for the check, so that no score slips in behind the lock of all scores.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        PERFORM FROM talent_assessment a JOIN talent_blindreview r ON r.assessment_id = a.id
            WHERE r.id = NEW.review_id AND a.state = 'blind_scoring' AND r.state = 'open' AND r.conflict IS FALSE
            FOR SHARE OF a, r;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Scores are given during blind scoring, after a declaration without conflict.'
                USING ERRCODE = '23514', CONSTRAINT = 'score_while_open';
        END IF;
        IF btrim(NEW.reason) = '' THEN
            RAISE EXCEPTION 'A score has a written reason.'
                USING ERRCODE = '23514', CONSTRAINT = 'score_has_reason';
        END IF;
        RETURN NEW;
    """


class ChangeAfterLock(pgtrigger.Trigger):
    """A change of a mark belongs to its stage, starts from the mark that stands, and is of a review that counts."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        DECLARE
            standing INTEGER;
        BEGIN
            PERFORM FROM talent_score s JOIN talent_blindreview r ON r.id = s.review_id
                JOIN talent_assessment a ON a.id = r.assessment_id
                WHERE s.id = NEW.score_id AND r.state = 'submitted'
                    AND (a.state, NEW.stage) IN (('moderation', 'moderation'), ('unblinded', 'due_diligence'))
                FOR UPDATE OF s;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'A mark is changed in moderation or after unblinding, by a review that counts.'
                    USING ERRCODE = '23514', CONSTRAINT = 'score_change_stage';
            END IF;
            SELECT COALESCE(
                (SELECT c.after FROM talent_scorechange c WHERE c.score_id = NEW.score_id ORDER BY c.id DESC LIMIT 1),
                (SELECT s.mark FROM talent_score s WHERE s.id = NEW.score_id)
            ) INTO standing;
            IF standing IS DISTINCT FROM NEW.before THEN
                RAISE EXCEPTION 'The mark that stands is %, not %.', standing, NEW.before
                    USING ERRCODE = '23514', CONSTRAINT = 'score_change_from_standing';
            END IF;
            IF btrim(NEW.reason) = '' THEN
                RAISE EXCEPTION 'A changed mark has a written reason.'
                    USING ERRCODE = '23514', CONSTRAINT = 'score_has_reason';
            END IF;
            RETURN NEW;
        END;
    """
