//! HTTP/2 frames as bytes, also those that no server should send.

/// Types of frames.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The longest payload that a client must accept.
const LONGEST: usize = 16 * 1024;

/// Codes of `RST_STREAM` and `GOAWAY`.
pub(crate) mod code {
    pub(crate) const NO_ERROR: u32 = 0;
    pub(crate) const INTERNAL_ERROR: u32 = 2;
    pub(crate) const REFUSED_STREAM: u32 = 7;
    pub(crate) const CANCEL: u32 = 8;
    pub(crate) const ENHANCE_YOUR_CALM: u32 = 11;
}

/// The beginning of a frame that arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) length: usize,
    kind: u8,
    flags: u8,
    pub(crate) stream: u32,
}

impl Head {
    pub(crate) fn parse(bytes: [u8; 9]) -> Self {
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
        };
        Self {
            length: number(&bytes[..3]) as usize,
            kind: bytes[3],
            flags: bytes[4],
            stream: number(&bytes[5..]),
        }
    }

    /// Whether it ends a request.
    pub(crate) fn ends_request(self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }

    /// Whether it is a `PING` that wants an answer.
    pub(crate) fn is_ping(self) -> bool {
        self.kind == PING && self.flags & ACK == 0
    }

    pub(crate) fn is_settings(self) -> bool {
        self.kind == SETTINGS && self.flags & ACK == 0
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut out = length[1..].to_vec();
    out.extend([kind, flags]);
    out.extend(stream.to_be_bytes());
    out.extend(payload);
    out
}

/// Settings that let clients send 100 calls at a time, and messages of any size.
pub(crate) fn usual_settings() -> Vec<u8> {
    let mut out = settings(&[(3, 100), (4, 1 << 30)]);
    out.extend(window_update(0, 1 << 30));
    out
}

pub(crate) fn settings(pairs: &[(u16, u32)]) -> Vec<u8> {
    let mut payload = Vec::new();
    for (id, value) in pairs {
        payload.extend(id.to_be_bytes());
        payload.extend(value.to_be_bytes());
    }
    frame(SETTINGS, 0, 0, &payload)
}

pub(crate) fn settings_ack() -> Vec<u8> {
    frame(SETTINGS, ACK, 0, &[])
}

pub(crate) fn ping_ack(payload: &[u8]) -> Vec<u8> {
    frame(PING, ACK, 0, payload)
}

pub(crate) fn window_update(stream: u32, bytes: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes())
}

/// The server will end the connection, and has accepted streams up to `last`.
pub(crate) fn goaway(last: u32, code: u32, why: &str) -> Vec<u8> {
    let mut payload = last.to_be_bytes().to_vec();
    payload.extend(code.to_be_bytes());
    payload.extend(why.as_bytes());
    frame(GOAWAY, 0, 0, &payload)
}

pub(crate) fn rst_stream(stream: u32, code: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &code.to_be_bytes())
}

pub(crate) fn push_promise(stream: u32) -> Vec<u8> {
    let mut payload = 2_u32.to_be_bytes().to_vec();
    payload.extend(STATUS_200);
    frame(PUSH_PROMISE, END_HEADERS, stream, &payload)
}

/// `:status: 200` by its number in HPACK's table.
const STATUS_200: [u8; 1] = [0x88];

/// A block of headers without compression.
fn block(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in pairs {
        out.push(0);
        for text in [name, value] {
            length(&mut out, text.len());
            out.extend(text.as_bytes());
        }
    }
    out
}

/// HPACK's integer with a prefix of 7 bits.
fn length(out: &mut Vec<u8>, number: usize) {
    if number < 127 {
        out.push(u8::try_from(number).unwrap());
        return;
    }
    out.push(127);
    let mut rest = number - 127;
    while rest >= 128 {
        out.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    out.push(u8::try_from(rest).unwrap());
}

/// A block of headers in as many frames as it needs.
fn headers(stream: u32, end: bool, block: &[u8]) -> Vec<u8> {
    let mut pieces = block.chunks(LONGEST).peekable();
    let first = pieces.next().unwrap_or_default();
    let last = |more: bool| if more { 0 } else { END_HEADERS };
    let flags = if end { END_STREAM } else { 0 } | last(pieces.peek().is_some());
    let mut out = frame(HEADERS, flags, stream, first);
    while let Some(piece) = pieces.next() {
        out.extend(frame(
            CONTINUATION,
            last(pieces.peek().is_some()),
            stream,
            piece,
        ));
    }
    out
}

/// The beginning of an answer of gRPC, with these headers more.
pub(crate) fn head(stream: u32, more: &[(&str, &str)]) -> Vec<u8> {
    let mut all = STATUS_200.to_vec();
    all.extend(block(&[("content-type", "application/grpc")]));
    all.extend(block(more));
    headers(stream, false, &all)
}

/// A block that is no HPACK: a number that is not in any table.
pub(crate) fn broken_head(stream: u32) -> Vec<u8> {
    headers(stream, false, &[0xff, 0xff, 0xff, 0x0f])
}

/// An answer of HTTP without gRPC.
pub(crate) fn http(stream: u32, status: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut pairs = vec![(":status", status), ("content-type", "text/html")];
    pairs.extend(more);
    headers(stream, true, &block(&pairs))
}

/// A piece of the body.
pub(crate) fn data(stream: u32, end: bool, payload: &[u8]) -> Vec<u8> {
    let flags = if end { END_STREAM } else { 0 };
    frame(DATA, flags, stream, payload)
}

/// What gRPC puts before a message: whether it is compressed, and its length.
pub(crate) fn prefix(flag: u8, length: u32) -> Vec<u8> {
    let mut out = vec![flag];
    out.extend(length.to_be_bytes());
    out
}

/// The end of an answer.
pub(crate) fn trailers(stream: u32, pairs: &[(&str, &str)]) -> Vec<u8> {
    headers(stream, true, &block(pairs))
}

/// A whole answer: success, and an empty message.
pub(crate) fn success(stream: u32) -> Vec<u8> {
    answer(stream, &[])
}

/// A whole answer: this message.
pub(crate) fn answer(stream: u32, message: &[u8]) -> Vec<u8> {
    let mut framed = prefix(0, u32::try_from(message.len()).unwrap());
    framed.extend(message);
    let mut out = head(stream, &[]);
    out.extend(data(stream, false, &framed));
    out.extend(trailers(stream, &[("grpc-status", "0")]));
    out
}

/// A whole answer: a failure of gRPC, with these trailers more.
pub(crate) fn failure(stream: u32, code: &str, message: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut pairs = vec![("grpc-status", code), ("grpc-message", message)];
    pairs.extend(more);
    let mut all = STATUS_200.to_vec();
    all.extend(block(&[("content-type", "application/grpc")]));
    all.extend(block(&pairs));
    headers(stream, true, &all)
}
