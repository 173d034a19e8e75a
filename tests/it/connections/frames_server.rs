//! A server that sends and receives single frames of HTTP/2, for what `h2` cannot do.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Duration, Instant, timeout};

const LIMIT: Duration = Duration::from_secs(30);
const PREFACE: usize = 24;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const MAX_CONCURRENT_STREAMS: u16 = 3;

/// `:status: 200` and `content-type: application/grpc`, as HPACK without compression.
const HEAD: &[u8] = b"\x88\x0f\x10\x10application/grpc";
/// `grpc-status: 0`.
const TRAILERS: &[u8] = b"\x00\x0bgrpc-status\x010";

/// A server whose connections the test handles one after the other.
pub(super) struct FramesServer {
    listener: TcpListener,
    address: SocketAddr,
}

/// A connection.
pub(super) struct Frames {
    stream: TcpStream,
    pub(super) answers_pings: bool,
}

/// A frame of the client.
pub(super) enum Frame {
    /// The head of a request, on this stream.
    Headers(u32),
    Ping,
    /// The client has given up a call, on this stream.
    Reset(u32),
    /// Settings were received.
    Settled,
    Other,
}

impl FramesServer {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    pub(super) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A connection whose first call, `Connect`, is answered.
    pub(super) async fn next_connection(&self) -> Frames {
        let mut frames = self.next_ungreeted().await;
        frames
            .until(|frame| matches!(frame, Frame::Headers(1)))
            .await;
        frames.answer(1).await;
        frames
    }

    /// A connection whose first call is not answered yet.
    pub(super) async fn next_ungreeted(&self) -> Frames {
        let accepted = timeout(LIMIT, self.listener.accept()).await;
        let (mut stream, _) = accepted.expect("the client does not connect").unwrap();
        stream.read_exact(&mut [0; PREFACE]).await.unwrap();
        let mut frames = Frames {
            stream,
            answers_pings: true,
        };
        frames.send(SETTINGS, 0, 0, &[]).await;
        frames
    }
}

impl Frames {
    /// Receives frames up to this one, and answers settings and pings. Returns when it came.
    pub(super) async fn until(&mut self, mut is_last: impl FnMut(&Frame) -> bool) -> Instant {
        loop {
            let frame = timeout(LIMIT, self.receive()).await;
            if is_last(&frame.expect("the frame does not come")) {
                return Instant::now();
            }
        }
    }

    async fn receive(&mut self) -> Frame {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).await.unwrap();
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.stream.read_exact(&mut payload).await.unwrap();
        match kind {
            SETTINGS if flags & ACK == 0 => {
                self.send(SETTINGS, ACK, 0, &[]).await;
                return Frame::Other;
            }
            PING if flags & ACK == 0 => {
                if self.answers_pings {
                    self.send(PING, ACK, 0, &payload).await;
                }
                return Frame::Ping;
            }
            SETTINGS => return Frame::Settled,
            HEADERS => return Frame::Headers(u32::from_be_bytes(stream)),
            RESET => return Frame::Reset(u32::from_be_bytes(stream)),
            _ => {}
        }
        Frame::Other
    }

    async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.stream.write_all(&frame).await.unwrap();
    }

    /// Allows this many streams at once, and waits until the client knows it.
    pub(super) async fn limit_streams(&mut self, streams: u32) {
        let setting = [
            &MAX_CONCURRENT_STREAMS.to_be_bytes()[..],
            &streams.to_be_bytes(),
        ];
        self.send(SETTINGS, 0, 0, &setting.concat()).await;
        self.until(|frame| matches!(frame, Frame::Settled)).await;
        // The client has acknowledged it, and needs a moment to act on it.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Sends the head of an answer.
    pub(super) async fn begin(&mut self, stream: u32) {
        self.send(HEADERS, END_HEADERS, stream, HEAD).await;
    }

    /// Sends the head of an answer that a proxy marks as rejected by its rate limit.
    pub(super) async fn begin_limited(&mut self, stream: u32) {
        let head = [HEAD, b"\x00\x13x-envoy-ratelimited\x04true"].concat();
        self.send(HEADERS, END_HEADERS, stream, &head).await;
    }

    pub(super) async fn reset(&mut self, stream: u32, reason: h2::Reason) {
        let reason = u32::from(reason).to_be_bytes();
        self.send(RESET, 0, stream, &reason).await;
    }

    /// Answers a call with an empty message.
    pub(super) async fn answer(&mut self, stream: u32) {
        self.begin(stream).await;
        self.send(DATA, 0, stream, &[0; 5]).await;
        let flags = END_HEADERS | END_STREAM;
        self.send(HEADERS, flags, stream, TRAILERS).await;
    }

    /// Ends the connection at once, without a goodbye.
    pub(super) fn abort(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Announces the end of the connection. The client must not count on calls after `last_stream`.
    pub(super) async fn go_away(&mut self, last_stream: u32, reason: u32, data: &str) {
        let mut payload = last_stream.to_be_bytes().to_vec();
        payload.extend(reason.to_be_bytes());
        payload.extend(data.as_bytes());
        self.send(GOAWAY, 0, 0, &payload).await;
    }
}
