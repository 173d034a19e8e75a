//! A TCP proxy that breaks connections in all the ways that networks do.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    Pass,
    /// Everything is swallowed, in both directions.
    Swallow,
    /// What the server says arrives this much later.
    Delay(Duration),
    /// What the server says arrives byte by byte, with this time in between.
    Drip(Duration),
    /// It is closed: the client reads its end.
    Close,
    /// It is reset.
    Reset,
    /// The server's side of it is closed. The client may go on sending.
    HalfClose,
    /// It is reset when the client has sent this many bytes.
    ResetAfter(usize),
}

/// A running proxy.
pub(crate) struct Wire {
    address: SocketAddr,
    state: Arc<State>,
    accepting: AbortHandle,
}

struct State {
    /// What happens to new connections.
    new: Mutex<Fault>,
    connections: Mutex<Vec<watch::Sender<Fault>>>,
}

impl Wire {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        Self::listen((Ipv4Addr::LOCALHOST, 0).into(), server).await
    }

    /// The same, at an address of the caller's choice.
    pub(crate) async fn listen(address: SocketAddr, server: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            new: Mutex::new(Fault::Pass),
            connections: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            let state = shared;
            while let Ok((client, _)) = listener.accept().await {
                let fault = *state.new.lock().unwrap();
                let (sender, receiver) = watch::channel(fault);
                state.connections.lock().unwrap().push(sender);
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(server).await {
                        // An error means that one of them has closed its side.
                        let _ = carry(client, server, receiver).await;
                    }
                });
            }
        });
        Self {
            address,
            state,
            accepting: accepting.abort_handle(),
        }
    }

    /// Ends: connections are closed, and new ones are refused.
    pub(crate) fn end(self) -> SocketAddr {
        self.accepting.abort();
        self.present(Fault::Close);
        self.address
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, this happens to the connections that are there, and not to others.
    pub(crate) fn present(&self, fault: Fault) {
        for connection in self.state.connections.lock().unwrap().iter() {
            connection.send_replace(fault);
        }
    }

    /// From now on, this happens to new connections.
    pub(crate) fn new_ones(&self, fault: Fault) {
        *self.state.new.lock().unwrap() = fault;
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.lock().unwrap().len()
    }
}

async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    mut fault: watch::Receiver<Fault>,
) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let (mut sent, mut half_closed) = (0, false);
    loop {
        let now = *fault.borrow_and_update();
        match now {
            Fault::Close => return Ok(()),
            Fault::Reset => return reset(&client),
            Fault::HalfClose if !half_closed => {
                half_closed = true;
                client.shutdown().await?;
            }
            _ => {}
        }
        tokio::select! {
            changed = fault.changed() => if changed.is_err() {
                return Ok(());
            },
            read = client.read(&mut up) => {
                let length = read?;
                sent += length;
                match now {
                    _ if length == 0 => return Ok(()),
                    Fault::Swallow => {}
                    Fault::ResetAfter(most) if sent >= most => return reset(&client),
                    _ => server.write_all(&up[..length]).await?,
                }
            }
            read = server.read(&mut down) => {
                let length = read?;
                let said = &down[..length];
                match now {
                    _ if length == 0 => return Ok(()),
                    Fault::Swallow | Fault::HalfClose => {}
                    Fault::Drip(pause) => {
                        for byte in said {
                            client.write_all(&[*byte]).await?;
                            sleep(pause).await;
                        }
                    }
                    Fault::Delay(time) => {
                        sleep(time).await;
                        client.write_all(said).await?;
                    }
                    _ => client.write_all(said).await?,
                }
            }
        }
    }
}

fn reset(stream: &TcpStream) -> std::io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}
