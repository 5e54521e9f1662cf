"""Formulas and conditions of the talent part: pure functions on plain values."""
