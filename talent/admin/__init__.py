"""The office of the talent part, one module per noun."""

from talent.admin import people, privacy, privacy_work, ratio, skills

__all__ = ["people", "privacy", "privacy_work", "ratio", "skills"]
