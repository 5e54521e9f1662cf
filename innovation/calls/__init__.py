"""Calls and applications: definitions, cases, reviews, decisions, agreements."""
