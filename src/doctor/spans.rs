//! The spans of a trace, and whose they are.

/// The name of the span that the doctor starts around its call.
pub(super) const OURS: &str = "doctor";

/// What the doctor needs to know of a span.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// `service.name` of the resource.
    pub(super) service: String,
    pub(super) name: String,
}

/// The spans of the doctor's trace that a backend has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) spans: Vec<Span>,
}

/// A service that the backend has spans of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Other<'s> {
    Milvus(&'s str),
    /// It may as well be an application.
    Perhaps(&'s str),
}

impl Trace {
    /// The service that this process is: that of the doctor's own span.
    pub(super) fn own_service(&self) -> Option<&str> {
        let mut spans = self.spans.iter();
        let ours = spans.find(|span| span.name == OURS)?;
        Some(&ours.service)
    }

    /// Whether spans of this process are among them.
    pub(super) fn has_own(&self) -> bool {
        self.spans.iter().any(|span| !self.is_milvus(span))
    }

    /// A span that Milvus made.
    pub(super) fn of_milvus(&self) -> Option<&Span> {
        self.spans.iter().find(|span| self.is_milvus(span))
    }

    /// Whether Milvus made this span. Client spans of this crate have other names than those of the server, but other layers
    /// of the application may name theirs alike, and the application may be called like a role of Milvus.
    fn is_milvus(&self, span: &Span) -> bool {
        let (rpc, role) = (is_rpc(&span.name), is_role(&span.service));
        match self.own_service() == Some(&span.service) {
            true => rpc && role,
            false => rpc || role,
        }
    }

    /// The first of these services that is called like a role of Milvus, and not like this process. Applications may be called
    /// `proxy` too, so that comes last.
    pub(super) fn milvus_among<'s>(&self, services: &'s [String]) -> Option<Other<'s>> {
        let own = self.own_service();
        let is_other = |name: &&String| is_role(name) && own != Some(name);
        let (unsure, sure): (Vec<_>, Vec<_>) = { services.iter() }
            .filter(is_other)
            .partition(|name| name.eq_ignore_ascii_case("proxy"));
        match (sure.first(), unsure.first()) {
            (Some(name), _) => Some(Other::Milvus(name)),
            (None, Some(name)) => Some(Other::Perhaps(name)),
            (None, None) => None,
        }
    }
}

/// Whether Milvus' gRPC server and clients name their spans so.
fn is_rpc(name: &str) -> bool {
    name.contains("milvus.proto.")
}

/// Whether Milvus calls itself so: by the role of the process.
fn is_role(service: &str) -> bool {
    const ROLES: [&str; 11] = [
        "standalone",
        "proxy",
        "mixcoord",
        "rootcoord",
        "querycoord",
        "datacoord",
        "indexcoord",
        "querynode",
        "datanode",
        "indexnode",
        "streamingnode",
    ];
    ROLES.contains(&service.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RPC: &str = "milvus.proto.milvus.MilvusService/GetVersion";

    fn trace(spans: &[(&str, &str)]) -> Trace {
        let span = |(service, name): &(&str, &str)| Span {
            service: (*service).to_owned(),
            name: (*name).to_owned(),
        };
        Trace {
            spans: spans.iter().map(span).collect(),
        }
    }

    #[test]
    fn spans_of_milvus_are_told_from_those_of_the_process() {
        for (milvus, name) in [
            ("standalone", RPC),
            ("standalone", "Proxy-Search"),
            ("my-milvus", RPC),
        ] {
            let both = trace(&[
                ("app", OURS),
                ("app", "get_version default"),
                (milvus, name),
            ]);
            assert!(both.has_own());
            assert_eq!(both.of_milvus().unwrap().service, milvus);
            let alone = trace(&[(milvus, name)]);
            assert!(!alone.has_own() && alone.of_milvus().is_some());
        }
        let other_layer = trace(&[("app", OURS), ("app", RPC)]);
        assert!(other_layer.has_own() && other_layer.of_milvus().is_none());
    }

    #[test]
    fn another_service_called_proxy_may_be_an_application() {
        let own = trace(&[("app", OURS)]);
        let mut services = vec!["app".to_owned(), "proxy".to_owned()];
        assert_eq!(own.milvus_among(&services), Some(Other::Perhaps("proxy")));
        services.push("standalone".to_owned());
        assert_eq!(
            own.milvus_among(&services),
            Some(Other::Milvus("standalone"))
        );
    }

    #[test]
    fn an_application_may_be_called_like_a_role_of_milvus() {
        for name in ["proxy", "standalone", "DataNode"] {
            let mut spans = vec![(name, OURS), (name, "get_version default")];
            let own = trace(&spans);
            assert!(own.has_own() && own.of_milvus().is_none(), "{own:?}");
            let mut services = vec![name.to_owned()];
            assert_eq!(own.milvus_among(&services), None);
            services.push("rootcoord".to_owned());
            assert_eq!(
                own.milvus_among(&services),
                Some(Other::Milvus("rootcoord"))
            );
            spans.push((name, RPC));
            let both = trace(&spans);
            assert!(both.has_own());
            assert_eq!(both.of_milvus().unwrap().name, RPC);
        }
    }
}
