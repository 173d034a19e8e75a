"""Serves Milvus Lite on a loopback port of the system's choice until SIGTERM.

arguments: DATA_DIR PORT_FILE   (the port is written to PORT_FILE once the server listens)
With OTEL_EXPORTER_OTLP_ENDPOINT set, every call becomes a server span exported there.
"""

import os
import signal
import sys
import threading

data, port_file = sys.argv[1:]
stop = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stop.set())

provider = None
if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.grpc import GrpcInstrumentorServer
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(insecure=True)))
    trace.set_tracer_provider(provider)
    # Before the server is made: the instrumentation replaces `grpc.server`.
    GrpcInstrumentorServer().instrument()

from milvus_lite.adapter.grpc.server import start_server_in_thread  # noqa: E402

server, database, port = start_server_in_thread(data, host="127.0.0.1", port=0)
with open(port_file + ".new", "w") as file:
    file.write(str(port))
os.rename(port_file + ".new", port_file)

stop.wait()
server.stop(grace=0.5).wait()
database.close()
if provider:
    provider.shutdown()
