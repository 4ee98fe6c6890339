"""The red-line routes: facts judged and not kept, a planned act, a statement that is kept."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from service.doors.http.wire.shapes import told
from service.trust.roles import Role
from service.use_cases.judging.supervise import Supervisor
from tests.service.doors.bearer import Token

EVALUATE = "/v1/red-lines/evaluations"
Json = dict[str, Any]


def state(answer: Json, rule: str) -> str:
    (found,) = [verdict for verdict in answer["verdicts"] if verdict["rule"] == rule]
    return str(found["state"])


@pytest.mark.parametrize("name", told("evaluations.yaml"))
def test_each_example_is_answered(client: TestClient, token: Token, name: str) -> None:
    body = told("evaluations.yaml")[name]["value"]
    answer = client.post(EVALUATE, json=body, headers=token(Role.SUPERVISOR))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert {"as_of", "county", "policy", "counts", "findings", "verdicts"} <= set(said)
    assert said["verdicts"]


def test_a_planned_guarantee_is_judged_and_nothing_is_kept(
    client: TestClient, token: Token
) -> None:
    body = told("evaluations.yaml")["planned_guarantee"]["value"]
    before = client.post(EVALUATE, json=body, headers=token(Role.COMMITTEE)).json()
    assert state(before["after"], "RL-13") == "breach"
    assert {"rule", "subject", "from", "to"} == set(before["changes"][0])
    assert "RL-13" in [change["rule"] for change in before["changes"]]
    again = client.post(EVALUATE, json=body, headers=token(Role.COMMITTEE)).json()
    assert (again["verdicts"], again["changes"]) == (before["verdicts"], before["changes"])


def test_a_ratio_is_recomputed_from_the_answer(client: TestClient, token: Token) -> None:
    body = told("evaluations.yaml")["facts_alone"]["value"]
    answer = client.post(EVALUATE, json=body, headers=token(Role.OFFICER)).json()
    (verdict,) = [verdict for verdict in answer["verdicts"] if verdict["rule"] == "P-1"]
    (test,) = verdict["tests"]
    assert (test["over"], test["under"]) == ("95000000.00", "100000000.00")
    assert (test["value"], test["headroom"]) == ("0.950000", "5000000.00")
    assert verdict["state"] == "warn"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "facts"),
        ({"facts": {}, "colour": 1}, "colour"),
        ({"facts": {"moon": {}}}, "facts.moon"),
        ({"facts": {"bank": [3]}}, "facts.bank"),
        (
            {"facts": {"bank": {"bank_code": "B1", "bank_capital_net": 0.7}}},
            "bank.bank_capital_net",
        ),
        ({"subject": {"kind": "ghost", "id": "1"}}, "subject.kind"),
        ({"subject": {"kind": "application", "id": "A000000"}}, "subject.kind"),
        ({"facts": {"household": {"household_id": "H1"}}}, "facts"),
        ({"subject": "K001"}, "subject"),
        ({"subject": {"kind": "cooperative", "id": "K001"}, "as_of": "soon"}, "as_of"),
        ({"facts": {"bank": {"bank_code": "B1"}}, "county": 3}, "county"),
        ({"facts": {"bank": {"bank_code": "B1"}}, "planned": {"bank": {}}}, "bank.bank_code"),
    ],
)
def test_bad_input_names_its_field(
    client: TestClient, token: Token, body: Json, field: str
) -> None:
    answer = client.post(EVALUATE, json=body, headers=token(Role.OFFICER))
    assert answer.status_code == 422, answer.text
    assert field in [fault["field"] for fault in answer.json()["faults"]]


LENT = {
    "bank_code": "B1",
    "bank_capital_net": "100.00",
    "bank_tier1_net": "100.00",
    "largest_borrower_loans": "10.00",
    "largest_group_exposure": "20.00",
}


@pytest.mark.parametrize("as_of", ["2025-03-31", None])
def test_facts_are_judged_on_the_day_that_they_are_given_for(
    client: TestClient, token: Token, as_of: str | None
) -> None:
    planned = {"bank_code": "B1", "largest_borrower_loans": "10.01"}
    body = {"as_of": as_of, "facts": {"bank": LENT}, "planned": {"bank": planned}}
    answer = client.post(EVALUATE, json=body, headers=token(Role.SUPERVISOR)).json()
    assert (state(answer, "P-5"), state(answer["after"], "P-5")) == ("warn", "breach")


def test_a_subject_that_is_not_there(client: TestClient, token: Token) -> None:
    body = {"subject": {"kind": "cooperative", "id": "K999"}}
    answer = client.post(EVALUATE, json=body, headers=token(Role.OFFICER))
    assert (answer.status_code, answer.json()["faults"][0]["value"]) == (404, "K999")


def answered(client: TestClient, token: Token, role: Role, kind: str, id: str) -> int:
    body = {"subject": {"kind": kind, "id": id}}
    return int(client.post(EVALUATE, json=body, headers=token(role)).status_code)


def test_a_loan_is_judged_for_lenders_alone(client: TestClient, token: Token) -> None:
    assert answered(client, token, Role.OFFICER, "loan", "L000000") == 200
    for role in set(Role) - {Role.OFFICER}:
        assert answered(client, token, role, "loan", "L000000") in (403, 404), role


def test_a_partners_lines_are_not_the_cooperatives_to_read(
    client: TestClient, token: Token
) -> None:
    assert answered(client, token, Role.SUPERVISOR, "bank", "B01") == 200
    assert answered(client, token, Role.ACCOUNTANT, "bank", "B01") == 404
    assert answered(client, token, Role.ACCOUNTANT, "cooperative", "K001") == 200


def statement(**changed: object) -> Json:
    return {**told("statements.yaml")["quarter"]["value"], **changed}


def post(client: TestClient, token: Token, id: str, body: Json) -> tuple[int, Json]:
    headers = token(Role.ACCOUNTANT)
    answer = client.post(f"/v1/cooperatives/{id}/statements", json=body, headers=headers)
    return answer.status_code, answer.json()


def test_a_statement_is_kept_once_and_judged(
    client: TestClient, token: Token, supervisor: Supervisor
) -> None:
    status, answer = post(client, token, "K901", statement())
    assert (status, answer["kept"]) == (201, "new")
    assert state(answer["red_lines"], "RL-01") == "pass"
    status, answer = post(client, token, "K901", statement())
    assert (status, answer.get("kept")) == (201, "same"), answer


def test_a_restated_statement_needs_its_reason_and_a_second_approver(
    client: TestClient, token: Token
) -> None:
    assert post(client, token, "K902", statement())[0] == 201
    worse = statement(total_assets="20000000.00", equity="8000000.00")
    status, refused = post(client, token, "K902", worse)
    assert (status, refused["faults"][0]["field"]) == (422, "cooperative.correction_reason")
    status, answer = post(client, token, "K902", worse | {"correction_reason": "审计调整"})
    assert (status, answer["kept"]) == (202, "proposed")
    (verdict,) = [v for v in answer["red_lines"]["verdicts"] if v["rule"] == "RL-01"]
    assert verdict["tests"][0]["under"] == "30000000.00"
    approval = f"/v1/corrections/{answer['correction']['id']}/approval"
    said = {"action": "approve", "reason": "已核对审计报告"}
    decided = client.post(approval, json=said, headers=token(Role.APPROVER)).json()
    (verdict,) = [v for v in decided["red_lines"]["verdicts"] if v["rule"] == "RL-01"]
    assert verdict["tests"][0]["under"] == "20000000.00"


def test_a_statement_in_10000_yuan_is_refused(client: TestClient, token: Token) -> None:
    assert post(client, token, "K903", statement(as_of="2026-03-31"))[0] == 201
    money = {name: value for name, value in statement().items() if str(value).endswith(".00")}
    small = {name: f"{float(value) / 1e4:.2f}" for name, value in money.items()}
    status, refused = post(client, token, "K903", statement(**small))
    assert (status, refused["faults"][0]["field"]) == (422, "cooperative.total_assets")


def test_an_older_statement_that_arrives_late_changes_no_newer_verdict(
    client: TestClient, token: Token
) -> None:
    _, newest = post(client, token, "K904", statement())
    late = statement(as_of="2026-03-31", short_debt="9000000.00", current_liabilities="9600000.00")
    status, answer = post(client, token, "K904", late)
    assert (status, answer["kept"]) == (201, "new")
    assert state(answer["red_lines"], "RL-05") == state(newest["red_lines"], "RL-05") == "pass"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"coop_id": "K001"}, "coop_id"),
        ({"as_of": None}, "cooperative.as_of"),
        ({"inventory_resources": "-1.00"}, "cooperative.inventory_resources"),
        ({"equity": "1.00"}, "cooperative.total_assets"),
    ],
)
def test_a_bad_statement_is_refused_whole(
    client: TestClient, token: Token, changed: Json, field: str
) -> None:
    status, refused = post(client, token, "K905", statement(**changed))
    assert status == 422
    assert field in [fault["field"] for fault in refused["faults"]]


def test_a_statement_names_no_approver(client: TestClient, token: Token) -> None:
    own = statement(approved_by="财务总监", correction_reason="自批")
    status, refused = post(client, token, "K905", own)
    assert (status, refused["faults"][0]["field"]) == (422, "approved_by")


def test_only_the_accountant_files_statements(client: TestClient, token: Token) -> None:
    for role in set(Role) - {Role.ACCOUNTANT}:
        headers = token(role)
        answer = client.post("/v1/cooperatives/K001/statements", json={}, headers=headers)
        assert answer.status_code == 403
    assert client.post(EVALUATE, json={}).status_code == 401


def test_a_statement_of_another_cooperative_is_refused_by_name(
    client: TestClient, token: Token
) -> None:
    for other in (7, "K901"):
        status, refused = post(client, token, "K900", statement(coop_id=other))
        assert (status, refused["faults"][0]["value"]) == (422, str(other))
