"""pymilvus as the other side: a JSON object per line in, one per line out.

Rows are in a form that keeps every bit: floats and vectors are the hexadecimal text of their little-endian bytes.
"""
import json
import struct
import sys

from pymilvus import AnnSearchRequest, DataType, MilvusClient, RRFRanker, WeightedRanker

client = MilvusClient(sys.argv[1])
FLOATS = {DataType.FLOAT: "<f", DataType.DOUBLE: "<d"}


def fields_of(collection):
    return {field["name"]: field for field in client.describe_collection(collection)["fields"]}


def sparse_bytes(vector):
    return b"".join(struct.pack("<If", key, vector[key]) for key in sorted(vector))


def decode(kind, element, value):
    """What pymilvus is given for a value."""
    if value is None:
        return None
    if kind in FLOATS:
        return struct.unpack(FLOATS[kind], bytes.fromhex(value))[0]
    if kind == DataType.ARRAY:
        return [decode(element, None, each) for each in value]
    if kind == DataType.FLOAT_VECTOR:
        return [number for number, in struct.iter_unpack("<f", bytes.fromhex(value))]
    if kind == DataType.SPARSE_FLOAT_VECTOR:
        return dict(struct.iter_unpack("<If", bytes.fromhex(value)))
    if kind in (DataType.BINARY_VECTOR, DataType.FLOAT16_VECTOR):
        return bytes.fromhex(value)
    return value


def encode(kind, element, value):
    """The other way: what pymilvus gave."""
    if value is None:
        return None
    if kind in FLOATS:
        return struct.pack(FLOATS[kind], value).hex()
    if kind == DataType.ARRAY:
        return [encode(element, None, each) for each in value]
    if kind == DataType.FLOAT_VECTOR:
        return b"".join(struct.pack("<f", number) for number in value).hex()
    if kind == DataType.SPARSE_FLOAT_VECTOR:
        return sparse_bytes(value).hex()
    if kind in (DataType.BINARY_VECTOR, DataType.FLOAT16_VECTOR):
        return (value[0] if isinstance(value, list) else value).hex()
    return value


def convert(how, fields, row):
    def one(name, value):
        field = fields.get(name)
        return how(field["type"], field.get("element_type"), value) if field else value

    return {name: one(name, value) for name, value in row.items()}


def create(collection, fields, indexes):
    schema = client.create_schema(enable_dynamic_field=True)
    for field in fields:
        types = {key: DataType[field.pop(key)] for key in ("datatype", "element_type") if key in field}
        schema.add_field(field_name=field.pop("name"), **types, **field)
    params = client.prepare_index_params()
    for name, index in indexes.items():
        params.add_index(field_name=name, **index)
    client.create_collection(collection, schema=schema, index_params=params)


def insert(collection, rows):
    fields = fields_of(collection)
    return client.insert(collection, [convert(decode, fields, row) for row in rows])["insert_count"]


def upsert(collection, rows):
    fields = fields_of(collection)
    return client.upsert(collection, [convert(decode, fields, row) for row in rows])["upsert_count"]


def delete(collection, **which):
    client.delete(collection, **which)


def iterate(collection, batch, filter):
    """The keys, page by page."""
    pages = client.query_iterator(
        collection, batch_size=batch, filter=filter, output_fields=["key"], consistency_level="Strong"
    )
    found = []
    while page := pages.next():
        found.append([row["key"] for row in page])
    pages.close()
    return found


def query(collection, filter, output):
    fields = fields_of(collection)
    rows = client.query(collection, filter=filter, output_fields=output, consistency_level="Strong")
    return [convert(encode, fields, row) for row in rows]


def search(collection, vector, filter, limit):
    fields = fields_of(collection)
    data = [decode(fields["vector"]["type"], None, vector)]
    hits = client.search(
        collection, data, filter=filter, limit=limit, anns_field="vector", consistency_level="Strong"
    )[0]
    return [[hit["key"] if "key" in hit else hit["id"], struct.pack("<f", hit["distance"]).hex()] for hit in hits]


def hybrid(collection, searches, ranker, limit):
    fields = fields_of(collection)
    kinds = {"rrf": RRFRanker, "weighted": WeightedRanker}
    requests = [
        AnnSearchRequest([decode(fields[name]["type"], None, vector)], name, {}, limit, expr=filter)
        for name, vector, filter in searches
    ]
    ranker = kinds[ranker[0]](*ranker[1:])
    hits = client.hybrid_search(
        collection, requests, ranker, limit, output_fields=["key"], consistency_level="Strong"
    )[0]
    return [[hit["entity"]["key"], struct.pack("<f", hit["distance"]).hex()] for hit in hits]


def describe(collection):
    told = client.describe_collection(collection)
    for own in ("collection_id", "collection_name", "created_timestamp", "update_timestamp", "created_time", "schema_version"):
        told.pop(own, None)
    index = client.describe_index(collection, client.list_indexes(collection)[0])
    return json.loads(json.dumps({"collection": told, "index": dict(index)}, default=str))


def drop(collection):
    client.drop_collection(collection)


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"ok": globals()[request.pop("do")](**request)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
