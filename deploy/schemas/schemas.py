"""Holds objects of operators against their own schemas, strictly: a field that a schema doesn't know is wrong, though a cluster would drop it
silently.

    schemas.py check FILE..    judges the objects in files of YAML whose kind is known here; the others are Kubernetes' own
    schemas.py kinds           says which kinds are known here, in the words of kubernetes-validate
    schemas.py take CRD..      makes the files of this folder anew, from the operators' definitions of their kinds

Rules in CEL are left to the cluster.
"""

import json
import pathlib
import sys

import jsonschema
import yaml

FOLDER = pathlib.Path(__file__).parent
# What says something of a field to readers, or to a cluster that merges it.
NOT_KEPT = {"description", "x-kubernetes-validations", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"}
METADATA = {"type": "object", "properties": dict.fromkeys(("name", "namespace", "labels", "annotations"), {})}


def kept(schema):
    """The schema without what is not kept. A field may be called like one of these."""
    if isinstance(schema, list):
        return [kept(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    named = lambda fields: {name: kept(field) for name, field in fields.items()}
    return {key: named(value) if key == "properties" else kept(value) for key, value in schema.items() if key not in NOT_KEPT}


def take(file):
    definition = yaml.safe_load(pathlib.Path(file).read_text())["spec"]
    kind, (version,) = definition["names"]["kind"], [one for one in definition["versions"] if one["storage"]]
    schema = kept(version["schema"]["openAPIV3Schema"])
    schema["properties"]["apiVersion"] = {"const": f"{definition['group']}/{version['name']}"}
    schema["properties"]["kind"] = {"const": kind}
    # Nobody asks for a status.
    del schema["properties"]["status"]
    (FOLDER / f"{kind.lower()}.json").write_text(json.dumps(schema, sort_keys=True, separators=(",", ":")) + "\n")


def strict(schema):
    """The same for a validator that knows nothing of Kubernetes, which drops what it doesn't know and has a word of its own for null."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: {name: strict(field) for name, field in value.items()} if key == "properties" else strict(value) for key, value in schema.items()}
    if "properties" in made and not made.get("x-kubernetes-preserve-unknown-fields"):
        made.setdefault("additionalProperties", False)
    if made.get("nullable"):
        made = {"anyOf": [{"type": "null"}, made]}
    return made


def known():
    """The schemas of this folder, by version and kind."""
    for path in FOLDER.glob("*.json"):
        schema = json.loads(path.read_text())
        schema["properties"]["metadata"] = METADATA
        yield (schema["properties"]["apiVersion"]["const"], schema["properties"]["kind"]["const"]), strict(schema)


def mistakes(file):
    schemas, judged = dict(known()), 0
    for one in yaml.safe_load_all(pathlib.Path(file).read_text()):
        schema = schemas.get((one["apiVersion"], one["kind"]))
        if schema:
            judged += 1
            for error in jsonschema.Draft202012Validator(schema).iter_errors(one):
                yield f"{one['kind']} {one['metadata'].get('name')}: {error.json_path}: {error.message}"
    print(f"{file}: {judged} objects held against the schemas of their operators")


if __name__ == "__main__":
    verb, files = sys.argv[1], sys.argv[2:]
    if verb == "take":
        for file in files:
            take(file)
    elif verb == "kinds":
        for (version, kind), _ in known():
            print(f"kind {kind} with api version {version} ")
    else:
        found = [mistake for file in files for mistake in mistakes(file)]
        print(*found, sep="\n", end="\n" if found else "")
        sys.exit(bool(found))
