import pytest

from tui_app.sandbox.samples import sample, sample_object


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "sandbox"),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "minLength": 9}, "sandbox.."),
        ({"type": "string", "maxLength": 3}, "san"),
        ({"type": "integer"}, 1),
        ({"type": "number", "minimum": 2.5}, 3),
        ({"type": "integer", "exclusiveMinimum": 4}, 5),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["string", "null"]}, "sandbox"),
        ({"enum": ["a", "b"]}, "a"),
        ({"const": 3}, 3),
        ({"default": {"a": 1}}, {"a": 1}),
        ({"anyOf": [{"type": "boolean"}, {"type": "string"}]}, True),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"properties": {"a": {"type": "array"}}}, {"a": ["sandbox"]}),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"const": 7}}}, 7),
        ({"$ref": "#/$defs/missing"}, None),
        ({}, "sandbox"),
        (True, None),
    ],
)
def test_a_value_fits_its_schema(schema: object, value: object) -> None:
    assert sample(schema) == value


@pytest.mark.parametrize("schema", [{"type": "string"}, True, {"enum": [3]}])
def test_an_object_is_an_object_whatever_the_schema_says(schema: object) -> None:
    assert sample_object(schema) == {}


def test_a_schema_without_end_comes_to_one() -> None:
    inner = {"$ref": "#/$defs/node"}
    many = {f"child{number}": inner for number in range(30)}
    node = {"type": "object", "properties": {**many, "list": {"type": "array", "items": inner}}}
    value = sample({"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert isinstance(value, dict) and len(str(value)) < 1_000_000
    assert sample({"type": "array", "minItems": 10**300, "items": {"type": "array"}})
