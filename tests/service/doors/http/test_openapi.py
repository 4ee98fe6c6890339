"""The OpenAPI document says what the routes do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from features.dictionary import load_dictionary

ROOT = Path(__file__).parents[4]
Json = dict[str, Any]


def document(client: TestClient) -> Json:
    found: Json = client.get("/openapi.json").json()
    return found


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {str(value["$ref"])} if "$ref" in value else set()
        return own.union(*map(references, value.values()))
    if isinstance(value, list):
        return set().union(*map(references, value))
    return set()


def test_every_reference_leads_somewhere(client: TestClient) -> None:
    described = document(client)
    schemas = described["components"]["schemas"]
    assert references(described) <= {f"#/components/schemas/{name}" for name in schemas}


def test_pages_are_no_part_of_it(client: TestClient) -> None:
    paths = document(client)["paths"]
    doors = {path.split("/")[1] for path in paths}
    assert doors <= {"v1", "oauth", "health", "metrics"}
    assert "/v1/assessments" in paths


def test_a_body_has_the_columns_of_the_dictionary(client: TestClient) -> None:
    household = document(client)["components"]["schemas"]["Household"]
    assert household["additionalProperties"] is False
    columns = {column.name for column in load_dictionary().table("household").own_columns}
    taken = columns - {"income_monthly_rows", "id_cipher"} | {"id_number"}
    assert taken == set(household["properties"]) - {"income_monthly"}


def test_every_refusal_has_its_type_and_an_example(client: TestClient) -> None:
    post = document(client)["paths"]["/v1/products/{product}/assessments"]["post"]
    assert set(post["responses"]) == {
        "201", "400", "401", "403", "404", "408", "409", "413", "415", "422", "429",
        "431", "503",
    }  # fmt: skip
    for status, answer in post["responses"].items():
        if status != "201":
            content = answer["content"]["application/problem+json"]
            for code, example in content["examples"].items():
                assert example["value"]["type"] == f"urn:liangshan:problem:{code}"
                assert str(example["value"]["status"]) == status


def test_every_guarded_route_may_say_that_the_store_is_away(client: TestClient) -> None:
    for path in document(client)["paths"].values():
        for operation in path.values():
            if "security" in operation:
                told = operation["responses"]["503"]["content"]["application/problem+json"]
                assert "unavailable" in told["examples"]


def test_examples_stand_with_the_body(client: TestClient) -> None:
    post = document(client)["paths"]["/v1/products/{product}/assessments"]["post"]
    assert set(post["requestBody"]["content"]["application/json"]["examples"]) == {
        "inline",
        "subject",
    }


def test_every_json_body_has_examples(client: TestClient) -> None:
    operations = [one for path in document(client)["paths"].values() for one in path.values()]
    bodies = [one["requestBody"]["content"] for one in operations if "requestBody" in one]
    taken = [content["application/json"] for content in bodies if "application/json" in content]
    assert taken
    assert all(one["examples"] for one in taken)


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ({}, False),
        ({"facts": {}}, False),
        ({"facts": {"household": {}}}, False),
        ({"facts": {"project": {}}}, True),
        ({"subject": None}, False),
        ({"subject": {"kind": "elephant", "id": "K1"}}, False),
        ({"subject": {"kind": "cooperative", "id": "K1"}}, True),
    ],
)
def test_an_evaluation_says_what_it_is_about(client: TestClient, body: Json, holds: bool) -> None:
    schema = document(client)["components"]["schemas"]["Evaluation"]
    assert jsonschema_rs.is_valid(schema, body) is holds


def test_every_file_of_examples_is_sent_by_a_test() -> None:
    files = {path.name for path in (ROOT / "service/doors/http/examples").glob("*.yaml")}
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    sent = {name for name in files if f'told("{name}")' in tests}
    assert files - sent == {"assessments.yaml"}
    assert "sorted(requests())" in tests
