"""Prove the books from the command line; ends with code 1 when something is wrong."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from funds.actions.books import prove_books
from funds.choices.ledger import ProofFinding, ProofOccasion
from funds.models import Fund


class Command(BaseCommand):
    help = "Recompute the hash chain, heads and sums of one fund's books (by its code), or of all, and keep the result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fund", nargs="?", help="code of a fund; all funds when none is named")
        parser.add_argument("--anchor", action="store_true", help="keep each sound ledger's head for today")

    def handle(self, *, fund: str | None, anchor: bool, **options: object) -> None:
        chosen = Fund.objects.filter(code=fund).first() if fund else None
        if fund and chosen is None:
            raise CommandError(f"There is no fund with code {fund}")
        proof = prove_books(
            occasion=ProofOccasion.COMMAND,
            fund_id=chosen.pk if chosen else None,
            anchor_on=timezone.localdate() if anchor else None,
        )
        read = f"{proof.entries:,} entries of {proof.funds:,} ledgers and {proof.anchors:,} heads in {proof.seconds} s"
        for found in proof.findings:
            place = f"{found['fund']} no. {found['seq']}" if found["seq"] else found["fund"]
            self.stderr.write(f"{place}: {ProofFinding(found['finding']).label} {found['detail']}".rstrip())
        if proof.findings:
            raise CommandError(f"{len(proof.findings)} found wrong: {read}")
        self.stdout.write(f"All is well: {read}")
