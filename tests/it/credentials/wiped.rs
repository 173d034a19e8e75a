//! Tokens and passwords are not left behind in memory.

use std::fs::{File, read_to_string};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use milvus_otel::Client;
use zeroize::Zeroizing;

use crate::support::answers::{answered, response, server};
use crate::support::child::in_own_process;

/// Every byte of what is looked for, changed, so that it is in memory only where the client puts it.
type Masked = Vec<u8>;

const MASK: u8 = 0x55;

fn masked(text: &str) -> Masked {
    text.bytes().map(|byte| byte ^ MASK).collect()
}

fn unmasked(masked: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(masked.len()));
    text.extend(masked.iter().map(|byte| char::from(byte ^ MASK)));
    text
}

fn end(secret: &Masked) -> &[u8] {
    &secret[secret.len().saturating_sub(20)..]
}

/// How often it is in the memory of this process.
fn found(looked_for: &[u8]) -> usize {
    let maps = read_to_string("/proc/self/maps").unwrap();
    let mut memory = File::open("/proc/self/mem").unwrap();
    let (mut buffer, mut found) = (Zeroizing::new(vec![0; 1 << 20]), 0);
    let own = buffer.as_ptr_range();
    let own = own.start.addr()..own.end.addr();
    for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let address = |text| u64::from_str_radix(text, 16).unwrap();
        let (mut at, end) = (address(from), address(to));
        while at < end {
            let length = usize::try_from(end - at).unwrap().min(buffer.len());
            let part = &mut buffer[..length];
            if memory.seek(SeekFrom::Start(at)).is_err() || memory.read_exact(part).is_err() {
                break;
            }
            let matches = |(offset, window): (usize, &[u8])| {
                let address = usize::try_from(at).unwrap() + offset;
                let same = window
                    .iter()
                    .zip(looked_for)
                    .all(|(byte, masked)| byte ^ MASK == *masked);
                same && !own.contains(&address)
            };
            let windows = part.windows(looked_for.len()).enumerate();
            found += windows.filter(|each| matches(*each)).count();
            part.fill(0);
            // Overlapping, for what lies across the end.
            let step = if at + length as u64 == end {
                length
            } else {
                length - looked_for.len()
            };
            at += step as u64;
        }
    }
    found
}

#[test]
fn nothing_is_left_of_tokens_and_passwords() {
    in_own_process!("nothing_is_left_of_tokens_and_passwords");
    // The tokens of the builder and of a rotation, and a user's new password. Long, because freeing memory changes its
    // beginning, and only the ends are looked for.
    let secrets: [Masked; 3] = [
        masked("ada:a-long-beginning-of-a-password-and-then-its-end-swordfish-4711"),
        masked("bob:a-long-beginning-of-a-password-and-then-its-end-thunderbird-17"),
        masked("a-long-beginning-of-a-password-and-then-its-end-marmalade-skies-99"),
    ];
    let sent = secrets.each_ref().map(|secret| {
        let encoded = Zeroizing::new(STANDARD.encode(unmasked(secret).as_bytes()));
        masked(&encoded)
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let service = server(|request| async move {
        drop(request);
        response(200, answered(b""))
    });
    let client = {
        // Written once: a longer buffer would leave a shorter one behind.
        let mut uri = String::with_capacity(128);
        for part in ["http://", &unmasked(&secrets[0]), "@localhost/library"] {
            uri.push_str(part);
        }
        let client = Client::builder(uri)
            .service(service)
            .connect_lazy()
            .unwrap();
        assert!(found(end(&sent[0])) > 0, "what is in memory is found");
        client
    };
    runtime.block_on(async {
        client.has_collection("books").await.unwrap();
        client.set_token(unmasked(&secrets[1])).unwrap();
        client.has_collection("books").await.unwrap();
        let password = unmasked(&secrets[2]);
        client.create_user("eve", &password).await.unwrap();
        let changed = client.update_password("eve", &password, &password);
        changed.timeout(Duration::from_secs(9)).await.unwrap();
        // Never sent.
        drop(client.create_user("eve", &password));
    });
    drop((client, runtime));
    let left = secrets.iter().chain(&sent);
    let left: Vec<_> = left.map(|secret| found(end(secret))).collect();
    assert_eq!(left, [0; 6]);
}
