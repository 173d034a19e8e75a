//! The clients, each connected when it is first used.

use std::rc::Rc;

use tokio::runtime::Runtime;

use crate::data::Data;
use crate::ours::Ours;
use crate::raw::Raw;
use crate::sdk::Sdk;
use crate::sink;

pub struct Clients {
    pub runtime: Runtime,
    uri: String,
    data: Rc<Data>,
}

impl Clients {
    /// Starts a server for the clients.
    pub fn new() -> Self {
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            uri: format!("http://{}", sink::start()),
            data: Rc::new(Data::new()),
        }
    }

    pub fn ours(&self) -> Ours {
        self.runtime.block_on(Ours::connect(&self.uri, &self.data))
    }

    pub fn ours_over(&self, connections: usize) -> Ours {
        let connect = Ours::connect_over(connections, &self.uri, &self.data);
        self.runtime.block_on(connect)
    }

    pub fn silent(&self) -> Ours {
        let connect = Ours::connect_without_telemetry(&self.uri, &self.data);
        self.runtime.block_on(connect)
    }

    pub fn sdk(&self) -> Sdk {
        self.runtime.block_on(Sdk::connect(&self.uri, &self.data))
    }

    pub fn raw(&self) -> Raw {
        self.runtime.block_on(Raw::connect(&self.uri, &self.data))
    }
}
