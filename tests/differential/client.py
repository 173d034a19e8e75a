"""pymilvus as the reference: one JSON request per line in, one answer per line out, matched by "id".

Values are in a form that keeps every bit: floats and vectors are the hexadecimal text of their little-endian bytes, and
a double within JSON is {"$d": hex}. Each request that carries rows says the types of the fields.
"""
import json
import logging
import struct
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from pymilvus import AnnSearchRequest, DataType, MilvusClient, RRFRanker, WeightedRanker

logging.disable(logging.CRITICAL)
client = MilvusClient(sys.argv[1])
FLOATS = {"FLOAT": "<f", "DOUBLE": "<d"}
# A server that hangs must not keep the test from ending.
STRONG = {"consistency_level": "Strong", "timeout": 30}
ALL = 16384


def json_in(value):
    if isinstance(value, dict):
        if value.keys() == {"$d"}:
            return struct.unpack("<d", bytes.fromhex(value["$d"]))[0]
        return {key: json_in(each) for key, each in value.items()}
    return [json_in(each) for each in value] if isinstance(value, list) else value


def json_out(value):
    if isinstance(value, float):
        return {"$d": struct.pack("<d", value).hex()}
    if isinstance(value, dict):
        return {key: json_out(each) for key, each in value.items()}
    return [json_out(each) for each in value] if isinstance(value, list) else value


def decode(types, value):
    """What pymilvus is given for a value."""
    kind, *element = types
    if kind == "JSON" or (kind == "NULLABLE_JSON" and value is not None):
        # pymilvus takes a text for JSON that is written already, and None for a row without a value.
        return json.dumps(value) if value is None or isinstance(value, str) else json_in(value)
    if kind == "DYNAMIC":
        return json_in(value)
    if value is None:
        return None
    if kind in FLOATS:
        return struct.unpack(FLOATS[kind], bytes.fromhex(value))[0]
    if kind == "ARRAY":
        return [decode(element, each) for each in value]
    if kind == "FLOAT_VECTOR":
        return [number for number, in struct.iter_unpack("<f", bytes.fromhex(value))]
    if kind == "SPARSE_FLOAT_VECTOR":
        return dict(struct.iter_unpack("<If", bytes.fromhex(value)))
    if kind in ("BINARY_VECTOR", "FLOAT16_VECTOR"):
        return bytes.fromhex(value)
    return value


def encode(types, value):
    """The other way: what pymilvus gave."""
    kind, *element = types
    if kind in ("JSON", "NULLABLE_JSON", "DYNAMIC"):
        return json_out(value)
    if value is None:
        return None
    if kind in FLOATS:
        return struct.pack(FLOATS[kind], value).hex()
    if kind == "ARRAY":
        return [encode(element, each) for each in value]
    if kind == "FLOAT_VECTOR":
        return b"".join(struct.pack("<f", number) for number in value).hex()
    if kind == "SPARSE_FLOAT_VECTOR":
        return b"".join(struct.pack("<If", key, value[key]) for key in sorted(value)).hex()
    if kind in ("BINARY_VECTOR", "FLOAT16_VECTOR"):
        return (value[0] if isinstance(value, list) else value).hex()
    return value


def convert(how, types, row):
    # Fields that the schema does not name are dynamic ones, which are JSON.
    return {name: how(types.get(name, ["DYNAMIC"]), value) for name, value in row.items()}


def create(collection, fields, dynamic, indexes):
    schema = client.create_schema(enable_dynamic_field=dynamic)
    for field in fields:
        field = dict(field)
        types = {key: DataType[field.pop(key)] for key in ("datatype", "element_type") if key in field}
        if "default_value" in field:
            field["default_value"] = decode([types["datatype"].name], field["default_value"])
        schema.add_field(field_name=field.pop("name"), **types, **field)
    params = client.prepare_index_params()
    for name, index in indexes:
        params.add_index(field_name=name, **index)
    client.create_collection(collection, schema=schema, index_params=params)


def insert(collection, types, rows):
    done = client.insert(collection, [convert(decode, types, row) for row in rows])
    return {"count": done["insert_count"], "ids": list(done["ids"])}


def upsert(collection, types, rows, partial=False):
    options = {"partial_update": True} if partial else {}
    done = client.upsert(collection, [convert(decode, types, row) for row in rows], **options)
    return {"count": done["upsert_count"]}


def delete(collection, **which):
    done = client.delete(collection, **which)
    return {"count": len(done) if isinstance(done, list) else done.get("delete_count", 0)}


