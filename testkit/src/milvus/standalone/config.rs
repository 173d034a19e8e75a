//! The configuration files of Milvus 2.3.5. They are JSON, which is YAML.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::Standalone;
use crate::milvus::ports::Ports;

/// The folder of the files in the state directory.
pub(super) const FOLDER: &str = "configs";
/// The port for clients, in the block of ports.
pub(super) const PROXY: u16 = 0;
/// The port for `/healthz` and metrics.
pub(super) const HEALTH: u16 = 1;

/// Writes all files and creates the directories in them.
pub(super) fn write(settings: &Standalone, state: &Path, ports: &Ports) -> io::Result<()> {
    let configs = state.join(FOLDER);
    // Without the directory for etcd's log, Milvus panics.
    for folder in [&configs, &state.join("data"), &state.join("logs")] {
        fs::create_dir_all(folder)?;
    }
    fs::write(
        configs.join("milvus.yaml"),
        format!("{:#}\n", milvus(settings, state, ports)),
    )?;
    fs::write(
        configs.join("etcd.yaml"),
        format!("{:#}\n", etcd(state, ports)),
    )?;
    // Milvus aborts without this file.
    fs::write(
        configs.join("glog.conf"),
        "--logtostderr=true\n--minloglevel=1\n",
    )
}

fn milvus(settings: &Standalone, state: &Path, ports: &Ports) -> Value {
    let data = state.join("data");
    let port = |offset| json!({ "port": ports.get(offset) });
    let (pem, key, ca, mode) = match &settings.tls {
        Some(tls) => {
            let files = &tls.certificates;
            let mode = if tls.mutual { 2 } else { 1 };
            (files.server_pem(), files.server_key(), files.ca_pem(), mode)
        }
        None => Default::default(),
    };
    json!({
        "etcd": {
            "endpoints": format!("localhost:{}", ports.get(2)),
            "rootPath": "by-dev",
            "metaSubPath": "meta",
            "kvSubPath": "kv",
            "log": { "level": "warn", "path": state.join("logs/etcd.log") },
            "use": { "embed": true },
            "data": { "dir": data.join("etcd") },
            "config": { "path": state.join(FOLDER).join("etcd.yaml") },
        },
        "metastore": { "type": "etcd" },
        "localStorage": { "path": data },
        "mq": { "type": "rocksmq" },
        "rocksmq": {
            "path": data.join("rocksmq"),
            "retentionTimeInMinutes": 60,
            "retentionSizeInMB": 256,
        },
        "proxy": {
            "port": ports.get(PROXY),
            "internalPort": ports.get(4),
            "http": { "enabled": true },
        },
        // A database for each test; Milvus' default is 64.
        "rootCoord": { "dmlChannelNum": 4, "port": ports.get(5), "maxDatabaseNum": 4096 },
        "queryCoord": port(6),
        "queryNode": port(7),
        "indexCoord": { "bindIndexNodeMode": { "enable": false } },
        "indexNode": port(8),
        "dataCoord": port(9),
        "dataNode": port(10),
        "log": { "level": "warn", "stdout": true, "format": "text", "file": { "rootPath": "" } },
        "grpc": { "log": { "level": "WARNING" } },
        "tls": { "serverPemPath": pem, "serverKeyPath": key, "caPemPath": ca },
        "common": {
            "storageType": "local",
            "gracefulStopTimeout": 1,
            "security": {
                "authorizationEnabled": settings.authorization,
                "tlsMode": mode,
            },
        },
        "trace": {
            "exporter": if settings.otlp.is_some() { "otlp" } else { "noop" },
            "sampleFraction": settings.sample_fraction,
            "otlp": { "endpoint": settings.otlp.as_deref().unwrap_or_default(), "secure": false },
        },
    })
}

fn etcd(state: &Path, ports: &Ports) -> Value {
    let client = format!("http://127.0.0.1:{}", ports.get(2));
    let peer = format!("http://127.0.0.1:{}", ports.get(3));
    json!({
        "name": "default",
        "data-dir": state.join("data/etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": format!("default={peer}"),
    })
}
