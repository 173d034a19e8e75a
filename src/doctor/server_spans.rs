//! Whether the spans of client and Milvus arrived, and if not, why.

use super::collector::Destination;
use super::report::{Finding, Subject};
use super::spans::{Other, Trace};
use crate::client::{Server, Version};

pub(super) const EXPORTER: &str =
    "set `trace.exporter: otlp` in milvus.yaml: the default, `noop`, sends nothing";
pub(super) const SECURE: &str = "set `trace.otlp.secure: false` for a collector without TLS: the default is true since Milvus 2.4";
const PROXY: &str = "if a proxy stands in front of Milvus, it must pass `traceparent` on as it is: Milvus, at least up to 2.6, \
                     ignores the header unless its flags are 00 or 01";
/// The first version that sends spans over HTTP too.
const HTTP_SINCE: Version = Version(2, 4, 7);
/// The first version that has `trace.otlp.secure`.
const SECURE_SINCE: Version = Version(2, 4, 0);

/// What is known when the trace was looked for.
pub(super) struct Situation<'a> {
    /// `Jaeger at http://localhost:16686`.
    pub(super) backend: &'a str,
    /// What the backend has of the trace.
    pub(super) trace: &'a Trace,
    /// The services of which the backend has any spans.
    pub(super) services: &'a [String],
    pub(super) server: Server,
    /// What accepted the spans of this process.
    pub(super) destination: Option<&'a Destination>,
}

impl Situation<'_> {
    pub(super) fn client_spans(&self) -> Finding {
        let subject = Subject::ClientSpans;
        let backend = self.backend;
        if self.trace.has_own() {
            return Finding::ok(subject, format!("they are in {backend}"));
        }
        match self.destination {
            Some(Destination::Collector(collector)) => Finding::problem(
                subject,
                format!("{collector} accepted spans, but they are not in {backend}"),
            )
            .fix("look at the pipelines and the log of the collector: does it send traces to this backend?"),
            Some(Destination::Local(local)) => Finding::problem(
                subject,
                format!("they are not in {backend}: this process writes its spans to {local} and sends them to no collector"),
            )
            .fix(
                "send them to a collector: `OTEL_TRACES_EXPORTER=otlp`, and neither `.file(..)` nor `.console()` on the \
                 builder of `init`",
            ),
            None => Finding::problem(subject, format!("they are not in {backend}")),
        }
    }

    pub(super) fn milvus_spans(&self) -> Finding {
        let subject = Subject::MilvusSpans;
        let backend = self.backend;
        if let Some(first) = self.trace.of_milvus() {
            return Finding::ok(
                subject,
                format!(
                    "they are in {backend}, in the trace of the call, from {}",
                    first.service
                ),
            );
        }
        if let Server::Lite(_) = self.server {
            return Finding::note(subject, "none: Milvus Lite creates no spans");
        }
        // Those of Milvus' own background work, or of calls by others.
        let others = match self.trace.milvus_among(self.services) {
            Some(Other::Milvus(other)) => {
                return Finding::problem(
                    subject,
                    format!(
                        "they are not in the trace of the call, but {backend} has other spans of {other}: Milvus did not \
                         receive the trace context"
                    ),
                )
                .fix(PROXY);
            }
            Some(Other::Perhaps(other)) => format!("; others are perhaps those of {other}"),
            None => ", and no others of Milvus".to_owned(),
        };
        Finding::problem(subject, format!("{backend} has none of this trace{others}"))
            .fixes(self.causes())
    }

    /// What to check in Milvus' settings, which are not known here.
    fn causes(&self) -> Vec<String> {
        let is_before = |since| matches!(self.server, Server::Milvus(version) if version < since);
        let collector = self.destination.and_then(Destination::url);
        let example = match collector.and_then(|url| url.split_once("://")) {
            Some((_, address)) => format!(", here `{address}`"),
            None => String::new(),
        };
        let mut causes = vec![
            EXPORTER.to_owned(),
            format!(
                "set `trace.otlp.endpoint` to host:port of the collector, without a scheme{example}, as Milvus reaches it: \
                 `localhost` in a container is the container"
            ),
        ];
        causes.push(match is_before(HTTP_SINCE) {
            true => {
                "use the port for gRPC, usually 4317: Milvus before 2.4.7 does not send over HTTP"
                    .to_owned()
            }
            false => {
                "set `trace.otlp.method` to `grpc` for port 4317, or to `http` for 4318".to_owned()
            }
        });
        if !is_before(SECURE_SINCE) {
            causes.push(SECURE.to_owned());
        }
        causes.push(PROXY.to_owned());
        causes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes(server: Server) -> String {
        let situation = Situation {
            backend: "Jaeger",
            trace: &Trace::default(),
            services: &[],
            server,
            destination: Some(&Destination::Collector("http://otel:4317".to_owned())),
        };
        situation.milvus_spans().fixes.join("\n")
    }

    #[test]
    fn the_causes_are_those_of_the_version() {
        let old = causes(Server::Milvus(Version(2, 3, 5)));
        assert!(
            !old.contains("secure") && !old.contains("trace.otlp.method"),
            "{old}"
        );
        assert!(old.contains("without a scheme, here `otel:4317`"), "{old}");
        let between = causes(Server::Milvus(Version(2, 4, 0)));
        assert!(
            between.contains("secure") && !between.contains("trace.otlp.method"),
            "{between}"
        );
        for server in [Server::Milvus(Version(2, 6, 1)), Server::Unknown] {
            let new = causes(server);
            assert!(
                new.contains("secure") && new.contains("trace.otlp.method"),
                "{new}"
            );
        }
    }
}
