"""The catalogue of domain 7.2, typed by hand: subject, severity, and each test with its limits.

`↑` high is bad, `↓` low is bad; a base is a capacity `c` or a burden `b`; limits are warn / breach
(exit), `–` where there is none; `{+0.05 name}` is added to a reference, with its fallbacks behind.
RL-35c stands by product.
"""

CATALOGUE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "RL-01": (
        "cooperative",
        "O",
        (
            "↑ liabilities_adjusted ÷ assets_adjusted c: {+0.05 sector_benchmark, "
            "else 0.65 investment_type, else 0.6} / {+0.1 sector_benchmark, "
            "else 0.7 investment_type, else 0.65}",
        ),
    ),
    "RL-02": ("cooperative", "O", ("↑ net_debt ÷ net_assets c: 0.8 / 1",)),
    "RL-03": ("cooperative", "Y", ("↓ current_assets_free ÷ current_liabilities b: 1.2 / 1",)),
    "RL-04": ("cooperative", "O", ("↓ quick_assets ÷ current_liabilities b: 0.8 / 0.6",)),
    "RL-05": ("cooperative", "R", ("↓ cash_unrestricted ÷ short_debt_total b: 1 / 0.5",)),
    "RL-06": ("cooperative", "O", ("↓ ebit_clean_12m ÷ interest_total_12m b: 1.5 / 1",)),
    "RL-07": ("cooperative", "Y", ("↑ loss_years: 2 / 3",)),
    "RL-08": ("cooperative", "R", ("↑ associate_funding ÷ net_assets c: 0.05 / 0.1",)),
    "RL-09": (
        "cooperative",
        "R",
        ("↑ associate_funding_excess ÷ associate_funding b: – / 0.01",),
    ),
    "RL-10": ("cooperative", "O", ("↑ associate_max_dpd: 30 / 90",)),
    "RL-11a": ("cooperative", "R", ("↑ equity_as_loan: – / 0",)),
    "RL-11b": ("cooperative", "O", ("↑ buyback_equity_unbooked: – / 0",)),
    "RL-12": (
        "cooperative",
        "R",
        (
            "↑ guarantee_exposure ÷ net_assets c: 0.2 / 0.4",
            "↑ guarantee_exposure_parent ÷ net_assets_parent c: – / 0.5",
        ),
    ),
    "RL-13": (
        "cooperative",
        "R",
        ("↑ guarantees_no_equity_link: – / 1", "↑ undertakings_alone: – / 1"),
    ),
    "RL-14": ("cooperative", "R", ("↑ guarantee_excess ÷ guarantee_linked b: – / 0.01",)),
    "RL-15": ("cooperative", "R", ("↑ contingent_exposure ÷ net_assets c: 0.25 / 0.4",)),
    "RL-16": (
        "cooperative",
        "R",
        (
            "↓ cash_for_calls ÷ undertaking_exposure b: 0.15 / 0.1",
            "↓ cash_for_calls ÷ calls_12m_amount b: 4.5 / 3",
        ),
    ),
    "RL-17": ("cooperative", "O", ("↑ calls_counted_12m ÷ covered_count_avg_12m b: 0.03 / 0.05",)),
    "RL-18": ("cooperative", "R", ("↑ gov_promises: – / 1", "↑ hidden_debt_new: – / 0")),
    "RL-19": (
        "cooperative",
        "R",
        ("↑ fiscal_debt_service_12m ÷ debt_service_12m b: 0.2 / 0.5",),
    ),
    "RL-20": ("cooperative", "R", ("↑ public_good_capital ÷ total_assets c: – / 0",)),
    "RL-21": ("cooperative", "R", ("↑ off_purpose_payments_12m ÷ drawn_debt_12m b: 0.02 / 0.05",)),
    "RL-22": (
        "project",
        "R",
        (
            "↓ gep_gain_upper: – / 0",
            "↓ gep_gain_point: 0 / –",
            "↓ gep_reg_gain_upper: – / 0",
            "↓ gep_reg_gain_point: 0 / –",
        ),
    ),
    "RL-23": (
        "county",
        "R",
        (
            "↓ gep_restored_accepted ÷ gep_taken_due b: – / 1",
            "↓ gep_restored_12m ÷ gep_taken_12m b: 1 / –",
        ),
    ),
    "RL-24": ("project", "R", ("↑ core_area: – / 100", "↑ redline_unpermitted_area: – / 100")),
    "RL-25": ("project", "R", ("↑ basic_farmland_area: – / 100", "↑ converted_area: – / 100")),
    "RL-26": (
        "project",
        "O",
        (
            "↑ penalties_minor: 1 / 2",
            "↑ penalties_major: – / 1",
            "↑ permits_missing: – / 1",
            "↓ permit_days_left: 60 / –",
            "flag env_crime_or_relic_harm: exit",
        ),
    ),
    "RL-27": ("developer", "R", ("↑ serious_entries: – / 1", "↑ abnormal_entries: 1 / –")),
    "RL-28": (
        "developer",
        "Y",
        (
            "↓ capital_paid ÷ capital_due b: 1 / 0.7",
            "↓ project_capital_paid ÷ project_capital_due b: 1 / 0.7",
        ),
    ),
    "RL-29": (
        "developer",
        "O",
        ("↑ resources_held_value ÷ capital_paid c: 10 / –", "↑ developer_signals: – / 2"),
    ),
    "RL-30": (
        "developer",
        "R",
        (
            "↑ subsidies_counted_24m ÷ income_counted_24m b: 0.3 / –",
            "↑ duplicate_claims: – / 1",
        ),
    ),
    "RL-31": ("developer", "R", ("↑ soft_links: 1 / –", "↑ hard_links: – / 1")),
    "RL-32": (
        "project",
        "O",
        ("↑ idle_months_land: 6 / 12 (24)", "↑ idle_months_built: 12 / 18 (36)"),
    ),
    "RL-33": (
        "project",
        "O",
        (
            "↓ spent_to_date ÷ planned_to_date b: 0.7 / 0.5",
            "↑ spent_to_date ÷ planned_to_date c: 1.2 / 1.5",
        ),
    ),
    "RL-34": (
        "project",
        "R",
        (
            "↑ payout_days_late: 15 / 30",
            "↓ payout_cash_cover ÷ payouts_due_12m b: 1.2 / 1",
            "flag festival_unfunded: warn",
        ),
    ),
    "RL-35a": ("loan", "O", ("↑ dpd: 8 / 90",)),
    "RL-35b": ("loan", "O", ("↑ balance ÷ valuation c: {+0.05 ltv_cap} / {+0.15 ltv_cap}",)),
    "RL-35c": (
        "county",
        "R",
        (
            "↑ npl_balance_credit ÷ loan_balance_credit c: 0.03 / 0.05",
            "↑ npl_balance_deposit ÷ loan_balance_deposit c: 0.03 / 0.05",
            "↑ npl_balance_carbon ÷ loan_balance_carbon c: 0.03 / 0.05",
            "↑ overdue_90_balance_credit ÷ npl_balance_credit c: – / 1",
            "↑ overdue_90_balance_deposit ÷ npl_balance_deposit c: – / 1",
            "↑ overdue_90_balance_carbon ÷ npl_balance_carbon c: – / 1",
        ),
    ),
    "RL-36": (
        "cooperative",
        "R",
        (
            "↑ public_money_promised: – / 0",
            "↑ payouts_from_new_money_periods: 1 / 2",
            "flag restricted_name: breach",
        ),
    ),
    "RL-37": ("cooperative", "R", ("↑ guarantee_fee_unlicensed_12m: – / 0",)),
    "RL-38": ("cooperative", "R", ("↑ partner_equity_funded: – / 0", "↑ paid_in_ahead: – / 0")),
    "RL-39": (
        "project",
        "R",
        (
            "↓ project_capital_planned ÷ total_investment b: "
            "{+0.02 sector_capital_floor} / {+0 sector_capital_floor}",
            "↓ project_capital_paid ÷ spent_to_date b: "
            "{+0.02 sector_capital_floor} / {+0 sector_capital_floor}",
        ),
    ),
    "RL-40": (
        "loan",
        "R",
        ("flag collective_security_for_others: breach", "flag collective_undecided: breach"),
    ),
    "RL-41": ("cooperative", "R", ("↑ acts_without_paper: – / 1",)),
    "RL-42": ("project", "R", ("↑ milestones_before_permit: – / 1",)),
    "RL-43": ("cooperative", "O", ("↑ financing_trade_12m ÷ revenue_12m c: 0 / 0.02",)),
    "RL-44": ("cooperative", "R", ("↑ guarantees_weak_party: – / 1",)),
    "RL-45": (
        "cooperative",
        "O",
        (
            "↑ short_debt_gap ÷ interest_bearing_debt b: 0.25 / 0.5",
            "↑ debt_due_peak_month ÷ cash_unrestricted c: 0.8 / 1.2",
            "↑ interest_total_12m ÷ debt_avg_12m b: {+0.02 lpr_1y} / {+0.04 lpr_1y}",
            "↑ nonstandard_debt ÷ interest_bearing_debt b: 0.2 / 0.3",
            "↑ idle_cash_with_debt ÷ total_assets c: 0.2 / –",
        ),
    ),
    "RL-46": (
        "cooperative",
        "O",
        (
            "↑ largest_project ÷ net_assets c: 0.3 / 0.5",
            "↑ largest_developer ÷ net_assets c: 0.3 / 0.5",
            "↑ largest_village ÷ net_assets c: 0.3 / 0.5",
            "↑ largest_commodity ÷ net_assets c: 0.4 / 0.6",
        ),
    ),
    "RL-47": ("cooperative", "Y", ("↑ encumbered_assets ÷ total_assets c: 0.3 / 0.5",)),
    "RL-48": ("loan", "R", ("flag lgfv_guarantee_route: breach",)),
    "RL-49": ("resource", "R", ("↑ claims_conflicting: – / 1",)),
    "RL-50": (
        "resource",
        "O",
        (
            "↑ valuation_age_months ÷ valuation_age_cap c: 1 / 1.5",
            "↑ valuation_gap ÷ valuation_lower c: 0.2 / 0.4",
            "flag appraiser_related: breach",
            "↓ insured_amount ÷ secured_balance b: 1 / 0.8",
            "↓ lease_months_after_loan: 11 / 0",
        ),
    ),
    "RL-51": (
        "project",
        "R",
        ("↑ banned_area: – / 100", "↑ protected_unpermitted_area: – / 100"),
    ),
    "RL-52": (
        "resource",
        "R",
        ("flag deal_off_exchange: breach", "↓ deal_price ÷ deal_floor_price b: – / 1"),
    ),
    "P-1": ("guarantee_body", "R", ("↑ weighted_liability ÷ liability_ceiling c: 0.9 / 1",)),
    "P-2": ("guarantee_body", "R", ("↑ largest_party_liability ÷ body_net_assets c: 0.08 / 0.1",)),
    "P-3": (
        "guarantee_body",
        "R",
        ("↑ largest_group_liability ÷ body_net_assets c: 0.12 / 0.15",),
    ),
    "P-4": ("guarantee_body", "R", ("↑ controller_guarantees: – / 0",)),
    "P-5": (
        "bank",
        "R",
        (
            "↑ largest_borrower_loans ÷ bank_capital_net c: 0.08 / 0.1",
            "↑ largest_group_exposure ÷ bank_tier1_net c: 0.15 / 0.2",
        ),
    ),
}
