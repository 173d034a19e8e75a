//! A wire that can be cut.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

/// Passes connections on to a server.
pub(crate) struct Proxy {
    upstream: String,
    port: u16,
    mute: watch::Sender<bool>,
    /// Connections up to this number are muted for ever.
    mute_up_to: watch::Sender<usize>,
    connections: Arc<Mutex<Vec<AbortHandle>>>,
    accepting: Option<JoinHandle<()>>,
}

impl Proxy {
    /// To the server at this `http://` URI.
    pub(crate) async fn start(uri: &str) -> Self {
        let mut proxy = Self {
            upstream: uri.trim_start_matches("http://").to_owned(),
            port: 0,
            mute: watch::Sender::new(false),
            mute_up_to: watch::Sender::new(0),
            connections: Arc::default(),
            accepting: None,
        };
        proxy.listen().await;
        proxy
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Accepts connections, on the same port as before.
    pub(crate) async fn listen(&mut self) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await;
        let listener = listener.unwrap();
        self.port = listener.local_addr().unwrap().port();
        let (upstream, connections) = (self.upstream.clone(), Arc::clone(&self.connections));
        let (mute, mute_up_to) = (self.mute.subscribe(), self.mute_up_to.subscribe());
        self.accepting = Some(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&upstream).await.unwrap();
                let (mute, mute_up_to) = (mute.clone(), mute_up_to.clone());
                let mut connections = connections.lock().unwrap();
                let number = connections.len() + 1;
                let is_muted = move || *mute.borrow() || number <= *mute_up_to.borrow();
                let passing = tokio::spawn(pass(client, server, is_muted));
                connections.push(passing.abort_handle());
            }
        }));
    }

    /// Refuses connections from now on; those that are there stay.
    pub(crate) async fn refuse(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            let _ended = accepting.await;
        }
    }

    /// Swallows what the server says, while it hears everything.
    pub(crate) fn mute(&self, mute: bool) {
        self.mute.send_replace(mute);
    }

    /// Swallows everything the server says on the connections that there are now.
    pub(crate) fn mute_present(&self) {
        let number = self.connections.lock().unwrap().len();
        self.mute_up_to.send_replace(number);
    }

    /// Cuts all connections.
    pub(crate) fn cut(&self) {
        for connection in self.connections.lock().unwrap().drain(..) {
            connection.abort();
        }
    }
}

async fn pass(client: TcpStream, server: TcpStream, is_muted: impl Fn() -> bool + Send + Sync) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = tokio::io::copy(&mut from_client, &mut to_server);
    let answering = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match from_server.read(&mut buffer).await {
                Ok(length) if length > 0 => {
                    let muted = is_muted();
                    if !muted && to_client.write_all(&buffer[..length]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    };
    // Either side ends both.
    tokio::select! {
        _ = asking => {}
        () = answering => {}
    }
}
