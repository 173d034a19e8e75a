//! Names that no other test uses.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// `prefix` with a suffix that no other call in any process returns: for collections of tests that share a server.
///
/// The result is a valid name in Milvus if `prefix` is one.
///
/// ```
/// let books = milvus_otel_testkit::unique_name("books");
/// assert!(books.starts_with("books_"));
/// assert_ne!(books, milvus_otel_testkit::unique_name("books"));
/// ```
pub fn unique_name(prefix: &str) -> String {
    static PROCESS: LazyLock<String> = LazyLock::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = since.unwrap_or_default().as_micros() as u64;
        format!("{micros:x}_{:x}", std::process::id())
    });
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}_{}_{count}", *PROCESS)
}
