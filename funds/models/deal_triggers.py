"""What the database itself refuses on the way of a proposal, whoever writes."""

import pgtrigger
from django.db import models

# What the committee reads. The state, the holding that the vote makes and who is responsible may still change.
_LAID_BEFORE = (
    "code", "fund_id", "company_id", "is_follow_on", "stage", "mode", "instrument", "amount_fen", "pre_money_fen",
    "source", "summary", "risks", "opened_on",
)  # fmt: skip


class FrozenBeforeCommittee(pgtrigger.Trigger):
    """A proposal that lies before the committee, or was decided, keeps its words and its money; none is deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        changed = " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in _LAID_BEFORE)
        return f"""
            IF OLD.state NOT IN ('SOURCING', 'DILIGENCE') AND (TG_OP = 'DELETE' OR {changed}) THEN
                RAISE EXCEPTION 'A proposal that lies before the committee is never changed.'
                    USING ERRCODE = '23514', CONSTRAINT = 'deal_frozen_before_committee';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """


class DecidedByCommittee(pgtrigger.Trigger):
    """Approved and rejected are outcomes of a sealed decision and never typed."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF NEW.state IN ('APPROVED', 'REJECTED')
               AND (TG_OP = 'INSERT' OR OLD.state IS DISTINCT FROM NEW.state)
               AND NOT EXISTS (
                   SELECT FROM funds_decision d
                   WHERE d.deal_id = NEW.id AND d.outcome = NEW.state AND d.sealed_at IS NOT NULL
               ) THEN
                RAISE EXCEPTION 'Proposal % has no sealed decision of this outcome.', NEW.code
                    USING ERRCODE = '23514', CONSTRAINT = 'deal_decided_by_committee';
            END IF;
            RETURN NEW;
        """


class OpenDealOnly(pgtrigger.Trigger):
    """The answers of due diligence stand as the committee read them."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF EXISTS (
                SELECT FROM funds_deal d
                WHERE d.id = COALESCE(NEW.deal_id, OLD.deal_id) AND d.state NOT IN ('SOURCING', 'DILIGENCE')
            ) THEN
                RAISE EXCEPTION 'Due diligence is closed once the proposal lies before the committee.'
                    USING ERRCODE = '23514', CONSTRAINT = 'diligence_before_committee';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """


class SealByVotes(pgtrigger.Trigger):
    """A decision begins without its seal, and is sealed only when its votes have the quorum and carry its outcome."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("sealed_at")

    def get_func(self, model: type[models.Model]) -> str:
        return """
            DECLARE
                present BIGINT;
                in_favour BIGINT;
                missing BOOLEAN;
            BEGIN
                IF TG_OP = 'INSERT' THEN
                    missing := NEW.sealed_at IS NOT NULL;
                ELSIF NEW.sealed_at IS NULL OR OLD.sealed_at IS NOT NULL OR NEW.outcome = 'POSTPONED' THEN
                    missing := FALSE;
                ELSE
                    SELECT count(*) FILTER (WHERE choice IN ('FOR', 'AGAINST', 'ABSTAIN')),
                           count(*) FILTER (WHERE choice = 'FOR')
                    INTO present, in_favour FROM funds_vote WHERE decision_id = NEW.id;
                    missing := present < NEW.quorum
                        OR (in_favour * NEW.majority_den >= NEW.majority_num * present) <> (NEW.outcome = 'APPROVED');
                END IF;
                IF missing THEN
                    RAISE EXCEPTION 'The votes of decision % do not carry its outcome.', NEW.number
                        USING ERRCODE = '23514', CONSTRAINT = 'decision_sealed_by_votes';
                END IF;
                RETURN NEW;
            END;
        """


class OpenDecisionOnly(pgtrigger.Trigger):
    """Votes and papers join a decision before its seal only; they and the seal wait for each other."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            PERFORM 1 FROM funds_decision WHERE id = NEW.decision_id FOR SHARE;
            IF EXISTS (SELECT FROM funds_decision d WHERE d.id = NEW.decision_id AND d.sealed_at IS NOT NULL) THEN
                RAISE EXCEPTION 'This decision is sealed: no vote and no paper joins it.'
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """


class TranchesWithinAgreement(pgtrigger.Trigger):
    """The tranches of an agreement, those given up apart, never add up to more than it promises.

    Writers of one agreement wait for each other. The lock lets foreign keys pass: else two would wait in a circle.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return """
            PERFORM 1 FROM funds_agreement WHERE id = NEW.agreement_id FOR NO KEY UPDATE;
            IF (SELECT SUM(t.amount_fen) FROM funds_tranche t
                WHERE t.agreement_id = NEW.agreement_id AND t.state <> 'CANCELLED')
               > (SELECT a.amount_fen FROM funds_agreement a WHERE a.id = NEW.agreement_id) THEN
                RAISE EXCEPTION 'The tranches add up to more than the agreement promises.'
                    USING ERRCODE = '23514', CONSTRAINT = 'tranches_within_agreement';
            END IF;
            RETURN NULL;
        """


class AgreementWithinDecision(pgtrigger.Trigger):
    """An agreement concerns the holding of its decision; all of one decision promise no more than was approved."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return """
            PERFORM 1 FROM funds_decision WHERE id = NEW.decision_id FOR NO KEY UPDATE;
            IF NEW.decision_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM funds_decision d
                WHERE d.id = NEW.decision_id AND d.investment_id = NEW.investment_id AND d.sealed_at IS NOT NULL
                  AND d.outcome = 'APPROVED'
                  AND d.amount_fen >= NEW.amount_fen + COALESCE((
                      SELECT SUM(a.amount_fen) FROM funds_agreement a
                      WHERE a.decision_id = d.id AND a.id IS DISTINCT FROM NEW.supersedes_id
                        AND NOT EXISTS (SELECT FROM funds_agreement later WHERE later.supersedes_id = a.id)
                  ), 0)
            ) THEN
                RAISE EXCEPTION 'Agreement % is not covered by its decision.', NEW.number
                    USING ERRCODE = '23514', CONSTRAINT = 'agreement_within_decision';
            END IF;
            RETURN NEW;
        """


class ReleaseMirrorsEntry(pgtrigger.Trigger):
    """A tranche is paid by an entry of its own holding, kind and amount, and once while that entry stands."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return """
            PERFORM 1 FROM funds_tranche WHERE id = NEW.tranche_id FOR UPDATE;
            IF NOT EXISTS (
                SELECT FROM funds_tranche t
                JOIN funds_agreement a ON a.id = t.agreement_id
                JOIN funds_ledgerevent e ON e.id = NEW.event_id
                WHERE t.id = NEW.tranche_id AND t.state <> 'CANCELLED' AND e.kind IN ('INVEST', 'FOLLOW_ON')
                  AND e.investment_id = a.investment_id AND e.amount_fen = t.amount_fen
            ) OR EXISTS (
                SELECT FROM funds_tranchepayment p
                WHERE p.tranche_id = NEW.tranche_id
                  AND NOT EXISTS (SELECT FROM funds_ledgerevent r WHERE r.reverses_id = p.event_id)
            ) THEN
                RAISE EXCEPTION 'The entry does not pay this tranche, or it is paid already.'
                    USING ERRCODE = '23514', CONSTRAINT = 'tranche_paid_by_entry';
            END IF;
            RETURN NEW;
        """
