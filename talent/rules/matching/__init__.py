"""Who works on what: assignment, matching with capacities and skills, teams, stable matching, fit and fairness."""
