"""Rules of calls and applications: pure functions on plain values, exact, each with a status."""
