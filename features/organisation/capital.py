"""Capital: what was paid into a developer's projects, beside what is due (guidance 二（五）)."""

from features.arrays import Amount, Rows, total


def project_capital_paid(project__project_capital_paid: Amount, project: Rows) -> Amount:
    """Return Σ project_capital_paid over its projects (分). Source: domain 7.1 (RL-28)."""
    return total(project__project_capital_paid, project)


def project_capital_due(project__project_capital_due: Amount, project: Rows) -> Amount:
    """Return Σ project_capital_due over its projects (分). Source: domain 7.1 (RL-28)."""
    return total(project__project_capital_due, project)
