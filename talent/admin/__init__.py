"""The office of the talent part, one module per noun."""

from talent.admin import assessment, merges, people, privacy, privacy_work, ratio, skills

__all__ = ["assessment", "merges", "people", "privacy", "privacy_work", "ratio", "skills"]
