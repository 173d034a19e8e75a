//! RPCs about the server as a whole.

use milvus_otel::proto::common::{ServerInfo, Status};
use milvus_otel::proto::milvus::{
    CheckHealthRequest, CheckHealthResponse, ConnectRequest, ConnectResponse, FlushAllRequest,
    FlushAllResponse, FlushRequest, FlushResponse, GetFlushAllStateRequest,
    GetFlushAllStateResponse, GetFlushStateRequest, GetFlushStateResponse, GetVersionRequest,
    GetVersionResponse,
};
use milvus_otel::proto::schema::LongArray;

use super::fail::Outcome;
use super::rpcs::Scope;

/// The contract is Milvus 3.0's.
const VERSION: &str = "v3.0.0-fake";

pub(super) fn connect(scope: &mut Scope<'_>, request: ConnectRequest) -> Outcome<ConnectResponse> {
    drop(request);
    Ok(ConnectResponse {
        status: Some(Status::default()),
        server_info: Some(ServerInfo {
            build_tags: VERSION.to_owned(),
            deploy_mode: "FAKE".to_owned(),
            ..ServerInfo::default()
        }),
        identifier: scope.store.next_id(),
    })
}

pub(super) fn version(_: &mut Scope<'_>, _: GetVersionRequest) -> Outcome<GetVersionResponse> {
    Ok(GetVersionResponse {
        status: Some(Status::default()),
        version: VERSION.to_owned(),
    })
}

pub(super) fn health(_: &mut Scope<'_>, _: CheckHealthRequest) -> Outcome<CheckHealthResponse> {
    Ok(CheckHealthResponse {
        status: Some(Status::default()),
        is_healthy: true,
        ..CheckHealthResponse::default()
    })
}

/// There is no storage: rows are flushed as soon as they are inserted.
pub(super) fn flush(scope: &mut Scope<'_>, request: FlushRequest) -> Outcome<FlushResponse> {
    let now = scope.store.now();
    let mut answer = FlushResponse {
        status: Some(Status::default()),
        db_name: scope.name(&request.db_name),
        ..FlushResponse::default()
    };
    for name in request.collection_names {
        scope.collection(&request.db_name, &name)?;
        let seconds = i64::try_from((now >> 18) / 1000).unwrap_or_default();
        answer.coll_seal_times.insert(name.clone(), seconds);
        answer.coll_flush_ts.insert(name.clone(), now);
        answer
            .coll_seg_i_ds
            .insert(name.clone(), LongArray::default());
        answer
            .flush_coll_seg_i_ds
            .insert(name, LongArray::default());
    }
    Ok(answer)
}

pub(super) fn flush_state(
    scope: &mut Scope<'_>,
    request: GetFlushStateRequest,
) -> Outcome<GetFlushStateResponse> {
    if !request.collection_name.is_empty() {
        scope.collection(&request.db_name, &request.collection_name)?;
    }
    Ok(GetFlushStateResponse {
        status: Some(Status::default()),
        flushed: true,
    })
}

#[expect(deprecated, reason = "what clients before 3.0 read")]
pub(super) fn flush_all(scope: &mut Scope<'_>, _: FlushAllRequest) -> Outcome<FlushAllResponse> {
    Ok(FlushAllResponse {
        status: Some(Status::default()),
        flush_all_ts: scope.store.now(),
        ..FlushAllResponse::default()
    })
}

pub(super) fn flush_all_state(
    _: &mut Scope<'_>,
    _: GetFlushAllStateRequest,
) -> Outcome<GetFlushAllStateResponse> {
    Ok(GetFlushAllStateResponse {
        status: Some(Status::default()),
        flushed: true,
        ..GetFlushAllStateResponse::default()
    })
}