def query(collection, types, filter="", output=None, **options):
    rows = client.query(collection, filter=filter, output_fields=output, **options, **STRONG)
    return [convert(encode, types, row) for row in rows]


def query_sorted(collection, types, key, filter, limit, output=None):
    """What the query iterator should give."""
    names = output and [*output, key]
    rows = client.query(collection, filter=filter, output_fields=names, limit=ALL, **STRONG)
    rows = sorted(rows, key=lambda row: row[key])[:limit]
    return [convert(encode, types, row) for row in rows]


def get(collection, types, ids, output=None):
    return [convert(encode, types, row) for row in client.get(collection, ids, output_fields=output, **STRONG)]


def count(collection, filter=""):
    return client.query(collection, filter=filter, output_fields=["count(*)"], **STRONG)[0]["count(*)"]


def iterate(collection, types, filter, batch, limit, output=None):
    options = {} if limit is None else {"limit": limit}
    pages = client.query_iterator(
        collection, batch_size=batch, filter=filter, output_fields=output or ["*"], **options, **STRONG
    )
    found = []
    while page := pages.next():
        found += [convert(encode, types, row) for row in page]
    pages.close()
    return found


def hits_of(types, key, hits):
    found = []
    for hit in hits:
        entity = dict(hit["entity"])
        # pymilvus has the key beside the entity if it was not asked for, and in both places otherwise.
        entity.pop(key, None)
        identity = hit[key] if key in hit else hit["id"]
        found.append([identity, struct.pack("<f", hit["distance"]).hex(), convert(encode, types, entity)])
    return found


def search(collection, types, key, field, vectors, params, output=None, filter="", **options):
    data = [decode(types[field], vector) for vector in vectors]
    answer = client.search(
        collection, data, anns_field=field, filter=filter, output_fields=output,
        search_params={"params": params}, **options, **STRONG,
    )
    return [hits_of(types, key, hits) for hits in answer]


def literal(key):
    if not isinstance(key, str):
        return str(key)
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def search_pages(collection, key, batch, limit, filter="", **request):
    """What a search iterator should give: each page is a search without what was found before."""
    found = []
    while limit is None or len(found) < limit:
        left = batch if limit is None else min(batch, limit - len(found))
        if found:
            without = f"{key} not in [{', '.join(literal(hit[0]) for hit in found)}]"
            page = f"{without} and ({filter})" if filter else without
        else:
            page = filter
        hits = search(collection, key=key, filter=page, limit=left, **request)[0]
        if not hits:
            break
        found += hits
    return found


def hybrid(collection, types, key, searches, ranker, limit, output=None, **options):
    kinds = {"rrf": RRFRanker, "weighted": WeightedRanker}
    requests = [
        AnnSearchRequest([decode(types[each["field"]], each["vector"])], each["field"], {}, each["limit"], expr=each["filter"])
        for each in searches
    ]
    answer = client.hybrid_search(
        collection, requests, kinds[ranker[0]](*ranker[1:]), limit, output_fields=output, **options, **STRONG
    )
    # Milvus Lite 2.5 gives no list where nothing is found.
    return hits_of(types, key, answer[0]) if len(answer) else []


def describe(collection):
    told = client.describe_collection(collection)
    for own in ("collection_id", "collection_name", "created_timestamp", "update_timestamp", "created_time", "schema_version"):
        told.pop(own, None)
    indexes = sorted((dict(client.describe_index(collection, name)) for name in client.list_indexes(collection)), key=str)
    return json.loads(json.dumps({"collection": told, "indexes": indexes}, default=str))


def drop(collection):
    client.drop_collection(collection)


def load(collection):
    client.load_collection(collection)


def point(alias, collection, first):
    (client.create_alias if first else client.alter_alias)(collection, alias)


def unpoint(alias):
    client.drop_alias(alias)


def rename(old, new):
    client.rename_collection(old, new)


written = threading.Lock()


def handle(line):
    request = json.loads(line)
    answer = {"id": request.pop("id")}
    try:
        answer["ok"] = globals()[request.pop("do")](**request)
        text = json.dumps(answer)
    except Exception as error:
        answer.pop("ok", None)
        text = json.dumps({**answer, "error": f"{type(error).__name__}: {error}"})
    with written:
        print(text, flush=True)


with ThreadPoolExecutor(16) as pool:
    for line in sys.stdin:
        pool.submit(handle, line)
