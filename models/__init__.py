"""Models: numbers in, a credit score out.

May import `features`. It knows neither policy nor service: signs, base rates and expert cards
arrive as plain arguments. Its one output type is `models.score.CreditScore`.
"""

import os

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # read once, when mlflow is first imported
