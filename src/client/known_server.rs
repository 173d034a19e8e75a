//! What the client knows of the server, which may be another one after a reconnect.

use std::sync::{PoisonError, RwLock};

use super::version::Server;
use crate::filter::TemplateSupport;

/// What the server has told about itself.
#[derive(Debug, Default)]
pub(super) struct KnownServer(RwLock<Told>);

#[derive(Debug, Default, Clone, Copy)]
struct Told {
    server: Option<Server>,
    templates: Option<TemplateSupport>,
}

impl KnownServer {
    /// The product and version, if they are known.
    pub(super) fn server(&self) -> Option<Server> {
        self.told().server
    }

    /// How the server receives the values of filters.
    pub(super) fn templates(&self) -> TemplateSupport {
        self.told().templates.unwrap_or_default()
    }

    pub(super) fn set_server(&self, server: Server) {
        self.update(|told| told.server = Some(server));
    }

    pub(super) fn set_templates(&self, templates: TemplateSupport) {
        self.update(|told| told.templates = Some(templates));
    }

    fn told(&self) -> Told {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}
