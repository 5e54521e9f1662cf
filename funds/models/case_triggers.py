"""What the database itself refuses in an exemption case, whoever writes."""

import pgtrigger
from django.db import models

from funds.choices.cases import OUTCOMES_AFTER_HIT, CaseState
from funds.models.case_states import allowed_moves


def _refuse(message: str, *facts: str, name: str = "TG_NAME") -> str:
    constraint = name if name == "TG_NAME" else f"'{name}'"
    tail = "".join(f", {fact}" for fact in facts)
    return f"RAISE EXCEPTION '{message}'{tail} USING ERRCODE = '23514', CONSTRAINT = {constraint};"


def _listed(values: object) -> str:
    return ", ".join(f"'{value}'" for value in sorted(str(value) for value in values))  # type: ignore[attr-defined]


class CaseGuard(pgtrigger.Trigger):
    """What a case is about never changes, states move along the table only, an archived case is closed for good."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("decided", "TEXT")]

    def __init__(self, *, name: str, fixed: tuple[str, ...], once: tuple[str, ...]) -> None:
        super().__init__(name=name)
        self.fixed, self.once = fixed, once

    def get_func(self, model: type[models.Model]) -> str:
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in self.fixed)
        twice = " OR ".join(
            f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in self.once
        )
        moves = ", ".join(f"('{before}', '{after}')" for before, after in allowed_moves())
        return f"""
            IF TG_OP = 'DELETE' THEN
                {_refuse("A case is never deleted.", name="case_never_deleted")}
            END IF;
            IF OLD.state = '{CaseState.ARCHIVED}' THEN
                {_refuse("An archived case is never changed.", name="case_archived_is_closed")}
            END IF;
            IF {changed} OR {twice} THEN
                {_refuse("What a case is about never changes.", name="case_subject_fixed")}
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({moves}) THEN
                {_refuse("A case does not go from % to %.", "OLD.state", "NEW.state", name="case_moves_by_table")}
            END IF;
            IF NEW.outcome IS DISTINCT FROM OLD.outcome THEN
                SELECT outcome INTO decided FROM funds_casedecision WHERE case_id = NEW.id ORDER BY round DESC LIMIT 1;
                IF decided IS DISTINCT FROM NEW.outcome THEN
                    {_refuse("The outcome of a case is that of its decision.", name="case_outcome_is_decided")}
                END IF;
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own models and enumerations


class StepGuard(pgtrigger.Trigger):
    """Each step continues the chain of its case: number, hash before, own hash, time; none follows the archive."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("last", "RECORD"), ("stands", "TEXT"), ("content", "TEXT")]

    def get_func(self, model: type[models.Model]) -> str:
        texts = " || ".join(
            f"'|' || char_length(NEW.{column}) || '|' || NEW.{column}" for column in ("actor_label", "note", "facts")
        )
        return f"""
            SELECT state INTO stands FROM funds_exemptioncase WHERE id = NEW.case_id FOR UPDATE;
            IF stands = '{CaseState.ARCHIVED}' THEN
                {_refuse("Nothing is added to an archived case.", name="step_not_after_archive")}
            END IF;
            SELECT seq, hash, at INTO last FROM funds_casestep WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;
            content := concat(NEW.case_id, '|', NEW.seq, '|', NEW.event, '|', NEW.from_state, '|', NEW.to_state, '|',
                to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '|', NEW.actor_id) || {texts};
            IF NEW.seq <> COALESCE(last.seq, 0) + 1
               OR NEW.prev_hash <> COALESCE(last.hash, decode(repeat('00', 32), 'hex'))
               OR NEW.hash <> sha256(NEW.prev_hash || convert_to(content, 'UTF8'))
               OR NEW.at < last.at THEN
                {_refuse("Step % does not continue the chain of its case.", "NEW.seq", name="step_chain_unbroken")}
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own models and enumerations


class OnlyInStates(pgtrigger.Trigger):
    """Rows of a case are added or changed only while the case stands in one of ``states``."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("stands", "TEXT")]

    def __init__(self, *, name: str, states: tuple[CaseState, ...]) -> None:
        super().__init__(name=name)
        self.states = states

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT state INTO stands FROM funds_exemptioncase
            WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.case_id ELSE NEW.case_id END FOR SHARE;
            IF stands NOT IN ({_listed(self.states)}) THEN
                {_refuse("A case in state % does not take this record.", "stands")}
            END IF;
            RETURN COALESCE(NEW, OLD);
        """  # noqa: S608 - names come from our own models and enumerations


class LaterOnceFrozen(pgtrigger.Trigger):
    """Evidence after the freeze is marked "later" and never enters the frozen set; an archived case takes none."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("found", "RECORD")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT state, frozen_at INTO found FROM funds_exemptioncase WHERE id = NEW.case_id FOR SHARE;
            IF found.state = '{CaseState.ARCHIVED}' THEN
                {_refuse("Nothing is added to an archived case.", name="evidence_not_after_archive")}
            END IF;
            IF NEW.later <> (found.frozen_at IS NOT NULL) THEN
                {_refuse("Evidence after the freeze is later evidence only.", name="evidence_later_once_frozen")}
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own models and enumerations


class KnownInCase(pgtrigger.Trigger):
    """An answer names a person of its own case, and documents that are in that case's file."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NOT EXISTS (SELECT FROM funds_caseperson WHERE id = NEW.person_id AND case_id = NEW.case_id) THEN
                {_refuse("The person belongs to another case.", name="answer_person_of_case")}
            END IF;
            IF EXISTS (
                SELECT FROM unnest(NEW.evidence) AS named(hash)
                WHERE NOT EXISTS (SELECT FROM funds_evidence WHERE case_id = NEW.case_id AND file_id = named.hash)
            ) THEN
                {_refuse("The document is not in the file of this case.", name="answer_evidence_in_case")}
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own models and enumerations


