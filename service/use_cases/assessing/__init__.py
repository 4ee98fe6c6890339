"""Assess an application: from what is known and sent to one explained decision."""
