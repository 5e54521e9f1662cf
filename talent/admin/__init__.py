"""The office of the talent part, one module per noun."""

from talent.admin import assessment, people, privacy, privacy_work, ratio, skills

__all__ = ["assessment", "people", "privacy", "privacy_work", "ratio", "skills"]