_HIT = """EXISTS (
    SELECT FROM funds_negativefinding WHERE case_id = NEW.case_id AND hit AND superseded_at IS NULL
)"""


def _forbidden_outcome() -> str:
    return f"NEW.outcome NOT IN ({_listed(OUTCOMES_AFTER_HIT)}) AND {_HIT}"


class SeatGuard(pgtrigger.Trigger):
    """Who voted in the investment decision sits on the panel only as recused."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NEW.recused_at IS NULL AND EXISTS (
                SELECT FROM funds_decisionvoter WHERE case_id = NEW.case_id AND user_id = NEW.user_id
            ) THEN
                {_refuse("Who voted in the investment decision is recused.", name="panel_voters_recused")}
            END IF;
            RETURN NEW;
        """


class VoteGuard(pgtrigger.Trigger):
    """A vote comes from a member of the same case who is not recused, for an outcome that the negative list leaves."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("seat", "RECORD")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT case_id, round, recused_at INTO seat FROM funds_panelmember WHERE id = NEW.member_id FOR SHARE;
            IF seat.case_id <> NEW.case_id OR seat.recused_at IS NOT NULL THEN
                {_refuse("A recused member does not vote.", name="vote_by_member")}
            END IF;
            IF seat.round <> (
                SELECT CASE WHEN state = '{CaseState.APPEAL}' THEN 2 ELSE 1 END FROM funds_exemptioncase
                WHERE id = NEW.case_id
            ) THEN
                {_refuse("This panel does not sit now.", name="vote_in_its_round")}
            END IF;
            IF {_forbidden_outcome()} THEN
                {_refuse("A hit on the negative list leaves only not exempt or referred.", name="vote_after_hit")}
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own models and enumerations


class DecisionGuard(pgtrigger.Trigger):
    """A decision has its quorum, its majority, its chair, its round; the negative list limits its outcome."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("stands", "RECORD"), ("counted", "RECORD")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT c.state, p.quorum INTO stands FROM funds_exemptioncase c
            JOIN funds_caseprocedure p ON p.id = c.procedure_id WHERE c.id = NEW.case_id FOR UPDATE OF c;
            IF NEW.round <> (CASE WHEN stands.state = '{CaseState.APPEAL}' THEN 2 ELSE 1 END) THEN
                {_refuse("This panel does not sit now.", name="decision_in_its_round")}
            END IF;
            IF {_forbidden_outcome()} THEN
                {_refuse("A hit on the negative list leaves only not exempt or referred.", name="decision_after_hit")}
            END IF;
            SELECT count(*) AS votes, count(*) FILTER (WHERE v.outcome = NEW.outcome) AS carried INTO counted
            FROM funds_panelvote v JOIN funds_panelmember m ON m.id = v.member_id
            WHERE v.case_id = NEW.case_id AND v.superseded_at IS NULL AND m.recused_at IS NULL AND m.round = NEW.round;
            IF counted.votes < stands.quorum THEN
                {_refuse("The quorum of the panel is missing.", name="decision_has_quorum")}
            END IF;
            IF counted.carried * 2 <= counted.votes THEN
                {_refuse("The decision has no majority.", name="decision_has_majority")}
            END IF;
            IF NOT EXISTS (
                SELECT FROM funds_panelmember WHERE case_id = NEW.case_id AND round = NEW.round AND is_chair
                AND recused_at IS NULL AND user_id = NEW.decided_by_id
            ) THEN
                {_refuse("The chair of the panel decides.", name="decision_by_chair")}
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own models and enumerations


class AppealInTerm(pgtrigger.Trigger):
    """An appeal is made by the last day of its term."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF EXISTS (
                SELECT FROM funds_exemptioncase WHERE id = NEW.case_id
                AND (NEW.at AT TIME ZONE 'Asia/Shanghai')::date > appeal_until
            ) THEN
                {_refuse("The term of appeal is over.", name="appeal_in_term")}
            END IF;
            RETURN NEW;
        """


class FixedOnceSubmitted(pgtrigger.Trigger):
    """A submitted statement is never changed; before that it is a draft."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF OLD.submitted_at IS NOT NULL THEN
                {_refuse("A submitted statement is never changed.", name="statement_fixed_once_submitted")}
            END IF;
            RETURN COALESCE(NEW, OLD);
        """


class FixedOnceUsed(pgtrigger.Trigger):
    """A procedure that a case runs under keeps its words: a change is a new version."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, name: str, procedure: str) -> None:
        super().__init__(name=name)
        self.procedure = procedure

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF EXISTS (SELECT FROM funds_exemptioncase WHERE procedure_id = OLD.{self.procedure}) THEN
                {_refuse("A procedure that cases run under is never changed: record a new version.")}
            END IF;
            RETURN COALESCE(NEW, OLD);
        """
