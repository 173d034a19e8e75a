"""pymilvus as the other side, for arrays of structs: a JSON object per line in, one per line out.

Vectors are numbers that their types hold exactly.
"""
import json
import struct
import sys

import numpy as np
from pymilvus import DataType, MilvusClient
from pymilvus.client.embedding_list import EmbeddingList

client = MilvusClient(sys.argv[1])
# How a vector's numbers are given to pymilvus where bytes are taken.
BYTES = {
    DataType.FLOAT16_VECTOR: lambda numbers: struct.pack(f"<{len(numbers)}e", *numbers),
    DataType.BFLOAT16_VECTOR: lambda numbers: b"".join(struct.pack("<f", number)[2:] for number in numbers),
    DataType.INT8_VECTOR: lambda numbers: struct.pack(f"<{len(numbers)}b", *numbers),
    DataType.BINARY_VECTOR: bytes,
}
ARRAYS = {
    DataType.FLOAT_VECTOR: np.float32,
    DataType.FLOAT16_VECTOR: np.float16,
    DataType.INT8_VECTOR: np.int8,
    DataType.BINARY_VECTOR: np.uint8,
}


def struct_schema(spec):
    fields = client.create_struct_field_schema(description=spec.get("description", ""))
    for field in spec["fields"]:
        field = dict(field)
        fields.add_field(field.pop("name"), DataType[field.pop("datatype")], **field)
    return fields


def create(collection, arrays):
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    for spec in arrays:
        schema.add_field(
            spec["name"],
            DataType.ARRAY,
            element_type=DataType.STRUCT,
            struct_schema=struct_schema(spec),
            max_capacity=spec["max_capacity"],
            nullable=spec.get("nullable", False),
            description=spec.get("description", ""),
            **spec.get("params", {}),
        )
    client.create_collection(collection, schema=schema)


def add(collection, array):
    client.add_collection_struct_field(
        collection, array["name"], struct_schema(array), array["max_capacity"], **array.get("params", {})
    )


def types(collection):
    told = client.describe_collection(collection)["fields"]
    return {
        field["name"]: {each["name"]: each["type"] for each in field["struct_fields"]}
        for field in told
        if "struct_fields" in field
    }


def convert(how, kinds, row):
    def structs(kinds, values):
        return values and [{name: how(kinds[name], value) for name, value in each.items()} for each in values]

    return {name: structs(kinds[name], value) if name in kinds else value for name, value in row.items()}


def decode(kind, value):
    return BYTES[kind](value) if kind in BYTES else value


def encode(kind, value):
    if kind == DataType.BINARY_VECTOR:
        return list(value[0])
    if kind == DataType.BFLOAT16_VECTOR:
        # numpy has no such floats and gives their bits.
        return [struct.unpack("<f", struct.pack("<I", int(bits) << 16))[0] for bits in value]
    if kind in (DataType.FLOAT16_VECTOR, DataType.INT8_VECTOR):
        return [number.item() for number in value]
    return list(value) if kind == DataType.FLOAT_VECTOR else value


def write(how, collection, rows, **options):
    kinds = types(collection)
    getattr(client, how)(collection, [convert(decode, kinds, row) for row in rows], **options)


def query(collection):
    kinds = types(collection)
    return [convert(encode, kinds, row) for row in client.query(collection, filter="id >= 0", output_fields=["*"])]


def search(collection, field, kind, lists):
    array = ARRAYS[DataType[kind]]
    data = [EmbeddingList([np.array(numbers, dtype=array) for numbers in each]) for each in lists]
    client.search(collection, data, anns_field=field, limit=3, output_fields=["chunks"])


def search_elements(collection, field, vectors):
    kinds = types(collection)
    found = client.search(collection, vectors, anns_field=field, limit=3, output_fields=["chunks"])
    return [
        [[hit["id"], hit["distance"], hit["offset"], convert(encode, kinds, hit["entity"])["chunks"]] for hit in hits]
        for hits in found
    ]


ACTIONS = {each.__name__: each for each in (create, add, write, query, search, search_elements)}
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"ok": ACTIONS[request.pop("do")](**request)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
