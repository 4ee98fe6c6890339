"""How a model is made from a table: splits, encoding, bags, blend, calibration, validation."""
