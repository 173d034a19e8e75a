//! The real servers start, answer, and clean up.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use milvus_otel_testkit::{Milvus, Unavailable, require, unique_name};
use tonic::Code;

#[path = "servers/options.rs"]
mod options;
#[path = "servers/rpc.rs"]
mod rpc;

/// The variable with the server that the process `owner` starts.
const OWNED: &str = "TESTKIT_TEST_OWNED";

async fn start(server: &str) -> Result<Milvus, Unavailable> {
    let start = Instant::now();
    let milvus = match server {
        "standalone" => Milvus::standalone().start().await,
        "lite" => Milvus::lite().start().await,
        "lite_python" => Milvus::lite_python().start().await,
        other => panic!("no server is called {other}"),
    }?;
    println!(
        "{}: {:.2} s",
        milvus.description(),
        start.elapsed().as_secs_f64()
    );
    Ok(milvus)
}

fn state(milvus: &Milvus) -> PathBuf {
    milvus.log().parent().unwrap().to_owned()
}

fn server_process(state: &Path) -> String {
    let process = std::fs::read_to_string(state.join("pid")).unwrap();
    process.trim().to_owned()
}

fn is_running(process: &str) -> bool {
    let mut kill = Command::new("kill");
    kill.args(["-0", process])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

/// Checks that the server at `uri` answers that a collection does not exist.
async fn check_answers(milvus: &Milvus) {
    let answer = rpc::has_collection(rpc::connect(milvus).await, "nobody_made_this").await;
    let answer = answer.unwrap();
    assert!(!answer.value, "{answer:?}");
    assert!(milvus.log().is_file());
}

/// `stop` and `drop` both end the process and remove its directory.
async fn check_server(server: &str) {
    for stop in [true, false] {
        let Some(milvus) = require(start(server).await) else {
            return;
        };
        check_answers(&milvus).await;
        let (state, uri) = (state(&milvus), milvus.uri().to_owned());
        let process = server_process(&state);
        assert!(is_running(&process));
        if stop {
            milvus.stop().await;
        } else {
            drop(milvus);
        }
        assert!(!is_running(&process), "{server} runs on");
        assert!(!state.exists(), "{} is left", state.display());
        let endpoint = tonic::transport::Endpoint::from_shared(uri).unwrap();
        assert!(endpoint.connect().await.is_err());
    }
}

#[tokio::test]
async fn standalone_answers_and_ends() {
    check_server("standalone").await;
}

#[tokio::test]
async fn lite_answers_and_ends() {
    check_server("lite").await;
}

#[tokio::test]
async fn lite_python_answers_and_ends() {
    check_server("lite_python").await;
}

#[tokio::test]
async fn servers_report_their_versions() {
    for (server, version) in [("standalone", "2.3.5"), ("lite_python", "3.2.2")] {
        let Some(milvus) = require(start(server).await) else {
            return;
        };
        let channel = rpc::connect(&milvus).await;
        let answer: rpc::Version = rpc::call(channel, "GetVersion", tonic::Request::new(()))
            .await
            .unwrap();
        assert!(answer.version.contains(version), "{answer:?}");
        assert!(milvus.description().contains(version));
    }
}

#[tokio::test]
async fn lite_has_no_version() {
    let Some(milvus) = require(start("lite").await) else {
        return;
    };
    let channel = rpc::connect(&milvus).await;
    let answer =
        rpc::call::<(), rpc::Version>(channel, "GetVersion", tonic::Request::new(())).await;
    assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
async fn two_of_each_run_at_once() {
    for server in ["standalone", "lite", "lite_python"] {
        let (one, two) = tokio::join!(start(server), start(server));
        let (Some(one), Some(two)) = (require(one), require(two)) else {
            return;
        };
        assert_ne!(one.uri(), two.uri());
        check_answers(&one).await;
        check_answers(&two).await;
        one.stop().await;
        check_answers(&two).await;
    }
}

#[tokio::test]
async fn the_shared_server_is_started_once() {
    let (one, two) = tokio::join!(Milvus::shared_standalone(), Milvus::shared_standalone());
    let (Some(one), Some(two)) = (require(one), require(two)) else {
        return;
    };
    assert!(std::ptr::eq(one, two));
    check_answers(one).await;
}

#[tokio::test]
async fn a_server_that_does_not_start_reports_the_reason() {
    let standalone = Milvus::standalone().setting("etcd.config.path", "/nowhere/etcd.yaml");
    let failure = standalone.start().await.unwrap_err().to_string();
    // On a machine without a server, this is the reason.
    if require(start("standalone").await).is_some() {
        assert!(
            failure.contains("Milvus 2.3.5 standalone ended with status"),
            "{failure}"
        );
        assert!(
            failure.contains(
                "
panic: "
            ),
            "{failure}"
        );
    }
}

/// Not a test itself: the process whose end the tests below await.
#[tokio::test]
async fn owner() {
    let Ok(owned) = std::env::var(OWNED) else {
        return;
    };
    let own;
    let milvus = match owned.as_str() {
        "shared_standalone" => Milvus::shared_standalone().await,
        "shared_lite" => Milvus::shared_lite().await,
        "shared_lite_python" => Milvus::shared_lite_python().await,
        server => {
            own = start(server).await;
            own.as_ref().map_err(Clone::clone)
        }
    };
    match milvus {
        Ok(milvus) => {
            println!("owns {}", state(milvus).display());
            // Until the end is ordered: a line, or SIGKILL.
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
        Err(why) => println!("without {why}"),
    }
}

/// Starts a process that owns `server`, ends it by a signal or by its last line, and looks for what is left.
fn check_owner(server: &str, killed: bool) {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "owner", "--nocapture"])
        .env(OWNED, server)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let state = lines.by_ref().map(Result::unwrap).find_map(|line| {
        if let Some((_, why)) = line.split_once("without ") {
            return Some(Err(why.to_owned()));
        }
        line.split_once("owns ")
            .map(|(_, state)| Ok(PathBuf::from(state)))
    });
    let state = require(state.expect("the owner ended early"));
    let process = state.as_deref().map(server_process);
    if let Some(process) = &process {
        assert!(is_running(process));
    }
    if killed {
        // SIGKILL, on Unix.
        owner.kill().unwrap();
    }
    drop(owner.stdin.take());
    lines.for_each(drop);
    owner.wait().unwrap();
    let (Some(state), Some(process)) = (state, process) else {
        return;
    };
    let ended = Instant::now();
    while state.exists() || is_running(&process) {
        assert!(
            ended.elapsed() < Duration::from_secs(10),
            "{server} outlives its owner"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("{server} gone {:?} after its owner", ended.elapsed());
}

#[test]
fn killing_the_owner_ends_its_server() {
    for server in ["standalone", "lite", "lite_python"] {
        check_owner(server, true);
    }
}

#[test]
fn shared_servers_end_with_their_process() {
    for killed in [true, false] {
        for server in ["shared_standalone", "shared_lite", "shared_lite_python"] {
            check_owner(server, killed);
        }
    }
}

#[tokio::test]
async fn databases_isolate_tests() {
    for server in ["shared_standalone", "shared_lite_python"] {
        let milvus = match server {
            "shared_standalone" => Milvus::shared_standalone().await,
            _ => Milvus::shared_lite_python().await,
        };
        let Some(milvus) = require(milvus) else {
            return;
        };
        let one = milvus.client_in_new_database().await.unwrap();
        let two = milvus.client_in_new_database().await.unwrap();
        one.create_collection("books", 4).await.unwrap();
        assert!(one.has_collection("books").await.unwrap());
        assert!(!two.has_collection("books").await.unwrap());
    }
}

#[tokio::test]
async fn names_isolate_tests_where_there_are_no_databases() {
    let Some(milvus) = require(Milvus::shared_lite().await) else {
        return;
    };
    let client = milvus.client().await.unwrap();
    let (one, two) = (unique_name("books"), unique_name("books"));
    client.create_collection(&one, 4).await.unwrap();
    assert!(client.has_collection(&one).await.unwrap());
    assert!(!client.has_collection(&two).await.unwrap());
    let refused = milvus.client_in_new_database().await.unwrap_err();
    assert!(refused.to_string().contains("database"), "{refused}");
}

#[tokio::test]
async fn a_client_of_a_server_with_users_is_root() {
    let milvus = Milvus::standalone().authorization(true).start().await;
    let Some(milvus) = require(milvus) else {
        return;
    };
    let client = milvus.client().await.unwrap();
    assert_eq!(client.list_users().await.unwrap(), ["root"]);
    milvus.stop().await;
}
