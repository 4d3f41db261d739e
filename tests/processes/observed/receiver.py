"""A receiver of OTLP for tests: OpenTelemetry's own messages behind grpcio's server.

Tells on standard output, a JSON object per line, every span, measurement and log record that it takes. SIGTERM ends it.
"""

import json
import signal
import threading
from concurrent import futures

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2

lock = threading.Lock()


def tell(event, **facts):
    with lock:
        print(json.dumps({"event": event, **facts}), flush=True)


def value(any_value):
    kind = any_value.WhichOneof("value")
    return str(getattr(any_value, kind)) if kind else ""


def attributes(pairs):
    return {pair.key: value(pair.value) for pair in pairs}


class Traces(trace_service_pb2_grpc.TraceServiceServicer):
    def Export(self, request, context):
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    tell(
                        "span",
                        resource=attributes(resource.resource.attributes),
                        name=span.name,
                        kind=trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                        trace=span.trace_id.hex(),
                        span=span.span_id.hex(),
                        parent=span.parent_span_id.hex(),
                        attributes=attributes(span.attributes),
                        links=[link.trace_id.hex() for link in span.links],
                        events=[{"name": event.name, **attributes(event.attributes)} for event in span.events],
                        failed=span.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
                        message=span.status.message,
                    )
        return trace_service_pb2.ExportTraceServiceResponse()


class Metrics(metrics_service_pb2_grpc.MetricsServiceServicer):
    def Export(self, request, context):
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    data = getattr(metric, metric.WhichOneof("data"))
                    for point in data.data_points:
                        number = point.WhichOneof("value") if hasattr(point, "as_int") else "count"
                        tell(
                            "metric",
                            resource=attributes(resource.resource.attributes),
                            name=metric.name,
                            unit=metric.unit,
                            attributes=attributes(point.attributes),
                            value=float(getattr(point, number)),
                        )
        return metrics_service_pb2.ExportMetricsServiceResponse()


class Logs(logs_service_pb2_grpc.LogsServiceServicer):
    def Export(self, request, context):
        for resource in request.resource_logs:
            for scope in resource.scope_logs:
                for record in scope.log_records:
                    tell(
                        "log",
                        resource=attributes(resource.resource.attributes),
                        scope=scope.scope.name,
                        trace=record.trace_id.hex(),
                        body=value(record.body),
                        attributes=attributes(record.attributes),
                    )
        return logs_service_pb2.ExportLogsServiceResponse()


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Traces(), server)
metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(Metrics(), server)
logs_service_pb2_grpc.add_LogsServiceServicer_to_server(Logs(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
tell("listening", port=port)
ended.wait()
server.stop(1).wait()
