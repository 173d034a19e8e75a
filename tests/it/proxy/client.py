"""pymilvus, unmodified, through the proxy. Prints one JSON object: what each step returned."""
import faulthandler
import json
import sys

import grpc
from pymilvus import MilvusClient, MilvusException
from pymilvus.grpc_gen import milvus_pb2, milvus_pb2_grpc

# A call that hangs ends the test, and says where.
faulthandler.dump_traceback_later(120, exit=True)

uri, traceparent = sys.argv[1:3]
client = MilvusClient(uri)
said = {}

client.create_collection("books", dimension=4, consistency_level="Strong")
rows = [{"id": n, "vector": [n, 0.0, 0.0, 1.0], "title": f"book {n}"} for n in range(3000)]
said["inserted"] = client.insert("books", rows)["insert_count"]
hits = client.search("books", data=[[7.0, 0.0, 0.0, 1.0]], limit=2)
said["found"] = len(hits[0])

# A message of 40 MiB there, and one back.
client.create_collection("large", dimension=4, consistency_level="Strong")
text = "x" * (4 << 20)
for number in range(2):
    client.insert("large", [{"id": 350 * number + n, "vector": [0.0] * 4, "text": text[:60000]} for n in range(350)])
said["large"] = sum(len(row["text"]) for row in client.query("large", filter="id >= 0", output_fields=["text"]))

said["paged"] = 0
pages = client.query_iterator("books", batch_size=700, filter="id >= 0", output_fields=["id"])
while page := pages.next():
    said["paged"] += len(page)
pages.close()

try:
    client.describe_collection("nothing")
except MilvusException as error:
    said["missing"] = error.code

with grpc.insecure_channel(uri.removeprefix("http://")) as channel:
    stub = milvus_pb2_grpc.MilvusServiceStub(channel)
    request = milvus_pb2.HasCollectionRequest(collection_name="books")
    said["has"] = stub.HasCollection(request, metadata=[("traceparent", traceparent)]).value
    # A strong read waits for the next tick of Milvus' clock, some 200 ms apart: a read in luck is repeated.
    strong = milvus_pb2.QueryRequest(collection_name="books", expr="id >= 0", output_fields=["count(*)"])
    for _ in range(20):
        try:
            stub.Query(strong, timeout=0.02)
        except grpc.RpcError as error:
            said["deadline"] = error.code().name
            break
    try:
        channel.unary_unary("/milvus.proto.milvus.MilvusService/NoSuchCall")(b"")
    except grpc.RpcError as error:
        said["unknown"] = error.code().name

client.drop_collection("books")
client.drop_collection("large")
print(json.dumps(said))
