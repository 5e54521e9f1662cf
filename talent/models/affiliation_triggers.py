"""What the database itself refuses about posts: more than full working time on any day, whoever writes."""

import pgtrigger
from django.db import models


class _WithinFullTime(pgtrigger.Trigger):
    """No day on which the posts of a person add up to more than full time.

    Looks once per statement at the people whose rows were written. Their own rows are locked first, so that two
    writers of one person wait for each other and the later one sees what the earlier one wrote. A sum over dated
    posts can only be largest on the first day of one of them.
    """

    when = pgtrigger.After
    level = pgtrigger.Statement
    referencing = pgtrigger.Referencing(new="written")
    declare = [("broken", "RECORD")]

    def get_func(self, model: type[models.Model]) -> str:
        return """
            PERFORM 1 FROM talent_person WHERE id IN (SELECT person_id FROM written) ORDER BY id FOR NO KEY UPDATE;
            SELECT post.person_id, post.valid_from INTO broken
            FROM talent_affiliation post
            JOIN talent_affiliation held ON held.person_id = post.person_id
             AND held.valid_from <= post.valid_from AND (held.valid_to IS NULL OR held.valid_to >= post.valid_from)
            WHERE post.person_id IN (SELECT person_id FROM written)
            GROUP BY post.id, post.person_id, post.valid_from
            HAVING SUM(held.fte_centi) > 100 ORDER BY 1, 2 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'The posts of person % exceed full time on %.', broken.person_id, broken.valid_from
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_posts_within_full_time';
            END IF;
            RETURN NULL;
        """


class NewWithinFullTime(_WithinFullTime):
    operation = pgtrigger.Insert


class ChangedWithinFullTime(_WithinFullTime):
    operation = pgtrigger.Update
