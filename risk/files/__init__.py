"""How policy is read: strict YAML, dated rows, what is in force for a county on a day.

Nothing here imports models, so a limit is read the same whichever model is in use.
"""

from risk.files.effective import EffectivePolicy, Policy, Product
from risk.files.load import load_policy
from risk.files.scorecard import ExpertCard
from risk.files.strict_yaml import PolicyFault

__all__ = ["EffectivePolicy", "ExpertCard", "Policy", "PolicyFault", "Product", "load_policy"]
