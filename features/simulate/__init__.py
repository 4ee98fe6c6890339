"""A simulated county: a whole book with known true probabilities of default.

EVERYTHING HERE IS SYNTHETIC. No household, firm, village or cooperative exists; the county code
is unassigned, tokens are random and stand for nobody. The book shows that the machinery works
and lets a model be compared with the truth; it says nothing about any real borrower, and a model
trained on it decides nothing outside `demo`.

What it models: households with two latent traits shared in part by a village; trades with
seasons; prices, typhoons and pests that hit a trade together; requests, pledges, cooperatives
that drift into distinct troubles, projects that pay late, a few predatory developers; loans
whose monthly hazard is a function of the truth, with the true PD averaged over futures of the
county; papers that are missing more often for those with less order in their affairs;
corrections that come later.

What it does not model: why banks compete or prices move; contagion between borrowers beyond
village and county; strategic default, fraud by households, appraisers in collusion; the effect
of a refusal on the refused; policy changes, drift of the population or of a form's wording;
migration, divorce, inheritance; real geography; text; the weight of this book's own loans in a
bureau's debt figures; an equity roll-forward of cooperatives. Its levels are chosen, not
estimated: there were no data to estimate them from.
"""

from features.simulate.county_book import SimulatedCounty, simulate, write

__all__ = ["SimulatedCounty", "simulate", "write"]
