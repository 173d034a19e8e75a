//! Connections: how long they last, how many there are, and what happens to calls when they end.

mod addresses;
mod black_hole;
mod connector;
mod frames_server;
mod graceful;
mod greeting;
mod grpcio;
mod http2_server;
mod keepalive;
mod large_answers;
mod resent;
mod reset_while_idle;
mod unsent;
