"""Formulas and conditions of the patents part: pure functions on plain values, no database, no clock.

Money is in yuan as ``Decimal`` with two places unless a name ends in ``_fen``; shares are exact fractions.
"""
